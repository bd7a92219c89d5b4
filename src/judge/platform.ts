/** One platform through one round: samples, badness, evidence, and what calm rounds teach. */
import type { Stream } from '../model/outcome.ts';
import type { Observation } from '../model/round.ts';
import type { Verdict } from '../model/verdict.ts';
import { type Badness, badness } from './badness.ts';
import { learnAnchor, learnHour } from './baseline.ts';
import type { Tick } from './clock.ts';
import type { Gate } from './gate.ts';
import { own } from './own.ts';
import type { JudgeParams } from './params.ts';
import { read, type Sample } from './sample.ts';
import type { PlatformState, TargetState } from './state.ts';
import { evidenceAbove, forget, learnCalm, newStream, setAside, step } from './stream.ts';
import { type Deviation, deviation, learnTarget, type Offsets, observeTarget } from './target.ts';

/** Counted rounds before slowness is evidence, and counted transfers before a low rate is. */
const knownRounds = 60;
const knownTransfers = 20;
/** Targets remembered at most, over both protocols; not measured for a week: forgotten. */
const most = 16;
const forgottenSeconds = 7 * 86_400;
/** Bounds that the controls' noise puts on a platform's calm mean: the worst of n targets, with as much again to spare. */
const noiseFactor = 2.5;
const failingFactor = 2;

export interface PlatformRound {
  state: PlatformState;
  badness: { [S in Stream]?: Badness | undefined };
  /** Log evidence in the currency of the threshold; below suspicion only an upper bound. */
  evidence: Record<Stream, number>;
  /** Streams that took a step in this round. */
  stepped: Stream[];
}

export function newPlatform(params: JudgeParams, since: string): PlatformState {
  const flat = () => new Array<number>(24).fill(0);
  return {
    rounds: 0,
    transfers: 0,
    observed: 0,
    streams: forStreams((stream) => newStream(params.floors[stream])),
    hours: { latency: flat(), handshake: flat(), goodput: flat() },
    anchor: {},
    targets: {},
    suspect: undefined,
    incident: undefined,
    held: { state: 'inconclusive', since },
    lately: undefined,
  };
}

/** A value for every stream. */
function forStreams<T>(value: (stream: Stream) => T): Record<Stream, T> {
  return {
    all: value('all'),
    reach: value('reach'),
    handshake: value('handshake'),
    latency: value('latency'),
    goodput: value('goodput'),
  };
}

interface Reading {
  sample: Sample;
  away: Deviation;
  target: TargetState;
}

/**
 * Folds a platform's observations. `verdict` is what the round alone shows: where it could not be concluded nothing is
 * wagered, and its artefact or differential counts whatever the controls say. `interfered`: targets with such a trace.
 */
export function foldPlatform(
  before: PlatformState,
  observations: readonly Observation[],
  verdict: Verdict | undefined,
  interfered: ReadonlySet<string> | undefined,
  gate: Gate,
  tick: Tick,
  params: JudgeParams,
): PlatformRound {
  const offsets: Offsets = {
    latency: before.hours.latency[tick.hour] ?? 0,
    handshake: before.hours.handshake[tick.hour] ?? 0,
    goodput: before.hours.goodput[tick.hour] ?? 0,
  };
  const { targets, readings } = observe(before, observations, offsets, gate, tick, params);
  const proven = verdict?.basis === 'artefact' || verdict?.basis === 'differential';
  const counts =
    readings.length > 0 &&
    (verdict?.state !== 'inconclusive' || verdict.rule === 'not-measured') &&
    (gate.counts || (proven && !tick.woke));
  const bad = badness(targets, tick, interfered);
  const state: PlatformState = {
    rounds: before.rounds,
    transfers: before.transfers,
    observed: before.observed,
    streams: before.streams,
    hours: before.hours,
    anchor: before.anchor,
    targets,
    suspect: before.suspect,
    incident: before.incident,
    held: before.held,
    lately: before.lately,
  };
  const stepped: Stream[] = [];
  if (counts) advance(state, before, bad, stepped, gate, tick, params);
  const worth = forStreams((stream) => evidenceAbove(params.suspicion, state.streams[stream], tick.interval));
  const most = Math.max(worth.all, worth.reach, worth.handshake, worth.latency, worth.goodput);
  const open = before.incident !== undefined && before.incident.closed === undefined;
  state.suspect = open || most > params.suspicion ? 1 : undefined;
  if (counts && gate.counts) settle(state, before, readings, stepped, open, gate, tick, offsets);
  return { state, badness: bad, evidence: worth, stepped };
}

function observe(
  before: PlatformState,
  observations: readonly Observation[],
  offsets: Offsets,
  gate: Gate,
  tick: Tick,
  params: JudgeParams,
): { targets: Record<string, TargetState>; readings: Reading[] } {
  const targets = { ...before.targets };
  const readings: Reading[] = [];
  let lossy = false;
  for (const observation of observations) {
    const sample = read(observation);
    if (sample === undefined) continue;
    // IPv6 that fails where no control answers over IPv6 either is a broken line at home, never a verdict.
    if (sample.failed && observation.ip_protocol === 'ip6' && !gate.ip6) continue;
    const known = own(before.targets, sample.key);
    if (known === undefined && Object.keys(targets).length >= most && !forgotten(targets, tick.t)) continue;
    const twin = own(targets, sample.key);
    // Two results for one target and protocol: one complete answer proves that it answers.
    if (twin !== known && twin?.at === tick.t && (sample.failed || twin.failed === 0)) continue;
    const away = deviation(known, sample, offsets, gate.views);
    const target = observeTarget(known, sample, away, tick, params.transfer_every_ms / 1000);
    targets[sample.key] = target;
    readings.push({ sample, away, target });
    if (away.lost) lossy = true;
  }
  if (lossy) forgetSignatures(targets, tick.t);
  // Sums below do not depend on the order in which targets were measured.
  readings.sort((a, b) => (a.sample.key < b.sample.key ? -1 : 1));
  return { targets, readings };
}

/** A lost SYN: the path drops packets whatever they carry, and that alone makes handshakes slow. */
function forgetSignatures(targets: Record<string, TargetState>, t: number): void {
  for (const key of Object.keys(targets)) {
    const target = targets[key]!;
    if (target.signature === undefined) continue;
    // What was measured in this round is new and ours to change.
    if (target.at === t) target.signature = undefined;
    else targets[key] = { ...target, signature: undefined };
  }
}

/** Drops a target not measured for a week; false when there is none. */
function forgotten(targets: Record<string, TargetState>, t: number): boolean {
  for (const key of Object.keys(targets)) {
    if (t - targets[key]!.at > forgottenSeconds) {
      delete targets[key];
      return true;
    }
  }
  return false;
}

function advance(
  state: PlatformState,
  before: PlatformState,
  bad: { [S in Stream]?: Badness | undefined },
  stepped: Stream[],
  gate: Gate,
  tick: Tick,
  params: JudgeParams,
): void {
  const size = Math.max(1, Object.keys(state.targets).length);
  const noise: Record<Stream, number> = {
    all: failingFactor * gate.noise.failing * gate.noise.failing,
    reach: failingFactor * gate.noise.failing,
    handshake: noiseFactor * size * gate.noise.crawl,
    // A lost packet in a handshake is 200 ms and more: on a short path that is a factor of latency too.
    latency: noiseFactor * size * Math.max(gate.noise.slow, gate.noise.crawl),
    goodput: 0,
  };
  state.streams = forStreams((stream) => {
    const old = tick.forget ? forget(before.streams[stream]) : before.streams[stream];
    const now = bad[stream];
    if (now === undefined || !now.fresh) return old;
    const ofSpeed = stream !== 'all' && stream !== 'reach';
    if (ofSpeed && !gate.speed) return old;
    if (ofSpeed && before.rounds < knownRounds) return old;
    if (stream === 'goodput' && before.transfers < knownTransfers) return old;
    stepped.push(stream);
    return step(old, {
      y: now.y,
      good: now.good,
      t: tick.t,
      floor: params.floors[stream],
      margin: params.margins[stream],
      noise: noise[stream],
    });
  });
}

/** Learns from a counted round: everything while calm, nothing of the levels while suspect or open. */
function settle(
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
    const stream = state.streams[name];
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
  learnHours(state, before, readings, tick);
  if (Math.floor(before.observed / 3600) !== Math.floor(state.observed / 3600)) anchor(state);
}

function learnHours(
  state: PlatformState,
  before: PlatformState,
  readings: readonly Reading[],
  { hour, interval }: Tick,
): void {
  const residual: Record<keyof Offsets, [number, number]> = { latency: [0, 0], handshake: [0, 0], goodput: [0, 0] };
  const add = (of: keyof Offsets, x: number | undefined, level: number | undefined) => {
    if (x === undefined || level === undefined) return;
    residual[of][0] += x - level;
    residual[of][1]++;
  };
  for (const { sample, away, target } of readings) {
    if (away.lost) continue;
    add('latency', sample.latency, target.latency?.[0]);
    add('handshake', sample.handshake, target.handshake?.[0]);
    add('goodput', sample.rate, target.goodput?.[0]);
  }
  const hours = { ...before.hours };
  let changed = false;
  for (const quantity of ['latency', 'handshake', 'goodput'] as const) {
    const [sum, n] = residual[quantity];
    if (n === 0) continue;
    const every = quantity === 'goodput' ? (state.streams.goodput.every ?? 300) : interval;
    hours[quantity] = learnHour(before.hours[quantity], hour, sum / n, Math.max(interval, every));
    changed = true;
  }
  if (changed) state.hours = hours;
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
    return n > 0 ? sum / n : undefined;
  };
  const latency = mean('latency');
  const goodput = mean('goodput');
  state.anchor = {
    latency: latency === undefined ? state.anchor.latency : learnAnchor(state.anchor.latency, latency),
    goodput: goodput === undefined ? state.anchor.goodput : learnAnchor(state.anchor.goodput, goodput),
  };
}
