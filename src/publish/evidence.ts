/** The measurements behind an incident: the rounds around its onset, its opening and its end, as they were recorded. */
import type { ControlObservation, Observation, Round } from '../model/round.ts';
import type { Verdict } from '../model/verdict.ts';
import type { VantageState } from '../model/vocabulary.ts';
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

/** Rounds shown: the last good ones, those in which it began, those up to the opening, and those in which it ended. */
const before = 2;
const began = 6;
const opening = 3;
const ending = 3;

/** Onset and end are kept in whole seconds, rounds begin at some millisecond. */
const roundingMs = 1000;

/** At most fourteen rounds, the oldest first; fewer where they are no longer, or not yet, stored. */
export function evidenceOf(
  { latest, events, opened_at, platform }: StoredIncident,
  read: (query: RoundQuery) => StoredRound[],
): EvidenceRound[] {
  const onset = Date.parse(latest.onset_earliest) + roundingMs;
  const opened = Date.parse(opened_at) + 1;
  const found = [
    ...read({ until_ms: onset, newest: true, limit: before }),
    ...read({ since_ms: onset, until_ms: opened, limit: began }),
    ...read({ since_ms: onset, until_ms: opened, newest: true, limit: opening }),
  ];
  if (latest.ended_earliest !== undefined && latest.ended_latest !== undefined) {
    const since_ms = Date.parse(latest.ended_earliest);
    found.push(...read({ since_ms, until_ms: Date.parse(latest.ended_latest) + roundingMs, limit: ending }));
  }
  const names = platform === '*' ? [...new Set(events.flatMap(({ platforms = [] }) => platforms))] : [platform];
  const unique = new Map(found.map((row) => [row.id, row]));
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
