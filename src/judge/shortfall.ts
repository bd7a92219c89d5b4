/**
 * How much slower a download was than usual, with the waiting that is no transmission taken out.
 *
 * A 64 KiB object arrives within TCP's slow start: of the time that its plateau takes, one round trip is waiting for the
 * window to open, whatever the line's rate (at 250 ms a 20 Mbit/s line reads 1.4 Mbit/s). A limit stretches only the
 * rest. Compared as rates, 1 Mbit/s on a distant path is a factor of 2 and lost in the noise; compared as transmission
 * times it is 3 to 4. Measured in docs/evaluation.md.
 */

/** Octets of the usual plateau: 64 KiB less the first 20 (docs/goodput.md). */
const plateauBits = 44 * 1024 * 8;
/**
 * Share of the usual time that counts as transmission at least: the jitter of the round trip is magnified by its inverse.
 * With .6 a limit of 1 Mbit/s beyond 150 ms is lost (90 % found), with .4 it is not (98 %); with .25 what the jitter
 * teaches of calm costs two rounds of evidence (docs/evaluation.md).
 */
const leastShare = 0.4;
/** A plateau that took less than this many round trips did not wait for a window: larger objects, or another method. */
const waited = 0.8;

/**
 * Log-ratio of transmission times, positive when slower than usual, 0 when the longer path explains it all. `rate` and `level` in ln bit/s, round trips in ln ms;
 * without both of them the plain ratio of rates.
 */
export function shortfall(
  rate: number,
  level: number,
  connect: number | undefined,
  usualConnect: number | undefined,
): number {
  const away = level - rate;
  if (away <= 0 || usualConnect === undefined) return away;
  // TCP's rate falls as the round trip grows, in slow start and under loss alike (Mathis et al. 1997).
  const farther = connect === undefined ? 0 : Math.max(0, connect - usualConnect);
  const usual = plateauBits / Math.exp(level);
  const trip = Math.exp(usualConnect) / 1000;
  if (usual < waited * trip) return Math.max(0, away - farther);
  const waiting = Math.min(trip, (1 - leastShare) * usual);
  const transmission = plateauBits / Math.exp(rate) - waiting * Math.exp(farther);
  return Math.max(0, Math.log(Math.max(transmission, usual - waiting) / (usual - waiting)) - farther);
}
