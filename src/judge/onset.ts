/** When it began: between the last good and the first bad sample of the streams that carry it. */
import type { Tick } from './clock.ts';
import type { Onset, StreamState } from './state.ts';

/**
 * The opening stream's interval, narrowed by the others that overlap it: transfers come every five minutes and
 * handshakes every one, and both begin to suffer at the same moment.
 */
export function onset(opening: StreamState, others: readonly StreamState[], tick: Tick): Onset {
  let [good, bad] = opening.run ?? [tick.t, tick.t];
  for (const { run } of others) {
    if (run === undefined || run[0] >= bad || run[1] <= good) continue;
    good = Math.max(good, run[0]);
    bad = Math.min(bad, run[1]);
  }
  return onWall([Math.min(good, bad), bad], tick);
}

/** Fold seconds as the wall clock of this round counts them: a clock that was wrong meanwhile does not matter. */
export function onWall([from, to]: readonly [number, number], { t, wall }: Tick): Onset {
  return [wall - (t - from), wall - (t - to)];
}

/** RFC 3339 with milliseconds, from whole seconds; the year 9999 at most. */
export function iso(seconds: number): string {
  return new Date(Math.max(0, Math.min(seconds, 253_402_300_799)) * 1000).toISOString();
}

/** `20240120T1341`, for an incident's id. */
export function stamp(seconds: number): string {
  return iso(seconds).slice(0, 16).replace(/[-:]/g, '');
}
