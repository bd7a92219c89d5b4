import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSchedule } from '../../src/agent/schedule.ts';

test('the first round begins at once, later ones in their own slot', () => {
  const next = createSchedule({ interval_ms: 60_000, jitter: 0.1, origin: 1000, random: () => 0.5 });
  expect(next(1000)).toEqual({ index: 1, at: 1000, missed: 0 });
  expect(next(5000)).toEqual({ index: 2, at: 1000 + 60_000 + 3000, missed: 0 });
  expect(next(1000 + 60_000 + 40_000)).toEqual({ index: 3, at: 1000 + 120_000 + 3000, missed: 0 });
});

test('a round that runs over is counted, and the slot it ate is skipped, not made up for', () => {
  const next = createSchedule({ interval_ms: 1000, jitter: 0, origin: 0, random: () => 0 });
  next(0);
  expect(next(2500)).toEqual({ index: 4, at: 3000, missed: 2 });
  expect(next(3100)).toEqual({ index: 5, at: 4000, missed: 0 });
});

test('whatever the rounds take, slots never repeat, never lie in the past, and are never stacked', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 50 }),
      fc.float({ min: 0, max: 1, noNaN: true }),
      fc.float({ min: 0, max: Math.fround(0.999), noNaN: true }),
      (durations, jitter, u) => {
        const next = createSchedule({ interval_ms: 1000, jitter, origin: 0, random: () => u });
        let now = 0;
        let last = 0;
        for (const duration of durations) {
          const slot = next(now);
          expect(slot.index).toBeGreaterThan(last);
          expect(slot.index - last - 1).toBe(slot.missed);
          expect(slot.at).toBeGreaterThanOrEqual(now);
          last = slot.index;
          now = slot.at + duration;
        }
      },
    ),
  );
});
