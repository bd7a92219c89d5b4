/** The joint event: two companies or more hit within half an hour while the controls are fine. */
import type { AnomalyKind, Mechanism } from '../model/vocabulary.ts';
import type { Tick } from './clock.ts';
import { gravity, nameGravest, nameOf, rememberName } from './gravest.ts';
import { firmer } from './incident-confidence.ts';
import { stamp } from './onset.ts';
import type { IncidentState, JointState } from './state.ts';

/** Onsets of one event lie within half an hour of each other. */
const window = 1800;
/** A relapse within half an hour is the same event. */
const relapse = 1800;

/** An incident of one platform, as the joint event sees it. */
export interface Part {
  platform: string;
  company: string;
  incident: IncidentState;
}

export interface JointTurn {
  joint: JointState | undefined;
  event?: 'opened' | 'changed' | 'closed' | undefined;
}

/** Moves the joint event one round on. `parts`: incidents open now. `fine`: the controls of this round are. */
export function foldJoint(
  before: JointState | undefined,
  parts: readonly Part[],
  lately: readonly Part[],
  fine: boolean,
  tick: Tick,
): JointTurn {
  if (before !== undefined && before.closed === undefined) return goOn(before, parts, lately, tick);
  const expired = before?.closed !== undefined && tick.t - before.closed > relapse;
  const old = expired ? undefined : before;
  const group = together(parts);
  if (!fine || group.length === 0) return { joint: old };
  const summary = summarise(group);
  const joint: JointState = {
    ...summary,
    id: old?.id ?? `joint-${stamp(summary.onset[1])}`,
    opened: tick.t,
    notes: old ? ['flapping'] : [],
  };
  return { joint, event: 'opened' };
}

function goOn(before: JointState, parts: readonly Part[], lately: readonly Part[], tick: Tick): JointTurn {
  const members = parts.filter(
    (part) => before.platforms.includes(part.platform) || Math.abs(part.incident.onset[1] - before.onset[1]) <= window,
  );
  if (new Set(members.map((part) => part.company)).size < 2) {
    const joint: JointState = { ...before, closed: tick.t, ended: lastEnd(before, lately, tick) };
    nameGravest(joint);
    return { joint, event: 'closed' };
  }
  const summary = summarise(members);
  const joint: JointState = {
    ...before,
    ...summary,
    id: before.id,
    opened: before.opened,
    notes: before.notes,
    onset: [Math.min(before.onset[0], summary.onset[0]), Math.min(before.onset[1], summary.onset[1])],
    // Who was in it stays in it: the event is told as a whole.
    platforms: union(before.platforms, summary.platforms),
    companies: union(before.companies, summary.companies),
  };
  const recovering = before.platforms.some((platform) => !members.some((member) => member.platform === platform));
  // The first to recover leave others behind that may have less in common: the event is not renamed after those.
  if (recovering && gravity[joint.kind] < gravity[before.kind]) {
    delete joint.mechanism;
    Object.assign(joint, nameOf(before));
  }
  rememberName(before, joint);
  const renamed = joint.kind !== before.kind || joint.platforms.length !== before.platforms.length;
  const changed = renamed || firmer(joint, before);
  joint.told = changed ? joint.confidence : (before.told ?? before.confidence);
  return changed ? { joint, event: 'changed' } : { joint };
}

/** The event ends when it is down to one company: with the last end among the others. */
function lastEnd(joint: JointState, lately: readonly Part[], tick: Tick): [number, number] {
  const ends = lately
    .filter((part) => joint.platforms.includes(part.platform))
    .map((part) => part.incident.ended)
    .filter((end) => end !== undefined);
  if (ends.length === 0) return [tick.wall, tick.wall];
  return [Math.max(...ends.map((end) => end[0])), Math.max(...ends.map((end) => end[1]))];
}

/** The largest group of incidents whose onsets lie within the window, if it holds two companies. */
function together(parts: readonly Part[]): Part[] {
  let best: Part[] = [];
  for (const first of parts) {
    const group = parts.filter((part) => {
      const later = part.incident.onset[1] - first.incident.onset[1];
      return later >= 0 && later <= window;
    });
    if (new Set(group.map((part) => part.company)).size >= 2 && group.length > best.length) best = group;
  }
  return best;
}

/** What the parts have in common: the kind that two companies share, else the mildest; the middle of their figures. */
function summarise(parts: readonly Part[]): Omit<JointState, 'id' | 'opened' | 'notes'> {
  const sorted = [...parts].sort((a, b) => (a.platform < b.platform ? -1 : 1));
  const kind = commonKind(sorted);
  const of = sorted.filter((part) => part.incident.kind === kind);
  const mechanisms: Mechanism[] = [];
  for (const { incident } of sorted) {
    for (const mechanism of incident.mechanisms) {
      if (!mechanisms.includes(mechanism) && mechanisms.length < 8) mechanisms.push(mechanism);
    }
  }
  const lead = of[0]!.incident;
  const summary: Omit<JointState, 'id' | 'opened' | 'notes'> = {
    kind,
    onset: [
      Math.min(...sorted.map((part) => part.incident.onset[0])),
      Math.min(...sorted.map((part) => part.incident.onset[1])),
    ],
    mechanisms,
    basis: of.some(({ incident }) => incident.basis === 'differential')
      ? 'differential'
      : of.some(({ incident }) => incident.basis === 'artefact')
        ? 'artefact'
        : 'comparison',
    confidence: best(of.map((part) => part.incident.confidence)),
    streams: lead.streams,
    platforms: sorted.map((part) => part.platform),
    companies: [...new Set(sorted.map((part) => part.company))].sort(),
  };
  if (of.every(({ incident }) => incident.compared)) summary.compared = 1;
  const mechanism = of.map((part) => part.incident.mechanism).find((m) => m !== undefined);
  if (mechanism) summary.mechanism = mechanism;
  const goodput = sorted.map((p) => p.incident.goodput_ratio).filter((r) => r !== undefined);
  const crawl = sorted.map((p) => p.incident.handshake_ratio).filter((r) => r !== undefined);
  const rates = sorted.map((p) => p.incident.rate_bps).filter((r) => r !== undefined);
  if (goodput.length > 0) summary.goodput_ratio = middle(goodput);
  if (crawl.length > 0) summary.handshake_ratio = middle(crawl);
  if (rates.length > 0) summary.rate_bps = middle(rates);
  return summary;
}

/** The lower of the two in the middle, or the middle one. */
function middle(values: number[]): number {
  values.sort((a, b) => a - b);
  return values[(values.length - 1) >> 1]!;
}

function commonKind(parts: readonly Part[]): AnomalyKind {
  for (const kind of ['blocked', 'throttled', 'unreachable', 'degraded'] as const) {
    const companies = new Set(parts.filter((part) => part.incident.kind === kind).map((part) => part.company));
    if (companies.size >= 2) return kind;
  }
  const mildest = ['degraded', 'unreachable', 'throttled', 'blocked'] as const;
  return mildest.find((kind) => parts.some((part) => part.incident.kind === kind)) ?? 'degraded';
}

function best(words: readonly JointState['confidence'][]): JointState['confidence'] {
  return words.includes('high') ? 'high' : words.includes('medium') ? 'medium' : 'low';
}

function union(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])].sort();
}
