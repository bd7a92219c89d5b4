/**
 * The volunteer's data plan, respected by construction: what may still be measured, and how often.
 *
 * The cap is hard. What costs most and tells least goes first: transfers, then experiments, then everything. Long
 * before that the rounds become rarer, so that a day's budget lasts a day; a share is kept back for suspicion.
 */

/** Shares of the cap at which transfers, experiments and all measuring end. */
const transfersEnd = 0.85;
const experimentsEnd = 0.95;

/** The rarest that rounds become while anything is left: one in so many slots. */
const rarest = 16;

/** Days of the longest month: what is left of it is shared among the days left of it. */
const dayMs = 86_400_000;

export interface BudgetInput {
  /** Wire bytes spent since UTC midnight, and since the first of the UTC month. */
  today: number;
  month: number;
  daily_bytes: number;
  monthly_bytes: number;
  /** Share of the cap that only suspicion may spend. */
  reserve: number;
  /** Milliseconds since the epoch. */
  now: number;
  /** Distance between two slots, ms, and what a calm round costs without downloads, bytes. */
  slot_ms: number;
  /** Distance between two calm rounds where nothing is short, ms; a slot where absent. */
  interval_ms?: number | undefined;
  calm_bytes: number;
  /** Something looks odd, or an incident is open. */
  suspicious: boolean;
}

export interface Allowance {
  transfers: boolean;
  experiments: boolean;
  /** False: the cap is reached and nothing may be sent. */
  rounds: boolean;
  /** Measure in one of so many slots. */
  stride: number;
  /** The cap that binds first, and what is left of it. */
  limit_bytes: number;
  remaining_bytes: number;
}

/** What the plan allows now. Pure. */
export function allowance(input: BudgetInput): Allowance {
  const { today, month, daily_bytes, monthly_bytes, now } = input;
  const left = { day: Math.max(0, daily_bytes - today), month: Math.max(0, monthly_bytes - month) };
  const used = Math.max(today / daily_bytes, month / monthly_bytes);
  const dailyBinds = left.day <= left.month;
  const { stride, room } = paceFor(input, untilMidnight(now), untilNextMonth(now));
  return {
    // Rounds are never made rarer for the sake of downloads: those have what the rest of the day's rounds leave.
    transfers: used < transfersEnd && room > 0,
    experiments: used < experimentsEnd,
    rounds: used < 1,
    stride,
    limit_bytes: dailyBinds ? daily_bytes : monthly_bytes,
    remaining_bytes: dailyBinds ? left.day : left.month,
  };
}

/**
 * Rounds become rarer when what is left would not last at the present price: by the tighter of the two caps. `room`: what
 * is left besides them, bytes, not above zero when nothing is.
 */
function paceFor(input: BudgetInput, dayLeft: number, monthLeft: number): { stride: number; room: number } {
  const { today, month, daily_bytes, monthly_bytes, reserve, slot_ms, calm_bytes, suspicious } = input;
  const share = suspicious ? 1 : 1 - reserve;
  const need = (ms: number) => (ms / slot_ms) * calm_bytes;
  const caps = [
    { needed: need(dayLeft), available: share * daily_bytes - today },
    { needed: need(monthLeft), available: share * monthly_bytes - month },
  ];
  const strides = caps.map(({ needed, available }) =>
    needed === 0 ? 1 : available <= 0 ? rarest : Math.ceil(needed / available),
  );
  const stride = Math.min(rarest, Math.max(1, ...strides));
  // Where a whole day of rounds fits, downloads wait for them; where it does not, both get by with what there is.
  const normal = Math.max(1, Math.round((input.interval_ms ?? slot_ms) / slot_ms));
  const every = need(dayMs) / normal <= share * daily_bytes ? normal : Math.max(normal, stride);
  return { stride, room: Math.min(...caps.map(({ needed, available }) => available - needed / every)) };
}

const untilMidnight = (now: number): number => dayMs - (now % dayMs);

function untilNextMonth(now: number): number {
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1) - now;
}

/** UTC day of `now` and the first day of its month, as the store books bytes: `2024-01-20`. */
export function bookingDays(now: number): { today: string; month: string } {
  const today = new Date(now).toISOString().slice(0, 10);
  return { today, month: `${today.slice(0, 7)}-01` };
}
