import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logThreshold } from '../../src/judge/judge.ts';
import { type Evidence, logEvidence, none, nullMean, wager } from '../../src/judge/mixture.ts';
import { defaultParams } from '../../src/judge/params.ts';

const after = (samples: number[], m0: number, from: Evidence = none) => samples.reduce((r, y) => wager(r, y, m0), from);

describe('the numbers of the design', () => {
  test('with badness 1 every round and a null mean of .03, suspicion takes 3 rounds and the alarm 5', () => {
    expect(logEvidence(after([1, 1, 1], 0.03))).toBeGreaterThan(8);
    expect(logEvidence(after([1, 1], 0.03))).toBeLessThan(8);
    expect(logEvidence(after([1, 1, 1, 1, 1], 0.03))).toBeGreaterThan(15);
    expect(logEvidence(after([1, 1, 1, 1], 0.03))).toBeLessThan(15);
  });

  test('the threshold is a budget: 15.0 a minute, more for faster rounds, never below thirty seconds', () => {
    const params = defaultParams(60_000);
    expect(logThreshold(60, params)).toBeCloseTo(15.0, 1);
    expect(logThreshold(30, params)).toBeCloseTo(15.7, 1);
    expect(logThreshold(1, params)).toBe(logThreshold(30, params));
    expect(logThreshold(120, params)).toBeLessThan(logThreshold(60, params));
  });
});

test('while the mean is the null mean, a wager gains nothing on average (an e-value)', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.002, max: 0.9, noNaN: true }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (m0, y) => {
        // Badness y with probability m0 / y, else 0: mean m0. Expected evidence after a step from R is at most 1 + R.
        if (m0 > y) return;
        const from: Evidence = [1, 1, 1];
        const bad = wager(from, y, m0);
        const good = wager(from, 0, m0);
        const share = m0 / y;
        for (const i of [0, 1, 2] as const) {
          const mean = share * Math.exp(bad[i]) + (1 - share) * Math.exp(good[i]);
          expect(mean).toBeLessThanOrEqual((1 + Math.E) * 1.0005);
        }
      },
    ),
  );
});

test('good rounds take it back, and bounded badness keeps it finite for ever', () => {
  const long = after(new Array(2000).fill(1), 0.01);
  expect(logEvidence(long)).toBeLessThanOrEqual(60);
  expect(logEvidence(after(new Array(500).fill(0), 0.01, long))).toBeLessThan(2);
});

test('nothing is staked where calm is as bad as the bet', () => {
  expect(logEvidence(after(new Array(50).fill(1), 0.95))).toBeLessThan(5);
});

test('the null mean: three times what was learned, within the floor and .30, lifted by noise on the line', () => {
  expect(nullMean(0.0001, 0.01, 0, 3)).toBe(0.01);
  expect(nullMean(0.02, 0.01, 0, 3)).toBeCloseTo(0.06, 10);
  expect(nullMean(0.4, 0.01, 0, 3)).toBe(0.3);
  expect(nullMean(0.001, 0.01, 0.6, 3)).toBe(0.6);
  expect(nullMean(0.02, 0.01, 0, 2)).toBeCloseTo(0.04, 10);
});
