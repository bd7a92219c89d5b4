/** The byte account: what the meter counts, set against what the store remembers of the day and the month. */
import type { ByteAccount } from '../model/outcome.ts';
import { type Allowance, allowance, bookingDays } from './budget.ts';
import type { Meter, Spent } from './meter.ts';

/**
 * What a calm round is taken to cost before one has been seen, bytes: four handshakes and two controls at 5.8 KB each on
 * the wire, and their look-ups.
 */
const firstGuess = 40_000;

/** Weight of the newest calm round in the average: some ten rounds, a few turns through all targets. */
const weight = 0.1;
/** A round that costs more than so many times the average teaches no more than that. */
const most = 3;

export interface AccountOptions {
  daily_bytes: number;
  monthly_bytes: number;
  /** Share of the cap that only suspicion may spend. */
  reserve: number;
  slot_ms: number;
  /** Distance between two calm rounds, ms; a slot where absent. */
  interval_ms?: number | undefined;
  meter: Pick<Meter, 'spent'>;
  /** Wire bytes that earlier runs stored since a UTC day, inclusive; asked once, at the start. */
  bytesSince(day: string): number;
  /** Milliseconds since the epoch. */
  wall(): number;
}

export interface Account {
  /** What may be done now. */
  allowance(suspicious: boolean): Allowance;
  /** Closes a round: what has been spent since the start, and what is left. */
  settle(suspicious: boolean): ByteAccount;
}

/**
 * The cap holds whatever becomes of the store: what this process spends it counts itself, and asks the store only for
 * what was spent before it began.
 */
export function createAccount(options: AccountOptions): Account {
  const { meter, wall } = options;
  let calm_bytes = firstGuess;
  let settled = 0;
  let downloads = 0;
  const days = bookingDays(wall());
  const spent = {
    day: days.today,
    month: days.month,
    today: options.bytesSince(days.today),
    thisMonth: options.bytesSince(days.month),
  };

  /** Books what has been spent since the last call; a new day or month begins at nothing. */
  const book = (): number => {
    const { today, month } = bookingDays(wall());
    if (today !== spent.day) Object.assign(spent, { day: today, today: 0 });
    if (month !== spent.month) Object.assign(spent, { month, thisMonth: 0 });
    const total = sum(meter.spent());
    const fresh = total - settled;
    settled = total;
    spent.today += fresh;
    spent.thisMonth += fresh;
    return fresh;
  };
  const allowed = (suspicious: boolean) =>
    allowance({ ...options, today: spent.today, month: spent.thisMonth, now: wall(), calm_bytes, suspicious });

  return {
    allowance(suspicious) {
      book();
      return allowed(suspicious);
    },
    settle(suspicious) {
      const cost = book();
      const { transfer } = meter.spent();
      const downloaded = (transfer?.sent ?? 0) + (transfer?.received ?? 0);
      const light = cost - (downloaded - downloads);
      downloads = downloaded;
      // The first round looks at everything: it must not pass for what a calm one costs.
      const price = Math.min(light, most * calm_bytes);
      if (!suspicious && price > 0) calm_bytes += weight * (price - calm_bytes);
      const { limit_bytes, remaining_bytes } = allowed(suspicious);
      return { spent: meter.spent(), limit_bytes, remaining_bytes };
    },
  };
}

const sum = (spent: Spent): number =>
  Object.values(spent).reduce((total, one) => total + (one?.sent ?? 0) + (one?.received ?? 0), 0);
