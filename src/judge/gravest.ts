/**
 * Names that last. An incident may be called something graver, or something more precise, as evidence comes in; getting
 * better does not rename it, and when it is over it is called by the gravest name that it was given.
 */
import type { Verdict } from '../model/verdict.ts';
import type { AnomalyKind } from '../model/vocabulary.ts';
import type { Proof } from './kind.ts';
import type { PlatformRound } from './platform.ts';
import type { IncidentState } from './state.ts';

/** From mild to grave: a better-proven kind may replace a lesser one at once. */
export const gravity: Record<AnomalyKind, number> = { degraded: 0, unreachable: 1, throttled: 2, blocked: 3 };

/** Names that say less of the same: what fails without a trace is not thereby less blocked, nor what is slow less throttled. */
const vaguer: Partial<Record<AnomalyKind, AnomalyKind>> = { blocked: 'unreachable', throttled: 'degraded' };

/**
 * The proof, where an incident called `kind` may be renamed by it. A milder name needs something seen in this very round:
 * values held from before the recovery, of targets not measured since, prove nothing.
 */
export function lasting(
  kind: AnomalyKind,
  proof: Proof | undefined,
  verdict: Verdict | undefined,
  { stepped, badness }: Pick<PlatformRound, 'stepped' | 'badness'>,
): Proof | undefined {
  if (proof === undefined || gravity[proof.kind] >= gravity[kind]) return proof;
  if (proof.kind === vaguer[kind]) return undefined;
  if (proof.kind === 'unreachable' || proof.mechanism === 'ip6.only') {
    return verdict?.state === 'unreachable' || verdict?.state === 'degraded' ? proof : undefined;
  }
  const slow = stepped.some((stream) => stream !== 'all' && stream !== 'reach' && (badness[stream]?.y ?? 0) > 0);
  return slow ? proof : undefined;
}

/** Keeps the gravest name that the incident had `before`, where that was graver than the one it has now. */
export function rememberName(before: IncidentState, after: IncidentState): void {
  const known = after.gravest ?? before.gravest;
  const gravest = known !== undefined && gravity[known.kind] >= gravity[before.kind] ? known : nameOf(before);
  if (gravity[gravest.kind] > gravity[after.kind]) after.gravest = gravest;
}

/** Calls the incident by its gravest name again: to be done when it closes. */
export function nameGravest(incident: IncidentState): void {
  const { gravest } = incident;
  if (gravest === undefined || gravity[gravest.kind] <= gravity[incident.kind]) return;
  delete incident.mechanism;
  Object.assign(incident, gravest);
}

/** What an incident is called and why: what is kept together when the name is kept. */
export function nameOf({ kind, basis, confidence, mechanism }: IncidentState): NonNullable<IncidentState['gravest']> {
  return mechanism === undefined ? { kind, basis, confidence } : { kind, basis, confidence, mechanism };
}
