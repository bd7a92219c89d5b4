import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Complaint } from '../../src/model/errors.ts';
import type { Round } from '../../src/model/round.ts';
import { openStore, openStoreForReading, storeSink } from '../../src/store/store.ts';
import { directory, open } from './directory.ts';
import { event, outcome, start } from './outcomes.ts';

describe('a round', () => {
  test('comes back as the record that was handed in, with the judge state of the same moment', () => {
    const { store } = open(directory());
    expect(store.lastRound()).toBe(0);
    expect(store.judgeState()).toBeUndefined();
    for (const n of [1, 2, 3]) expect(store.record(outcome(n))).toBe(true);
    const [first, second, third] = store.rounds({});
    expect(JSON.parse(first!.record) as Round).toEqual(outcome(1).round);
    expect([first!.round, second!.round, third!.round]).toEqual([1, 2, 3]);
    expect(first!.record).not.toContain('\n');
    expect(store.judgeState()).toEqual({ version: 1, rounds: 3 });
    expect(store.lastRound()).toBe(3);
    expect(store.latest()!.round).toBe(3);
  });

  test('is found by time and by page', () => {
    const { store } = open(directory());
    for (let n = 1; n <= 250; n += 1) store.record(outcome(n));
    expect(store.rounds({ since_ms: start + 60_000, until_ms: start + 180_000 }).map(({ round }) => round)).toEqual([
      2, 3,
    ]);
    const page = store.rounds({});
    expect(page).toHaveLength(100);
    expect(store.rounds({ after_id: page.at(-1)!.id, limit: 1 })[0]!.round).toBe(101);
  });

  test('survives a restart, as do the vantage id, the salt and the consent', () => {
    const path = directory();
    const { store } = open(path);
    const [id, salt] = [store.vantageId(), store.addressSalt()];
    expect(id).toMatch(/^[0-9a-f]{16}$/);
    expect(salt).toMatch(/^[0-9a-f]{64}$/);
    expect(store.acceptedRisk()).toBeUndefined();
    store.acceptRisk('2026-11');
    storeSink(store).accept(outcome(7));
    store.close();
    const again = open(path).store;
    expect([again.vantageId(), again.addressSalt(), again.acceptedRisk()]).toEqual([id, salt, '2026-11']);
    expect(again.lastRound()).toBe(7);
  });

  test('that a hostile network blew up is left out, but its judgement is kept', () => {
    const { store } = open(directory());
    store.record(outcome(1, { events: [event('opened', 1)] }, 2 * 1024 * 1024));
    expect(store.rounds({})).toEqual([]);
    expect(store.judgeState()).toEqual({ version: 1, rounds: 1 });
    expect(store.lastRound()).toBe(1);
    expect(store.incident('x-20240120T1341')!.latest.event).toBe('opened');
  });

  test('that cannot be stored at all does not hold up the next one', () => {
    const { store, warnings } = open(directory());
    const broken = outcome(1);
    broken.round.round = undefined as unknown as number;
    expect(store.record(broken)).toBe(false);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/cannot store rounds .* rounds are lost/);
    expect(store.record(outcome(2))).toBe(true);
    expect(store.rounds({}).map(({ round }) => round)).toEqual([2]);
    expect(store.health()).toMatchObject({ ok: true, waiting: 0, lost: 1 });
  });

  test('after closing is not stored, and does not open the file again', () => {
    const path = directory();
    const { store } = open(path);
    store.close();
    expect(store.record(outcome(1))).toBe(false);
    expect(existsSync(join(path, 'reachd.db-wal'))).toBe(false);
  });

  test('a consent that is no version of the text is refused', () => {
    const { store } = open(directory());
    expect(() => store.acceptRisk('yes')).toThrow(RangeError);
    expect(store.acceptedRisk()).toBeUndefined();
  });
});

test('incidents: the last opened first, each with its events, closed when the last event says so', () => {
  const { store } = open(directory());
  store.record(outcome(1, { events: [event('opened', 1, 'x-1')] }));
  store.record(outcome(2, { events: [event('changed', 2, 'x-1'), event('opened', 2, 'x-2')] }));
  store.record(outcome(3, { events: [event('closed', 3, 'x-1')] }));
  expect(store.incidents().map(({ incident, closed_at }) => [incident, closed_at])).toEqual([
    ['x-2', undefined],
    ['x-1', '2024-01-20T13:44:00.000Z'],
  ]);
  expect(store.incidents({ limit: 1 })).toHaveLength(1);
  expect(store.incident('x-1')!.events.map((one) => one.event)).toEqual(['opened', 'changed', 'closed']);
  expect(store.incident('x-1')!.latest).toEqual(event('closed', 3, 'x-1'));
  expect(store.incident('nobody')).toBeUndefined();
});

test('an address is trusted for seven days after it last completed TLS for a host', () => {
  const { store, setWall } = open(directory());
  const validated = [{ host: 'x.com', ip: '104.244.42.1' }];
  store.record(outcome(1, { validated }));
  store.record(
    outcome(2, { validated: [...validated, { host: 'x.com', ip: '104.244.42.65' }, { host: 't.co', ip: '1.2.3.4' }] }),
  );
  expect(store.validatedAddresses('x.com').sort()).toEqual(['104.244.42.1', '104.244.42.65']);
  expect(store.validatedAddresses('www.facebook.com')).toEqual([]);
  setWall(start + 60_000 + 7 * 24 * 3600 * 1000 - 1);
  expect(store.validatedAddresses('t.co')).toEqual(['1.2.3.4']);
  setWall(start + 60_000 + 7 * 24 * 3600 * 1000);
  expect(store.validatedAddresses('t.co')).toEqual([]);
});

test('bytes are added up per day over restarts from an account that starts again at zero', () => {
  const path = directory();
  const spent = (sent: number, received: number) => ({ bytes: { spent: { probe: { sent, received } } } });
  const { store } = open(path);
  store.record(outcome(1, spent(100, 1000)));
  store.record(outcome(2, spent(150, 1500)));
  store.close();
  const again = open(path).store;
  again.record(outcome(3, spent(10, 20)));
  expect(again.bytesSince('2024-01-20')).toBe(150 + 1500 + 30);
  expect(again.bytesSince('2024-01-21')).toBe(0);
});

describe('reading beside the daemon', () => {
  test('sees every stored round while the writer is open, and cannot write', () => {
    const path = directory();
    const { store } = open(path);
    store.record(outcome(1));
    const reader = openStoreForReading(path, () => start)!;
    store.record(outcome(2));
    expect(reader.rounds({}).map(({ round }) => round)).toEqual([1, 2]);
    expect(reader.judgeState()).toEqual({ version: 1, rounds: 2 });
    expect(reader.vantageId()).toBe(store.vantageId());
    expect(Object.keys(reader)).not.toContain('record');
    reader.close();
  });

  test('works after the daemon has gone, and says "nothing" where there never was one', () => {
    const path = directory();
    expect(openStoreForReading(path, () => start)).toBeUndefined();
    const { store } = open(path);
    store.record(outcome(1));
    store.close();
    const reader = openStoreForReading(path, () => start)!;
    expect(reader.lastRound()).toBe(1);
    reader.close();
  });

  test('a damaged file is one clear complaint', () => {
    const path = directory();
    writeFileSync(join(path, 'reachd.db'), 'this is no database, and long enough to be read as a header '.repeat(20));
    expect(() => openStoreForReading(path, () => start)).toThrow(
      /cannot read .*reachd\.db: the file is not a database/,
    );
  });
});

describe('the data directory', () => {
  test('is made, and neither it nor the file can be read by others', () => {
    const path = join(directory(), 'deep', 'er');
    open(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(statSync(join(path, 'reachd.db')).mode & 0o777).toBe(0o600);
  });

  test('where it cannot be: one complaint that names it', () => {
    const file = join(directory(), 'file');
    writeFileSync(file, '');
    const attempt = () => openStore({ path: join(file, 'data'), keep_ms: 1, max_size_bytes: 1, wall: () => start });
    expect(attempt).toThrow(Complaint);
    expect(attempt).toThrow(
      `cannot write to data directory ${join(file, 'data')} (it is not a directory); choose another with --data.path`,
    );
  });

  test.runIf(existsSync('/proc/self'))('where the system makes none at all: one complaint, at once', () => {
    const attempt = () => openStore({ path: '/proc/nothing/data', keep_ms: 1, max_size_bytes: 1, wall: () => start });
    expect(attempt).toThrow(
      'cannot write to data directory /proc/nothing/data (the system makes no directory there); choose another with --data.path',
    );
  });

  test('a file in its place: one complaint', () => {
    const path = join(directory(), 'file');
    writeFileSync(path, '', { mode: 0o755 });
    expect(() => open(path)).toThrow(/cannot write to data directory .*file \(it is not a directory\)/);
  });

  test('a directory in the place of the file: one complaint', () => {
    const path = directory();
    mkdirSync(join(path, 'reachd.db'));
    expect(() => open(path)).toThrow(/cannot write to data directory .* \(the file cannot be opened\)/);
  });

  test('belongs to one daemon at a time, and is free again when that one has closed', () => {
    const path = directory();
    const first = open(path, { exclusive: true });
    expect(() => open(path, { exclusive: true })).toThrow(/in use by another reachd/);
    // `probe --accept-risk` beside the daemon.
    open(path).store.acceptRisk('2026-11');
    first.store.close();
    expect(open(path, { exclusive: true }).store.acceptedRisk()).toBe('2026-11');
    expect(readdirSync(path).filter((name) => name.includes('corrupt'))).toEqual([]);
  });
});
