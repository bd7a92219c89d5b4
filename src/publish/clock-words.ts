/** What a wrong clock of this computer means, in words: without them nobody learns why a fleet does not count the probe. */
import { duration } from './words.ts';

/**
 * The rules of a fleet count a probe only if its last round, by the probe's own clock, is less than 180 s from now
 * (`reachd:probe_fresh` in config/prometheus/rules.yaml). A clock that is behind adds to the age of the round, which is up to
 * a round (66 s with its jitter) and a scrape (30 s) old.
 */
const ahead_s = 180;
const behind_s = 84;

/** A clock that was wrong is right again this far within the bounds: at a bound itself it would be said every other round. */
const rightAgain = 0.8;

/** Whether a clock that was wrong may be called right. */
export const isRightAgain = (skew_s: number): boolean => clockTrouble(skew_s / rightAgain) === undefined;

/** One sentence where a fleet would take the probe for silent; `skew_s` positive when our clock is ahead, absent when not known. */
export function clockTrouble(skew_s: number | undefined): string | undefined {
  if (skew_s === undefined || (skew_s <= ahead_s && skew_s >= -behind_s)) return undefined;
  const by = `${duration(Math.abs(skew_s) * 1000)} ${skew_s > 0 ? 'ahead' : 'behind'}`;
  return `This computer's clock is ${by}: a fleet does not count this probe, or not always, and the times of incidents are wrong. Set the clock.`;
}
