/** The story of 20 January 2024, told by the program as a stranger starts it. Loopback only, so it runs anywhere. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { reachd, script } from './reachd.ts';

interface Line {
  time: string;
  real_s: number;
  msg: string;
}

let directory: string;
let demo: ChildProcess;
let output: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'reachd-told-'));
  output = '';
});
afterEach(async () => {
  if (demo.exitCode === null && demo.signalCode === null) {
    demo.kill('SIGKILL');
    await new Promise((resolve) => demo.once('exit', resolve));
  }
  rmSync(directory, { recursive: true, force: true });
});

function start(...flags: string[]): Promise<number | null> {
  const args = [script, 'demo', '--log.format', 'json', '--web.listen-address', '127.0.0.1:0', ...flags];
  const env = { PATH: process.env['PATH'], HOME: '/nowhere', TMPDIR: directory };
  demo = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [demo.stdout, demo.stderr]) stream?.on('data', (chunk: Buffer) => (output += String(chunk)));
  return new Promise((resolve) => demo.once('exit', resolve));
}

const lines = (): Line[] =>
  output
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line));

async function said(part: string): Promise<Line> {
  const patience = Date.now() + 120_000;
  for (;;) {
    const line = lines().find(({ msg }) => msg.includes(part));
    if (line !== undefined) return line;
    if (Date.now() > patience || demo.exitCode !== null) throw new Error(`never said "${part}":\n${output}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('two evenings are remembered, the third is noticed within minutes, named, and seen to end', {
  timeout: 420_000,
}, async () => {
  const ended = start('--once', '--speed', '3600');
  const { msg } = await said('>>> Open ');
  const url = /http:\/\/127\.0\.0\.1:\d+\//.exec(msg)?.[0] ?? '';

  // The past is there from the start, and in no other words than the judge's.
  const stored = (await (await fetch(`${url}api/v1/incidents`)).json()) as { incidents: { platform: string }[] };
  expect(stored.incidents.filter(({ platform }) => platform === '*')).toHaveLength(2);
  expect(await (await fetch(`${url}config`)).text()).toContain(directory);

  expect(await ended).toBe(0);
  const told = lines();
  const at = (part: string) => told.findIndex((line) => line.msg.includes(part));
  const order = ['>>> The probe has a past', '>>> Open ', '>>> From now on the provider', '>>> Suspicion: '];
  order.push('>>> A disruption of several companies', '>>> The provider lets everything through');
  order.push('>>> The disruption is over', '>>> The story is over', '>>> The evidence:');
  const places = order.map(at);
  expect(places).not.toContain(-1);
  expect(places).toEqual([...places].sort((a, b) => a - b));

  // Calm before: nobody cried wolf in the first minutes.
  expect(told.slice(0, at('>>> From now on')).some((line) => /incident|Suspicion/.test(line.msg))).toBe(false);
  // Minutes, not hours: it begins at 18:41 in Pakistan, 13:41 UTC.
  const noticed = Date.parse(told[at('>>> A disruption')]?.time ?? '') - Date.parse('2024-01-20T13:41:00Z');
  expect(noticed).toBeGreaterThan(0);
  expect(noticed).toBeLessThan(10 * 60_000);

  const last = told[at('>>> The disruption is over')]?.msg;
  expect(last).toContain('X, Facebook, Instagram and YouTube were throttled as seen from AS17557 (PK)');
  expect(last).toContain('Control sites were unaffected.');
  expect(last).toContain('consistent with 7 January 2024 and 17 December 2023');
  expect(last).toContain('the online rally of an opposition party');
  expect(last).toContain('This does not show who ordered it.');
  expect(readdirSync(directory)).toEqual([]);
});

test('--now moves the evening to the present, for whoever scrapes it', { timeout: 180_000 }, async () => {
  const ended = start('--now');
  const { msg, time } = await said('>>> Open ');
  const url = /http:\/\/127\.0\.0\.1:\d+\//.exec(msg)?.[0] ?? '';
  // Within what the rules call fresh (180 s): the past is judged before the clock starts.
  expect(Math.abs(Date.parse(time) - Date.now())).toBeLessThan(150_000);
  const stored = (await (await fetch(`${url}api/v1/incidents`)).json()) as {
    incidents: { opened_at: string }[];
  };
  const ages = stored.incidents.map(({ opened_at }) => Date.now() - Date.parse(opened_at));
  expect(ages.length).toBeGreaterThan(0);
  // 7 January is thirteen days before the 20th, 17 December 34.
  expect(new Set(ages.map((age) => Math.round(age / 86_400_000)))).toEqual(new Set([13, 34]));
  demo.kill('SIGINT');
  expect(await ended).toBe(0);
});

test('Ctrl-C ends it at once, while it remembers and while it measures, and leaves nothing behind', {
  timeout: 180_000,
}, async () => {
  for (const moment of ['A small Internet', 'The first look']) {
    output = '';
    const ended = start();
    await said(moment);
    const asked = Date.now();
    demo.kill('SIGINT');
    expect(await ended).toBe(0);
    // Within what a service manager waits; the process would end itself with 70 before that if it were stuck.
    expect(Date.now() - asked).toBeLessThan(10_000);
    expect(readdirSync(directory)).toEqual([]);
  }
});

test.each([['0'], ['banana'], ['-3'], ['4000']])('--speed %s is no speed', (speed) => {
  demo = spawn(process.execPath, ['-e', '']);
  expect(reachd(['demo', `--speed=${speed}`])).toEqual({
    stdout: '',
    stderr: `reachd: --speed: expected a number above 0, up to 3600, got ${JSON.stringify(speed)}\n`,
    status: 2,
  });
});
