/** Which rounds are the evidence of an incident: those around its onset, up to its opening, and around its end. */
import type { DatabaseSync } from 'node:sqlite';
import type { IncidentEvent } from '../model/verdict.ts';
import { type RoundQuery, readRounds } from './read.ts';

/** The last good rounds, those in which it began, those up to the opening, and those in which it ended. */
const before = 2;
const began = 6;
const opening = 3;
const ending = 3;

/** Onset and end are kept in whole seconds, rounds begin at some millisecond. */
const roundingMs = 1000;

/** Rounds kept as evidence, some 30 MB: two hundred incidents and more. The oldest are given up first. */
const mostKept = 2000;

/** Rounds at the onset, at most eleven. `opened_at`: when the incident opened, RFC 3339. */
export function onsetQueries({ onset_earliest }: IncidentEvent, opened_at: string): RoundQuery[] {
  const since_ms = Date.parse(onset_earliest) + roundingMs;
  const until_ms = Date.parse(opened_at) + 1;
  return [
    { until_ms: since_ms, newest: true, limit: before },
    { since_ms, until_ms, limit: began },
    { since_ms, until_ms, newest: true, limit: opening },
  ];
}

/** Rounds at the end, at most three; none while it is open. */
export function endQueries({ ended_earliest, ended_latest }: IncidentEvent): RoundQuery[] {
  if (ended_earliest === undefined || ended_latest === undefined) return [];
  return [{ since_ms: Date.parse(ended_earliest), until_ms: Date.parse(ended_latest) + roundingMs, limit: ending }];
}

/** Keeps the rounds behind an incident's opening or closing beyond the time for which rounds are kept. */
export function keepEvidence(db: DatabaseSync, event: IncidentEvent): void {
  const queries = event.event === 'opened' ? onsetQueries(event, event.at) : endQueries(event);
  const keep = db.prepare('INSERT OR IGNORE INTO evidence (round_id) VALUES (?)');
  for (const query of queries) for (const { id } of readRounds(db, query)) keep.run(id);
  db.prepare(
    'DELETE FROM evidence WHERE round_id <= (SELECT round_id FROM evidence ORDER BY round_id DESC LIMIT 1 OFFSET ?)',
  ).run(mostKept);
}
