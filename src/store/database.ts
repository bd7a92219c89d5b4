/** Opening the database file: the pragmas, the check, the migrations; and moving aside a file that cannot be used. */
import { chmodSync, existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { Complaint } from '../model/errors.ts';
import { ForeignFile, migrate, NewerFile } from './schema.ts';

/** SQLite result codes that we act upon (https://www.sqlite.org/rescode.html). */
const code = { busy: 5, readonly: 8, io: 10, corrupt: 11, full: 13, cantopen: 14, notadb: 26 } as const;

/** How long a writer waits for another one, ms: `probe --accept-risk` beside a daemon that is storing a round. The wait blocks. */
const busyTimeoutMs = 1000;

/**
 * Up to this size the whole file is checked at every start (130 ms for 256 MB from the cache, but 6 s from a slow SD
 * card); a larger one only when the last process did not close it.
 */
const alwaysCheckedBytes = 64 * 1024 * 1024;

/** Files moved aside as corrupt that are kept; files of a later version are never removed. */
const keptCorrupt = 3;

const resultCode = (error: unknown): number | undefined => {
  const extended = (error as { errcode?: unknown } | null)?.errcode;
  // The low byte is the primary code: SQLITE_IOERR_WRITE is 778 = 10 + (3 << 8).
  return typeof extended === 'number' ? extended & 0xff : undefined;
};

/** The file itself cannot be trusted: broken pages, or no database at all. */
export const isCorrupt = (error: unknown): boolean => {
  const primary = resultCode(error);
  return primary === code.corrupt || primary === code.notadb;
};

/** An error that may pass by itself: a full disk, a busy file, a directory that is read-only for a while. */
export const isPassing = (error: unknown): boolean => {
  const primary = resultCode(error instanceof Complaint ? error.cause : error);
  const passing: number[] = [code.busy, code.readonly, code.io, code.full, code.cantopen];
  return primary !== undefined && passing.includes(primary);
};

/** In words for a person: what SQLite says, with the usual reason where there is one. */
export function describe(error: unknown): string {
  const reasons: Record<number, string> = {
    [code.full]: 'the disk is full, or the store has reached its size limit',
    [code.readonly]: 'the file or its directory is read-only',
    [code.io]: 'the disk reports an input/output error',
    [code.cantopen]: 'the file cannot be opened',
    [code.busy]: 'another process holds it',
    [code.corrupt]: 'the file is damaged',
    [code.notadb]: 'the file is not a database',
  };
  return reasons[resultCode(error) ?? -1] ?? (error as Error).message;
}

/**
 * Opens for writing, checks and migrates. Throws `NewerFile`, `ForeignFile` or SQLite's own error.
 * WAL with synchronous NORMAL: a killed process loses nothing, a power cut at most the last rounds, never the file.
 */
export function openForWriting(file: string): DatabaseSync {
  const stopped = !existsSync(`${file}-wal`);
  const size = existsSync(file) ? statSync(file).size : 0;
  const db = new DatabaseSync(file, { timeout: busyTimeoutMs });
  try {
    // Only takes effect in a file without tables; lets the file shrink again after retention.
    db.exec('PRAGMA auto_vacuum = INCREMENTAL');
    db.exec('PRAGMA journal_mode = WAL');
    db.exec('PRAGMA synchronous = NORMAL');
    // 4 MiB: a checkpoint truncates the log to this, so that it is a footnote to `store.max_size`.
    db.exec('PRAGMA journal_size_limit = 4194304');
    if (size > 0 && (size <= alwaysCheckedBytes || !stopped)) check(db);
    migrate(db);
    // The records say which platforms somebody's line reaches: nobody else's business.
    chmodSync(file, 0o600);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function check(db: DatabaseSync): void {
  const answer = db.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
  if (answer !== 'ok') throw Object.assign(new Error(String(answer)), { errcode: code.corrupt });
}

/**
 * Opens for reading while a daemon may be writing: readers never wait for it nor it for them (WAL).
 * Where the directory may not be written and no daemon runs, the file is taken as it lies.
 */
export function openForReading(file: string): DatabaseSync {
  const open = (name: string | URL) => {
    const db = new DatabaseSync(name, { readOnly: true, timeout: busyTimeoutMs });
    try {
      db.prepare('SELECT count(*) AS n FROM sqlite_schema').get();
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  };
  try {
    return open(file);
  } catch (error) {
    if (isCorrupt(error) || existsSync(`${file}-wal`)) throw error;
    const url = pathToFileURL(file);
    url.searchParams.set('immutable', '1');
    return open(url);
  }
}

/** Why a file that opens or not is to be moved aside; undefined for errors that another file would not cure. */
export function unusable(error: unknown): 'corrupt' | 'newer' | 'foreign' | undefined {
  if (error instanceof NewerFile) return 'newer';
  if (error instanceof ForeignFile) return 'foreign';
  return isCorrupt(error) ? 'corrupt' : undefined;
}

/** Renames the file with its log to `NAME.corrupt-20240120T134100Z` and says where it went. Times in ms since the epoch. */
export function moveAside(file: string, why: 'corrupt' | 'newer' | 'foreign', wall_ms: number): string {
  const stamp = new Date(wall_ms).toISOString().replace(/[-:]|\.\d+/g, '');
  let aside = `${file}.${why}-${stamp}`;
  for (let n = 2; existsSync(aside); n += 1) aside = `${file}.${why}-${stamp}-${n}`;
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
  }
  if (why === 'corrupt') removeOldest(file);
  return aside;
}

function removeOldest(file: string): void {
  const prefix = `${basename(file)}.corrupt-`;
  const found = readdirSync(dirname(file)).filter((name) => name.startsWith(prefix) && !/-(wal|shm)$/.test(name));
  for (const name of found.sort().slice(0, -keptCorrupt)) {
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(dirname(file), name + suffix), { force: true });
  }
}
