import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rateBehind, slowStartMs } from '../../src/measure/slow-start.ts';

const KiB = 1024;

describe('how long slow start takes', () => {
  test('ten segments come in one flight, the next twenty a round trip later (RFC 6928, RFC 5681)', () => {
    const at = (to: number) => slowStartMs({ from: 0, to, rtt_ms: 100 });
    expect(at(10 * 1448)).toBe(0);
    expect(at(11 * 1448)).toBe(100);
    expect(at(30 * 1448)).toBe(100);
    expect(at(31 * 1448)).toBe(200);
    expect(at(70 * 1448)).toBe(200);
    expect(at(71 * 1448)).toBe(300);
  });

  test('64 KiB at 250 ms on a line of 20 Mbit/s read 1.4 Mbit/s after the first 20 KiB', () => {
    const stretch = { from: 20 * KiB, to: 64 * KiB, rtt_ms: 250 };
    const bps = ((stretch.to - stretch.from) * 8000) / slowStartMs(stretch, 20e6);
    expect(bps).toBeGreaterThan(1.3e6);
    expect(bps).toBeLessThan(1.5e6);
  });

  test('where the link is the narrowest place the distance does not matter', () => {
    for (const rtt_ms of [1, 20, 80, 250]) {
      const ms = slowStartMs({ from: 20 * KiB, to: 64 * KiB, rtt_ms }, 130_000);
      expect(ms).toBeCloseTo((44 * KiB * 8000) / 130_000, 6);
    }
  });
});

describe('the rate behind a time', () => {
  test('is the rate that made it, at any distance', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10_000, max: 20_000_000 }),
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 40, max: 512 }),
        (bps, rtt_ms, size) => {
          const stretch = { from: 20 * KiB, to: size * KiB, rtt_ms };
          const found = rateBehind(stretch, slowStartMs(stretch, bps));
          // Faster than the window opens nothing can be found; what is found explains the time.
          if (found === undefined) return true;
          return Math.abs(slowStartMs(stretch, found) / slowStartMs(stretch, bps) - 1) < 1e-3;
        },
      ),
    );
  });

  test('is not to be had from what came as fast as the window opened', () => {
    expect(rateBehind({ from: 20 * KiB, to: 64 * KiB, rtt_ms: 250 }, 250)).toBeUndefined();
    expect(rateBehind({ from: 20 * KiB, to: 64 * KiB, rtt_ms: 250 }, 3)).toBeUndefined();
  });
});
