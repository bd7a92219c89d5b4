import { expect, test } from 'vitest';
import { createLagGuard } from '../../src/measure/lag.ts';

const now = () => performance.now();
/** Blocks the event loop as a long computation would. */
const block = (ms: number) => {
  const end = now() + ms;
  while (now() < end) {
    // busy
  }
};
const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));

test('a phase during which the loop was blocked is dropped and counted', async () => {
  const lag = createLagGuard(now);
  const phase = lag.open();
  await wait(20);
  block(120);
  await wait(20);
  expect(phase.close(160)).toBe(false);
  expect(lag.dropped()).toBe(1);
  expect(lag.takeWorst()).toBeGreaterThanOrEqual(90);
  expect(lag.takeWorst()).toBe(0);
});

test('a block that ends with the phase itself is seen, before any timer could have fired', async () => {
  const lag = createLagGuard(now);
  const phase = lag.open();
  await wait(5);
  block(120);
  expect(phase.close(125)).toBe(false);
});

test('the same lateness is no harm to a phase that is long against it', () => {
  let clock = 0;
  const lag = createLagGuard(() => clock);
  const long = lag.open();
  const short = lag.open();
  clock = 10 + 60; // the first look was due at 10: 60 ms late
  expect(short.close(200)).toBe(false);
  expect(long.close(1000)).toBe(true);
  expect(lag.dropped()).toBe(1);
});

test('the limits: 20 ms, or a quarter of the phase', () => {
  const verdict = (late_ms: number, ms: number) => {
    let clock = 0;
    const lag = createLagGuard(() => clock);
    const phase = lag.open();
    clock = 10 + late_ms;
    return phase.close(ms);
  };
  expect(verdict(20, 1)).toBe(true);
  expect(verdict(21, 1)).toBe(false);
  expect(verdict(25, 100)).toBe(true);
  expect(verdict(26, 100)).toBe(false);
});

test('lateness before a phase began is not its own', () => {
  let clock = 0;
  const lag = createLagGuard(() => clock);
  const first = lag.open();
  clock = 130;
  const second = lag.open();
  clock = 145;
  expect(second.close(15)).toBe(true);
  expect(first.close(145)).toBe(false);
  expect(lag.takeWorst()).toBe(120);
});

test('the timer lives only while a phase is open; closing twice is harmless', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const before = timers();
  const lag = createLagGuard(now);
  const phase = lag.open();
  expect(timers()).toBe(before + 1);
  phase.close(1);
  phase.close(1);
  expect(timers()).toBe(before);
});
