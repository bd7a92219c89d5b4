/** What this round's controls explain of a platform's slowness: a factor, a queue, a narrower line, a busy processor. */
import type { View } from './control.ts';

/** Controls whose usual connect is within 2× of the target's share its fate on the way; a local CDN does not. */
const matched = Math.log(2);

/** Values on their way to a median: a list of its own for each would be most of what a round allocates. */
const values = new Float64Array(64);

/** Takes in the `n`-th value, from 0; they are kept in order. As many as there are controls at most (gate.ts). */
function insert(n: number, value: number): number {
  if (n >= values.length) return n;
  let i = n;
  for (; i > 0 && values[i - 1]! > value; i--) values[i] = values[i - 1]!;
  values[i] = value;
  return n + 1;
}

function median(n: number): number {
  const middle = n >> 1;
  return n % 2 === 1 ? values[middle]! : (values[middle - 1]! + values[middle]!) / 2;
}

function isMatched(view: View, connect: number | undefined): boolean {
  return view.connect === undefined || connect === undefined || Math.abs(view.connect - connect) <= matched;
}

/** Median slowness of the controls on paths of like length, this round's where there are any; undefined: none. */
export function matchedSlowness(views: readonly View[], connect: number | undefined): number | undefined {
  let n = 0;
  for (const view of views) {
    if (view.fresh && view.slow !== undefined && isMatched(view, connect)) n = insert(n, view.slow);
  }
  if (n > 0) return median(n);
  for (const view of views) if (view.slow !== undefined && isMatched(view, connect)) n = insert(n, view.slow);
  return n > 0 ? median(n) : undefined;
}

/** Median slowness of all controls, near and far; undefined when there is none. */
export function commonSlowness(views: readonly View[]): number | undefined {
  let n = 0;
  for (const { slow } of views) if (slow !== undefined) n = insert(n, slow);
  return n > 0 ? median(n) : undefined;
}

/**
 * Milliseconds that this round's controls took beyond their usual, median over near and far: a queue on the line at
 * home adds the same time to every path, which on a short path is a large factor.
 */
function queue(views: readonly View[]): number {
  let n = 0;
  for (const { fresh, latency, slow } of views) {
    if (fresh && latency !== undefined && slow !== undefined)
      n = insert(n, Math.exp(latency + slow) - Math.exp(latency));
  }
  return n > 0 ? Math.max(0, median(n)) : 0;
}

/** What is left of a slowness when the controls have explained their part: as a factor, or as a queue. */
export function unexplained(
  latency: number,
  normal: number,
  connect: number | undefined,
  views: readonly View[],
): number {
  const away = latency - normal;
  const factor = Math.max(0, matchedSlowness(views, connect) ?? 0);
  return Math.min(away - factor, latency - Math.log(Math.exp(normal) + queue(views)));
}

/** Median of the controls' own handshake ratios: a busy processor slows everybody's, near or far. */
export function commonCrawl(views: readonly View[]): number | undefined {
  let n = 0;
  for (const { crawl } of views) if (crawl !== undefined) n = insert(n, crawl);
  return n > 0 ? median(n) : undefined;
}

/** Least shortfall among the controls that transferred lately: one fast control clears the line. */
export function commonShortfall(views: readonly View[]): number | undefined {
  let least: number | undefined;
  for (const { short } of views) if (short !== undefined && (least === undefined || short < least)) least = short;
  return least;
}

/**
 * Seconds a bit that the line takes beyond its usual, by the control whose transfers are the fastest: a distant control
 * is slow by its own distance and feels a narrower line less. A busy line costs every transfer the same for its bits.
 */
export function narrowing(views: readonly View[]): number {
  let usual: number | undefined;
  let now = 0;
  for (const { goodput, rate } of views) {
    if (rate === undefined || goodput === undefined || (usual !== undefined && goodput <= usual)) continue;
    usual = goodput;
    now = rate;
  }
  return usual === undefined ? 0 : Math.max(0, Math.exp(-now) - Math.exp(-usual));
}
