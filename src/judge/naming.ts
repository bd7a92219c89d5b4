/** What an open incident is called from round to round, and what is collected about it for its statement. */
import type { Verdict } from '../model/verdict.ts';
import type { Basis, Mechanism, Note } from '../model/vocabulary.ts';
import type { Tick } from './clock.ts';
import type { Gate } from './gate.ts';
import { gravity } from './gravest.ts';
import { confidence } from './incident-confidence.ts';
import type { Proof, SpeedFacts } from './kind.ts';
import type { JudgeParams } from './params.ts';
import type { IncidentState, PlatformState } from './state.ts';

/** Rounds in a row that must speak for another kind before an open incident changes its name. */
const steadyRounds = 3;
/** More ways of interference than one incident ever showed; what is stored has a bound. */
const mostMechanisms = 8;
/** Rounds with a proof are counted so far: two make the highest confidence, more are for reading. */
const mostProofs = 999;
/** Weight of one round in the figures that a statement quotes. */
const meanWeight = 0.1;

/** What is known of a round when an incident is moved on. */
export interface Circumstances {
  verdict: Verdict | undefined;
  proof: Proof | undefined;
  facts: SpeedFacts;
  gate: Gate;
  tick: Tick;
  threshold: number;
  /** Companies with an incident open, this platform's included. */
  companies: number;
  params: JudgeParams;
}

/** Adds a note once. */
export function note(incident: IncidentState, word: Note): void {
  if (!incident.notes.includes(word)) incident.notes.push(word);
}

/**
 * Rounds that must agree before a name goes down: two periods of the slowest stream that carries the incident. A freeze
 * that transfers show every fifth round is not undone by four rounds without a transfer.
 */
export function patience(state: PlatformState, incident: IncidentState, { tick }: Circumstances): number {
  const slowest = Math.max(...incident.streams.map((stream) => state.streams[stream].every ?? tick.interval));
  return Math.max(steadyRounds, Math.ceil((2 * slowest) / tick.interval));
}

/** Follows the proof: up at once, down only when several rounds agree. True when the name changed. */
export function rename(incident: IncidentState, { proof }: Circumstances, steady: number): boolean {
  if (proof === undefined) return false;
  if (proof.kind === incident.kind) {
    delete incident.next;
    if (proof.basis !== 'comparison') incident.basis = proof.basis;
    const better = proof.mechanism !== undefined && isPreciser(proof.mechanism, incident.mechanism);
    if (better) incident.mechanism = proof.mechanism;
    return better;
  }
  const rounds = incident.next?.[0] === proof.kind ? incident.next[1] + 1 : 1;
  const up = gravity[proof.kind] > gravity[incident.kind] && (proof.kind === 'blocked' || proof.kind === 'throttled');
  if (!up && rounds < steady) {
    incident.next = [proof.kind, rounds];
    return false;
  }
  delete incident.next;
  incident.kind = proof.kind;
  incident.basis = proof.basis;
  if (proof.mechanism) incident.mechanism = proof.mechanism;
  else delete incident.mechanism;
  return true;
}

/** Collects what the round adds: mechanisms, notes, ratios for the statement, confidence. */
export function describe(state: PlatformState, incident: IncidentState, c: Circumstances): void {
  const { facts, verdict, proof } = c;
  const bad = verdict?.state === 'blocked' || verdict?.state === 'unreachable' || verdict?.state === 'throttled';
  if (bad) {
    for (const mechanism of verdict.mechanisms) add(incident, mechanism);
    for (const word of verdict.notes) if (word !== 'since_start') note(incident, word);
  }
  // Of an incident that is called something graver, a contrast in speed proves nothing.
  const proven = proof?.kind === incident.kind ? proof.basis : undefined;
  if (isProof(bad ? verdict.basis : undefined) || isProof(proven)) {
    incident.proofs = Math.min(mostProofs, (incident.proofs ?? 0) + 1);
  }
  if (incident.mechanism) add(incident, incident.mechanism);
  if (facts.short > Math.log(2)) {
    incident.goodput_ratio = typical(incident.goodput_ratio, -facts.short);
    if (facts.bps) incident.rate_bps = Math.round(typical(incident.rate_bps, Math.log(facts.bps)));
  }
  if (facts.crawl > Math.log(2)) incident.handshake_ratio = typical(incident.handshake_ratio, facts.crawl);
  const ofSpeed = incident.kind === 'throttled' || incident.kind === 'degraded';
  if (ofSpeed ? facts.controlsFine : c.gate.healthy) incident.compared = 1;
  incident.confidence = confidence(state, incident, c);
}

/** More than history: what only interference leaves, or the same thing under another name in the same round. */
function isProof(basis: Basis | undefined): boolean {
  return basis === 'artefact' || basis === 'differential';
}

/** A moving geometric mean, three figures: what a statement quotes must be usual, not the worst ever seen. */
function typical(before: number | undefined, log: number): number {
  const mean = before === undefined ? log : Math.log(before) + meanWeight * (log - Math.log(before));
  return Number(Math.exp(mean).toPrecision(3));
}

function add(incident: IncidentState, mechanism: Mechanism): void {
  const { mechanisms } = incident;
  if (mechanisms.some((known) => known === mechanism || isPreciser(known, mechanism))) return;
  const kept = mechanisms.filter((known) => !isPreciser(mechanism, known));
  if (kept.length < mostMechanisms) incident.mechanisms = [...kept, mechanism];
}

/** Whether `one` says all that `other` says, and more: what was found out, where that was only known to be so. */
function isPreciser(one: Mechanism, other: Mechanism | undefined): boolean {
  if (other === undefined) return true;
  if (other === 'throttle.unknown') return one.startsWith('throttle.') && one !== other;
  return one === `${other}.sni`;
}
