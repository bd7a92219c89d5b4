/**
 * The real daemon, in a network namespace of its own with nothing but loopback: offline for it, and harmless for
 * everybody else.
 */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
/** A plain user may make a namespace only where the system lets users have their own. */
const unshare = process.getuid?.() === 0 ? ['-n'] : ['-rn'];
const possible = process.platform === 'linux' && spawnSync('unshare', [...unshare, 'true']).status === 0;
if (!possible) console.log('SKIPPED: the daemon in a namespace of its own (unshare -n needs root or user namespaces)');

let directory: string;
let daemon: ChildProcess;
let lines: string[];

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'reachd-daemon-'));
  lines = [];
});
afterEach(async () => {
  if (daemon.exitCode === null && daemon.signalCode === null) {
    daemon.kill('SIGKILL');
    await new Promise((resolve) => daemon.once('exit', resolve));
  }
  rmSync(directory, { recursive: true, force: true });
});

/** Two seconds apart, rounds would use up a day's plan in an hour and come ever more seldom: the plan is large here. */
const config = (text: string) =>
  writeFileSync(path.join(directory, 'reachd.yaml'), `budget: { daily: 1TB, monthly: 30TB }\n${text}`);

/** The script and its arguments. */
const program = () => [
  path.join(root, 'bin/reachd.js'),
  'run',
  '--accept-risk',
  '--config.file',
  path.join(directory, 'reachd.yaml'),
  '--data.path',
  path.join(directory, 'data'),
  '--round.interval',
  '2s',
  '--log.format',
  'json',
];

/** Starts it and waits for the line that says where the page is. */
async function start(): Promise<void> {
  const command = `ip link set lo up && exec "$0" "$@"`;
  daemon = spawn('unshare', [...unshare, 'sh', '-c', command, process.execPath, ...program()], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  daemon.stdout?.on('data', (chunk: Buffer) => lines.push(...String(chunk).trim().split('\n')));
  await until(() => lines.some((line) => line.includes('status page')));
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const patience = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > patience) throw new Error(`did not happen within 20 s; the log says:\n${lines.join('\n')}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Asks the daemon from inside its namespace. */
async function ask(page: string, ...more: string[]): Promise<string> {
  const curl = ['-t', String(daemon.pid), '-n', 'curl', '-s', ...more, `http://127.0.0.1:7322${page}`];
  const { stdout } = await promisify(execFile)('nsenter', process.getuid?.() === 0 ? curl : ['-U', ...curl]);
  return stdout;
}

describe.runIf(possible)('the daemon without a network', { timeout: 90_000 }, () => {
  test('says that the line is offline and nothing of the platforms, serves, and ends when told to', async () => {
    config('');
    await start();
    await until(() => lines.some((line) => line.includes('round 2')));
    expect(lines.find((line) => line.includes('round 1'))).toContain(
      'vantage offline, x facebook instagram youtube inconclusive',
    );
    const metrics = await ask('/metrics');
    expect(metrics).toContain('reachd_vantage_state{state="offline"} 1');
    expect(metrics).toMatch(/reachd_platform_state\{[^}]*platform="x"[^}]*state="inconclusive"[^}]*\} 1/);
    expect(metrics).toMatch(/reachd_platform_state\{[^}]*platform="x"[^}]*state="blocked"[^}]*\} 0/);
    expect(metrics).not.toContain('reachd_target_success{');
    expect(await ask('/-/ready', '-o', '/dev/null', '-w', '%{http_code}')).toBe('200');
    daemon.kill('SIGTERM');
    const status = await new Promise((resolve) => daemon.once('exit', resolve));
    expect(status).toBe(0);
  });

  // As PID 1 of a container, for which the system has no default action: lost, and the container is killed ten seconds later.
  test('a signal that comes while the program is still being read ends it', async () => {
    config('');
    // The signal is sent in the moment in which the program's first module is asked for.
    const early = `import { registerHooks } from 'node:module';
      registerHooks({ load(url, context, next) {
        if (url.endsWith('/src/main.ts')) process.kill(process.pid, 'SIGTERM');
        return next(url, context);
      } });`;
    const hook = `data:text/javascript,${encodeURIComponent(early)}`;
    daemon = spawn('unshare', [...unshare, '-pf', '--kill-child', process.execPath, '--import', hook, ...program()], {
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: 20_000,
      killSignal: 'SIGKILL',
    });
    const status = await new Promise((resolve) => daemon.once('exit', resolve));
    expect([0, 143]).toContain(status);
  });

  test('SIGHUP loads the configuration again; a bad file leaves the old one measuring', async () => {
    config('platforms: [{ name: youtube, enabled: false }]\nweb: { enable_lifecycle: true }\n');
    await start();
    await until(() => lines.some((line) => line.includes('x facebook instagram inconclusive')));

    config('rounds: {}\n');
    daemon.kill('SIGHUP');
    await until(() => lines.some((line) => line.includes('configuration not loaded')));
    expect(lines.find((line) => line.includes('configuration not loaded'))).toContain('unknown key');
    expect(await ask('/metrics')).toContain('reachd_config_last_reload_successful 0');

    config('web: { enable_lifecycle: true }\n');
    expect(await ask('/-/reload', '-X', 'POST', '-o', '/dev/null', '-w', '%{http_code}')).toBe('200');
    await until(() => lines.some((line) => line.includes('x facebook instagram youtube inconclusive')));
    expect(await ask('/metrics')).toContain('reachd_config_last_reload_successful 1');
    const numbers = lines.flatMap((line) => /round (\d+):/.exec(line)?.[1] ?? []);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  test('a reload changes who may ask at once, and says what it cannot change', async () => {
    config('');
    await start();
    const status = (...more: string[]) => ask('/-/healthy', '-o', '/dev/null', '-w', '%{http_code}', ...more);
    const under = (host: string) => ask('/', '-o', '/dev/null', '-w', '%{http_code}', '-H', `Host: ${host}`);
    const reload = () => ask('/-/reload', '-X', 'POST');
    expect(await status()).toBe('200');
    expect(await under('pi.lan')).toBe('421');
    expect(await reload()).toBe('Reloading by HTTP is not enabled: set web.enable_lifecycle, or send SIGHUP.\n');

    config('web: { enable_lifecycle: true, allowed_hosts: [pi.lan] }\n');
    daemon.kill('SIGHUP');
    await until(() => lines.some((line) => line.includes('configuration loaded again')));
    expect(await under('pi.lan')).toBe('200');
    expect(await reload()).toBe('The configuration was loaded.\n');

    const moved = 'web: { enable_lifecycle: true, listen_address: "127.0.0.1:7399" }\n';
    config(moved);
    const late = 'The configuration was loaded.\nAt the next start only: web.listen_address.\n';
    expect(await reload()).toBe(late);
    await until(() => lines.some((line) => line.includes('web.listen_address takes effect at the next start')));
    expect(await under('pi.lan')).toBe('421');
    // Still not where the file says, though the file has not changed since the last reload.
    config(`${moved}store: { keep: 7d }\n`);
    expect(await reload()).toBe(late);

    // `run` does not start with it: it must not get in by the back door either.
    config('web: { enable_lifecycle: true }\nnotify: { webhooks: [{ url_file: hook }] }\n');
    writeFileSync(path.join(directory, 'hook'), 'http://127.0.0.1:1/');
    expect(await reload()).toContain('not in this version: notify.webhooks');

    config('');
    expect(await reload()).toBe('The configuration was loaded.\n');
    expect(await reload()).toContain('not enabled');
  });
});
