/** What a counted round teaches of one platform: calm badness, levels, hours of the day, the anchor. */
import type { Stream } from '../model/outcome.ts';
import { learnAnchor, learnHour } from './baseline.ts';
import type { Tick } from './clock.ts';
import type { Gate } from './gate.ts';
import type { Sample } from './sample.ts';
import type { Level, PlatformState, TargetState } from './state.ts';
import { learnCalm, setAside, streamOf } from './stream.ts';
import { type Deviation, learnTarget, type Offsets } from './target.ts';

/** A sample of this round, how far it lies from normal, and the target as it will be remembered. */
export interface Reading {
  sample: Sample;
  away: Deviation;
  target: TargetState;
}

/** Learns from a counted round: everything while calm, nothing of the levels while suspect or open. */
export function settle(
  state: PlatformState,
  before: PlatformState,
  readings: readonly Reading[],
  stepped: readonly Stream[],
  open: boolean,
  gate: Gate,
  tick: Tick,
  offsets: Offsets,
): void {
  if (open) return;
  for (const name of stepped) {
    const stream = streamOf(state.streams, name);
    // Until a run of bad samples is over nobody knows whether it was calm: it must not teach the test that judges it.
    if (state.suspect || stream.run) setAside(stream);
    else learnCalm(stream);
  }
  if (state.suspect) return;
  if (!gate.speed) return;
  state.rounds = Math.min(1_000_000, before.rounds + 1);
  state.observed = Math.min(1e9, Math.round(before.observed + tick.interval));
  for (const { sample, away, target } of readings) {
    learnTarget(target, sample, away, offsets);
    if (sample.rate !== undefined) state.transfers = Math.min(1_000_000, state.transfers + 1);
  }
  learnHours(state, readings, tick);
  if (Math.floor(before.observed / 3600) !== Math.floor(state.observed / 3600)) anchor(state);
}

/** Hours learn of connects and handshakes once in five minutes: twelve samples an hour say as much as sixty. */
const hourEvery = 300;

function learnHours(state: PlatformState, readings: readonly Reading[], { t, hour, interval }: Tick): void {
  if (t % hourEvery < interval) {
    const every = Math.max(interval, hourEvery);
    const latency = residual(readings, latencyOf, usualLatency);
    const handshake = residual(readings, handshakeOf, usualHandshake);
    if (latency !== undefined) learnHour(state.hours.latency, hour, latency, every);
    if (handshake !== undefined) learnHour(state.hours.handshake, hour, handshake, every);
  }
  const goodput = residual(readings, rateOf, usualRate);
  if (goodput === undefined) return;
  learnHour(state.hours.goodput, hour, goodput, Math.max(interval, state.streams.goodput.every ?? hourEvery));
}

const latencyOf = ({ latency }: Sample) => latency;
const handshakeOf = ({ handshake }: Sample) => handshake;
const rateOf = ({ rate }: Sample) => rate;
const usualLatency = ({ latency }: TargetState) => latency;
const usualHandshake = ({ handshake }: TargetState) => handshake;
const usualRate = ({ goodput }: TargetState) => goodput;

/** How far the round's samples lie above their levels, in the mean; undefined where there was nothing to compare. */
function residual(
  readings: readonly Reading[],
  value: (sample: Sample) => number | undefined,
  usual: (target: TargetState) => Level | undefined,
): number | undefined {
  let sum = 0;
  let n = 0;
  for (const { sample, away, target } of readings) {
    const x = value(sample);
    const level = usual(target);
    if (away.lost || x === undefined || level === undefined) continue;
    sum += x - level[0];
    n++;
  }
  return n === 0 ? undefined : sum / n;
}

function anchor(state: PlatformState): void {
  const mean = (of: 'latency' | 'goodput') => {
    let sum = 0;
    let n = 0;
    for (const key of Object.keys(state.targets)) {
      const level = state.targets[key]![of];
      if (level) {
        sum += level[0];
        n++;
      }
    }
    // What is normal is the level and the hours' offsets, which follow a drift as well.
    const offset = state.hours[of].reduce((a, b) => a + b, 0) / 24;
    return n > 0 ? sum / n + offset : undefined;
  };
  const latency = mean('latency');
  const goodput = mean('goodput');
  // Held against the anchor before this hour moves it; a week must be known before anything is called slow.
  const slower = away(latency, state.anchor.latency, 1);
  const narrower = away(goodput, state.anchor.goodput, -1);
  state.drifted = Math.max(slower, narrower) > Math.LN2 ? 1 : undefined;
  state.anchor = {
    latency: latency === undefined ? state.anchor.latency : learnAnchor(state.anchor.latency, latency),
    goodput: goodput === undefined ? state.anchor.goodput : learnAnchor(state.anchor.goodput, goodput),
  };
}

/** Hours behind an anchor before it can show a drift. */
const anchorKnown = 7 * 24;

function away(level: number | undefined, anchor: Level | undefined, sign: 1 | -1): number {
  return level === undefined || anchor === undefined || anchor[1] < anchorKnown ? 0 : sign * (level - anchor[0]);
}
