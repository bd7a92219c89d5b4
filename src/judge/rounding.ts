/**
 * Numbers as the state keeps them. Rounding inside the fold keeps the state small and makes a fold that was stopped,
 * stored and resumed equal to one that ran through. Fixed decimals instead of significant digits: levels are logs
 * around 4 that move by 0.0003 a sample, which four significant digits would round away for ever.
 */

/** Log evidence, log-ratios, badness: four decimals. `+ 0` turns -0, which JSON does not keep, into 0. */
export function round4(x: number): number {
  return Math.round(x * 1e4) / 1e4 + 0;
}

/** Learned levels in the log domain. */
export function round5(x: number): number {
  return Math.round(x * 1e5) / 1e5 + 0;
}

/** Means of badness, which are small. */
export function round6(x: number): number {
  return Math.round(x * 1e6) / 1e6 + 0;
}

/** `x` between `low` and `high`. */
export function clip(x: number, low: number, high: number): number {
  return Math.min(Math.max(x, low), high);
}

/** Less than a nanosecond or a bit: no quantity of ours, and nothing to take a logarithm of. */
const least = 1e-6;

/** A positive number below `limit`, or undefined: records come from files that anybody may have written. */
export function positive(x: unknown, limit: number): number | undefined {
  return typeof x === 'number' && x >= least && x < limit ? x : undefined;
}
