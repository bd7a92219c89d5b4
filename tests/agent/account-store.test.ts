/** The caps with the real store behind them: over restarts, reloads and the turn of the month. */
import { expect, test } from 'vitest';
import { createAccount } from '../../src/agent/account.ts';
import type { Spent } from '../../src/agent/meter.ts';
import { directory, type Opened, open } from '../store/directory.ts';
import { outcome } from '../store/outcomes.ts';

const daily_bytes = 1_000_000;
const monthly_bytes = 1_500_000;
const hour = 3_600_000;

/** A process: its own meter from nothing, the account of what the store remembers, and its rounds into that store. */
function run({ store, setWall }: Opened, start: number) {
  const wire = { sent: 0, received: 0 };
  let now = start;
  setWall(now);
  const account = createAccount({
    daily_bytes,
    monthly_bytes,
    reserve: 0.25,
    slot_ms: 60_000,
    meter: { spent: (): Spent => ({ probe: { ...wire } }) },
    bytesSince: (day) => store.bytesSince(day),
    wall: () => now,
  });
  return {
    account,
    at(time: number) {
      now = time;
      setWall(now);
    },
    /** A round that costs so much; recorded as the daemon's sink does. */
    round(cost: number) {
      wire.received += cost;
      const n = store.lastRound() + 1;
      const { round } = outcome(n);
      const bytes = account.settle(false);
      store.record(outcome(n, { round: { ...round, started_at: new Date(now).toISOString() }, bytes }));
    },
    allowed: () => account.allowance(false),
  };
}

test('a restart gives nothing back: what was spent today stays spent', () => {
  const path = directory();
  const noon = Date.UTC(2024, 0, 20, 12);
  const first = open(path);
  const before = run(first, noon);
  for (let i = 0; i < 9; i++) before.round(100_000);
  expect(before.allowed()).toMatchObject({ rounds: true, transfers: false, remaining_bytes: 100_000 });
  first.store.close();

  const second = open(path);
  const after = run(second, noon + hour);
  expect(after.allowed()).toMatchObject({
    rounds: true,
    transfers: false,
    experiments: true,
    remaining_bytes: 100_000,
  });
  after.round(60_000);
  expect(after.allowed().experiments).toBe(false);
  after.round(40_000);
  expect(after.allowed()).toMatchObject({ rounds: false, remaining_bytes: 0 });
  second.store.close();

  // Started again and again, as a container that is killed is: still nothing.
  const third = open(path);
  expect(run(third, noon + 2 * hour).allowed().rounds).toBe(false);
});

test('a new day begins at nothing, the month goes on, a new month begins at nothing', () => {
  const path = directory();
  const eve = Date.UTC(2024, 0, 30, 23, 59);
  const first = open(path);
  const january = run(first, eve);
  january.round(1_000_000);
  expect(january.allowed().rounds).toBe(false);
  january.at(Date.UTC(2024, 0, 31, 0, 1));
  // A million of the month's one and a half is gone: the month binds now.
  expect(january.allowed()).toMatchObject({ rounds: true, limit_bytes: monthly_bytes, remaining_bytes: 500_000 });
  january.round(500_000);
  expect(january.allowed().rounds).toBe(false);
  first.store.close();

  const second = open(path);
  const restarted = run(second, Date.UTC(2024, 0, 31, 12));
  expect(restarted.allowed()).toMatchObject({ rounds: false, remaining_bytes: 0 });
  restarted.at(Date.UTC(2024, 1, 1, 0, 1));
  expect(restarted.allowed()).toMatchObject({ rounds: true, limit_bytes: daily_bytes, remaining_bytes: daily_bytes });
  restarted.round(300_000);
  second.store.close();

  const third = open(path);
  expect(run(third, Date.UTC(2024, 1, 1, 12)).allowed().remaining_bytes).toBe(daily_bytes - 300_000);
});

test('an estimate that is put right is no new meter', () => {
  const path = directory();
  const first = open(path);
  const one = run(first, Date.UTC(2024, 0, 20, 12));
  one.round(300_000);
  one.round(-50);
  one.round(1_000);
  expect(one.allowed().remaining_bytes).toBeGreaterThanOrEqual(daily_bytes - 301_000);
  first.store.close();
  const restarted = open(path);
  expect(run(restarted, Date.UTC(2024, 0, 20, 13)).allowed().remaining_bytes).toBeGreaterThanOrEqual(
    daily_bytes - 301_000,
  );
});

// A reload makes a new station with a meter that begins at nothing, on the store that goes on.
test('a reload loses no bytes', () => {
  const path = directory();
  const noon = Date.UTC(2024, 0, 20, 12);
  const first = open(path);
  const before = run(first, noon);
  before.round(400_000);
  const reloaded = run(first, noon + hour);
  reloaded.round(100_000);
  reloaded.round(100_000);
  expect(reloaded.allowed().remaining_bytes).toBe(400_000);
  first.store.close();
  const restarted = open(path);
  expect(run(restarted, noon + 2 * hour).allowed().remaining_bytes).toBe(400_000);
});
