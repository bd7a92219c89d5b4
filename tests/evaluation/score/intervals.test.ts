/** The intervals are the textbook's, to the digits that textbooks print. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { medianInterval, poisson, poissonCdf, quantile, wilson, wilsonClustered } from './intervals.ts';

test('Wilson’s interval of all and of none of ten', () => {
  expect(wilson(10, 10).low).toBeCloseTo(0.7225, 4);
  expect(wilson(10, 10).high).toBeCloseTo(1, 12);
  expect(wilson(0, 10).high).toBeCloseTo(0.2775, 4);
  expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
});

test('trials that fail together count for fewer', () => {
  const scattered = wilsonClustered(Array.from({ length: 20 }, (_, i) => ({ hits: i % 2 === 0 ? 4 : 5, n: 5 })));
  const together = wilsonClustered(Array.from({ length: 20 }, (_, i) => ({ hits: i < 2 ? 0 : 5, n: 5 })));
  expect(scattered).toEqual(wilson(90, 100));
  // Two vantages of twenty missed everything: that is 2 of 20, not 10 of 100.
  expect(together.low).toBeCloseTo(wilson(18, 20).low, 2);
  expect(
    wilsonClustered([
      { hits: 5, n: 5 },
      { hits: 5, n: 5 },
    ]),
  ).toEqual(wilson(10, 10));
});

test('the exact Poisson interval of 0, 1 and 10 events', () => {
  expect(poisson(0).low).toBe(0);
  expect(poisson(0).high).toBeCloseTo(3.6889, 3);
  expect(poisson(1).low).toBeCloseTo(0.0253, 3);
  expect(poisson(1).high).toBeCloseTo(5.5716, 3);
  expect(poisson(10).low).toBeCloseTo(4.7954, 3);
  expect(poisson(10).high).toBeCloseTo(18.3904, 3);
});

test('large counts go over into Wilson–Hilferty without a step', () => {
  expect(poisson(201).low / poisson(200).low).toBeCloseTo(1.0054, 3);
  expect(poisson(201).high / poisson(200).high).toBeCloseTo(1.0047, 3);
  expect(poisson(5_000).high).toBeCloseTo(5_140.5, 0);
});

test('an interval holds its own estimate', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, p) => {
      const hits = Math.round(p * n);
      const { low, high } = wilson(hits, n);
      expect(low).toBeLessThanOrEqual(hits / n + 1e-12);
      expect(high).toBeGreaterThanOrEqual(hits / n - 1e-12);
      const rate = poisson(n);
      expect(rate.low).toBeLessThan(n);
      expect(rate.high).toBeGreaterThan(n);
    }),
  );
});

test('quantiles are values that occurred', () => {
  expect(quantile([5, 1, 3], 0.5)).toBe(3);
  expect(quantile([1, 2, 3, 4], 0.5)).toBe(2);
  expect(quantile([1, 2, 3, 4], 0.95)).toBe(4);
  expect(quantile([], 0.5)).toBeUndefined();
  expect(medianInterval([3, 3, 3, 3, 3, 3, 3, 3, 3, 20])).toEqual({ low: 3, high: 3 });
  expect(poissonCdf(2, 2)).toBeCloseTo(0.6767, 4);
});
