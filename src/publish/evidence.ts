/** The measurements behind an incident: the rounds around its onset, its opening and its end, as they were recorded. */
import type { ControlObservation, Observation, Round } from '../model/round.ts';
import type { Verdict } from '../model/verdict.ts';
import type { VantageState } from '../model/vocabulary.ts';
import { endQueries, onsetQueries } from '../store/evidence.ts';
import type { RoundQuery, StoredIncident, StoredRound } from '../store/read.ts';

/** What one round says of an incident: its platforms in full, and beside them the controls of the same minute. */
export interface EvidenceRound {
  round: number;
  /** RFC 3339. */
  started_at: string;
  vantage?: VantageState | undefined;
  /** What this round alone showed, by platform. */
  verdicts: Record<string, Verdict>;
  platforms: Record<string, Observation[]>;
  controls: Pick<
    ControlObservation,
    'target' | 'scope' | 'ip_protocol' | 'outcome' | 'failure' | 'phases' | 'status'
  >[];
}

/** At most fourteen rounds, the oldest first; fewer where they are no longer, or not yet, stored. */
export function evidenceOf(
  { latest, events, opened_at, platform }: StoredIncident,
  read: (query: RoundQuery) => StoredRound[],
): EvidenceRound[] {
  const rows = [...onsetQueries(latest, opened_at), ...endQueries(latest)].flatMap(read);
  const unique = new Map(rows.map((row) => [row.id, row]));
  const names = platform === '*' ? [...new Set(events.flatMap(({ platforms = [] }) => platforms))] : [platform];
  return [...unique.values()].sort((a, b) => a.id - b.id).map(({ record }) => excerpt(JSON.parse(record), names));
}

function excerpt({ round, started_at, vantage, verdicts, platforms, controls }: Round, names: string[]): EvidenceRound {
  const only = <T>(all: Record<string, T> = {}): Record<string, T> =>
    Object.fromEntries(names.flatMap((name) => (Object.hasOwn(all, name) ? [[name, all[name] as T]] : [])));
  return {
    round,
    started_at,
    vantage: vantage.state,
    verdicts: only(verdicts),
    platforms: only(platforms),
    controls: controls
      .filter(({ outcome }) => outcome !== 'skipped')
      .map(({ target, scope, ip_protocol, outcome, failure, phases, status }) => ({
        target,
        scope,
        ip_protocol,
        outcome,
        failure,
        phases,
        status,
      })),
  };
}
