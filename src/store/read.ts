/** What can be asked of a store, read-only or not: small synchronous queries, each bounded. */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { IncidentEvent } from '../model/verdict.ts';

/** A round as stored. `record` is the NDJSON line without its newline. */
export interface StoredRound {
  /** Grows by one a stored round; what paging goes by. */
  id: number;
  round: number;
  started_ms: number;
  record: string;
}

export interface RoundQuery {
  /** Started at or after, ms since the epoch. */
  since_ms?: number | undefined;
  /** Started before, ms since the epoch. */
  until_ms?: number | undefined;
  /** Only rows stored after this one: hand in the last `id` to get the next page. */
  after_id?: number | undefined;
  limit?: number | undefined;
  /** The last stored ones first. */
  newest?: boolean | undefined;
}

/** One incident with its events in order; `latest` is the last of them. */
export interface StoredIncident {
  incident: string;
  platform: string;
  opened_at: string;
  closed_at?: string | undefined;
  latest: IncidentEvent;
  events: IncidentEvent[];
}

/** Rows of one page: some 5 KB each, so a page stays well below the 20 ms at which the event loop counts as late. */
const pageRows = 100;

/** How long an address that completed TLS for a host is trusted, ms: 7 days (docs/methodology.md, DNS). */
export const addressMs = 7 * 24 * 3600 * 1000;

const all = <T>(db: DatabaseSync, sql: string, ...values: SQLInputValue[]): T[] =>
  db.prepare(sql).all(...values) as T[];

/** Rounds in the order in which they were stored, one page. */
export function readRounds(db: DatabaseSync, query: RoundQuery): StoredRound[] {
  const { since_ms = 0, until_ms = Number.MAX_SAFE_INTEGER, after_id = 0, limit = pageRows, newest = false } = query;
  return all(
    db,
    `SELECT id, round, started_ms, record FROM rounds
     WHERE id > ? AND started_ms >= ? AND started_ms < ? ORDER BY id ${newest ? 'DESC' : 'ASC'} LIMIT ?`,
    after_id,
    since_ms,
    until_ms,
    limit,
  );
}

/** Every round of the query, page by page: a month of them is never in memory, nor does it block the loop for long. */
export function* everyRound(
  read: (query: RoundQuery) => StoredRound[],
  query: Pick<RoundQuery, 'since_ms' | 'until_ms'>,
): Generator<StoredRound> {
  let after_id = 0;
  for (;;) {
    const page = read({ ...query, after_id });
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    after_id = last.id;
  }
}

/** The newest stored round; undefined in an empty store. */
export function readLatestRound(db: DatabaseSync): StoredRound | undefined {
  return all<StoredRound>(db, 'SELECT id, round, started_ms, record FROM rounds ORDER BY id DESC LIMIT 1')[0];
}

/** Number of the last round that was judged here, 0 in an empty store: the next one counts on. */
export function readLastNumber(db: DatabaseSync): number {
  const [row] = all<{ n: number | null }>(
    db,
    'SELECT max(coalesce((SELECT max(round) FROM judge_state), 0), coalesce((SELECT max(round) FROM rounds), 0)) AS n',
  );
  return row?.n ?? 0;
}

/** The judge's state as it was handed in; undefined when there is none. */
export function readJudgeState(db: DatabaseSync): unknown {
  const [row] = all<{ state: string }>(db, 'SELECT state FROM judge_state');
  return row === undefined ? undefined : JSON.parse(row.state);
}

/** Incidents, the last opened first, or the one of that id. */
export function readIncidents(
  db: DatabaseSync,
  query: { incident?: string | undefined; limit?: number | undefined },
): StoredIncident[] {
  const ids = all<{ incident: string }>(
    db,
    `SELECT incident FROM incident_events WHERE ? IN ('', incident) GROUP BY incident ORDER BY min(id) DESC LIMIT ?`,
    query.incident ?? '',
    query.limit ?? pageRows,
  );
  return ids.flatMap(({ incident }) => {
    const events = all<{ body: string }>(
      db,
      'SELECT body FROM incident_events WHERE incident = ? ORDER BY id',
      incident,
    ).map(({ body }) => JSON.parse(body) as IncidentEvent);
    const [first] = events;
    const latest = events.at(-1);
    if (first === undefined || latest === undefined) return [];
    const closed_at = latest.event === 'closed' ? latest.at : undefined;
    return [{ incident, platform: first.platform, opened_at: first.at, closed_at, latest, events }];
  });
}

/** Addresses that completed verified TLS for this host in the last 7 days, the most recent first. */
export function readAddresses(db: DatabaseSync, host: string, wall_ms: number): string[] {
  return all<{ ip: string }>(
    db,
    'SELECT ip FROM validated_addresses WHERE host = ? AND seen_ms > ? ORDER BY seen_ms DESC LIMIT 16',
    host,
    wall_ms - addressMs,
  ).map(({ ip }) => ip);
}

/** Wire bytes spent since that UTC day (`2024-01-20`, inclusive), both directions, every purpose. */
export function readBytesSince(db: DatabaseSync, day: string): number {
  const [row] = all<{ n: number | null }>(db, 'SELECT sum(bytes) AS n FROM bytes WHERE day >= ?', day);
  return row?.n ?? 0;
}
