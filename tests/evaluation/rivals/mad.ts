/**
 * Robust z-score: more than 5 scaled MADs above the median of the last hour in three of five rounds (Iglewicz and
 * Hoaglin 1993 for the .6745; they suggest 3.5, which alarms still more often).
 */
import type { PlatformGlance } from './glance.ts';
import type { Rule } from './rival.ts';

const WINDOW = 60;
const LEAST = 30;
const Z = 5;
const OF_FIVE = 3;
/** Below one per cent of log latency the MAD is the clock's grain. */
const MAD_LEAST = 0.01;

export class Mad implements Rule {
  private window: number[] = [];
  private recent = 0;

  step(seen: PlatformGlance): boolean {
    const x = seen.latency;
    if (x === undefined) return this.on();
    let high = false;
    if (this.window.length >= LEAST) {
      const sorted = Float64Array.from(this.window).sort();
      const median = sorted[sorted.length >> 1]!;
      for (let i = 0; i < sorted.length; i++) sorted[i] = Math.abs(sorted[i]! - median);
      sorted.sort();
      high = (0.6745 * (x - median)) / Math.max(MAD_LEAST, sorted[sorted.length >> 1]!) > Z;
    }
    this.recent = ((this.recent << 1) | (high ? 1 : 0)) & 31;
    this.window.push(x);
    if (this.window.length > WINDOW) this.window.shift();
    return this.on();
  }

  private on(): boolean {
    let bits = 0;
    for (let rest = this.recent; rest; rest >>= 1) bits += rest & 1;
    return bits >= OF_FIVE;
  }

  clone(): Rule {
    const copy = new Mad();
    copy.window = [...this.window];
    copy.recent = this.recent;
    return copy;
  }
}
