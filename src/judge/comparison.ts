/** What this round's controls explain of a platform's slowness: a factor, a queue, a narrower line, a busy processor. */
import type { View } from './control.ts';

/** Controls whose usual connect is within 2× of the target's share its fate on the way; a local CDN does not. */
const matched = Math.log(2);

function median(values: number[]): number {
  // A handful: to sort them by insertion takes less than to begin a sort.
  for (let i = 1; i < values.length; i++) {
    const value = values[i]!;
    let k = i;
    for (; k > 0 && values[k - 1]! > value; k--) values[k] = values[k - 1]!;
    values[k] = value;
  }
  const middle = values.length >> 1;
  return values.length % 2 === 1 ? values[middle]! : (values[middle - 1]! + values[middle]!) / 2;
}

function isMatched(view: View, connect: number | undefined): boolean {
  return view.connect === undefined || connect === undefined || Math.abs(view.connect - connect) <= matched;
}

/** Median slowness of the controls on paths of like length, this round's where there are any; undefined: none. */
export function matchedSlowness(views: readonly View[], connect: number | undefined): number | undefined {
  const fresh: number[] = [];
  const held: number[] = [];
  for (const view of views) {
    if (view.slow !== undefined && isMatched(view, connect)) (view.fresh ? fresh : held).push(view.slow);
  }
  const slow = fresh.length > 0 ? fresh : held;
  return slow.length > 0 ? median(slow) : undefined;
}

/** Median slowness of all controls, near and far; undefined when there is none. */
export function commonSlowness(views: readonly View[]): number | undefined {
  const slow: number[] = [];
  for (const view of views) if (view.slow !== undefined) slow.push(view.slow);
  return slow.length > 0 ? median(slow) : undefined;
}

/**
 * Milliseconds that this round's controls took beyond their usual, median over near and far: a queue on the line at
 * home adds the same time to every path, which on a short path is a large factor.
 */
function queue(views: readonly View[]): number {
  const beyond: number[] = [];
  for (const { fresh, latency, slow } of views) {
    if (fresh && latency !== undefined && slow !== undefined) beyond.push(Math.exp(latency + slow) - Math.exp(latency));
  }
  return beyond.length > 0 ? Math.max(0, median(beyond)) : 0;
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
  const crawl: number[] = [];
  for (const view of views) if (view.crawl !== undefined) crawl.push(view.crawl);
  return crawl.length > 0 ? median(crawl) : undefined;
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
