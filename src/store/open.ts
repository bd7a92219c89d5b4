/** Making a data directory usable: it exists, it is writable, and there is a store in it that can be opened. */
import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { Complaint } from '../model/errors.ts';
import { describe, moveAside, openForReading, openForWriting, unusable } from './database.ts';
import { establishIdentity, type Identity, readIdentity } from './identity.ts';

export interface OpenOptions {
  /** The data directory. */
  path: string;
  /** Milliseconds since the epoch. */
  wall(): number;
  /** Told in one line what went wrong and what was done about it. */
  warn?: ((message: string) => void) | undefined;
}

export interface Opened {
  db: DatabaseSync;
  identity: Identity;
}

/** Makes the directory, readable by its owner only. Throws a `Complaint` where it cannot be written to. */
export function prepareDirectory(path: string): void {
  try {
    makeDirectory(resolve(path));
    if (!statSync(path).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    accessSync(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw unwritable(path, reasons[code] ?? message, error);
  }
}

/** What the system says, in words. */
const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOTDIR: 'it is not a directory',
  EEXIST: 'it is not a directory',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  ENOENT: 'the system makes no directory there',
};

/**
 * One directory after the other. Node's own recursive mkdir tries for ever where the parent exists and the system
 * still says ENOENT, as /proc does: a daemon that burns a core and cannot be stopped by SIGTERM.
 */
function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  makeDirectory(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

const unwritable = (path: string, why: string, cause: unknown) =>
  new Complaint(
    'data_path_unwritable',
    `cannot write to data directory ${path} (${why}); choose another with --data.path`,
    {
      cause,
    },
  );

/**
 * Opens the file, or moves it aside and starts a fresh one which keeps the identity as far as it is `known` or could
 * still be read. `broken`: the error that a running daemon met in it. Throws a `Complaint` where neither works.
 */
export function openOrReplace(
  file: string,
  known: Partial<Identity>,
  { path, wall, warn = () => {} }: OpenOptions,
  broken?: unknown,
): Opened {
  let saved = known;
  try {
    if (broken !== undefined) throw broken;
    const db = openForWriting(file);
    return { db, identity: establishIdentity(db, saved) };
  } catch (error) {
    const why = unusable(error);
    if (why === undefined) throw unwritable(path, describe(error), error);
    if (why !== 'foreign') saved = { ...salvage(file), ...saved };
    const aside = moveAside(file, why, wall());
    warn(`${file} cannot be used (${why}: ${describe(error)}); moved to ${aside}, starting with an empty store`);
    const db = openForWriting(file);
    return { db, identity: establishIdentity(db, saved) };
  }
}

function salvage(file: string): Partial<Identity> {
  try {
    const db = openForReading(file);
    try {
      return readIdentity(db);
    } finally {
      db.close();
    }
  } catch {
    return {};
  }
}
