/** Storing one round: everything that belongs to it in one transaction, or nothing. */
import type { DatabaseSync } from 'node:sqlite';
import type { ByteAccount, RoundOutcome, ValidatedAddress } from '../model/outcome.ts';
import type { IncidentEvent } from '../model/verdict.ts';
import { keepEvidence } from './evidence.ts';
import { addressMs } from './read.ts';

/** A round made ready: text, not references, so that it may wait for a disk to get room. */
export interface Entry {
  round: number;
  started_ms: number;
  /** Absent when the record was too large to keep. */
  record?: string | undefined;
  events: IncidentEvent[];
  validated: ValidatedAddress[];
  judge_state?: string | undefined;
  bytes: { purpose: string; direction: 'sent' | 'received'; bytes: number }[];
}

/**
 * Largest record kept, characters. A round with every experiment of every platform is some 100 KB; what is larger was
 * blown up by a hostile network, and its verdict is worth keeping without it.
 */
export const largestRecord = 1024 * 1024;

/** Rows that retention removes a round at most: a clock that jumps a year ahead must not wipe the history at once. */
export const removedAtOnce = 200;

/** Incident events kept; at one incident a week with four events each, a century. */
const keptEvents = 20_000;

/** Days of the byte account kept: two months, so that a monthly cap can always be told. */
const keptDays = 62;

const ways = ['sent', 'received'] as const;

/**
 * A sum that has fallen to less than half is a meter that began anew, after a reload of the configuration. Not any smaller
 * one: an estimate of what was sent twice is put right when the answer comes.
 */
const beganAnew = (now: ByteAccount['spent'], before: ByteAccount['spent']): boolean =>
  Object.entries(before).some(([purpose, then]) =>
    ways.some((way) => (now[purpose as keyof typeof now]?.[way] ?? 0) < (then?.[way] ?? 0) / 2),
  );

/** The outcome as an entry. `past`: the byte account of the entry before, because the outcome's is cumulative. */
export function prepareEntry(outcome: RoundOutcome, past: ByteAccount['spent']): Entry {
  const spent = outcome.bytes?.spent ?? {};
  const before = beganAnew(spent, past) ? {} : past;
  const record = JSON.stringify(outcome.round);
  return {
    round: outcome.round.round,
    started_ms: Date.parse(outcome.round.started_at),
    record: record.length <= largestRecord ? record : undefined,
    events: outcome.events,
    validated: outcome.validated ?? [],
    judge_state: outcome.judge_state === undefined ? undefined : JSON.stringify(outcome.judge_state),
    bytes: Object.entries(spent).flatMap(([purpose, now]) => {
      const then = before[purpose as keyof typeof before];
      return ways.flatMap((direction) => {
        const bytes = Math.round((now?.[direction] ?? 0) - (then?.[direction] ?? 0));
        return bytes > 0 ? [{ purpose, direction, bytes }] : [];
      });
    }),
  };
}

/** Writes the entries in one transaction. Throws SQLite's error with nothing written. */
export function writeEntries(db: DatabaseSync, entries: readonly Entry[]): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    for (const entry of entries) writeEntry(db, entry);
    db.exec('COMMIT');
  } catch (error) {
    // A full disk rolls back by itself: then there is nothing left to undo.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function writeEntry(db: DatabaseSync, entry: Entry): void {
  const { round, started_ms, record } = entry;
  if (record !== undefined) {
    db.prepare('INSERT INTO rounds (round, started_ms, record) VALUES (?, ?, ?)').run(round, started_ms, record);
  }
  if (entry.judge_state !== undefined) {
    db.prepare(
      `INSERT INTO judge_state (id, round, state) VALUES (1, ?, ?)
       ON CONFLICT DO UPDATE SET round = excluded.round, state = excluded.state`,
    ).run(round, entry.judge_state);
  }
  for (const event of entry.events) {
    db.prepare('INSERT INTO incident_events (incident, platform, at_ms, event, body) VALUES (?, ?, ?, ?, ?)').run(
      event.incident,
      event.platform,
      Date.parse(event.at),
      event.event,
      JSON.stringify(event),
    );
    keepEvidence(db, event);
  }
  for (const { host, ip } of entry.validated) {
    db.prepare(
      `INSERT INTO validated_addresses (host, ip, seen_ms) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET seen_ms = excluded.seen_ms`,
    ).run(host, ip, started_ms);
  }
  const day = new Date(started_ms).toISOString().slice(0, 10);
  for (const { purpose, direction, bytes } of entry.bytes) {
    db.prepare(
      `INSERT INTO bytes (day, purpose, direction, bytes) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET bytes = bytes + excluded.bytes`,
    ).run(day, purpose, direction, bytes);
  }
}

/**
 * Removes what is too old or too much, a bounded number of rows a call, and gives the pages back to the disk. The evidence
 * of incidents outlives the other rounds, but not the limit of size.
 * `max_size_bytes` bounds the pages in use; the log beside the file adds 4 MiB at most.
 */
export function retain(db: DatabaseSync, keep_ms: number, max_size_bytes: number, wall_ms: number): void {
  const ordinary = 'id NOT IN (SELECT round_id FROM evidence)';
  db.prepare(`DELETE FROM rounds WHERE id IN (SELECT id FROM rounds WHERE started_ms < ? AND ${ordinary} LIMIT ?)`).run(
    wall_ms - keep_ms,
    removedAtOnce,
  );
  if (usedBytes(db) > max_size_bytes) {
    const oldest = (which: string) =>
      db
        .prepare(`DELETE FROM rounds WHERE id IN (SELECT id FROM rounds WHERE ${which} ORDER BY id LIMIT ?)`)
        .run(removedAtOnce).changes;
    if (oldest(ordinary) === 0) oldest('true');
  }
  db.prepare('DELETE FROM validated_addresses WHERE seen_ms <= ?').run(wall_ms - addressMs);
  db.prepare('DELETE FROM incident_events WHERE id <= (SELECT max(id) FROM incident_events) - ?').run(keptEvents);
  db.prepare('DELETE FROM bytes WHERE day < ?').run(
    new Date(wall_ms - keptDays * 24 * 3600 * 1000).toISOString().slice(0, 10),
  );
  // 256 pages = 1 MiB a round: faster than any store grows, and a few milliseconds.
  db.prepare('PRAGMA incremental_vacuum(256)').all();
}

/** Bytes of the pages that hold something. */
export function usedBytes(db: DatabaseSync): number {
  const number = (name: string) => Number(db.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0);
  return (number('page_count') - number('freelist_count')) * number('page_size');
}
