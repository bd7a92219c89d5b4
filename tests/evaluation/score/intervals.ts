/** 95 % intervals: Wilson's score for shares, the exact (Garwood 1936) interval for Poisson counts. */
export interface Interval {
  low: number;
  high: number;
}

const Z = 1.959963984540054;

/** Wilson's score interval for `hits` of `n`; [0, 1] when n = 0. `hits` may be fractional (a mean over platforms). */
export function wilson(hits: number, n: number): Interval {
  if (n === 0) return { low: 0, high: 1 };
  const p = hits / n;
  const z2 = Z * Z;
  const middle = (p + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Z / (1 + z2 / n)) * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/**
 * Wilson's interval where trials come in clusters (several events at one vantage, which share its line): the number of
 * trials is reduced by the design effect, the observed variance between clusters over the binomial one (Kish 1965), never
 * below one a cluster and never raised. All or none found shows no variance: then it is the plain interval.
 */
export function wilsonClustered(clusters: readonly { hits: number; n: number }[]): Interval {
  let hits = 0;
  let n = 0;
  for (const one of clusters) {
    hits += one.hits;
    n += one.n;
  }
  const k = clusters.length;
  const p = hits / n;
  const binomial = (p * (1 - p)) / n;
  if (k < 2 || !(binomial > 0)) return wilson(hits, n);
  let squares = 0;
  for (const one of clusters) squares += (one.hits - p * one.n) ** 2;
  const between = ((k / (k - 1)) * squares) / n ** 2;
  const effective = Math.min(n, Math.max(k, (n * binomial) / between));
  return wilson(p * effective, effective);
}

/** Chance of at most `k` events of a Poisson variable with the given mean. */
export function poissonCdf(k: number, mean: number): number {
  let term = Math.exp(-mean);
  let sum = term;
  for (let i = 1; i <= k; i++) {
    term *= mean / i;
    sum += term;
  }
  return Math.min(1, sum);
}

/** Above this count the exact interval's exponentials underflow, and Wilson–Hilferty agrees to four digits. */
const EXACT_UP_TO = 200;

/** Exact interval for the mean of a Poisson count: both tails hold 2.5 %. Found by bisection. */
export function poisson(count: number): Interval {
  if (count > EXACT_UP_TO) {
    const cube = (k: number, side: number) => k * (1 - 1 / (9 * k) + (side * Z) / (3 * Math.sqrt(k))) ** 3;
    return { low: cube(count, -1), high: cube(count + 1, 1) };
  }
  const solve = (below: (mean: number) => boolean): number => {
    let low = 0;
    let high = 2 * count + 20;
    for (let i = 0; i < 80; i++) {
      const mean = (low + high) / 2;
      if (below(mean)) low = mean;
      else high = mean;
    }
    return (low + high) / 2;
  };
  return {
    low: count === 0 ? 0 : solve((mean) => 1 - poissonCdf(count - 1, mean) < 0.025),
    high: solve((mean) => poissonCdf(count, mean) > 0.025),
  };
}

/** Quantile of values that need not be sorted: the smallest value that at least a share `q` does not exceed. */
export function quantile(values: readonly number[], q: number): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))];
}

/** Distribution-free 95 % interval of the median by order statistics (normal approximation of the binomial ranks). */
export function medianInterval(values: readonly number[]): Interval | undefined {
  const n = values.length;
  if (n === 0) return undefined;
  const sorted = Float64Array.from(values).sort();
  const half = (Z * Math.sqrt(n)) / 2;
  const low = Math.max(0, Math.floor(n / 2 - half));
  const high = Math.min(n - 1, Math.ceil(n / 2 + half) - 1);
  return { low: sorted[low]!, high: sorted[Math.max(low, high)]! };
}
