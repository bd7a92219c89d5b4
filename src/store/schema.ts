/**
 * The tables, as a list of migrations. Entry n brings a file from version n to n + 1; a released entry never changes.
 */
import type { DatabaseSync } from 'node:sqlite';

/** Marks the file as ours in the SQLite header ("rchd" in ASCII), so that `file` and we can tell it from a stranger's. */
export const applicationId = 0x72636864;

export const migrations: readonly string[] = [
  `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

  -- One row a round: the record exactly as NDJSON files hold it, and what it is looked up by.
  CREATE TABLE rounds (
    id INTEGER PRIMARY KEY,
    round INTEGER NOT NULL,
    started_ms INTEGER NOT NULL,
    record TEXT NOT NULL
  );
  CREATE INDEX rounds_started ON rounds (started_ms);

  -- One row: what the judge must be given with the next round.
  CREATE TABLE judge_state (id INTEGER PRIMARY KEY CHECK (id = 1), round INTEGER NOT NULL, state TEXT NOT NULL);

  CREATE TABLE incident_events (
    id INTEGER PRIMARY KEY,
    incident TEXT NOT NULL,
    platform TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    event TEXT NOT NULL,
    body TEXT NOT NULL
  );
  CREATE INDEX incident_events_incident ON incident_events (incident);

  -- Addresses that completed verified TLS for a host here: the last resort when every resolver lies.
  CREATE TABLE validated_addresses (
    host TEXT NOT NULL,
    ip TEXT NOT NULL,
    seen_ms INTEGER NOT NULL,
    PRIMARY KEY (host, ip)
  ) WITHOUT ROWID;

  -- Wire bytes a day (UTC), so that a cap survives a restart.
  CREATE TABLE bytes (
    day TEXT NOT NULL,
    purpose TEXT NOT NULL,
    direction TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (day, purpose, direction)
  ) WITHOUT ROWID;
  `,
  `
  -- Rounds that stand behind an incident: kept when their time is over. A table, because a flag behind a record of
  -- several pages would be read through all of them.
  CREATE TABLE evidence (round_id INTEGER PRIMARY KEY);
  `,
];

/** Version of a file that this program writes. */
export const schemaVersion = migrations.length;

/** The file was written by a later reachd: we must not touch it. */
export class NewerFile extends Error {
  override readonly name = 'NewerFile';
}

/** The file is a healthy SQLite database, but not one of ours. */
export class ForeignFile extends Error {
  override readonly name = 'ForeignFile';
}

const pragma = (db: DatabaseSync, name: string): number => Number(db.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0);

/** Refuses files that are not ours or that a later version wrote; `empty` when nothing was ever put in. */
export function checkOrigin(db: DatabaseSync, newest: number = schemaVersion): 'ours' | 'empty' {
  const version = pragma(db, 'user_version');
  if (pragma(db, 'application_id') !== applicationId) {
    const tables = Number(db.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n'] ?? 0);
    if (tables > 0 || version > 0) throw new ForeignFile('not written by reachd');
    return 'empty';
  }
  if (version > newest) {
    throw new NewerFile(`written by a later reachd (schema ${version}, this one knows ${newest})`);
  }
  return 'ours';
}

/** Brings the file to the newest version, each step in a transaction of its own: a crash leaves a whole version. */
export function migrate(db: DatabaseSync, steps: readonly string[] = migrations): void {
  checkOrigin(db, steps.length);
  for (let version = pragma(db, 'user_version'); version < steps.length; version += 1) {
    try {
      db.exec(
        `BEGIN IMMEDIATE;${steps[version]};PRAGMA application_id = ${applicationId};PRAGMA user_version = ${version + 1};COMMIT`,
      );
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  }
}
