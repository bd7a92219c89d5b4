/** The real command over real files: events out, bad lines named, memory and the network left alone. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blackhole, Life } from '../judge/life.ts';
import { reachd, script } from './reachd.ts';

let directory: string;
let recording: string;
let lines: string[];

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'reachd-replay-'));
  recording = join(directory, 'rounds.ndjson');
  const life = new Life();
  lines = [];
  for (let i = 0; i < 120; i++) {
    const round = life.round();
    if (i >= 90 && i < 105) blackhole('x')(round, i);
    lines.push(JSON.stringify(round));
    life.minute++;
  }
  writeFileSync(recording, `${lines.join('\n')}\n`);
});
afterAll(() => rmSync(directory, { recursive: true }));

const file = (name: string, text: string) => {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
};

test('prints what opened and what closed, one JSON object a line', () => {
  const { stdout, stderr, status } = reachd(['replay', recording]);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events.map(({ event, platform, state, round }) => ({ event, platform, state, round }))).toEqual([
    { event: 'opened', platform: 'x', state: 'unreachable', round: 93 },
    { event: 'closed', platform: 'x', state: 'unreachable', round: 111 },
  ]);
  expect(events[0]).toMatchObject({
    incident: 'x-20240106T0130',
    basis: 'comparison',
    onset_earliest: '2024-01-06T01:29:00.000Z',
    onset_latest: '2024-01-06T01:30:00.000Z',
  });
});

test('several files are one story, and standard input is a file', () => {
  const first = file('first.ndjson', lines.slice(0, 95).join('\n'));
  const rest = `${lines.slice(95).join('\r\n')}\n\n`;
  const { stdout, status } = spawnSync(process.execPath, [script, 'replay', first, '-'], {
    encoding: 'utf8',
    input: rest,
    env: { PATH: process.env['PATH'], HOME: '/nowhere' },
  });
  expect(status).toBe(0);
  expect(stdout).toBe(reachd(['replay', recording]).stdout);
});

test('--states adds a line per platform and round', () => {
  const { stdout } = reachd(['replay', '--states', recording]);
  const all = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const states = all.filter(({ event }) => event === undefined);
  expect(states).toHaveLength(120 * 4);
  const of = (round: number) => states.find((one) => one.round === round && one.platform === 'x');
  expect(of(1)).toMatchObject({ state: 'reachable', verdict: 'reachable', vantage: 'online', suspect: false });
  expect(of(92)).toMatchObject({ state: 'reachable', verdict: 'unreachable' });
  expect(of(100)).toMatchObject({ state: 'unreachable', since: '2024-01-06T01:32:00.000Z', suspect: true });
});

describe('a bad line', () => {
  const bad = () => file('bad.ndjson', [...lines.slice(0, 91), '{"started_at":', ...lines.slice(91)].join('\n'));

  test('is named by file and line, and ends it with 2', () => {
    const path = bad();
    const { stdout, stderr, status } = reachd(['replay', path]);
    expect(stderr).toMatch(new RegExp(`^${path}:92: not JSON: [^\\n]*\\n$`));
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
  });

  test('is skipped and counted with --keep-going', () => {
    const path = bad();
    const { stdout, stderr, status } = reachd(['replay', '--keep-going', path]);
    expect(status).toBe(0);
    expect(stdout).toBe(reachd(['replay', recording]).stdout);
    expect(stderr).toMatch(/:92: not JSON: .*; skipped\n1 bad line skipped, 120 rounds judged\n$/);
  });
});

test.each([
  ['no file', ['replay'], /need at least 1/],
  [
    'a file that is not there',
    ['replay', '/nowhere/rounds.ndjson'],
    /^reachd: \/nowhere\/rounds\.ndjson: there is no such file\n$/,
  ],
  ['a directory', ['replay', '/'], /^reachd: \/: it is a directory\n$/],
])('%s is one clear line, and 2', (_what, args, message) => {
  const { stderr, status } = reachd(args);
  expect(stderr).toMatch(message);
  expect(status).toBe(2);
});

test('an empty file is no event, and no mistake', () => {
  expect(reachd(['replay', file('empty.ndjson', '')])).toEqual({ stdout: '', stderr: '', status: 0 });
});
