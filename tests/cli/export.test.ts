/** `reachd export` in a process of its own, on a store that a daemon left, and beside one that holds it open. */
import { expect, test } from 'vitest';
import { addressIdWith } from '../../src/commands/address-id.ts';
import { idOf, round } from '../publish/ooni-round.ts';
import { measurement } from '../publish/ooni-schema.ts';
import { directory, open } from '../store/directory.ts';
import { outcome, start } from '../store/outcomes.ts';
import { reachd } from './reachd.ts';

/** A directory in which 250 rounds of a minute each are stored, by a store that is still open. */
function stored(): string {
  const path = directory();
  const { store } = open(path);
  for (let n = 1; n <= 250; n += 1) store.record(outcome(n));
  return path;
}

const numbers = (ndjson: string): number[] =>
  ndjson
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { round: number }).round);

test('every stored round, in order, exactly as it was recorded', () => {
  const { stdout, stderr, status } = reachd(['export', '--data.path', stored()]);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  expect(numbers(stdout)).toEqual(Array.from({ length: 250 }, (_, index) => index + 1));
  expect(stdout.split('\n')[0]).toBe(JSON.stringify(outcome(1).round));
});

test('since is the first round that counts, until the first that does not', () => {
  const at = (n: number) => new Date(start + (n - 1) * 60_000).toISOString();
  const { stdout } = reachd(['export', '--data.path', stored(), '--since', at(101), '--until', at(104)]);
  expect(numbers(stdout)).toEqual([101, 102, 103]);
});

test('in the format of OONI, with the addresses that this store’s salt knows', () => {
  const path = directory();
  const { store } = open(path);
  // One address as this store knows it; the fixture's other ids were made with another salt: nothing is guessed.
  const known = addressIdWith(store.addressSalt())('104.244.42.1');
  store.record({ ...outcome(1), round: JSON.parse(JSON.stringify(round).replaceAll(idOf('104.244.42.1'), known)) });
  const { stdout, stderr, status } = reachd(['export', '--format', 'ooni', '--data.path', path]);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  const read = measurement.parse(JSON.parse(stdout));
  expect(new Set(read.test_keys.tcp_connect.map(({ ip }) => ip))).toEqual(new Set(['104.244.42.1', '[scrubbed]']));
  // The URL that was asked for is the configured one.
  const urls = read.test_keys.requests.map(({ request }) => request.url);
  expect(urls).toContainEqual(expect.stringMatching(/^https:\/\/www\.facebook\.com\/\S/));
});

test.each([
  [
    ['--since', 'yesterday'],
    'reachd: --since: expected a time such as "2024-01-20T13:41:00Z" or a distance back such as "24h", got "yesterday"',
  ],
  [['--since', '1h', '--until', '2h'], 'reachd: --since 1h is not before --until 2h'],
  [['--format', 'csv'], 'reachd: --format: expected "ndjson" or "ooni", got "csv"'],
])('%j: one clear line', (args, line) => {
  expect(reachd(['export', ...args])).toEqual({ stdout: '', stderr: `${line}\n`, status: 2 });
});

test('where nothing was ever stored it says so', () => {
  const path = directory();
  expect(reachd(['export', '--data.path', path])).toEqual({
    stdout: '',
    stderr: `reachd: nothing has been stored in ${path} yet; another place is given by --data.path\n`,
    status: 2,
  });
});
