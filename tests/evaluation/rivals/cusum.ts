/**
 * The CUSUM of OONI's event detector (ooni/data, `analysis/detector.py`): fixed means 0 (fine) and .7 (blocked),
 * threshold h = edd × .7 / 2, the accumulator of the other direction at rest. Their observations are hourly medians;
 * here each round is one observation, the median over the platform's targets of "no answer". Expected detection delay
 * 10 rounds, so that it answers in minutes: with their 20 it is twice as slow.
 */
import type { PlatformGlance } from './glance.ts';
import type { Rule } from './rival.ts';

const MU_BLOCKED = 0.7;
const EXPECTED_DELAY = 10;
const H = (EXPECTED_DELAY * MU_BLOCKED) / 2;

export class Cusum implements Rule {
  private s = 0;
  private on = false;

  step(seen: PlatformGlance): boolean {
    if (seen.seen === 0) return this.on;
    const y = seen.failed * 2 > seen.seen ? 1 : seen.failed * 2 === seen.seen ? 0.5 : 0;
    const drift = this.on ? MU_BLOCKED - y : y;
    this.s = Math.max(0, this.s + drift - MU_BLOCKED / 2);
    if (this.s > H) {
      this.on = !this.on;
      this.s = 0;
    }
    return this.on;
  }

  clone(): Rule {
    const copy = new Cusum();
    copy.s = this.s;
    copy.on = this.on;
    return copy;
  }
}
