/** What a data directory is: its random vantage id, its address salt, and the risk text that was accepted here. */
import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';

export interface Identity {
  /** 16 hex digits, random, made once: names this place without saying where it is. */
  vantage_id: string;
  /** 64 hex digits: makes address ids comparable inside this store and nowhere else. */
  address_salt: string;
  /** Version of the risk text accepted, such as `2026-11`. */
  accepted_risk?: string | undefined;
}

const shapes: Readonly<Record<keyof Identity, RegExp>> = {
  vantage_id: /^[0-9a-f]{16}$/,
  address_salt: /^[0-9a-f]{64}$/,
  accepted_risk: /^\d{4}-\d{2}[\w.-]{0,16}$/,
};

/** What can be read of an identity; entries of another shape are left out. Never throws: the file may be damaged. */
export function readIdentity(db: DatabaseSync): Partial<Identity> {
  const found: Partial<Identity> = {};
  try {
    for (const { name, value } of db.prepare('SELECT name, value FROM meta').all()) {
      const key = name as keyof Identity;
      if (Object.hasOwn(shapes, key) && shapes[key].test(String(value))) found[key] = String(value);
    }
  } catch {
    // A file that we are about to move aside: what could be saved was saved.
  }
  return found;
}

/** The identity of this file, completed from `saved` (a file moved aside) or from random bytes, and stored. */
export function establishIdentity(db: DatabaseSync, saved: Partial<Identity>): Identity {
  const stored = readIdentity(db);
  const identity: Identity = {
    vantage_id: randomBytes(8).toString('hex'),
    address_salt: randomBytes(32).toString('hex'),
    ...saved,
    ...stored,
  };
  for (const name of Object.keys(shapes) as (keyof Identity)[]) {
    const value = identity[name];
    // Nothing is written where nothing is new: a daemon must be able to start on a full disk.
    if (value !== undefined && value !== stored[name]) writeMeta(db, name, value);
  }
  return identity;
}

/** Remembers that this version of the risk text was accepted. */
export function writeConsent(db: DatabaseSync, version: string): void {
  if (!shapes.accepted_risk.test(version)) throw new RangeError(`not a version of the risk text: ${version}`);
  writeMeta(db, 'accepted_risk', version);
}

function writeMeta(db: DatabaseSync, name: string, value: string): void {
  db.prepare('INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value').run(
    name,
    value,
  );
}
