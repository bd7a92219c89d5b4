/** The incident of one platform: calm → suspect → open → closing → calm, and what it is called meanwhile. */
import { type Stream, streams } from '../model/outcome.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Note } from '../model/vocabulary.ts';
import { ended, recover, watch } from './closing.ts';
import { lasting, nameGravest, rememberName } from './gravest.ts';
import { firmer } from './incident-confidence.ts';
import { type Circumstances, describe, note, patience, rename } from './naming.ts';
import { onset, onWall, stamp } from './onset.ts';
import type { PlatformRound } from './platform.ts';
import type { IncidentState, PlatformState, StreamState } from './state.ts';
import { cleared } from './stream.ts';
import { rebase } from './target.ts';

/** A relapse within half an hour is the same incident. */
const relapseSeconds = 1800;
/** Slowness along a longer path, alone, for six hours: the path changed. */
const pathChangeSeconds = 6 * 3600;
/** After a week an incident is chronic; it is never silently normal. */
const persistentSeconds = 7 * 86_400;
/** Rounds known when an incident opens, below which nothing is known of the time before it. */
const sinceStartRounds = 3;

export interface Turn {
  state: PlatformState;
  event?: 'opened' | 'changed' | 'closed' | undefined;
}

/** Streams that speak for an incident now: evidence over suspicion, and bad in the last sample. */
export function carrying(folded: PlatformRound, suspicion: number): Stream[] {
  return streams
    .filter((stream) => folded.evidence[stream] > suspicion && (folded.badness[stream]?.y ?? 0) > 0)
    .sort((a, b) => folded.evidence[b] - folded.evidence[a]);
}

/** Whether the evidence opens an incident now. */
export function opens(
  folded: PlatformRound,
  verdict: Verdict | undefined,
  threshold: number,
  suspicion: number,
): boolean {
  const { all, reach, handshake, latency, goodput } = folded.evidence;
  const most = Math.max(all, reach, handshake, latency, goodput);
  if (most > threshold) return true;
  // The shortcut: a trace that only interference leaves needs less history behind it.
  const traced = verdict?.basis === 'artefact' || verdict?.basis === 'differential';
  return most > suspicion && traced && (verdict.state === 'blocked' || verdict.state === 'throttled');
}

export function isOpen(state: PlatformState): boolean {
  return state.incident !== undefined && state.incident.closed === undefined;
}

/** Moves a platform's incident one round on. */
export function turn(name: string, folded: PlatformRound, c: Circumstances): Turn {
  const { state } = folded;
  if (isOpen(state)) return goOn(folded, c);
  const { incident } = state;
  if (incident?.closed !== undefined && c.tick.t - incident.closed > relapseSeconds) {
    const { incident: _, ...rest } = state;
    return begin(name, { ...folded, state: rest }, c);
  }
  return begin(name, folded, c);
}

function begin(name: string, folded: PlatformRound, c: Circumstances): Turn {
  const { state } = folded;
  if (folded.stepped.length === 0 || !opens(folded, c.verdict, c.threshold, c.params.suspicion)) return { state };
  const carried = carrying(folded, c.params.suspicion);
  const opening = carried[0] ?? strongest(folded);
  const began = onset(
    state.streams[opening],
    carried.map((stream) => state.streams[stream]),
    c.tick,
  );
  const proof = c.proof ?? { kind: 'degraded' as const, basis: 'comparison' as const };
  const relapse = state.incident;
  const notes: Note[] = [];
  if (relapse) notes.push('flapping');
  if (state.rounds <= sinceStartRounds && state.streams.reach.good === undefined) notes.push('since_start');
  const incident: IncidentState = {
    id: relapse?.id ?? `${name}-${stamp(began[1])}`,
    kind: proof.kind,
    opened: c.tick.t,
    onset: relapse?.onset ?? began,
    mechanisms: [...(relapse?.mechanisms ?? [])],
    basis: proof.basis,
    confidence: 'low',
    notes,
    streams: carried.length > 0 ? carried : [opening],
  };
  if (proof.mechanism) incident.mechanism = proof.mechanism;
  if (relapse) rememberName(relapse, incident);
  const next: PlatformState = { ...state, incident, suspect: 1, streams: watched(state.streams, incident.streams, c) };
  describe(next, incident, c);
  return { state: next, event: 'opened' };
}

function strongest(folded: PlatformRound): Stream {
  return streams.reduce((a, b) => (folded.evidence[b] > folded.evidence[a] ? b : a));
}

function watched(
  before: Record<Stream, StreamState>,
  which: readonly Stream[],
  { tick }: Circumstances,
): Record<Stream, StreamState> {
  const next = { ...before };
  for (const stream of which) {
    const { pending: _, ...rest } = next[stream];
    next[stream] = watch(rest, tick.t);
  }
  return next;
}

function goOn(folded: PlatformRound, seen: Circumstances): Turn {
  const { tick } = seen;
  const before = folded.state.incident!;
  const c = { ...seen, proof: lasting(before.kind, seen.proof, seen.verdict, folded) };
  const incident: IncidentState = { ...before, mechanisms: before.mechanisms.slice(), notes: before.notes.slice() };
  let next: PlatformState = { ...folded.state, incident };
  if (folded.stepped.length > 0) {
    const joined = streams.filter((s) => folded.evidence[s] > c.threshold && !incident.streams.includes(s));
    if (joined.length > 0) incident.streams = [...incident.streams, ...joined];
    const moved = watched(next.streams, joined, c);
    for (const stream of incident.streams) {
      const now = folded.badness[stream];
      if (now && folded.stepped.includes(stream)) moved[stream] = recover(stream, moved[stream], now, tick.t);
    }
    next.streams = moved;
    const over = ended(
      incident.streams.map((stream) => moved[stream]),
      tick.t,
    );
    if (over) {
      incident.closed = tick.t;
      incident.ended = onWall(over, tick);
      nameGravest(incident);
      return { state: calm(next), event: 'closed' };
    }
  }
  const age = tick.t - incident.opened;
  if (age >= pathChangeSeconds && incident.kind === 'degraded' && incident.streams.every((s) => s === 'latency')) {
    if (folded.stepped.includes('latency')) {
      note(incident, 'path_change');
      incident.closed = tick.t;
      incident.ended = [tick.wall, tick.wall];
      next = calm(next);
      const targets = { ...next.targets };
      for (const key of Object.keys(targets)) targets[key] = rebase(targets[key]!);
      next.targets = targets;
      return { state: next, event: 'closed' };
    }
  }
  if (age >= persistentSeconds) note(incident, 'persistent');
  if (age >= 86_400 && incident.notes.includes('since_start')) note(incident, 'chronically_unreachable');
  const changed = rename(incident, c, patience(next, incident, c));
  rememberName(before, incident);
  describe(next, incident, c);
  // A new name tells its own confidence; under the old one only more than was told is news.
  const news = changed || firmer(incident, before);
  incident.told = news ? incident.confidence : (before.told ?? before.confidence);
  return news ? { state: next, event: 'changed' } : { state: next };
}

/** Evidence laid down, what was learned kept; the incident stays for a while, in case it comes back. */
function calm(state: PlatformState): PlatformState {
  const next = {} as Record<Stream, StreamState>;
  for (const stream of streams) next[stream] = cleared(state.streams[stream]);
  const { suspect: _, ...rest } = state;
  return { ...rest, streams: next };
}
