/** The script that adds a volunteer writes what Prometheus reads, and nothing where an argument is odd. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';

const script = path.resolve(import.meta.dirname, '../../config/prometheus/add-volunteer.sh');
const targets = mkdtempSync(path.join(tmpdir(), 'reachd-targets-'));
afterAll(() => rmSync(targets, { recursive: true, force: true }));
const add = (...args: string[]) => spawnSync('sh', [script, targets, ...args], { encoding: 'utf8', timeout: 10_000 });

test('a volunteer is one target file, written once', () => {
  const { status, stdout } = add('karachi-3', 'PK', 'AS17557', '10.77.0.12:7322');
  expect(status).toBe(0);
  expect(stdout).toContain('reachd run --web.listen-address 10.77.0.12:7322');
  expect(JSON.parse(readFileSync(path.join(targets, 'karachi-3.json'), 'utf8'))).toEqual([
    { targets: ['10.77.0.12:7322'], labels: { vantage: 'karachi-3', country: 'PK', asn: 'AS17557' } },
  ]);
  // A name used again would give one volunteer's age and vote to another.
  const again = add('karachi-3', 'IR', 'AS58224', '10.77.0.13:7322');
  expect(again.status).toBe(2);
  expect(again.stderr).toContain('exists');
  expect(readFileSync(path.join(targets, 'karachi-3.json'), 'utf8')).toContain('"PK"');
});

test.each([
  ['NAME', ['../up', 'PK', 'AS1', '10.0.0.1:7322']],
  ['NAME', ['a"b', 'PK', 'AS1', '10.0.0.1:7322']],
  ['NAME', ['a\nb', 'PK', 'AS1', '10.0.0.1:7322']],
  ['COUNTRY', ['a', 'pk', 'AS1', '10.0.0.1:7322']],
  ['ASN', ['a', 'PK', '17557', '10.0.0.1:7322']],
  ['ADDRESS:PORT', ['a', 'PK', 'AS1', '10.0.0.1']],
])('an odd %s is refused: %j', (what, args) => {
  const before = readdirSync(targets);
  const { status, stderr } = add(...args);
  expect(status).toBe(2);
  expect(stderr).toContain(`add-volunteer: ${what}: expected`);
  expect(readdirSync(targets)).toEqual(before);
});
