/**
 * Ground truth: what is really wrong with a platform at a minute, read off the air and the paths, not off a detector.
 */
import { type Air, failModes } from './air.ts';
import { lossLimit } from './transfer.ts';
import { TARGETS_PER_PLATFORM, type Vantage } from './vantage.ts';

export interface Truth {
  /** Exchanges with the platform fail, and it is not the line. */
  failing: boolean;
  /**
   * A path of the platform is at least 1.8 × slower than usual, has lost half of its rate, or loses a hundredth of its
   * packets (one handshake in fifteen then waits for a retransmission): a user would notice, and an alarm that says
   * `degraded` would not be wrong.
   */
  slow: boolean;
}

/** Bounds of `slow`: a little below the 2 × (and 2.5 × of goodput) from which badness counts at all. */
const SLOW_RTT = 1.8;
const SLOW_RATE = 0.5;
const SLOW_LOSS = 0.01;

export function truthOf(
  now: { vantage: Vantage; air: Air; level: Float64Array; edge: Uint8Array },
  platform: number,
): Truth {
  const { air, vantage } = now;
  let failing = false;
  let slow = false;
  for (let r = 0; r < TARGETS_PER_PLATFORM; r++) {
    const p = platform * TARGETS_PER_PLATFORM + r;
    if (failModes[air.fail[p]!] !== 'none') failing = true;
    const path = vantage.paths[p]!;
    const trip = Math.exp(now.level[p]!) * path.edges[now.edge[p]!]!.factor * air.rtt[p]!;
    const loss = air.path_loss[p]!;
    if (trip >= SLOW_RTT || air.path_rate[p]! <= SLOW_RATE || loss >= SLOW_LOSS) slow = true;
    // TCP's own law: what this loss allows on this path, against the line.
    else if (loss > 0 && lossLimit((path.base_ms * trip) / 1000, loss) <= SLOW_RATE * vantage.rate_bps) slow = true;
  }
  return { failing, slow };
}
