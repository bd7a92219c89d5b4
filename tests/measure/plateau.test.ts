import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Download, measure, type Point } from '../../src/measure/plateau.ts';

/** A download in arrivals of one segment at a steady rate, with samples of the timer in between. */
function steady(bps: number, bytes: number, more: Partial<Download> = {}): Download {
  const points: Point[] = [];
  const gap = (1448 * 8000) / bps;
  for (let body = 1448, at = 40; body <= bytes; body += 1448, at += gap) {
    points.push({ at_ms: at, raw: body, body, tick: false, late: false });
    points.push({ at_ms: at + gap / 2, raw: body, body, tick: true, late: false });
  }
  return { points, share: 1, rtt_ms: 40, ended: 'enough', ended_ms: points.at(-1)!.at_ms, ...more };
}

describe('a rate', () => {
  test('over the plateau, without the burst before it', () => {
    const slow = steady(130_000, 65_536);
    // A policer lets the first 16 KB through at once.
    const burst = slow.points.map((point) =>
      point.body <= 16_000 ? { ...point, at_ms: 40 } : { ...point, at_ms: point.at_ms - 16_000 / 16.25 },
    );
    const measured = measure({ ...slow, points: burst });
    expect(measured?.transfer.after_bytes).toBeGreaterThanOrEqual(20 * 1024);
    expect(measured?.goodput_bps).toBeGreaterThan(129_000);
    expect(measured?.goodput_bps).toBeLessThan(131_000);
    expect(measured?.transfer.cov).toBeLessThan(0.15);
  });

  test('is in body bytes: what TLS adds is taken out', () => {
    expect(measure(steady(500_000, 65_536, { share: 0.9 }))?.goodput_bps).toBeCloseTo(450_000, -4);
  });

  test('that slow start alone explains is not claimed, and is no faster than the window can open', () => {
    const { points, ...rest } = steady(1e9, 65_536, { rtt_ms: 250 });
    const measured = measure({ points, ...rest });
    expect(measured?.goodput_bps).toBeUndefined();
    // 44 KiB in one round trip.
    expect(measured?.transfer.plateau_bps).toBeGreaterThan(1.3e6);
    expect(measured?.transfer.plateau_bps).toBeLessThan(1.5e6);
  });

  test('without a round trip to compare with, a short one shows nothing and a long one is claimed', () => {
    expect(measure(steady(10_000_000, 65_536, { rtt_ms: undefined }))).toBeUndefined();
    expect(measure(steady(130_000, 65_536, { rtt_ms: undefined }))?.goodput_bps).toBeCloseTo(130_000, -4);
  });

  test('counts with what it got when its deadline cut it, also before the plateau', () => {
    const cut = measure({ ...steady(10_000, 12_000), ended: 'deadline', ended_ms: 10_040 });
    expect(cut?.transfer).toMatchObject({ ms: 10_000 });
    expect(cut?.transfer.stalled_at).toBeUndefined();
    expect(cut?.goodput_bps).toBeGreaterThan(8_000);
    expect(cut?.goodput_bps).toBeLessThan(10_500);
  });
});

describe('a stall', () => {
  test('keeps the bytes of a record that never came whole, and claims no rate', () => {
    const { points } = steady(5_000_000, 16_384);
    const partial = { ...points.at(-1)!, raw: 17_900, at_ms: 60, tick: true };
    const measured = measure({
      points: [...points, partial],
      share: 1,
      rtt_ms: 40,
      ended: 'stalled',
      ended_ms: 10_040,
    });
    expect(measured?.transfer).toEqual({ bytes: 15_928, ms: 10_000, after_bytes: 15_928, stalled_at: 17_900 });
    expect(measured?.goodput_bps).toBeUndefined();
  });

  test('within the very first record is told by the connection’s bytes', () => {
    const points = [{ at_ms: 80, raw: 13_000, body: 0, tick: true, late: false }];
    const measured = measure({ points, share: 1, rtt_ms: 40, ended: 'stalled', ended_ms: 10_000 });
    expect(measured?.transfer).toMatchObject({ bytes: 0, stalled_at: 13_000 });
  });
});

test('steadiness is not judged by looks that came late', () => {
  const slow = steady(130_000, 131_072);
  // For a second and a half nothing was read, and every look was late; then all of it at once.
  const missed = (late: boolean) =>
    slow.points.flatMap((point, index) => {
      if (index <= 80 || index >= 114) return [point];
      return point.tick ? [{ ...point, raw: slow.points[80]!.raw, late }] : [];
    });
  const cov = (late: boolean) => measure({ ...slow, points: missed(late) })?.transfer.cov;
  expect(cov(false)).toBeGreaterThan(0.3);
  expect(cov(true)).toBeLessThan(0.15);
});

test('nothing came: nothing to tell', () => {
  expect(measure({ points: [], share: 1, rtt_ms: 40, ended: 'deadline', ended_ms: 10_000 })).toBeUndefined();
});

test('whatever the points are, numbers are finite and positive', () => {
  const point = fc.record({
    at_ms: fc.integer({ min: 0, max: 20_000 }),
    raw: fc.integer({ min: 0, max: 3_000_000 }),
    body: fc.integer({ min: 0, max: 3_000_000 }),
    tick: fc.boolean(),
    late: fc.boolean(),
  });
  const download = fc.record({
    // Time, bytes and body never go back.
    points: fc.array(point, { maxLength: 60 }).map((points) => {
      const sorted = (key: 'at_ms' | 'raw' | 'body') => points.map((one) => one[key]).sort((a, b) => a - b);
      const [at, raw, body] = [sorted('at_ms'), sorted('raw'), sorted('body')];
      return points.map((one, i) => ({ ...one, at_ms: at[i]!, raw: raw[i]!, body: body[i]! }));
    }),
    share: fc.double({ min: 0.5, max: 1, noNaN: true }),
    rtt_ms: fc.option(fc.integer({ min: 1, max: 2000 }), { nil: undefined }),
    ended: fc.constantFrom('enough' as const, 'deadline' as const, 'stalled' as const),
    ended_ms: fc.constant(20_000),
  });
  fc.assert(
    fc.property(download, (one) => {
      const measured = measure(one);
      if (measured === undefined) return;
      const { transfer, goodput_bps = 1 } = measured;
      for (const number of [transfer.plateau_bps ?? 1, transfer.cov ?? 1, goodput_bps]) {
        expect(Number.isFinite(number)).toBe(true);
        expect(number).toBeGreaterThanOrEqual(0);
      }
      expect(transfer.ms).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 200 },
  );
});
