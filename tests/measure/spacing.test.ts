import { expect, test } from 'vitest';
import { createSpacing } from '../../src/measure/spacing.ts';

const never = new AbortController().signal;
const clock = { monotonic: () => performance.now(), random: Math.random };

test('connections begin apart, whoever else begins with them', async () => {
  const spacing = createSpacing(clock);
  const began: number[] = [];
  await Promise.all(Array.from({ length: 6 }, () => spacing.turn(never).then(() => began.push(performance.now()))));
  const first = began[0]!;
  // Timers may be a millisecond early and any time late, so each is held against its own due time, not the one before.
  for (const [index, at] of began.entries()) expect(at - first).toBeGreaterThan(index * 6 - 2);
});

test('what begins later than the distance anyway does not wait', async () => {
  let now = 0;
  const spacing = createSpacing({ monotonic: () => now, random: () => 1 });
  const before = performance.now();
  for (let i = 0; i < 200; i++) {
    await spacing.turn(never);
    now += 20;
  }
  // 200 waits of 12 ms would be 2.4 s.
  expect(performance.now() - before).toBeLessThan(1500);
});

test('the end of the round ends the waiting, and takes up no time of the next', async () => {
  const spacing = createSpacing({ monotonic: () => 0, random: () => 1 });
  const over = new AbortController();
  const waiting = Array.from({ length: 100 }, () => spacing.turn(over.signal));
  over.abort();
  const before = performance.now();
  await Promise.all(waiting);
  // Unended, the last of them would have waited for 1.2 s.
  expect(performance.now() - before).toBeLessThan(600);
  const fresh = createSpacing({ monotonic: () => 0, random: () => 1 });
  for (let i = 0; i < 1000; i++) await fresh.turn(AbortSignal.abort());
  const start = performance.now();
  await fresh.turn(never);
  expect(performance.now() - start).toBeLessThan(500);
});
