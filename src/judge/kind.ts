/**
 * What an open incident may be called. A wrong `blocked` is worse than a late one, and `throttled` is a word of intent:
 * both need proof beyond "worse than before".
 */
import type { Stream } from '../model/outcome.ts';
import type { Verdict } from '../model/verdict.ts';
import type { AnomalyKind, Basis, Mechanism } from '../model/vocabulary.ts';
import type { Tick } from './clock.ts';
import { commonCrawl, commonSlowness, matchedSlowness } from './comparison.ts';
import { isOfTheName } from './contrast.ts';
import type { View } from './control.ts';
import type { Slowdown } from './memory.ts';
import { isSameRate } from './sample.ts';
import type { PlatformState, TargetState } from './state.ts';

/** Contrast within one round that proves a name is treated differently (docs/methodology.md). */
const contrast = 3;
/**
 * Transfers in a row at one rate, where each is no steadier than a policer makes it: far below the baseline only. What
 * comes and goes between 40 % and 100 % of a line does not hit one rate three times at an eighth of it.
 */
const alikeInARow = 3;
/**
 * Handshakes in a row, of one target or of all targets together, that crawl while connects are normal and no SYN is
 * lost. A path that drops a tenth of its packets slows half of the handshakes of every target: an ordinary one between
 * slow ones, since the slowness began, says that it is no policy.
 */
const signatures = 6;
const signaturesTogether = 12;
/**
 * With another name quick at the same address, so many crawling handshakes in a row of the slow name are enough. One alone
 * is what a lost segment does (RFC 6298: 200 ms and more, which on a path of 40 ms is 6 times): with 1 % loss some
 * rounds of every evening show such a contrast, three running hardly one evening in fifty.
 */
const contrasted = 3;
/** Path-matched controls are fine when they are within 1.4 times their normal, and their transfers within 2 times. */
const fineSlow = Math.log(1.4);
const fineShort = Math.log(2);
/** A control that transfers this many times faster in absolute terms clears the line even without a level of its own. */
const absolute = Math.log(3);
/** Below an eighth of the baseline, in two samples each, at two companies: no congestion does that to both at once. */
const eighth = Math.log(8);

export interface Proof {
  kind: AnomalyKind;
  basis: Basis;
  mechanism?: Mechanism | undefined;
}

/** What this round and the held values say of a platform's speed. */
export interface SpeedFacts {
  /** Controls on a like path are fine, or, where there are none, all controls and the path's own connects. */
  controlsFine: boolean;
  /** Held log-shortfall of the worst target and its rate, bit/s. */
  short: number;
  bps?: number | undefined;
  /** Held log-ratio of the slowest handshake. */
  crawl: number;
  slow: number;
  /** A control's transfer showed that the line itself carries more: without one goodput alone proves no intent. */
  lineCarries: boolean;
  /** Two transfers at the same steady rate, both below the baseline. */
  plateau: boolean;
  signature: boolean;
  /** Targets with a run of crawling handshakes that a contrast may lean on. */
  crawling: string[];
  /** Two transfers in a row below an eighth of the baseline. */
  eighthTwice: boolean;
  /** Everything that fails, fails over IPv6. */
  only6: boolean;
}

function held(target: TargetState, of: 'slow' | 'crawl' | 'short', { t, interval }: Tick): number {
  const value = target[of];
  if (value === undefined) return 0;
  const every = of === 'short' ? (target.transfers ?? 0) : target.every;
  return t - value[1] <= 2 * every + interval / 2 ? value[0] : 0;
}

export function speedFacts(state: PlatformState, views: readonly View[], tick: Tick): SpeedFacts {
  const facts: SpeedFacts = {
    controlsFine: false,
    short: 0,
    crawl: 0,
    slow: 0,
    lineCarries: false,
    plateau: false,
    signature: false,
    crawling: [],
    eighthTwice: false,
    only6: false,
  };
  let failed4 = false;
  let failed6 = false;
  let together = 0;
  let every = true;
  let mixed = false;
  const since = state.streams.handshake.run?.[1] ?? Number.POSITIVE_INFINITY;
  const slowSince = state.streams.goodput.run?.[1] ?? 0;
  let matchedFine = true;
  let matchedAny = false;
  for (const key of Object.keys(state.targets)) {
    const target = state.targets[key]!;
    if (target.failed === 1 && tick.t - target.at <= 2 * target.every + tick.interval / 2) {
      if (key.endsWith('|6')) failed6 = true;
      else failed4 = true;
    }
    const slow = held(target, 'slow', tick);
    const crawl = held(target, 'crawl', tick);
    const short = held(target, 'short', tick);
    facts.slow = Math.max(facts.slow, slow);
    facts.crawl = Math.max(facts.crawl, crawl);
    if (short > facts.short) {
      facts.short = short;
      facts.bps = target.rates?.[0];
    }
    if (target.crawl !== undefined && tick.t - target.crawl[1] <= 2 * target.every + tick.interval / 2) {
      together += Math.min(target.signature ?? 0, signatures);
      every &&= (target.signature ?? 0) > 0;
    }
    if ((target.signature ?? 0) >= signatures && crawl > 0) facts.signature = true;
    if ((target.signature ?? 0) >= contrasted && !key.endsWith('|6')) facts.crawling.push(key);
    if ((target.broken ?? -1) >= since) mixed = true;
    if (short > fineShort && steady(target, short)) facts.plateau = true;
    const before = target.rates?.[1];
    if (short > eighth && before && target.goodput && target.goodput[0] - Math.log(before) > eighth) {
      facts.eighthTwice = true;
    }
    if (Math.max(slow, crawl, short) < fineSlow) continue;
    // Without a control on a like path the path is its own witness: a cut cable or a detour would show in its connects.
    const along = matchedSlowness(views, target.connect?.[0]) ?? (target.near ? commonSlowness(views) : undefined);
    if (along === undefined) continue;
    matchedAny = true;
    const carries = short > 0 ? lineCarries(views, target, slowSince) : undefined;
    if (carries === true) facts.lineCarries = true;
    if (along > fineSlow || carries === false) matchedFine = false;
  }
  facts.controlsFine = matchedAny && matchedFine && (commonCrawl(views) ?? 0) < fineSlow;
  if (every && together >= signaturesTogether) facts.signature = true;
  if (mixed) {
    facts.signature = false;
    facts.crawling = [];
  }
  facts.only6 = failed6 && !failed4;
  return facts;
}

function steady(target: TargetState, short: number): boolean {
  const [now, before] = target.plateaus ?? [0, 0];
  return isSameRate(now, before) || (short > eighth && (target.alike?.[1] ?? 0) >= alikeInARow);
}

/**
 * Whether some control's transfer shows that the line itself carries more; undefined when no control transferred since
 * the platform's transfers turned bad: an earlier one says nothing of the line as it is now.
 */
function lineCarries(views: readonly View[], target: TargetState, since: number): boolean | undefined {
  let any = false;
  for (const view of views) {
    if (view.rate === undefined || (view.rated ?? 0) < since) continue;
    any = true;
    if (view.short !== undefined && view.short < fineShort) return true;
    const rate = target.rates?.[0];
    if (rate && view.rate - Math.log(rate) >= absolute) return true;
  }
  return any ? false : undefined;
}

/**
 * The kind that the evidence supports now; undefined while nothing of the incident is to be seen in this round.
 *
 * `carrying`: streams whose evidence is over suspicion and which were bad in the last sample. `companies`: how many
 * companies show goodput below an eighth twice running with path-matched controls fine.
 */
export function prove(
  verdict: Verdict | undefined,
  carrying: readonly Stream[],
  facts: SpeedFacts,
  slowdown: Slowdown | undefined,
  companies: number,
): Proof | undefined {
  if (verdict?.state === 'blocked') {
    return { kind: 'blocked', basis: verdict.basis ?? 'comparison', mechanism: verdict.mechanism };
  }
  const mechanism = speedMechanism(verdict);
  const contrasts = slowdown !== undefined && slowdown.ratio >= contrast && leans(slowdown, facts);
  if (verdict?.state === 'throttled' && (slowdown === undefined || contrasts)) {
    return { kind: 'throttled', basis: verdict.basis ?? 'comparison', mechanism: verdict.mechanism ?? mechanism };
  }
  const ofSpeed = carrying.some((stream) => stream !== 'all' && stream !== 'reach');
  if (ofSpeed && facts.controlsFine) {
    if (contrasts) {
      const own = isOfTheName(slowdown) ? 'throttle.sni' : mechanism;
      return { kind: 'throttled', basis: 'differential', mechanism: own };
    }
    const crawls = carrying.includes('handshake') && facts.signature;
    const ofGoodput = carrying.includes('goodput') && facts.lineCarries;
    const plateau = ofGoodput && facts.plateau;
    const together = ofGoodput && facts.eighthTwice && companies >= 2;
    if (crawls || plateau || together) return { kind: 'throttled', basis: 'comparison', mechanism };
  }
  if (carrying.includes('all') || carrying.includes('reach')) {
    if (facts.only6) return { kind: 'degraded', basis: 'comparison', mechanism: 'ip6.only' };
    return { kind: 'unreachable', basis: 'comparison', mechanism: verdict?.mechanism };
  }
  return ofSpeed ? { kind: 'degraded', basis: 'comparison' } : undefined;
}

/** A contrast of downloads stands by itself; one of handshakes needs the run of slow ones before it. */
function leans({ of, target }: Slowdown, { crawling }: SpeedFacts): boolean {
  return of === 'goodput' || crawling.includes(target);
}

function speedMechanism(verdict: Verdict | undefined): Mechanism {
  return verdict?.mechanisms.find((mechanism) => mechanism.startsWith('throttle.')) ?? 'throttle.unknown';
}

/** Whether a platform's goodput is a witness for "two companies at once". */
export function witnesses(facts: SpeedFacts): boolean {
  return facts.controlsFine && facts.lineCarries && facts.eighthTwice;
}
