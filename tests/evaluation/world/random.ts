/**
 * Seeded random numbers for the trace generator: fast, splittable, the same on every machine.
 *
 * sfc32 (Chris Doty-Humphrey's Small Fast Counting generator, PractRand) seeded through splitmix32: both use integer
 * arithmetic only, so that a seed means the same trace everywhere.
 */

/** Quantiles of the standard normal: a table look-up costs a twentieth of Box–Muller, and jitter needs three a sample. */
const NORMAL_BITS = 12;
const normalTable = quantiles(1 << NORMAL_BITS);

/** Acklam's rational approximation of the normal quantile (relative error below 1.2e-9), without the refinement step. */
export function normalQuantile(p: number): number {
  const a = [
    -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239,
  ];
  const b = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572];
  const c = [
    -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
    2.938163982698783,
  ];
  const d = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416];
  const tail = (q: number) =>
    (((((c[0]! * q + c[1]!) * q + c[2]!) * q + c[3]!) * q + c[4]!) * q + c[5]!) /
    ((((d[0]! * q + d[1]!) * q + d[2]!) * q + d[3]!) * q + 1);
  if (p < 0.02425) return tail(Math.sqrt(-2 * Math.log(p)));
  if (p > 1 - 0.02425) return -tail(Math.sqrt(-2 * Math.log(1 - p)));
  const q = p - 0.5;
  const r = q * q;
  return (
    ((((((a[0]! * r + a[1]!) * r + a[2]!) * r + a[3]!) * r + a[4]!) * r + a[5]!) * q) /
    (((((b[0]! * r + b[1]!) * r + b[2]!) * r + b[3]!) * r + b[4]!) * r + 1)
  );
}

function quantiles(n: number): Float64Array {
  const table = new Float64Array(n);
  for (let i = 0; i < n; i++) table[i] = normalQuantile((i + 0.5) / n);
  return table;
}

export class Rng {
  private a = 0;
  private b = 0;
  private c = 0;
  private counter = 1;

  /** `seed` and `stream` are any integers: different pairs give unrelated sequences. */
  constructor(seed: number, stream = 0) {
    let h = (seed ^ Math.imul(stream + 1, 0x9e3779b9)) | 0;
    const next = () => {
      h = (h + 0x9e3779b9) | 0;
      let z = h;
      z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      return (z ^ (z >>> 15)) | 0;
    };
    this.a = next();
    this.b = next();
    this.c = next() ^ (Math.floor(seed / 2 ** 32) | 0);
    for (let i = 0; i < 12; i++) this.u32();
  }

  /** A copy that will go on exactly as this one would. */
  clone(): Rng {
    const copy = new Rng(0);
    copy.a = this.a;
    copy.b = this.b;
    copy.c = this.c;
    copy.counter = this.counter;
    return copy;
  }

  /** 32 random bits as a signed integer. */
  u32(): number {
    const t = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + t;
    this.c |= 0;
    return t;
  }

  /** Uniform in [0, 1). */
  uniform(): number {
    return (this.u32() >>> 0) / 4294967296;
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** Integer in 0 … n − 1. */
  below(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  chance(p: number): boolean {
    return this.uniform() < p;
  }

  /** Standard normal, tails cut at 3.7 σ by the table: outliers are spikes, modelled on their own. */
  normal(): number {
    return normalTable[this.u32() >>> (32 - NORMAL_BITS)]!;
  }

  /** Exponential with the given mean. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.uniform());
  }

  /** Log-normal by its median and the standard deviation of its logarithm. */
  lognormal(median: number, sigma: number): number {
    return median * Math.exp(sigma * this.normal());
  }

  /** Laplace with scale b: path-change sizes in log RTT follow it. */
  laplace(b: number): number {
    const u = this.uniform() - 0.5;
    return -b * Math.sign(u) * Math.log(1 - 2 * Math.abs(u) + 1e-12);
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }

  /** Draws one by weight. */
  weighted<T extends { weight: number }>(from: readonly T[]): T {
    let total = 0;
    for (const item of from) total += item.weight;
    let left = this.uniform() * total;
    for (const item of from) {
      left -= item.weight;
      if (left < 0) return item;
    }
    return from[from.length - 1]!;
  }
}
