/**
 * How much an incident may be leaned on, from what carries it. The words are defined by these numbers and no others:
 *
 * - *high*: an artefact or a differential in two rounds or more; or `throttled` or `degraded` at two companies at once,
 *   with the baseline ready and path-matched controls fine;
 * - *medium*: an artefact or a differential in one round; or a comparison with the baseline ready and controls fine;
 *   `blocked` and `unreachable` by comparison are never more;
 * - *low*: anything else: since the start, before the baseline is ready, or with no control to compare with.
 */
import { type Confidence, confidences } from '../model/vocabulary.ts';
import type { Gate } from './gate.ts';
import type { SpeedFacts } from './kind.ts';
import type { JudgeParams } from './params.ts';
import type { IncidentState, PlatformState } from './state.ts';

export function confidence(
  state: PlatformState,
  incident: IncidentState,
  { facts, gate, companies, params }: { facts: SpeedFacts; gate: Gate; companies: number; params: JudgeParams },
): Confidence {
  const proofs = incident.proofs ?? 0;
  if (proofs >= 2) return 'high';
  if (proofs === 1) return 'medium';
  if (incident.notes.includes('since_start')) return 'low';
  if (incident.kind === 'blocked') return 'medium';
  if (state.observed * 1000 < params.ready_after_ms) return 'low';
  const ofSpeed = incident.kind === 'throttled' || incident.kind === 'degraded';
  if (!ofSpeed) return gate.healthy === false ? incident.confidence : 'medium';
  if (!facts.controlsFine) return incident.confidence;
  return companies >= 2 ? 'high' : 'medium';
}

/**
 * Whether `incident` may be leaned on more than anybody has been told: `before` is the incident a round ago. A rise is
 * news (a statement is quoted with its confidence); a fall is none, and a rise back to what was told already is none.
 */
export function firmer(incident: Pick<IncidentState, 'confidence'>, before: IncidentState): boolean {
  return confidences.indexOf(incident.confidence) > confidences.indexOf(before.told ?? before.confidence);
}
