/**
 * The e-detector of one stream: a mixture of three Shiryaev-Roberts statistics over bounded evidence, kept in logs.
 *
 * Shin, Ramdas, Rinaldo: E-detectors, a nonparametric framework for sequential change detection (arXiv 2203.03532).
 * While the mean of the badness `y` in [0, 1] stays at or below `m0`, each factor 1 + λ(y/m0 − 1) has expectation ≤ 1,
 * so the average time to a false alarm is at least e^threshold whatever the distribution and the dependence of y.
 * That holds for a known m0; ours is learned, so the number is nominal and measured in docs/evaluation.md.
 */
import { clip, round4 } from './rounding.ts';

export type Evidence = [number, number, number];

/** Means of the badness that the three bets are best against: one target of three, half the time, nearly always. */
const bets = [0.25, 0.5, 0.9] as const;

/** e^-30: nothing. */
export const none: Evidence = [-30, -30, -30];

/** More evidence than this decides nothing further and would only delay forgetting. */
const most = 60;

/** log(1 + e^x), without overflow. */
function softplus(x: number): number {
  return x > 30 ? x : Math.log1p(Math.exp(x));
}

function bet(r: number, p: number, y: number, m0: number): number {
  // A bet on a mean that is not above the null mean would be a bet on calm: it stakes nothing.
  const stake = p > m0 ? (p - m0) / (1 - m0) : 0;
  return round4(Math.min(most, softplus(r) + Math.log(1 + stake * (y / m0 - 1))));
}

/** Bets of the mildest kind on a sample with nothing bad in it, as last made: in calm weather they are the same every round. */
const remembered = 256;
const from = new Float64Array(remembered).fill(Number.NaN);
const against = new Float64Array(remembered);
const became = new Float64Array(remembered);

function calmBet(r: number, m0: number): number {
  const place = (r * 1e4 + m0 * 1e7) & (remembered - 1);
  if (from[place] !== r || against[place] !== m0) {
    from[place] = r;
    against[place] = m0;
    became[place] = bet(r, bets[0], 0, m0);
  }
  return became[place]!;
}

/** Evidence after one more sample of badness `y` in [0, 1], where `m0` in (0, 1) is the greatest calm mean. */
export function wager(r: Evidence, y: number, m0: number): Evidence {
  const first = y === 0 ? calmBet(r[0], m0) : bet(r[0], bets[0], y, m0);
  // The mildest bet forgets slowest: when calm does not change it any more, it changes none of them.
  if (y === 0 && first === r[0]) return r;
  return [first, bet(r[1], bets[1], y, m0), bet(r[2], bets[2], y, m0)];
}

/** log of the mean of the three. */
export function logEvidence(r: Evidence): number {
  const top = Math.max(r[0], r[1], r[2]);
  return top + Math.log((Math.exp(r[0] - top) + Math.exp(r[1] - top) + Math.exp(r[2] - top)) / 3);
}

/** Evidence that is worth at most `ceiling`: after a long sleep what was known before it counts for little. */
export function capped(r: Evidence, ceiling: number): Evidence {
  return [Math.min(r[0], ceiling), Math.min(r[1], ceiling), Math.min(r[2], ceiling)];
}

/** The greatest calm mean to bet against: `margin` times the learned one, between the stream's floor and 0.30. */
export function nullMean(calm: number, floor: number, noise: number, margin: number): number {
  // What the controls show right now (`noise`) is the line's doing and may lift the bound further, up to no bet at all.
  return clip(Math.max(clip(margin * calm, floor, 0.3), noise), floor, 0.95);
}
