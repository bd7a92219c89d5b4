/** What every rival is: a rule per platform that is on or off after each round. */
import type { PlatformGlance } from './glance.ts';

export interface Rule {
  /** Takes one round of one platform in; true while the alarm is on. */
  step(seen: PlatformGlance): boolean;
  /** An independent copy in the same state. */
  clone(): Rule;
}

export interface Rival {
  name: string;
  why: string;
  /** Skips rounds in which more than a third of the controls failed. */
  gated: boolean;
  make(): Rule;
}
