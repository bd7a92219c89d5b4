/** One target over one protocol: how far a sample lies from what is normal there, and what it teaches. */

import { learn, memory, more, moved } from './baseline.ts';
import type { Tick } from './clock.ts';
import { commonCrawl, commonShortfall, narrowing, unexplained } from './comparison.ts';
import type { View } from './control.ts';
import { held } from './held-value.ts';
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

/** A target before its first sample. Every field every time: objects of one shape are read without a search. */
function newTarget(t: number, every: number): TargetState {
  return {
    at: t,
    every: Math.round(every),
    failed: 0,
    connect: undefined,
    handshake: undefined,
    latency: undefined,
    edges: undefined,
    slow: undefined,
    crawl: undefined,
    good: undefined,
    fast: undefined,
    signature: undefined,
    broken: undefined,
    near: undefined,
    goodput: undefined,
    short: undefined,
    transfers: undefined,
    rates: undefined,
    plateaus: undefined,
    alike: undefined,
  };
}

/**
 * The target after a sample, `known` changed in place: what it held is replaced; levels are learned apart, by `learnTarget`.
 */
export function observeTarget(
  known: TargetState | undefined,
  sample: Sample,
  away: Deviation,
  { t, interval }: Tick,
  transferEvery: number,
): TargetState {
  const target = known ?? newTarget(t, 3 * interval);
  if (known !== undefined) {
    const gap = Math.min(1800, t - known.at);
    target.every = Math.round(known.every + 0.2 * (gap - known.every));
  }
  target.at = t;
  target.failed = sample.failed ? 1 : 0;
  target.near = undefined;
  const usual = target.connect;
  if (!sample.failed && !away.lost && slowness(away.slow ?? 0) < bad && slowness(away.crawl ?? 0) < bad)
    target.good = t;
  if (!away.lost && sample.connect !== undefined && usual !== undefined) {
    if (sample.connect - usual[0] < samePath) target.near = 1;
  }
  if (away.slow !== undefined) target.slow = held(target.slow, round4(away.slow), t);
  if (away.crawl !== undefined) {
    target.crawl = held(target.crawl, round4(away.crawl), t);
    const near = usual !== undefined && (sample.connect ?? 0) - usual[0] < signatureConnect;
    if (away.crawl < ordinaryCrawl && target.signature) target.broken = t;
    if (!near || away.crawl < ordinaryCrawl) target.signature = undefined;
    else if (away.crawl >= signatureCrawl) target.signature = Math.min(99, (target.signature ?? 0) + 1);
  }
  // A filter that reads names lets the connection be: where SYNs are lost as well, the path is bad for everybody.
  if (away.lost || (sample.failed && sample.connect === undefined)) target.signature = undefined;
  if (sample.rate !== undefined) {
    const since = target.short ? Math.min(7200, t - target.short[1]) : transferEvery;
    target.transfers = Math.round((target.transfers ?? transferEvery) * 0.8 + since * 0.2);
    if (shortness(away.short ?? 0) < bad) target.fast = t;
    if (away.short !== undefined) target.short = held(target.short, round4(away.short), t);
    target.rates = [Math.round(Math.exp(sample.rate)), target.rates?.[0] ?? 0];
    const plateau = Math.round(sample.plateau ?? 0);
    const last = target.plateaus?.[0] ?? 0;
    target.plateaus = plateau > 0 || last > 0 ? [plateau, last] : undefined;
    target.alike = alike(target.alike, sample.even);
  }
  return target;
}

/** The run of transfers at one rate after another one. */
function alike(run: TargetState['alike'], bps: number | undefined): TargetState['alike'] {
  if (bps === undefined) return undefined;
  return run && isSameRate(run[0], bps) ? [run[0], Math.min(99, run[1] + 1)] : [Math.round(bps), 1];
}

/** Teaches a target, in place, what was normal in this round. */
export function learnTarget(target: TargetState, sample: Sample, away: Deviation, hour: Offsets): void {
  if (away.lost) return;
  const most = memory(target.every);
  if (sample.connect !== undefined) target.connect = learn(target.connect, sample.connect, most);
  if (sample.handshake !== undefined) {
    target.handshake = learn(target.handshake, sample.handshake, most, hour.handshake);
  }
  if (sample.latency !== undefined) {
    target.latency = learn(target.latency, sample.latency, most, hour.latency);
    if (sample.block !== undefined) {
      target.edges ??= [];
      learnEdge(target.edges, sample.block, sample.latency, most, hour.latency);
    }
  }
  if (sample.rate !== undefined) target.goodput = learn(target.goodput, sample.rate, goodputMemory, hour.goodput);
}

/** Most recently used first; the least recently used falls off. */
function learnEdge(list: Edge[], block: number, x: number, most: number, offset: number): void {
  let index = 0;
  while (index < list.length && list[index]![0] !== block) index++;
  const before = list[index];
  if (before === undefined) {
    const [level, samples] = learn(undefined, x, most, offset);
    list.unshift([block, level, samples]);
    if (list.length > edges) list.length = edges;
    return;
  }
  before[1] = moved(before[1], before[2], x, most, offset);
  before[2] = more(before[2], most);
  if (index === 0) return;
  for (; index > 0; index--) list[index] = list[index - 1]!;
  list[0] = before;
}

type Edge = NonNullable<TargetState['edges']>[number];

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
