import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allowance, type BudgetInput, bookingDays } from '../../src/agent/budget.ts';

const noon = Date.UTC(2024, 0, 10, 12);
const fixed: BudgetInput = {
  today: 0,
  month: 0,
  daily_bytes: 200e6,
  monthly_bytes: 31 * 200e6,
  reserve: 0.25,
  now: noon,
  slot_ms: 60_000,
  calm_bytes: 100_000,
  suspicious: false,
};

test('a plan that lasts changes nothing', () => {
  expect(allowance({ ...fixed, today: 72e6, month: 9 * 144e6 })).toEqual({
    transfers: true,
    experiments: true,
    rounds: true,
    stride: 1,
    limit_bytes: 200e6,
    remaining_bytes: 128e6,
  });
});

test.each([
  [0.84, { transfers: true, experiments: true, rounds: true }],
  [0.86, { transfers: false, experiments: true, rounds: true }],
  [0.96, { transfers: false, experiments: false, rounds: true }],
  [1.0, { transfers: false, experiments: false, rounds: false }],
  [1.3, { transfers: false, experiments: false, rounds: false }],
])('at %d of the cap', (share, may) => {
  expect(allowance({ ...fixed, today: share * 200e6, suspicious: true, calm_bytes: 1000 })).toMatchObject(may);
});

test('calm downloads have what the day’s rounds leave, and never touch the reserve', () => {
  // Twelve hours of rounds at 50 kB cost 36 MB of the 150 MB that calm may spend.
  expect(allowance({ ...fixed, calm_bytes: 50_000, today: 113e6 })).toMatchObject({ transfers: true, stride: 1 });
  expect(allowance({ ...fixed, calm_bytes: 50_000, today: 115e6 })).toMatchObject({ transfers: false, stride: 2 });
  expect(allowance({ ...fixed, calm_bytes: 50_000, today: 115e6, suspicious: true })).toMatchObject({
    transfers: true,
  });
});

test('the monthly cap binds when it is nearer', () => {
  const spent = allowance({ ...fixed, monthly_bytes: 1e9, month: 0.97e9, today: 1e6 });
  expect(spent).toMatchObject({ transfers: false, experiments: false, limit_bytes: 1e9 });
  expect(spent.remaining_bytes).toBeCloseTo(30e6);
});

test('rounds become rarer before the cap, and suspicion may spend the reserve', () => {
  const short: BudgetInput = { ...fixed, today: 130e6 };
  // 12 hours at 100 kB a minute are 72 MB; 20 MB may be spent calmly, 70 MB on suspicion.
  expect(allowance(short).stride).toBe(4);
  expect(allowance({ ...short, suspicious: true }).stride).toBe(2);
});

test('whatever is spent, the stride is a whole number from 1 to 16 and nothing is left below zero', () => {
  const bytes = fc.double({ min: 0, max: 1e12, noNaN: true });
  fc.assert(
    fc.property(
      bytes,
      bytes,
      bytes,
      fc.integer({ min: 0, max: 4e12 }),
      fc.boolean(),
      (today, month, calm, now, odd) => {
        const result = allowance({ ...fixed, today, month, calm_bytes: calm, now, suspicious: odd });
        expect(Number.isInteger(result.stride) && result.stride >= 1 && result.stride <= 16).toBe(true);
        expect(result.remaining_bytes).toBeGreaterThanOrEqual(0);
        expect(result.rounds || !result.experiments).toBe(true);
      },
    ),
  );
});

test('days are booked in UTC', () => {
  expect(bookingDays(Date.UTC(2024, 1, 29, 23, 59))).toEqual({ today: '2024-02-29', month: '2024-02-01' });
});
