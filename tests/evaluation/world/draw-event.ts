/** The dice of one event: whom it hits, and how long. */
import type { Rng } from './random.ts';
import { platforms } from './vantage.ts';

/** The platforms that one event hits. */
export function drawHit(rng: Rng, kind: { platforms: number }): number[] {
  const order = platforms.map((_, i) => i);
  for (let i = order.length - 1; i > 0; i--) {
    const j = rng.below(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order.slice(0, kind.platforms);
}

/** How long an event lasts, minutes: median two hours, as the rallies of January 2024 did, never below forty minutes. */
export function drawLength(rng: Rng): number {
  return Math.min(240, Math.max(40, Math.round(rng.lognormal(120, 0.5))));
}
