import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { reachd, root } from './reachd.ts';

const directory = mkdtempSync(join(tmpdir(), 'reachd-check-'));
afterAll(() => rmSync(directory, { recursive: true }));
const path = join(directory, 'reachd.yaml');

test('a configuration that is right is summed up', () => {
  expect(
    reachd([
      'check',
      '--config.file',
      join(root, 'config/reachd.yaml'),
      '--data.path',
      '/data',
      '--vantage.country=PK',
    ]),
  ).toEqual({
    stdout: `The configuration is right.
  file       ${join(root, 'config/reachd.yaml')}
  profile    fixed: a round every 1m, at most 200MB a day
  platforms  x, facebook, instagram, youtube (10 targets)
  controls   12 for PK
  page       http://127.0.0.1:7322/
  data       /data
`,
    stderr: '',
    status: 0,
  });
});

test('every mistake is printed at once, with file, line and column', () => {
  writeFileSync(path, 'round:\n  interval: banana\n  jiter: 1\nprofil: fixed\n');
  expect(reachd(['check', '--config.file', path], { REACHD_VANTAGE_COUNTRY: 'Pakistan' })).toEqual({
    stdout: '',
    stderr: `REACHD_VANTAGE_COUNTRY: expected a country by its two letters (ISO 3166-1) such as "PK", got "Pakistan"
${path}:2:13 round.interval: expected a duration such as "60s", got "banana"
${path}:3:3 round.jiter: unknown key (did you mean "jitter"?)
${path}:4:1 profil: unknown key (did you mean "profile"?)
`,
    status: 2,
  });
});

test('a remark does not make it wrong', () => {
  writeFileSync(path, 'vantage: { country: IS }\n');
  const { stderr, status } = reachd(['check', '--config.file', path]);
  expect(stderr).toBe('warning: controls: none is in_country for IS; "isolated" cannot be told from "offline"\n');
  expect(status).toBe(0);
});

test('what --print shows can be checked again', () => {
  const { stdout } = reachd(['check', '--print', '--vantage.name=karachi-1']);
  expect(stdout).toContain('  name: karachi-1\n');
  writeFileSync(path, stdout);
  expect(reachd(['check', '--print', '--config.file', path]).stdout).toBe(stdout);
});
