/** Every uptime monitor's rule: down when three checks in a row failed, up with the first that works. */
import type { PlatformGlance } from './glance.ts';
import type { Rule } from './rival.ts';

const IN_A_ROW = 3;

export class ThreeInARow implements Rule {
  private run = 0;

  step(seen: PlatformGlance): boolean {
    if (seen.seen > 0) this.run = seen.failed === seen.seen ? this.run + 1 : 0;
    return this.run >= IN_A_ROW;
  }

  clone(): Rule {
    const copy = new ThreeInARow();
    copy.run = this.run;
    return copy;
  }
}
