/**
 * The badness of one platform in one round, by stream, from what its targets hold.
 *
 * Partial rounds are normal: a target's value is held until its next sample and expires after twice its period. A held
 * value is never wagered on twice: while the worst target is one that was not measured in this round, the stream waits.
 */
import type { Stream } from '../model/outcome.ts';
import type { Tick } from './clock.ts';
import { bad, shortness, slowness } from './slowness.ts';
import type { Held, TargetState } from './state.ts';

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
  const keys = Object.keys(targets);
  const crawl = new Worst(tick, slowness);
  const slow = new Worst(tick, slowness);
  const short = new Worst(tick, shortness);
  for (const key of keys) {
    const target = targets[key]!;
    crawl.see(target.crawl, target.every, target.good);
    slow.see(target.slow, target.every, target.good);
    short.see(target.short, target.transfers ?? 0, target.fast);
  }
  const result: { [S in Stream]?: Badness | undefined } = {
    all: undefined,
    reach: undefined,
    handshake: crawl.badness(),
    latency: slow.badness(),
    goodput: short.badness(),
  };
  let known = 0;
  let failedFresh = 0;
  let failedHeld = 0;
  let fresh = 0;
  let good: number | undefined;
  for (const key of keys) {
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

/** The worst of the targets' held ratios: of those measured in this round, and of those held from before. */
class Worst {
  readonly #tick: Tick;
  readonly #scale: (ratio: number) => number;
  #fresh: number | undefined = undefined;
  #held: number | undefined = undefined;
  #good: number | undefined = undefined;

  constructor(tick: Tick, scale: (ratio: number) => number) {
    this.#tick = tick;
    this.#scale = scale;
  }

  /** A target's ratio, its usual distance between samples, and the fold second of its last good one. */
  see(held: Held | undefined, every: number, good: number | undefined): void {
    if (held === undefined) return;
    const { t, interval } = this.#tick;
    const ratio = held[0];
    if (held[1] === t) {
      if (this.#scale(ratio) >= bad) this.#good = later(this.#good, good);
      if (this.#fresh === undefined || ratio > this.#fresh) this.#fresh = ratio;
    } else if (t - held[1] <= 2 * every + interval / 2 && (this.#held === undefined || ratio > this.#held)) {
      this.#held = ratio;
    }
  }

  badness(): Badness | undefined {
    const fresh = this.#fresh;
    const held = this.#held;
    const stale = held !== undefined && { y: this.#scale(held), fresh: false, ratio: held, good: undefined };
    if (fresh === undefined) return stale || undefined;
    const y = this.#scale(fresh);
    if (stale && held > fresh && stale.y > y + outweighs) return stale;
    return { y, fresh: true, ratio: fresh, good: this.#good };
  }
}

function later(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || (b !== undefined && b > a) ? b : a;
}
