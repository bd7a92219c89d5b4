/** What the process itself does: its Node, its streams, its signals, its bugs. */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { reachd, root, script } from './reachd.ts';

const directory = mkdtempSync(join(tmpdir(), 'reachd-cli-'));
afterAll(() => rmSync(directory, { recursive: true }));

test('an old Node is told so in one line, before anything is loaded', () => {
  const old = 'data:text/javascript,Object.defineProperty(process,"versions",{value:{node:"20.20.2"}})';
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', old, script, 'check'], {
    encoding: 'utf8',
  });
  expect({ stdout, stderr, status }).toEqual({
    stdout: '',
    stderr: 'reachd: needs Node.js 26 or later, this is 20.20.2\n',
    status: 2,
  });
});

test('a reader that has seen enough ends it quietly', () => {
  const { stdout, stderr, status } = spawnSync(
    'bash',
    ['-c', `set -o pipefail; "$1" "$2" check --print | true`, '-', process.execPath, script],
    {
      encoding: 'utf8',
    },
  );
  expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 });
});

/** A copy of the program with a shipped file broken: the nearest thing to a bug that can be had without one. */
function broken(): string {
  const copy = join(directory, 'broken');
  for (const part of ['src', 'bin', 'docs', 'package.json'])
    cpSync(join(root, part), join(copy, part), { recursive: true });
  mkdirSync(join(copy, 'config'));
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  writeFileSync(join(copy, 'config', 'platforms.yaml'), 'platforms: 3\n');
  writeFileSync(join(copy, 'config', 'controls.yaml'), 'controls: []\n');
  return join(copy, 'bin', 'reachd.js');
}

test('a bug is one line and 70; its stack is for those who ask for debug lines', () => {
  const program = broken();
  const plain = reachd(['check'], {}, program);
  expect(plain.status).toBe(70);
  expect(plain.stdout).toBe('');
  expect(plain.stderr).toMatch(
    /^reachd: internal error: Error: .*platforms\.yaml:1:12 platforms: expected a list, got 3 \(please report\)\n$/,
  );
  const debug = reachd(['check'], { REACHD_LOG_LEVEL: 'debug' }, program);
  expect(debug.stderr).toMatch(/\(please report\)\n(.*\n)+ {4}at /);
  expect(debug.status).toBe(70);
});

test('the first signal aborts, the second ends the process', async () => {
  const signals = new URL('../../src/commands/signals.ts', import.meta.url).href;
  const code = `
    const { abortOnSignal } = await import(${JSON.stringify(signals)});
    abortOnSignal().addEventListener('abort', () => console.log('aborted'));
    setInterval(() => {}, 1000);
    console.log('ready');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  const said: string[] = [];
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (text: string) => {
    said.push(...text.trim().split('\n'));
    child.kill('SIGTERM');
  });
  const status = await new Promise((done) => child.on('exit', done));
  expect(said).toEqual(['ready', 'aborted']);
  expect(status).toBe(143);
});
