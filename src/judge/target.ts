/** One target over one protocol: how far a sample lies from what is normal there, and what it teaches. */

import { learn, memory } from './baseline.ts';
import type { Tick } from './clock.ts';
import { commonCrawl, commonShortfall, narrowing, unexplained } from './comparison.ts';
import type { View } from './control.ts';
import { clip, round4 } from './rounding.ts';
import { isSameRate, retransmitted, type Sample } from './sample.ts';
import { shortfall } from './shortfall.ts';
import { bad, shortness, slowness } from './slowness.ts';
import type { TargetState } from './state.ts';

/** Samples behind a level before anything is compared with it. */
const known = 10;
/** Samples of goodput behind a level: transfers are rare. */
const knownGoodput = 5;
/** Transfers in a goodput level's memory: a day's worth at one in five minutes. */
const goodputMemory = 288;
/** Address blocks remembered per target. */
const edges = 4;
/** An address block never seen before may be farther away: this much of its slowness is put down to that. */
const strange = Math.log(1.5);
/** Log-ratio below which nothing needs an explanation: what is 1.3 times slower neither opens nor keeps open. */
const explain = Math.log(1.3);
/** A throttled handshake: tls over connect at 2.5 times its normal while connect is within 1.5 times its own. */
const signatureCrawl = Math.log(2.5);
const signatureConnect = Math.log(1.5);
/** A connect within 1.3 times its normal went the usual way: of path changes p90 is 1.22×, p99 1.43× (shao, RIPE Atlas). */
const samePath = Math.log(1.3);
/** Below this a handshake is an ordinary one, and ends a run of throttled ones. */
const ordinaryCrawl = Math.log(1.5);

/** What history and this round's controls say of one sample. Log-ratios, positive is worse; absent: not known. */
export interface Deviation {
  slow?: number | undefined;
  crawl?: number | undefined;
  short?: number | undefined;
  /** A lost packet was measured, not the path: no speed is taken from this sample. */
  lost: boolean;
}

export interface Offsets {
  latency: number;
  handshake: number;
  goodput: number;
}

/** Usual at this hour: for this block where it is known, else the target's own, with a strange block's distance on top. */
function usual({ edges, latency }: TargetState, block: number | undefined, offset: number): number | undefined {
  let familiar = false;
  if (edges !== undefined) {
    for (let i = 0; i < edges.length; i++) {
      const edge = edges[i]!;
      if (edge[2] < known) continue;
      if (edge[0] === block) return edge[1] + offset;
      familiar = true;
    }
  }
  if (latency === undefined || latency[1] < known) return undefined;
  const level = latency[0] + offset;
  return familiar && block !== undefined ? level + strange : level;
}

/** Measures a sample against the target's levels, the hour's offsets and the controls. */
export function deviation(
  state: TargetState | undefined,
  sample: Sample,
  hour: Offsets,
  views: readonly View[],
): Deviation {
  // Every field every time, as everywhere in the fold: objects of one shape are read without a search.
  const result: Deviation = { slow: undefined, crawl: undefined, short: undefined, lost: false };
  if (state === undefined) return result;
  const connect = state.connect;
  if (sample.connect !== undefined && connect && connect[1] >= known && retransmitted(sample.connect, connect[0])) {
    result.lost = true;
    return result;
  }
  if (sample.latency !== undefined) {
    const level = usual(state, sample.block, hour.latency);
    if (level !== undefined) {
      const away = sample.latency - level;
      // Controls are asked only when there is something to explain.
      result.slow = away > explain ? unexplained(sample.latency, level, connect?.[0], views) : away;
    }
  }
  if (sample.handshake !== undefined && state.handshake && state.handshake[1] >= known) {
    const away = sample.handshake - state.handshake[0] - hour.handshake;
    result.crawl = away > explain ? away - Math.max(0, commonCrawl(views) ?? 0) : away;
  }
  if (sample.rate !== undefined && state.goodput && state.goodput[1] >= knownGoodput) {
    const level = state.goodput[0] + hour.goodput;
    const away = shortfall(sample.rate, level, sample.connect, connect?.[0]);
    if (away > explain) {
      const narrow = -Math.log(Math.exp(-level) + narrowing(views));
      const asFactor = away - Math.max(0, commonShortfall(views) ?? 0);
      result.short = Math.min(asFactor, shortfall(sample.rate, narrow, sample.connect, connect?.[0]));
    } else result.short = away;
  }
  return result;
}

/** The target after a sample: what it held is replaced; levels are learned apart, by `learnTarget`. */
export function observeTarget(
  before: TargetState | undefined,
  sample: Sample,
  away: Deviation,
  { t, interval }: Tick,
  transferEvery: number,
): TargetState {
  const gap = before ? Math.min(1800, t - before.at) : 3 * interval;
  // Every field every time: objects of one shape are what makes a fold of 50,000 rounds a second.
  const next: TargetState = {
    at: t,
    every: before ? Math.round(before.every + 0.2 * (gap - before.every)) : Math.round(gap),
    failed: sample.failed ? 1 : 0,
    connect: before?.connect,
    handshake: before?.handshake,
    latency: before?.latency,
    edges: before?.edges,
    slow: before?.slow,
    crawl: before?.crawl,
    good: before?.good,
    fast: before?.fast,
    signature: before?.signature,
    broken: before?.broken,
    near: undefined,
    goodput: before?.goodput,
    short: before?.short,
    transfers: before?.transfers,
    rates: before?.rates,
    plateaus: before?.plateaus,
    alike: before?.alike,
  };
  if (!sample.failed && !away.lost && slowness(away.slow ?? 0) < bad && slowness(away.crawl ?? 0) < bad) next.good = t;
  if (!away.lost && sample.connect !== undefined && before?.connect !== undefined) {
    if (sample.connect - before.connect[0] < samePath) next.near = 1;
  }
  if (away.slow !== undefined) next.slow = [round4(away.slow), t];
  if (away.crawl !== undefined) {
    next.crawl = [round4(away.crawl), t];
    const near = before?.connect !== undefined && (sample.connect ?? 0) - before.connect[0] < signatureConnect;
    if (away.crawl < ordinaryCrawl && before?.signature) next.broken = t;
    if (!near || away.crawl < ordinaryCrawl) next.signature = undefined;
    else if (away.crawl >= signatureCrawl) next.signature = Math.min(99, (before?.signature ?? 0) + 1);
  }
  // A filter that reads names lets the connection be: where SYNs are lost as well, the path is bad for everybody.
  if (away.lost || (sample.failed && sample.connect === undefined)) next.signature = undefined;
  if (sample.rate !== undefined) {
    const since = before?.short ? Math.min(7200, t - before.short[1]) : transferEvery;
    next.transfers = Math.round((before?.transfers ?? transferEvery) * 0.8 + since * 0.2);
    if (shortness(away.short ?? 0) < bad) next.fast = t;
    if (away.short !== undefined) next.short = [round4(away.short), t];
    next.rates = [Math.round(Math.exp(sample.rate)), before?.rates?.[0] ?? 0];
    const plateau = Math.round(sample.plateau ?? 0);
    const last = before?.plateaus?.[0] ?? 0;
    next.plateaus = plateau > 0 || last > 0 ? [plateau, last] : undefined;
    next.alike = alike(before?.alike, sample.even);
  }
  return next;
}

/** The run of transfers at one rate after another one. */
function alike(run: TargetState['alike'], bps: number | undefined): TargetState['alike'] {
  if (bps === undefined) return undefined;
  return run && isSameRate(run[0], bps) ? [run[0], Math.min(99, run[1] + 1)] : [Math.round(bps), 1];
}

/** Teaches a freshly made target what was normal in this round. Changes `next`, which nobody else holds yet. */
export function learnTarget(next: TargetState, sample: Sample, away: Deviation, hour: Offsets): void {
  if (away.lost) return;
  const most = memory(next.every);
  if (sample.connect !== undefined) next.connect = learn(next.connect, sample.connect, most);
  if (sample.handshake !== undefined) next.handshake = learn(next.handshake, sample.handshake, most, hour.handshake);
  if (sample.latency !== undefined) {
    next.latency = learn(next.latency, sample.latency, most, hour.latency);
    if (sample.block !== undefined)
      next.edges = learnEdge(next.edges, sample.block, sample.latency, most, hour.latency);
  }
  if (sample.rate !== undefined) next.goodput = learn(next.goodput, sample.rate, goodputMemory, hour.goodput);
}

function learnEdge(
  before: TargetState['edges'],
  block: number,
  x: number,
  most: number,
  offset: number,
): NonNullable<TargetState['edges']> {
  if (before === undefined) return [edge(undefined, block, x, most, offset)];
  let index = 0;
  while (index < before.length && before[index]![0] !== block) index++;
  const used = edge(before[index], block, x, most, offset);
  const next = before.slice();
  if (index < before.length) {
    next.copyWithin(1, 0, index);
    next[0] = used;
    return next;
  }
  // Most recently used first; the least recently used falls off.
  next.unshift(used);
  if (next.length > edges) next.length = edges;
  return next;
}

type Edge = NonNullable<TargetState['edges']>[number];

function edge(before: Edge | undefined, block: number, x: number, most: number, offset: number): Edge {
  const [level, samples] = learn(before && [before[1], before[2]], x, most, offset);
  return [block, level, samples];
}

/** The target with its levels moved to where it has been lately: a path that changed for good. */
export function rebase(state: TargetState): TargetState {
  const by = clip(state.slow?.[0] ?? 0, 0, 5);
  if (by === 0) return state;
  const next: TargetState = { ...state, slow: undefined };
  if (state.latency) next.latency = [round4(state.latency[0] + by), state.latency[1]];
  if (state.connect) next.connect = [round4(state.connect[0] + by), state.connect[1]];
  if (state.edges) next.edges = state.edges.map(([block, level, n]) => [block, round4(level + by), n]);
  return next;
}
