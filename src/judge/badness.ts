/**
 * The badness of one platform in one round, by stream, from what its targets hold.
 *
 * Partial rounds are normal: a target's value is held until its next sample and expires after twice its period. A held
 * value is never wagered on twice: while the worst target is one that was not measured in this round, the stream waits.
 */
import type { Stream } from '../model/outcome.ts';
import type { Tick } from './clock.ts';
import { bad, shortness, slowness } from './slowness.ts';
import type { TargetState } from './state.ts';

export interface Badness {
  /** 0…1. */
  y: number;
  /** A sample of this round decides it: the stream may step. */
  fresh: boolean;
  /** Worst log-ratio to normal, for the streams of speed. */
  ratio?: number | undefined;
  /** Fold second of the latest good sample among the targets that are bad in this round. */
  good?: number | undefined;
}

/** Least difference by which a held value outweighs the fresh ones. */
const outweighs = 0.05;

/** Badness by stream. `interfered`: targets of this round that carry a trace of interference although they answered. */
export function badness(
  targets: Record<string, TargetState>,
  tick: Tick,
  interfered: ReadonlySet<string> | undefined,
): { [S in Stream]?: Badness | undefined } {
  const result: { [S in Stream]?: Badness | undefined } = {
    all: undefined,
    reach: undefined,
    handshake: worst(targets, 'crawl', tick),
    latency: worst(targets, 'slow', tick),
    goodput: worst(targets, 'short', tick),
  };
  let known = 0;
  let failedFresh = 0;
  let failedHeld = 0;
  let fresh = 0;
  let good: number | undefined;
  for (const key in targets) {
    const target = targets[key]!;
    if (!valid(target, tick)) continue;
    known++;
    const now = target.at === tick.t;
    if (now) fresh++;
    if (target.failed === 0 && !(now && interfered?.has(key))) continue;
    if (now) {
      failedFresh++;
      good = later(good, target.good);
    } else failedHeld++;
  }
  if (fresh === 0) return result;
  result.reach = { y: (failedFresh + failedHeld) / known, fresh: failedHeld === 0 || failedFresh > 0, good };
  // One good answer disproves "all"; failures alone prove it only when every target has failed when last tried.
  if (failedFresh < fresh) result.all = { y: 0, fresh: true };
  else if (several(targets, tick)) result.all = { y: 1, fresh: allFailed(targets, tick, interfered), good };
  return result;
}

function valid(target: TargetState, { t, interval }: Tick): boolean {
  return target.at === t || t - target.at <= 2 * target.every + interval / 2;
}

/** The other protocol's entry of the same target. */
function twinOf(key: string): string {
  return key.endsWith('|6') ? key.slice(0, -2) : `${key}|6`;
}

/** Of a platform with one target "all" says no more than that target: three time-outs of one ping are no blackout. */
function several(targets: Record<string, TargetState>, tick: Tick): boolean {
  const keys = Object.keys(targets).filter((key) => valid(targets[key]!, tick));
  return keys.some((key) => key !== keys[0] && key !== twinOf(keys[0]!));
}

/** Whether every target has failed when last tried, over one protocol at least. */
function allFailed(
  targets: Record<string, TargetState>,
  tick: Tick,
  interfered: ReadonlySet<string> | undefined,
): boolean {
  const failed = (key: string) => targets[key]?.failed === 1 || interfered?.has(key) === true;
  return Object.keys(targets).every((key) => !valid(targets[key]!, tick) || failed(key) || failed(twinOf(key)));
}

/** The worst of the targets' held ratios: of those measured in this round, or of those held from before. */
function worst(
  targets: Record<string, TargetState>,
  of: 'slow' | 'crawl' | 'short',
  { t, interval }: Tick,
): Badness | undefined {
  const ofGoodput = of === 'short';
  let fresh = Number.NEGATIVE_INFINITY;
  let held = Number.NEGATIVE_INFINITY;
  let good: number | undefined;
  for (const key in targets) {
    const target = targets[key]!;
    const last = ofGoodput ? target.short : of === 'slow' ? target.slow : target.crawl;
    if (last === undefined) continue;
    const ratio = last[0];
    if (last[1] === t) {
      if (scale(ratio, ofGoodput) >= bad) good = later(good, ofGoodput ? target.fast : target.good);
      if (ratio > fresh) fresh = ratio;
    } else if (ratio > held && t - last[1] <= 2 * (ofGoodput ? (target.transfers ?? 0) : target.every) + interval / 2) {
      held = ratio;
    }
  }
  const y = scale(fresh, ofGoodput);
  if (held > fresh) {
    const stale = scale(held, ofGoodput);
    // With nothing fresh beside it what is held is all there is.
    if (fresh === Number.NEGATIVE_INFINITY || stale > y + outweighs) {
      return { y: stale, fresh: false, ratio: held, good: undefined };
    }
  }
  return fresh === Number.NEGATIVE_INFINITY ? undefined : { y, fresh: true, ratio: fresh, good };
}

function scale(ratio: number, ofGoodput: boolean): number {
  return ofGoodput ? shortness(ratio) : slowness(ratio);
}

function later(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || (b !== undefined && b > a) ? b : a;
}
