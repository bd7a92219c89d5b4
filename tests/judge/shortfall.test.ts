/** A limit on a distant path: as a ratio of rates it drowns in slow start, as a ratio of transmission times it does not. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shortfall } from '../../src/judge/shortfall.ts';

const bits = 44 * 1024 * 8;
/** What a 64 KiB object reads on a line of so many bit/s behind a round trip of so many seconds, in ln bit/s. */
const read = (line: number, trip: number) => Math.log(bits / (bits / line + trip));
const ms = (trip: number) => Math.log(trip * 1000);

describe('a limit of 1 Mbit/s on a line of 20 Mbit/s', () => {
  test.each([0.02, 0.1, 0.25])('stands out at a round trip of %d s', (trip) => {
    const away = shortfall(read(1e6, trip), read(20e6, trip), ms(trip), ms(trip));
    expect(away).toBeGreaterThan(Math.log(3));
  });

  test('the plain ratio of rates would have lost it at 250 ms', () => {
    expect(read(20e6, 0.25) - read(1e6, 0.25)).toBeLessThan(Math.log(2.5));
  });
});

test('a path that became longer is no shortfall', () => {
  for (const trip of [0.03, 0.1, 0.2])
    expect(shortfall(read(20e6, 1.8 * trip), read(20e6, trip), ms(1.8 * trip), ms(trip))).toBeLessThanOrEqual(0);
});

test('a round trip of 1.3 times the usual one in slow start does not look like half of the rate', () => {
  const trip = 0.2;
  const level = read(100e6, trip);
  const late = Math.log(bits / (bits / 100e6 + 1.3 * trip));
  expect(shortfall(late, level, ms(trip), ms(trip))).toBeLessThan(Math.log(2));
});

test('without round trips it is the ratio of rates, and faster than usual is negative', () => {
  expect(shortfall(Math.log(1e6), Math.log(4e6), undefined, undefined)).toBeCloseTo(Math.log(4), 12);
  expect(shortfall(Math.log(8e6), Math.log(4e6), ms(0.05), ms(0.05))).toBeCloseTo(-Math.log(2), 12);
});

test('it is finite, and grows as the rate falls', () => {
  const ln = (low: number, high: number) => fc.double({ min: Math.log(low), max: Math.log(high), noNaN: true });
  fc.assert(
    fc.property(ln(1e3, 1e10), ln(1e3, 1e10), ln(0.1, 1e4), ln(0.1, 1e4), (rate, level, connect, usual) => {
      const away = shortfall(rate, level, connect, usual);
      expect(Number.isFinite(away)).toBe(true);
      expect(shortfall(rate - 0.5, level, connect, usual)).toBeGreaterThanOrEqual(away - 1e-9);
    }),
  );
});
