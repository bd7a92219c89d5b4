/** `web.config_file` on the command line: checked, served by the daemon, read anew on SIGHUP, asked by `status`. */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { hashSync } from 'bcryptjs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Certificates, createCertificates } from '../publish/certificates.ts';
import { reachd, script } from './reachd.ts';

let pki: Certificates;
beforeAll(() => {
  pki = createCertificates();
  pki.issue('renewed', 'ca', 'DNS:localhost,IP:127.0.0.1');
  copyFileSync(pki.file('server.pem'), pki.file('own.pem'));
  copyFileSync(pki.file('server.key'), pki.file('own.key'));
});
afterAll(() => pki.remove());

const write = (name: string, content: object | string) =>
  writeFileSync(pki.file(name), typeof content === 'string' ? content : JSON.stringify(content));
const tls = { tls_server_config: { cert_file: 'own.pem', key_file: 'own.key' } };

describe('check', () => {
  test('what the file says is part of the configuration', () => {
    write('reachd.yaml', { web: { config_file: 'web.yaml' } });
    write('web.yaml', tls);
    const right = reachd(['check', '--config.file', pki.file('reachd.yaml')]);
    expect(right.stdout).toContain('page       https://127.0.0.1:7322/');
    expect(right.status).toBe(0);

    write('web.yaml', 'tls_server_config: { cert_file: own.pem }\nbasic_auth_users: { a: hunter2 }\nusers: {}\n');
    const wrong = reachd(['check', '--config.file', pki.file('reachd.yaml')]);
    const place = pki.file('web.yaml');
    expect(wrong.stderr.trim().split('\n')).toEqual([
      `${place}:1:1 tls_server_config: expected key_file, got nothing`,
      `${place}:2:24 basic_auth_users.a: expected a bcrypt hash of cost 4 to 16 (htpasswd -nBC 10 ""), got something else`,
      `${place}:3:1 users: unknown key (known here: tls_server_config, http_server_config, basic_auth_users, rate_limit)`,
    ]);
    expect(wrong.status).toBe(2);
  });

  test('a flag names it relative to where one is', () => {
    const gone = reachd(['check', '--web.config.file', 'nowhere.yaml']);
    expect(gone.stderr).toContain('--web.config.file: expected a file that can be read, got "nowhere.yaml"');
    expect(gone.status).toBe(2);
  });
});

const unshare = process.getuid?.() === 0 ? ['-n'] : ['-rn'];
const possible = process.platform === 'linux' && spawnSync('unshare', [...unshare, 'true']).status === 0;
if (!possible) console.log('SKIPPED: the daemon with TLS, in a namespace of its own (unshare -n)');

describe.runIf(possible)('the daemon', { timeout: 90_000 }, () => {
  let daemon: ChildProcess;
  let log = '';
  afterEach(async () => {
    if (daemon.exitCode === null && daemon.signalCode === null) {
      daemon.kill('SIGKILL');
      await new Promise((resolve) => daemon.once('exit', resolve));
    }
  });

  /** Runs a program inside the daemon's namespace. */
  const inside = async (...command: string[]): Promise<string> => {
    const enter = ['-t', String(daemon.pid), '-n', ...command];
    try {
      const { stdout, stderr } = await promisify(execFile)('nsenter', unshare[0] === '-n' ? enter : ['-U', ...enter]);
      return stdout + stderr;
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      return stdout + stderr;
    }
  };
  const until = async (condition: () => boolean) => {
    const patience = Date.now() + 20_000;
    while (!condition()) {
      if (Date.now() > patience) throw new Error(`did not happen within 20 s; the log says:\n${log}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const curl = (...args: string[]) =>
    inside('curl', '-sS', '--cacert', pki.file('ca.pem'), ...args, 'https://127.0.0.1:7322/-/healthy');
  const status = () =>
    inside(process.execPath, script, 'status', '--config.file', pki.file('reachd.yaml'), '--output', 'json');

  test('serves over TLS; a renewed certificate and a new password count after SIGHUP, a bad file changes nothing', async () => {
    write('reachd.yaml', { web: { config_file: 'web.yaml' }, budget: { daily: '1TB', monthly: '30TB' } });
    write('web.yaml', tls);
    const command = 'ip link set lo up && exec "$0" "$@"';
    const args = ['run', '--accept-risk', '--config.file', pki.file('reachd.yaml'), '--data.path', pki.file('data')];
    daemon = spawn(
      'unshare',
      [...unshare, 'sh', '-c', command, process.execPath, script, ...args, '--log.format', 'json'],
      { stdio: ['ignore', 'pipe', 'inherit'], cwd: path.dirname(pki.directory) },
    );
    daemon.stdout?.on('data', (chunk: Buffer) => {
      log += chunk;
    });
    await until(() => log.includes('status page https://127.0.0.1:7322/'));
    expect(await curl()).toBe('reachd is healthy.\n');
    expect(JSON.parse(await status())).toMatchObject({ version: 1 });

    write('web.yaml', { ...tls, user: {} });
    daemon.kill('SIGHUP');
    await until(() => log.includes('configuration not loaded'));
    expect(log).toContain('web.yaml:1:67 user: unknown key');
    expect(await curl()).toBe('reachd is healthy.\n');

    copyFileSync(pki.file('renewed.pem'), pki.file('own.pem'));
    copyFileSync(pki.file('renewed.key'), pki.file('own.key'));
    write('web.yaml', { ...tls, basic_auth_users: { prometheus: hashSync('scrape me', 5) } });
    daemon.kill('SIGHUP');
    await until(() => log.includes('configuration loaded again'));
    expect(await curl('-o', '/dev/null', '-w', '%{http_code}')).toBe('401');
    const answer = await curl('-v', '-u', 'prometheus:scrape me');
    expect(answer).toContain('reachd is healthy.');
    expect(answer).toContain('subject: CN=renewed');
    expect(await status()).toContain(
      'it asks for a password (try curl -k -u NAME https://127.0.0.1:7322/api/v1/status)',
    );
  });
});
