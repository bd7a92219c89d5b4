/** The judge's workings for metrics and the page. Display only: nothing is decided from these. */
import { type JudgeDetail, type OpenIncident, type PlatformDetail, streams } from '../model/outcome.ts';
import type { AnomalyKind } from '../model/vocabulary.ts';
import type { Tick } from './clock.ts';
import type { Gate } from './gate.ts';
import { isOpen } from './incident.ts';
import { iso } from './onset.ts';
import { own } from './own.ts';
import type { JudgeParams } from './params.ts';
import type { IncidentState, JointState, Level, PlatformState } from './state.ts';
import { evidence } from './stream.ts';

const known = 10;

/** Puts an incident of these platforms into words. */
export type Tell = (incident: IncidentState, platforms: readonly string[]) => string;

/** What is known of the round besides what the state keeps. */
export interface RoundWorkings {
  gate: Gate;
  kinds: Readonly<Record<string, AnomalyKind>>;
}

/** The workings of a round. `folded` is absent for a record that was not folded. */
export function detail(
  platforms: Record<string, PlatformState>,
  joint: JointState | undefined,
  folded: RoundWorkings | undefined,
  tick: Tick,
  threshold: number,
  params: JudgeParams,
  tell: Tell,
): JudgeDetail {
  const all: JudgeDetail = { log_threshold: Math.round(threshold * 100) / 100, platforms: {} };
  for (const name of Object.keys(platforms)) {
    const state = platforms[name]!;
    all.platforms[name] = ofPlatform(state, tick, params);
    const kind = folded && own(folded.kinds, name);
    if (kind) all.platforms[name].suspect_kind = kind;
    if (isOpen(state)) all.platforms[name].open = open(state.incident!, [name], tell);
  }
  if (joint && joint.closed === undefined) all.disruption = open(joint, joint.platforms, tell);
  if (folded) {
    const { gate } = folded;
    if (gate.impaired.length > 0) all.controls_impaired = gate.impaired;
    if (gate.healthy !== undefined) all.controls_healthy = gate.healthy;
  }
  return all;
}

function ofPlatform(state: PlatformState, { hour, interval }: Tick, params: JudgeParams): PlatformDetail {
  const result: PlatformDetail = {
    suspect: state.suspect === 1,
    baseline_ready: state.observed * 1000 >= params.ready_after_ms,
    log_evidence: {},
  };
  let worst: number | undefined;
  for (const name of streams) {
    const stream = state.streams[name];
    if (stream.at === undefined) continue;
    result.log_evidence![name] = Math.round(evidence(stream, interval) * 100) / 100;
    worst = Math.max(worst ?? 0, stream.y);
  }
  if (worst !== undefined) result.badness = worst;
  const connect = typical(state, 'connect', 0);
  const handshake = typical(state, 'handshake', state.hours.handshake[hour] ?? 0);
  if (connect !== undefined) {
    result.baseline_seconds = { connect: seconds(connect) };
    if (handshake !== undefined) result.baseline_seconds.tls = seconds(connect + handshake);
  }
  const goodput = typical(state, 'goodput', state.hours.goodput[hour] ?? 0);
  if (goodput !== undefined) result.baseline_bytes_per_second = Math.round(Math.exp(goodput) / 8);
  return result;
}

/** Mean level over a platform's targets, with the hour's offset; undefined while nothing is known. */
function typical(state: PlatformState, of: 'connect' | 'handshake' | 'goodput', offset: number): number | undefined {
  let sum = 0;
  let n = 0;
  for (const key of Object.keys(state.targets)) {
    const level: Level | undefined = state.targets[key]![of];
    if (level === undefined || level[1] < (of === 'goodput' ? 5 : known)) continue;
    sum += level[0];
    n++;
  }
  return n > 0 ? sum / n + offset : undefined;
}

function seconds(logMs: number): number {
  return Math.round(Math.exp(logMs) * 10) / 1e4;
}

function open(incident: IncidentState, platforms: readonly string[], tell: Tell): OpenIncident {
  const result: OpenIncident = {
    incident: incident.id,
    state: incident.kind,
    mechanisms: incident.mechanisms,
    confidence: incident.confidence,
    onset_earliest: iso(incident.onset[0]),
    onset_latest: iso(incident.onset[1]),
    statement: tell(incident, platforms),
  };
  if (incident.mechanism) result.mechanism = incident.mechanism;
  return result;
}
