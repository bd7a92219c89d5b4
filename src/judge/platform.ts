/** One platform through one round: samples, badness, evidence, and what calm rounds teach. */
import type { Stream } from '../model/outcome.ts';
import type { Observation } from '../model/round.ts';
import type { Verdict } from '../model/verdict.ts';
import { type Badness, badness } from './badness.ts';
import type { Tick } from './clock.ts';
import type { Gate } from './gate.ts';
import { type Reading, settle } from './learning.ts';
import { nullMean } from './mixture.ts';
import { own } from './own.ts';
import type { JudgeParams } from './params.ts';
import { isAnyTwice, read } from './sample.ts';
import type { PlatformState, StreamState, TargetState } from './state.ts';
import { bound, evidenceAbove, forget, newStream, step } from './stream.ts';
import { deviation, type Offsets, observeTarget } from './target.ts';

/** Counted rounds before slowness is evidence, and counted transfers before a low rate is. */
const knownRounds = 60;
const knownTransfers = 20;
/** Targets remembered at most, over both protocols; not measured for a week: forgotten. */
const most = 16;
const forgottenSeconds = 7 * 86_400;
/** Bounds that the controls' noise puts on a platform's calm mean: the worst of n targets, with as much again to spare. */
const noiseFactor = 2.5;
const failingFactor = 2;

/** Evidence in none of the streams that is worth a look. */
const little: Readonly<Record<Stream, number>> = { all: 0, reach: 0, handshake: 0, latency: 0, goodput: 0 };

export interface PlatformRound {
  state: PlatformState;
  badness: { [S in Stream]?: Badness | undefined };
  /** Log evidence in the currency of the threshold; at or below suspicion any number that is. */
  evidence: Readonly<Record<Stream, number>>;
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
    drifted: undefined,
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

/**
 * Folds a platform's observations. `verdict` is what the round alone shows: where it could not be concluded nothing is
 * wagered, and its artefact or differential counts whatever the controls say. `interfered`: targets with such a trace.
 * `before` is used up: its targets, streams and hours are moved on in place.
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
  const { targets } = before;
  const readings = observe(targets, observations, offsets, gate, tick, params);
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
    drifted: before.drifted,
    targets,
    suspect: before.suspect,
    incident: before.incident,
    held: before.held,
    lately: before.lately,
  };
  const stepped: Stream[] = [];
  if (counts) advance(state, before, bad, stepped, gate, tick, params);
  const { all, reach, handshake, latency, goodput } = state.streams;
  const { suspicion } = params;
  const most = Math.max(bound(all), bound(reach), bound(handshake), bound(latency), bound(goodput));
  const worth =
    most > suspicion
      ? {
          all: evidenceAbove(suspicion, all, tick.interval),
          reach: evidenceAbove(suspicion, reach, tick.interval),
          handshake: evidenceAbove(suspicion, handshake, tick.interval),
          latency: evidenceAbove(suspicion, latency, tick.interval),
          goodput: evidenceAbove(suspicion, goodput, tick.interval),
        }
      : little;
  const open = before.incident !== undefined && before.incident.closed === undefined;
  const suspect =
    most > suspicion && Math.max(worth.all, worth.reach, worth.handshake, worth.latency, worth.goodput) > suspicion;
  state.suspect = open || suspect ? 1 : undefined;
  if (counts && gate.counts) settle(state, before, readings, stepped, open, gate, tick, offsets);
  return { state, badness: bad, evidence: worth, stepped };
}

/** Takes the samples into `targets`, in place. */
function observe(
  targets: Record<string, TargetState>,
  observations: readonly Observation[],
  offsets: Offsets,
  gate: Gate,
  tick: Tick,
  params: JudgeParams,
): Reading[] {
  const readings: Reading[] = [];
  // Each of two results for one target is held against what was known before the round.
  const past = isAnyTwice(observations) ? structuredClone(targets) : undefined;
  let lossy = false;
  for (const observation of observations) {
    const sample = read(observation);
    if (sample === undefined || sample.key === '__proto__') continue;
    // IPv6 that fails where no control answers over IPv6 either is a broken line at home, never a verdict.
    if (sample.failed && observation.ip_protocol === 'ip6' && !gate.ip6) continue;
    const known = past ? structuredClone(own(past, sample.key)) : own(targets, sample.key);
    if (known === undefined && Object.keys(targets).length >= most && !forgotten(targets, tick.t)) continue;
    const twin = past && measuredAlready(readings, sample.key);
    // Two results for one target and protocol: one complete answer proves that it answers.
    if (twin && (sample.failed || twin.failed === 0)) continue;
    const away = deviation(known, sample, offsets, gate.views);
    const target = observeTarget(known, sample, away, tick, params.transfer_every_ms / 1000);
    if (target !== known || past) targets[sample.key] = target;
    insert(readings, { sample, away, target });
    if (away.lost) lossy = true;
  }
  // A lost SYN: the path drops packets whatever they carry, and that alone makes handshakes slow.
  if (lossy) for (const key of Object.keys(targets)) targets[key]!.signature = undefined;
  return readings;
}

/** Sums over readings do not depend on the order in which targets were measured: they are kept in order of name. */
function insert(readings: Reading[], reading: Reading): void {
  let i = readings.length;
  for (; i > 0 && reading.sample.key < readings[i - 1]!.sample.key; i--) readings[i] = readings[i - 1]!;
  readings[i] = reading;
}

/** The target as an earlier entry of the same round left it. */
function measuredAlready(readings: readonly Reading[], key: string): TargetState | undefined {
  for (let i = readings.length - 1; i >= 0; i--) if (readings[i]!.sample.key === key) return readings[i]!.target;
  return undefined;
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
  let size = 0;
  let lone = 0;
  for (const key in state.targets) {
    size++;
    if (!key.endsWith('|6')) lone++;
  }
  const { failing, slow, crawl } = gate.noise;
  const reachFloor = lone === 1 ? Math.max(params.floors.reach, params.lone_floor) : params.floors.reach;
  // A lost packet in a handshake is 200 ms and more: on a short path that is a factor of latency too.
  const late = Math.max(slow, crawl);
  const ofSpeed = gate.speed && before.rounds >= knownRounds;
  const ofGoodput = ofSpeed && before.transfers >= knownTransfers;
  const { streams } = state;
  if (tick.forget) for (const stream of Object.values(streams)) forget(stream);
  const { floors, margins } = params;
  const { t } = tick;
  // By name, not by index: a look-up whose key changes from one to the next is a search, twenty times a round.
  if (take(streams.all, bad.all, t, floors.all, failingFactor * failing * failing, margins.all)) stepped.push('all');
  if (take(streams.reach, bad.reach, t, reachFloor, failingFactor * failing, margins.reach)) stepped.push('reach');
  if (!ofSpeed) return;
  const { handshake, latency, goodput } = streams;
  const lines = noiseFactor * size;
  if (take(handshake, bad.handshake, t, floors.handshake, lines * crawl, margins.handshake)) stepped.push('handshake');
  if (take(latency, bad.latency, t, floors.latency, lines * late, margins.latency)) stepped.push('latency');
  if (ofGoodput && take(goodput, bad.goodput, t, floors.goodput, 0, margins.goodput)) stepped.push('goodput');
}

/** Takes a fresh badness into a stream; false: there is none. */
function take(
  stream: StreamState,
  now: Badness | undefined,
  t: number,
  floor: number,
  noise: number,
  margin: number,
): boolean {
  if (now === undefined || !now.fresh) return false;
  step(stream, now.y, now.good, t, nullMean(stream.calm[0], floor, noise, margin));
  return true;
}
