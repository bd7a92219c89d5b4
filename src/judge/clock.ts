/** What the two clocks of a round say about the rounds before it: next, late after a sleep, restarted, or seen already. */
import type { Round } from '../model/round.ts';
import { clip } from './rounding.ts';
import type { JudgeState } from './state.ts';

/** Gap, in intervals, after which caches are cold and links are waking: one round is looked at and not counted. */
const sleepIntervals = 2.5;
/** Gap after which evidence from before it is nearly worthless: the world may have changed and changed back. */
const forgetSeconds = 15 * 60;

/** The end of the year 9999, and ten years: no clock of ours goes or jumps further. */
const latest = 253_402_300_800;
const longest = 315_576_000;

export interface Tick {
  /** Already folded, or older than what has been: changes nothing. */
  stale: boolean;
  /** Fold time of this round, seconds. */
  t: number;
  /** Wall-clock second of `started_at`. */
  wall: number;
  /** Distance between rounds, seconds. */
  interval: number;
  /** UTC hour of day. */
  hour: number;
  /** First round after a sleep or a long silence. */
  woke: boolean;
  /** Evidence from before the gap is capped. */
  forget: boolean;
  first: boolean;
}

/**
 * Places a round in time. A record whose wall clock cannot be read is placed by its monotonic clock.
 *
 * `monotonic_ms` smaller than before is a reboot when the wall clock went on, and a record out of order when it did
 * not. A wall clock that jumps while the monotonic one does not changes nothing here: evidence is kept, and the hour
 * of day is read afresh from every round.
 */
export function tick(last: JudgeState['last'] | undefined, round: Round, interval_ms: number): Tick {
  const interval = clip(interval_ms / 1000, 1, 86_400);
  const parsed = Date.parse(round.started_at) / 1000;
  const wall = Math.floor(parsed >= 0 && parsed < latest ? parsed : last ? last.wall + interval : 0);
  const hour = Math.floor((((wall % 86_400) + 86_400) % 86_400) / 3600);
  const base = { wall, interval, hour };
  if (last === undefined) return { ...base, stale: false, t: 0, woke: false, forget: false, first: true };
  const elapsed = (round.monotonic_ms - last.monotonic_ms) / 1000;
  const passed = Math.min(elapsed > 0 ? elapsed : wall - last.wall, longest);
  if (!(passed > 0)) return { ...base, stale: true, t: last.t, woke: false, forget: false, first: false };
  return {
    ...base,
    stale: false,
    t: last.t + Math.max(1, Math.round(passed)),
    woke: passed > sleepIntervals * interval,
    forget: passed > forgetSeconds && passed > sleepIntervals * interval,
    first: false,
  };
}
