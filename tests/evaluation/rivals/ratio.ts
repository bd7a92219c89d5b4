/**
 * IODA's outage rule for active probing (ioda.inetintel.cc.gatech.edu/help): an outage while the present value is below
 * .8 of the median of the last seven days; their rounds take ten minutes, so values here are ten-round means of the
 * share of targets that answered.
 */
import type { PlatformGlance } from './glance.ts';
import type { Rule } from './rival.ts';

const ROUNDS = 10;
const HISTORY = 7 * 24 * 6;
const BELOW = 0.8;
/** The share is kept in hundredths, so that the median is a walk over 101 counts. */
const LEVELS = 101;

export class Ratio implements Rule {
  private answered = 0;
  private seen = 0;
  private rounds = 0;
  private counts = new Uint16Array(LEVELS);
  private history: number[] = [];
  private on = false;

  step(seen: PlatformGlance): boolean {
    this.answered += seen.seen - seen.failed;
    this.seen += seen.seen;
    if (++this.rounds < ROUNDS || this.seen === 0) return this.on;
    const value = Math.round((100 * this.answered) / this.seen);
    this.answered = this.seen = this.rounds = 0;
    const n = this.history.length;
    if (n >= ROUNDS) {
      let left = n >> 1;
      let median = 0;
      while (left >= this.counts[median]!) left -= this.counts[median++]!;
      this.on = value < BELOW * median;
    }
    this.history.push(value);
    this.counts[value]!++;
    if (n >= HISTORY) this.counts[this.history.shift()!]!--;
    return this.on;
  }

  clone(): Rule {
    const copy = new Ratio();
    Object.assign(copy, this);
    copy.counts = this.counts.slice();
    copy.history = [...this.history];
    return copy;
  }
}
