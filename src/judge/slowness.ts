/**
 * Badness in [0, 1] from a log-ratio to normal. Effects below 2× never count: one path change in a thousand is that
 * large, and home goodput halves in 1.9 % of tests by itself (NDT, 74 homes).
 */

const ln2 = Math.log(2);
const ln6 = Math.log(6);
const ln25 = Math.log(2.5);
const ln10 = Math.log(10);

/** Badness from which a sample counts as bad: a latency of 2.2 times its normal, a rate of a third. */
export const bad = 0.1;

/** Of connect + tls, and of tls over connect: 0 at twice the normal, 1 at six times. */
export function slowness(ratio: number): number {
  return scaled((ratio - ln2) / (ln6 - ln2));
}

/** Of goodput: 0 at 1/2.5 of the normal, 1 at a tenth. */
export function shortness(ratio: number): number {
  return scaled((ratio - ln25) / (ln10 - ln25));
}

/** A path that lies just at the cut-off for a day must not add up to an alarm: what is not bad is nothing. */
function scaled(y: number): number {
  return y < bad ? 0 : Math.min(1, y);
}
