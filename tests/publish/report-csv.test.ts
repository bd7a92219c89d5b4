import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Report } from '../../src/publish/report.ts';
import { dataOf, verifyCommand } from '../../src/publish/report-csv.ts';

const start = Date.parse('2024-01-20T13:00:00Z');

const report = (network: string, platform = 'x'): Report => ({
  scope: 'country',
  place: 'Pakistan',
  timezone: 'UTC',
  generated_ms: start,
  axis: { since_ms: start, until_ms: start + 120_000, step_ms: 60_000, length: 3 },
  rows: [
    {
      network,
      platform,
      states: ['reachable', undefined, 'throttled'],
      hit: [false, undefined, true],
      goodput: [1, undefined, 0.0312345],
      handshake: [undefined, undefined, 11],
    },
  ],
  omitted: 0,
  titles: { x: 'X' },
  controls: [1, 1, 0.5],
  networks: 1,
  probes: 2,
  findings: [],
  standing: [],
  others: [],
  source: '',
  remarks: [],
});

test('a row a time at which anything is known, in UTC; what was not measured is empty, not 0', () => {
  const { csv, sha256, rows } = dataOf(report('AS17557'));
  expect(csv.split('\r\n')).toEqual([
    'time_utc,network,platform,state,newly_affected,goodput_of_normal,handshake_of_normal,control_sites_answering',
    '2024-01-20T13:00:00.000Z,AS17557,x,reachable,0,1,,1',
    '2024-01-20T13:02:00.000Z,AS17557,x,throttled,1,0.03123,11,0.5',
    '',
  ]);
  expect(rows).toBe(2);
  expect(sha256).toBe(createHash('sha256').update(csv).digest('hex'));
});

/** The fields of one CSV record as RFC 4180 has them, by another way than that in which they were written. */
function fields(csv: string): string[] {
  return [...csv.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/gy)].map(([, quoted, plain]) =>
    quoted === undefined ? plain! : quoted.replaceAll('""', '"'),
  );
}

/** What CSV and spreadsheets give a meaning to, and some that they do not. */
const awkward = fc.constantFrom(...'",\r\n\t=+-@\'; aé\u0000\u{1f310}');

test('whatever the labels are: eight fields, and none that a spreadsheet would run', () => {
  fc.assert(
    fc.property(fc.string({ unit: awkward, maxLength: 30 }), fc.string({ maxLength: 30 }), (network, platform) => {
      const { csv } = dataOf(report(network, platform));
      const body = csv.slice(csv.indexOf('\r\n') + 2);
      const record = body.slice(0, body.indexOf('\r\n2024-01-20T13:02'));
      const found = fields(record);
      expect(found).toHaveLength(8);
      expect(found[1]!.replace(/^'/, '')).toBe(network.replace(/^'/, ''));
      for (const field of found) expect(field).not.toMatch(/^[=+\-@\t\r]/);
    }),
  );
});

test('a file name that a shell would take apart is quoted in the command', () => {
  expect(verifyCommand('pk.html')).toContain(' pk.html | ');
  expect(verifyCommand("it's; rm -rf.html")).toContain(` 'it'\\''s; rm -rf.html' | `);
});
