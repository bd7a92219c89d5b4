/**
 * The band that dashboards draw: mean and standard deviation, exponentially weighted over about half a day, alarm while
 * three rounds in a row lie more than 3 σ above (Roberts 1959; the recording rules of Grafana's PromQL anomaly detection
 * have the same shape).
 */
import type { PlatformGlance } from './glance.ts';
import type { Rule } from './rival.ts';

const WEIGHT = 1 / 720;
const LEAST = 120;
const SIGMAS = 3;
const IN_A_ROW = 3;

export class Ewma implements Rule {
  private mean = 0;
  private variance = 0;
  private samples = 0;
  private run = 0;

  step(seen: PlatformGlance): boolean {
    const x = seen.latency;
    if (x === undefined) return this.run >= IN_A_ROW;
    const high = this.samples >= LEAST && x > this.mean + SIGMAS * Math.sqrt(this.variance);
    this.run = high ? this.run + 1 : 0;
    const w = Math.max(WEIGHT, 1 / ++this.samples);
    const d = x - this.mean;
    this.mean += w * d;
    this.variance = (1 - w) * (this.variance + w * d * d);
    return this.run >= IN_A_ROW;
  }

  clone(): Rule {
    return Object.assign(new Ewma(), this);
  }
}
