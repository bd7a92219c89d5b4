import { expect, test } from 'vitest';
import { createAccount } from '../../src/agent/account.ts';
import type { Spent } from '../../src/agent/meter.ts';

const noon = Date.UTC(2024, 0, 31, 12);

function account(stored: Record<string, number>) {
  const wire = { sent: 0, received: 0 };
  const clock = { now: noon };
  const made = createAccount({
    daily_bytes: 1e6,
    monthly_bytes: 10e6,
    reserve: 0.25,
    slot_ms: 60_000,
    meter: { spent: (): Spent => ({ probe: { ...wire } }) },
    bytesSince: (day) => stored[day] ?? 0,
    wall: () => clock.now,
  });
  return { made, wire, clock };
}

test('what earlier runs spent today and this month counts', () => {
  const { made } = account({ '2024-01-31': 400_000, '2024-01-01': 9_500_000 });
  expect(made.allowance(false)).toMatchObject({ limit_bytes: 10e6, remaining_bytes: 500_000, transfers: false });
});

test('the cap is hard within a run, and a new day begins at nothing', () => {
  const { made, wire, clock } = account({});
  wire.received = 999_999;
  expect(made.allowance(false).rounds).toBe(true);
  wire.sent = 1;
  expect(made.allowance(false).rounds).toBe(false);
  clock.now += 12 * 3_600_000;
  expect(made.allowance(false)).toMatchObject({ rounds: true, remaining_bytes: 1e6 });
});

test('the price of a calm round is learned from calm rounds', () => {
  const { made, wire } = account({});
  // 100 B a round: 720 rounds until midnight cost 72 kB of the 750 kB that calm may spend.
  for (let i = 0; i < 100; i++) {
    made.allowance(false);
    wire.received += 100;
    made.settle(false);
  }
  expect(made.allowance(false).stride).toBe(1);
  for (let i = 0; i < 100; i++) {
    made.allowance(false);
    wire.received += 2000;
    made.settle(false);
  }
  expect(made.allowance(false).stride).toBeGreaterThan(1);
});
