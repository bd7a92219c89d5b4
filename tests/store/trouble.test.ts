import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import type { RoundOutcome } from '../../src/model/outcome.ts';
import { migrate, migrations, NewerFile, schemaVersion } from '../../src/store/schema.ts';
import { openStoreForReading } from '../../src/store/store.ts';
import { directory, open } from './directory.ts';
import { event, outcome, start } from './outcomes.ts';

const asides = (path: string) => readdirSync(path).filter((name) => /\.(corrupt|newer|foreign)-/.test(name));

/** Overwrites pages in the middle of a file, as a dying SD card does. */
function damage(file: string, from: number, bytes: number): void {
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.alloc(bytes, 0xa5), 0, bytes, from);
  closeSync(handle);
}

describe('a file that cannot be used is moved aside and a fresh one started', () => {
  test('no database at all', () => {
    const path = directory();
    writeFileSync(join(path, 'reachd.db'), 'the power went while this was being written '.repeat(50));
    const { store, warnings } = open(path);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(
      /corrupt: the file is not a database\); moved to .*reachd\.db\.corrupt-20240120T134100Z/,
    );
    expect(readFileSync(join(path, asides(path)[0]!), 'utf8')).toMatch(/^the power went/);
    expect(store.record(outcome(1))).toBe(true);
  });

  test('damaged pages, found at the start; who we are is saved from it', () => {
    const path = directory();
    const { store } = open(path);
    store.acceptRisk('2026-11');
    for (let n = 1; n <= 60; n += 1) store.record(outcome(n, {}, 3000));
    const id = store.vantageId();
    store.close();
    damage(join(path, 'reachd.db'), 40_960, 65_536);
    const again = open(path);
    expect(again.warnings[0]).toMatch(/corrupt: the file is damaged\)/);
    expect(again.store.vantageId()).toBe(id);
    expect(again.store.acceptedRisk()).toBe('2026-11');
    expect(again.store.rounds({})).toEqual([]);
    expect(again.store.record(outcome(61))).toBe(true);
  });

  test('damaged under a running daemon: the round that met it is stored in the fresh file', () => {
    const path = directory();
    const { store, warnings } = open(path);
    for (let n = 1; n <= 60; n += 1) store.record(outcome(n, {}, 3000));
    const id = store.vantageId();
    const other = new DatabaseSync(join(path, 'reachd.db'));
    other.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    other.close();
    damage(join(path, 'reachd.db'), 4096, statSync(join(path, 'reachd.db')).size - 4096);
    // The daemon's own cache still holds the tables' roots: it may take some rounds until it meets a broken page.
    let stored = 0;
    for (let n = 61; n <= 200 && warnings.length === 0; n += 1)
      stored = store.record(outcome(n, {}, 3000)) ? n : stored;
    expect(warnings[0]).toMatch(/corrupt: .*moved to/);
    expect(store.vantageId()).toBe(id);
    expect(store.latest()!.round).toBe(stored);
    expect(store.health()).toMatchObject({ ok: true, waiting: 0, lost: 0 });
  });

  test('written by a later reachd: never touched, and not taken for damage', () => {
    const path = directory();
    const { store } = open(path);
    const id = store.vantageId();
    store.close();
    const later = new DatabaseSync(join(path, 'reachd.db'));
    later.exec(`PRAGMA user_version = ${schemaVersion + 1}`);
    later.close();
    const again = open(path);
    expect(again.warnings[0]).toContain(
      `newer: written by a later reachd (schema ${schemaVersion + 1}, this one knows ${schemaVersion})`,
    );
    expect(asides(path)[0]).toMatch(/^reachd\.db\.newer-/);
    expect(again.store.vantageId()).toBe(id);
  });

  test("somebody else's database: never written into", () => {
    const path = directory();
    const foreign = new DatabaseSync(join(path, 'reachd.db'));
    foreign.exec('CREATE TABLE bookmarks (url TEXT)');
    foreign.close();
    const { warnings } = open(path);
    expect(warnings[0]).toMatch(/foreign: not written by reachd/);
    const kept = new DatabaseSync(join(path, asides(path)[0]!), { readOnly: true });
    expect(kept.prepare('SELECT name FROM sqlite_schema').all()).toMatchObject([{ name: 'bookmarks' }]);
    kept.close();
  });

  test('again and again: three damaged files are kept, not thirty', () => {
    const path = directory();
    for (let n = 0; n < 6; n += 1) {
      writeFileSync(join(path, 'reachd.db'), `damaged ${n} `.repeat(200));
      const { store } = open(path, { wall: () => start + n * 1000 });
      store.close();
    }
    expect(asides(path)).toHaveLength(3);
    expect(asides(path).at(-1)).toBe('reachd.db.corrupt-20240120T134105Z');
  });
});

describe('retention', () => {
  test('rounds older than `keep` go, the judge state and the incidents stay', () => {
    const { store, setWall } = open(directory(), { keep_ms: 3600_000 });
    for (let n = 1; n <= 61; n += 1) {
      setWall(start + n * 60_000);
      store.record(outcome(n, n === 1 ? { events: [event('opened', 1)] } : {}));
    }
    setWall(start + 90 * 60_000);
    store.record(outcome(91));
    // The incident's own evidence is kept, and nothing else of that time.
    expect(store.rounds({}).map(({ round }) => round)).toEqual([
      1,
      ...Array.from({ length: 31 }, (_, n) => 31 + n),
      91,
    ]);
    expect(store.lastRound()).toBe(91);
    expect(store.incidents()).toHaveLength(1);
  });

  test('a clock that jumps ten years ahead takes a bounded part of the history with it', () => {
    const { store, setWall } = open(directory());
    for (let n = 1; n <= 450; n += 1) store.record(outcome(n));
    setWall(Date.parse('2034-01-20T00:00:00Z'));
    store.record(outcome(451));
    setWall(start);
    store.record(outcome(452));
    expect(store.rounds({ limit: 1000 })).toHaveLength(452 - 200);
  });

  test('a shorter time, as a reload sets it, takes hold with the next round', () => {
    const { store, setWall } = open(directory());
    for (let n = 1; n <= 90; n++) {
      setWall(start + n * 60_000);
      store.record(outcome(n));
    }
    expect(store.rounds({})).toHaveLength(90);
    store.retain({ keep_ms: 600_000, max_size_bytes: 512 * 1024 * 1024 });
    setWall(start + 91 * 60_000);
    store.record(outcome(91));
    expect(store.rounds({}).map(({ round }) => round)).toEqual([82, 83, 84, 85, 86, 87, 88, 89, 90, 91]);
  });

  test('`max_size` bounds the pages in use, and the file shrinks with them', () => {
    const path = directory();
    const max_size_bytes = 2 * 1024 * 1024;
    const { store } = open(path, { max_size_bytes });
    for (let n = 1; n <= 1500; n += 1) store.record(outcome(n, {}, 3000));
    expect(store.health().used_bytes).toBeLessThanOrEqual(max_size_bytes);
    expect(store.latest()!.round).toBe(1500);
    expect(store.rounds({})[0]!.round).toBeGreaterThan(500);
    store.close();
    expect(statSync(join(path, 'reachd.db')).size).toBeLessThan(max_size_bytes + 1024 * 1024);
    expect(existsSync(join(path, 'reachd.db-wal'))).toBe(false);
  });
});

describe('the evidence of an incident', () => {
  const minute = (n: number) => new Date(start + (n - 1) * 60_000).toISOString();
  /** X fails from round 21 to 60; said in round 41, so slow was its onset, and closed in round 66. */
  const turns = (n: number): Partial<RoundOutcome> => {
    const onset = { at: minute(n), onset_earliest: minute(20), onset_latest: minute(21) };
    if (n === 41) return { events: [{ ...event('opened', n), ...onset }] };
    const ended = { ended_earliest: minute(60), ended_latest: minute(61) };
    return n === 66 ? { events: [{ ...event('closed', n), ...onset, ...ended }] } : {};
  };
  const kept = [19, 20, 21, 22, 23, 24, 25, 26, 39, 40, 41, 60, 61];

  test('outlives the other rounds: those at its onset, up to its opening, and at its end', () => {
    const { store, setWall } = open(directory(), { keep_ms: 3600_000 });
    for (let n = 1; n <= 300; n += 1) {
      setWall(start + n * 60_000);
      store.record(outcome(n, turns(n)));
    }
    const rounds = store.rounds({ limit: 1000 }).map(({ round }) => round);
    expect(rounds.slice(0, kept.length + 1)).toEqual([...kept, 241]);
  });

  test('is given up last where the store is full, and is given up', () => {
    const { store } = open(directory(), { max_size_bytes: 1024 * 1024 });
    const numbers = () => store.rounds({ limit: 1000 }).map(({ round }) => round);
    for (let n = 1; n <= 600; n += 1) store.record(outcome(n, turns(n), 3000));
    expect(numbers().slice(0, kept.length)).toEqual(kept);
    expect(numbers()[kept.length]).toBeGreaterThan(300);
    // An incident in every round: more evidence than there is room for.
    for (let n = 601; n <= 1400; n += 1) {
      const onset = { at: minute(n), onset_earliest: minute(n - 1), onset_latest: minute(n) };
      store.record(outcome(n, { events: [{ ...event('opened', n, `x-${n}`), ...onset }] }, 3000));
    }
    expect(numbers()[0]).toBeGreaterThan(1000);
    expect(store.latest()!.round).toBe(1400);
    expect(store.health().used_bytes).toBeLessThan(1.3 * 1024 * 1024);
  });
});

describe('migrations', () => {
  test('a store of the first version is brought up when the daemon starts, and loses nothing', () => {
    const path = directory();
    const db = new DatabaseSync(join(path, 'reachd.db'));
    migrate(db, migrations.slice(0, 1));
    db.prepare('INSERT INTO rounds (round, started_ms, record) VALUES (?, ?, ?)').run(7, start, '{"round":7}');
    db.prepare('INSERT INTO judge_state (id, round, state) VALUES (1, 7, ?)').run('{"version":1}');
    db.prepare("INSERT INTO meta (name, value) VALUES ('vantage_id', '6f1c0d2e3a4b5c6d')").run();
    db.close();
    // A reader of today beside a daemon of yesterday.
    const reading = openStoreForReading(path, () => start)!;
    expect(reading.rounds({}).map(({ round }) => round)).toEqual([7]);
    reading.close();
    const { store, warnings } = open(path);
    expect(warnings).toEqual([]);
    expect(store.vantageId()).toBe('6f1c0d2e3a4b5c6d');
    expect(store.judgeState()).toEqual({ version: 1 });
    expect(store.record(outcome(8, { events: [event('opened', 8)] }))).toBe(true);
    expect(store.rounds({}).map(({ round }) => round)).toEqual([7, 8]);
  });

  test('bring an old file up step by step and keep what is in it', () => {
    const file = join(directory(), 'old.db');
    const db = new DatabaseSync(file);
    migrate(db, migrations.slice(0, 1));
    db.exec("INSERT INTO rounds (round, started_ms, record) VALUES (1, 5, '{}')");
    const next = [...migrations, 'ALTER TABLE rounds ADD COLUMN colour TEXT', "UPDATE rounds SET colour = 'blue'"];
    migrate(db, next);
    expect(db.prepare('SELECT round, colour FROM rounds').get()).toMatchObject({ round: 1, colour: 'blue' });
    expect(db.prepare('PRAGMA user_version').get()).toMatchObject({ user_version: next.length });
    expect(() => migrate(db, migrations)).toThrow(NewerFile);
    db.close();
  });

  test('a step that fails leaves the version before it, whole', () => {
    const db = new DatabaseSync(':memory:');
    migrate(db);
    expect(() => migrate(db, [...migrations, 'CREATE TABLE half (a TEXT); INSERT INTO nowhere VALUES (1)'])).toThrow(
      /nowhere/,
    );
    expect(db.prepare('PRAGMA user_version').get()).toMatchObject({ user_version: schemaVersion });
    expect(db.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'half'").get()).toMatchObject({ n: 0 });
    db.close();
  });
});
