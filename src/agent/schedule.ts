/** When rounds begin: jittered slots on the monotonic clock, an overrun is counted and skipped, never stacked. */

export interface Slot {
  /** Counts from 1 in each run of the schedule. */
  index: number;
  /** Monotonic milliseconds at which the round begins. */
  at: number;
  /** Slots that passed unused since the last one, because a round ran over or the process was held up. */
  missed: number;
}

export interface ScheduleOptions {
  interval_ms: number;
  /** Share of the interval over which the start is spread, 0…1: probes of many volunteers must not beat in step. */
  jitter: number;
  /** Monotonic milliseconds of the first slot's beginning. */
  origin: number;
  /** Uniform in [0, 1). */
  random: () => number;
}

/**
 * Says when the next round begins.
 *
 * Slot k covers `origin + k × interval`; its start lies somewhere in the first `jitter` of it. Because slots do not
 * move with the rounds' durations, the mean rate is exact and a late round cannot push all later ones.
 */
export function createSchedule({ interval_ms, jitter, origin, random }: ScheduleOptions): (now: number) => Slot {
  let last = -1;
  return (now) => {
    const current = Math.floor((now - origin) / interval_ms);
    const first = last === -1;
    // The slot that `now` lies in counts only for the very first round; later ones wait for a fresh slot.
    const next = Math.max(
      last + 1,
      first ? Math.max(current, 0) : current + (now > origin + current * interval_ms ? 1 : 0),
    );
    const missed = first ? 0 : next - last - 1;
    last = next;
    const at = first ? Math.max(now, origin) : origin + next * interval_ms + random() * jitter * interval_ms;
    return { index: next + 1, at, missed };
  };
}
