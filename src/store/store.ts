/**
 * The store: one SQLite file in the data directory. Synchronous and small; a round is one transaction.
 * A damaged file or a full disk never stops the measuring: it is said once, and again when it is over.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { Complaint } from '../model/errors.ts';
import type { ByteAccount, RoundOutcome, Sink } from '../model/outcome.ts';
import { describe, isCorrupt, isPassing, openForReading } from './database.ts';
import { readIdentity, writeConsent } from './identity.ts';
import { takeLock } from './lock.ts';
import { type Opened, type OpenOptions, openOrReplace, prepareDirectory } from './open.ts';
import {
  type RoundQuery,
  readAddresses,
  readBytesSince,
  readIncidents,
  readJudgeState,
  readLastNumber,
  readLatestRound,
  readRounds,
  type StoredIncident,
  type StoredRound,
} from './read.ts';
import { type Entry, prepareEntry, retain, usedBytes, writeEntries } from './write.ts';

export const fileName = 'reachd.db';

/** Rounds that wait in memory while the disk is full: an hour of them, some 300 KB. The oldest goes first. */
const waitingRounds = 60;

/** Fractions of a store that can be read without a daemon. */
export interface StoreReader {
  readonly file: string;
  vantageId(): string | undefined;
  addressSalt(): string | undefined;
  acceptedRisk(): string | undefined;
  judgeState(): unknown;
  /** Number of the last judged round, 0 for none. */
  lastRound(): number;
  latest(): StoredRound | undefined;
  rounds(query: RoundQuery): StoredRound[];
  incidents(query?: { limit?: number | undefined }): StoredIncident[];
  incident(id: string): StoredIncident | undefined;
  validatedAddresses(host: string): string[];
  /** Wire bytes spent since that UTC day (`2024-01-20`, inclusive). */
  bytesSince(day: string): number;
  close(): void;
}

export interface StoreHealth {
  /** The last round was stored. */
  ok: boolean;
  /** Why not, in words. */
  message?: string | undefined;
  /** Rounds waiting in memory. */
  waiting: number;
  /** Rounds given up since the start. */
  lost: number;
  used_bytes: number;
}

export interface Store extends StoreReader {
  vantageId(): string;
  addressSalt(): string;
  acceptRisk(version: string): void;
  /** Takes hold with the next round. */
  retain(retention: Retention): void;
  /** Stores a round. False: it waits in memory (`health` says why), and is tried again with the next one. */
  record(outcome: RoundOutcome): boolean;
  health(): StoreHealth;
}

/** How long rounds are kept, and how many bytes they may take. */
export interface Retention {
  keep_ms: number;
  max_size_bytes: number;
}

export interface StoreOptions extends OpenOptions, Retention {
  /** Refuse when another process holds the directory with this option: for `run`. */
  exclusive?: boolean | undefined;
}

/**
 * Opens or makes the store. A file that is damaged, foreign or of a later version is moved aside with a warning and a
 * fresh one started, which keeps the vantage id, salt and consent where they could be read.
 * Throws a `Complaint` where the directory cannot be used.
 */
export function openStore(options: StoreOptions): Store {
  const { path, wall, warn = () => {} } = options;
  const file = join(path, fileName);
  prepareDirectory(path);
  const lock = options.exclusive === true ? takeLock(`${file}.lock`, path) : undefined;
  let opened: Opened;
  try {
    opened = openOrReplace(file, {}, options);
  } catch (error) {
    lock?.release();
    throw error;
  }
  let { db, identity } = opened;
  let retention: Retention = options;
  let spent: ByteAccount['spent'] = {};
  let waiting: Entry[] = [];
  let lost = 0;
  let trouble: string | undefined;
  let closed = false;

  const flush = () => {
    writeEntries(db, waiting);
    waiting = [];
    if (trouble !== undefined) warn(`the store works again: ${file}${lost > 0 ? `, ${lost} rounds were lost` : ''}`);
    trouble = undefined;
    retain(db, retention.keep_ms, retention.max_size_bytes, wall());
  };
  const replace = (error: unknown) => {
    if (db.isOpen) db.close();
    ({ db, identity } = openOrReplace(file, identity, options, error));
  };
  const failed = (error: unknown) => {
    const message = describe(error);
    const waits = isPassing(error);
    if (message !== trouble) {
      warn(
        `cannot store rounds in ${file}: ${message}; measuring goes on, rounds ${waits ? 'wait in memory' : 'are lost'}`,
      );
    }
    trouble = message;
    // What the database itself refuses would be refused for ever: it must not hold up the rounds after it.
    const given_up = waits ? Math.max(0, waiting.length - waitingRounds) : waiting.length;
    waiting.splice(0, given_up);
    lost += given_up;
  };

  return {
    ...reader(file, () => db, wall),
    vantageId: () => identity.vantage_id,
    addressSalt: () => identity.address_salt,
    acceptedRisk: () => identity.accepted_risk,
    acceptRisk(version) {
      writeConsent(db, version);
      identity = { ...identity, accepted_risk: version };
    },
    retain(next) {
      retention = next;
    },
    record(outcome) {
      if (closed) return false;
      waiting.push(prepareEntry(outcome, spent));
      spent = structuredClone(outcome.bytes?.spent ?? spent);
      const before = lost;
      try {
        if (!db.isOpen) replace(undefined);
        flush();
      } catch (error) {
        if (!isCorrupt(error)) failed(error);
        else {
          // Damaged while in use: the daemon goes on with a fresh file and loses only what was in the old one.
          try {
            replace(error);
            flush();
          } catch (again) {
            failed(again);
          }
        }
      }
      return waiting.length === 0 && lost === before;
    },
    health: () => ({
      ok: trouble === undefined,
      message: trouble,
      waiting: waiting.length,
      lost,
      used_bytes: db.isOpen ? usedBytes(db) : 0,
    }),
    close() {
      closed = true;
      if (db.isOpen) db.close();
      lock?.release();
    },
  };
}

/** The store for reading, beside a running daemon or without one; undefined when nothing was ever stored there. */
export function openStoreForReading(path: string, wall: () => number): StoreReader | undefined {
  const file = join(path, fileName);
  if (!existsSync(file)) return undefined;
  try {
    const db = openForReading(file);
    return reader(file, () => db, wall);
  } catch (error) {
    throw new Complaint('store_unusable', `cannot read ${file}: ${describe(error)}`, { cause: error });
  }
}

/** The store as a sink of the agent. */
export const storeSink = (store: Store): Sink => ({
  name: 'store',
  accept(outcome) {
    store.record(outcome);
  },
});

function reader(file: string, db: () => DatabaseSync, wall: () => number): StoreReader {
  const identity = () => readIdentity(db());
  return {
    file,
    vantageId: () => identity().vantage_id,
    addressSalt: () => identity().address_salt,
    acceptedRisk: () => identity().accepted_risk,
    judgeState: () => readJudgeState(db()),
    lastRound: () => readLastNumber(db()),
    latest: () => readLatestRound(db()),
    rounds: (query) => readRounds(db(), query),
    incidents: (query = {}) => readIncidents(db(), query),
    incident: (id) => readIncidents(db(), { incident: id })[0],
    validatedAddresses: (host) => readAddresses(db(), host, wall()),
    bytesSince: (day) => readBytesSince(db(), day),
    close: () => db().close(),
  };
}
