/** One daemon a data directory: two would give the judge each other's memory. */
import { DatabaseSync } from 'node:sqlite';
import { Complaint } from '../model/errors.ts';

/**
 * Takes the directory's lock until `release`, or throws a `Complaint`.
 * An open exclusive SQLite transaction on an empty file: the kernel frees it however the process ends, no pid to be stale.
 */
export function takeLock(file: string, path: string): { release(): void } {
  const db = new DatabaseSync(file, { timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    throw new Complaint(
      'store_unusable',
      `data directory ${path} is in use by another reachd; stop it, or choose another with --data.path`,
      { cause: error },
    );
  }
  return { release: () => (db.isOpen ? db.close() : undefined) };
}
