/** One line of the incident list: what opened, changed or closed, as readers outside the judge see it. */
import type { Round } from '../model/round.ts';
import type { IncidentEvent } from '../model/verdict.ts';
import { fingerprint, seenBefore } from './fingerprint.ts';
import { iso } from './onset.ts';
import type { JudgeParams } from './params.ts';
import type { Fingerprint, IncidentState, JointState } from './state.ts';
import { statement } from './statement.ts';

/** The event of a platform's incident, or of the joint one (`platform` is then `*`). */
export function incidentEvent(
  event: IncidentEvent['event'],
  platform: string,
  incident: IncidentState | JointState,
  round: Round,
  memory: readonly Fingerprint[],
  params: JudgeParams,
): IncidentEvent {
  const platforms = 'platforms' in incident ? incident.platforms : [platform];
  const earlier = seenBefore(memory, fingerprint(incident, platforms));
  const result: IncidentEvent = {
    at: round.started_at,
    round: round.round,
    event,
    incident: incident.id,
    platform,
    state: incident.kind,
    basis: incident.basis,
    confidence: incident.confidence,
    onset_earliest: iso(incident.onset[0]),
    onset_latest: iso(incident.onset[1]),
  };
  if ('platforms' in incident) {
    result.platforms = incident.platforms;
    result.companies = incident.companies;
  }
  if (incident.mechanism) result.mechanism = incident.mechanism;
  if (incident.mechanisms.length > 0) result.mechanisms = incident.mechanisms.slice();
  if (incident.notes.length > 0) result.notes = incident.notes.slice();
  if (incident.ended && event === 'closed') {
    result.ended_earliest = iso(incident.ended[0]);
    result.ended_latest = iso(incident.ended[1]);
  }
  result.statement = tell(incident, platforms, round, memory, params);
  if (earlier.length > 0) result.seen_before = earlier.map(({ id }) => id);
  return result;
}

/** What may be said of an incident as it stands: its sentence in the event, and on the page until the next one. */
export function tell(
  incident: IncidentState | JointState,
  platforms: readonly string[],
  round: Round,
  memory: readonly Fingerprint[],
  params: JudgeParams,
): string {
  const earlier = seenBefore(memory, fingerprint(incident, platforms));
  const place = { asn: text(round.vantage?.asn), country: text(round.vantage?.country) };
  return statement(incident, { platforms, place, earlier, params });
}

/** A name from the record, if it is one: statements are quoted, so nothing long or odd gets in. */
function text(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w .-]{1,40}$/.test(value) ? value : undefined;
}
