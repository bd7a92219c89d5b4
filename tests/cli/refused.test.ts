/** What the file may hold and nobody here would do: refused before anything is measured. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { reachd } from './reachd.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'reachd-refused-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test.each([
  ['push: { remote_write: [{ url: "https://metrics.example.org/write" }] }', 'push.remote_write'],
  ['web: { config_file: reachd.yaml }', 'reachd.yaml:1:1 web: unknown key'],
  ['asn: { mmdb_file: reachd.yaml }', 'is not a MaxMind DB file'],
])('%s', (text, says) => {
  const file = join(directory, 'reachd.yaml');
  writeFileSync(file, text);
  const { status, stderr } = reachd(['run', '--config.file', file, '--data.path', join(directory, 'data')], {
    REACHD_ACCEPT_RISK: '2026-11',
  });
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).toContain(says);
  expect(status).toBe(2);
});

test('check says of such a file what run will not do', () => {
  const file = join(directory, 'reachd.yaml');
  writeFileSync(file, 'push: { remote_write: [{ url: "https://metrics.example.org/write" }] }');
  const { status, stderr } = reachd(['check', '--config.file', file]);
  expect(stderr).toBe(
    'warning: not in this version: push.remote_write: have Prometheus scrape /metrics; reachd run does not start with it\n',
  );
  expect(status).toBe(0);
});
