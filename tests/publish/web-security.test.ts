/** `web.config_file` at work: real TLS, curl as the client, and the limits of the plain server behind it. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect as connectPlain } from 'node:net';
import { performance } from 'node:perf_hooks';
import { connect } from 'node:tls';
import { hashSync } from 'bcryptjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readWebConfig } from '../../src/config/web-config.ts';
import { credentials } from '../../src/publish/web-auth.ts';
import { subjectNames } from '../../src/publish/web-tls.ts';
import { serve } from './board.ts';
import { type Certificates, createCertificates } from './certificates.ts';

let pki: Certificates;
beforeAll(() => {
  pki = createCertificates();
  pki.issue('client', 'ca', 'DNS:prometheus.example.org,IP:::1,email:ops@example.org,URI:spiffe://example.org/p');
  pki.issue('stranger', 'ca', 'DNS:stranger.example.org');
  pki.issue('forger', 'other-ca', 'DNS:prometheus.example.org');
  pki.issue('renewed', 'ca', 'DNS:localhost,IP:127.0.0.1,DNS:renewed.example.org');
});
afterAll(() => pki.remove());

let written = 0;
/** Writes the file and reads it as the daemon does. */
const security = (content: object) => {
  const file = pki.file(`${written++}.yaml`);
  writeFileSync(file, JSON.stringify(content));
  return readWebConfig(file);
};
const pair = { cert_file: 'server.pem', key_file: 'server.key' };
const users = { prometheus: hashSync('scrape me', 5), grafana: hashSync('grafana’s own', 5) };

/** Status and body, or why there was none; `%{http_version}` first. */
const curl = (...args: string[]): Promise<string> =>
  new Promise((resolve) => {
    const always = ['-sS', '--noproxy', '*', '--max-time', '20', '-w', '\n%{http_code} %{http_version}'];
    execFile(
      'curl',
      [...always, '--cacert', pki.file('ca.pem'), ...args],
      { timeout: 25_000 },
      (error, stdout, stderr) => resolve(error ? stderr.trim() : stdout),
    );
  });
const status = async (...args: string[]) => (await curl('-o', '/dev/null', ...args)).trim().split(' ')[0];
const as = (name: string) => ['--cert', pki.file(`${name}.pem`), '--key', pki.file(`${name}.key`)];

describe('TLS', () => {
  test('curl trusts the certificate; plain HTTP gets nothing', async () => {
    const { url } = await serve({}, { security: security({ tls_server_config: pair }) });
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/$/);
    expect(await curl(`${url}-/healthy`)).toBe('reachd is healthy.\n\n200 1.1');
    expect(await curl(`${url.replace('https', 'http')}-/healthy`)).toContain('curl: (');
    expect(await curl('--cacert', pki.file('other-ca.pem'), `${url}-/healthy`)).toContain('SSL certificate problem');
  });

  test('who connects and never shakes hands does not hold up the end', async () => {
    const web = await serve({}, { security: security({ tls_server_config: pair }) });
    const mute = connectPlain(Number(new URL(web.url).port), '127.0.0.1');
    mute.on('error', () => undefined);
    await new Promise((resolve) => mute.once('connect', resolve));
    // An exchange after it, so that the server has taken both.
    expect(await status(`${web.url}-/healthy`)).toBe('200');
    const ended = new Promise((resolve) => mute.once('close', resolve));
    const start = performance.now();
    await web.close();
    await ended;
    // Node would wait ten seconds for the handshake.
    expect(performance.now() - start).toBeLessThan(5000);
  });

  test.each([
    [{ max_version: 'TLS12' }, 'TLSv1.2', undefined, undefined],
    [{ min_version: 'TLS13' }, 'TLSv1.3', undefined, undefined],
    [{ min_version: 'TLS10', max_version: 'TLS11' }, 'TLSv1.1', undefined, undefined],
    [
      { max_version: 'TLS12', cipher_suites: ['TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256'] },
      'TLSv1.2',
      'ECDHE-ECDSA-CHACHA20-POLY1305',
      undefined,
    ],
    // A list of suites of TLS 1.2 does not end TLS 1.3, as in Go.
    [{ cipher_suites: ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'] }, 'TLSv1.3', undefined, undefined],
    [{ curve_preferences: ['CurveP384'] }, 'TLSv1.3', undefined, 'P-384'],
  ])('%j', async (given, protocol, cipher, curve) => {
    const { url } = await serve({}, { security: security({ tls_server_config: { ...pair, ...given } }) });
    const { port } = new URL(url);
    const socket = connect({
      port: Number(port),
      host: '127.0.0.1',
      ca: pki.text('ca.pem'),
      minVersion: 'TLSv1',
      ciphers: 'ALL:@SECLEVEL=0',
      ecdhCurve: curve ?? 'auto',
    });
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    expect(socket.getProtocol()).toBe(protocol);
    if (cipher !== undefined) expect(socket.getCipher().name).toBe(cipher);
    socket.destroy();
  });

  test('what is not on the list is refused: an old version, another suite, another curve', async () => {
    const strict = {
      ...pair,
      min_version: 'TLS13',
      curve_preferences: ['CurveP384'],
    };
    const { url } = await serve({}, { security: security({ tls_server_config: strict }) });
    expect(await curl('--tls-max', '1.2', url)).toContain('curl: (35)');
    expect(await curl('--curves', 'X25519', url)).toContain('curl: (35)');
    expect(await status('--curves', 'P-384', url)).toBe('200');
  });

  test('who never ends the handshake does not hold a connection for ever', { timeout: 40_000 }, async () => {
    const { url } = await serve({}, { security: security({ tls_server_config: pair }) });
    const { port } = new URL(url);
    const start = performance.now();
    await new Promise((resolve) =>
      connectPlain(Number(port), '127.0.0.1')
        .on('error', () => {})
        .on('close', resolve),
    );
    expect(performance.now() - start).toBeGreaterThan(8000);
  });
});

describe('certificates of clients', () => {
  const client_ca_file = 'ca.pem';
  const names = ['prometheus.example.org'];
  test.each([
    ['RequireAndVerifyClientCert', {}, { nobody: false, client: true, stranger: true, forger: false }],
    ['RequireAnyClientCert', {}, { nobody: false, client: true, stranger: true, forger: true }],
    ['RequestClientCert', {}, { nobody: true, client: true, stranger: true, forger: true }],
    ['VerifyClientCertIfGiven', {}, { nobody: true, client: true, stranger: true, forger: false }],
    ['RequireAndVerifyClientCert', { names }, { nobody: false, client: true, stranger: false, forger: false }],
    ['RequireAnyClientCert', { names }, { nobody: false, client: true, stranger: false, forger: true }],
    // Addresses in any spelling, e-mail addresses and URIs count as well.
    ['RequireAndVerifyClientCert', { names: ['0:0:0:0:0:0:0:1'] }, { client: true, stranger: false }],
    ['RequireAndVerifyClientCert', { names: ['spiffe://example.org/p'] }, { client: true, stranger: false }],
    ['RequireAndVerifyClientCert', { names: ['ops@example.org'] }, { client: true, stranger: false }],
  ])('%s %j', async (client_auth_type, { names }: { names?: string[] }, expected) => {
    const tls = { ...pair, client_ca_file, client_auth_type, ...(names ? { client_allowed_sans: names } : {}) };
    const { url } = await serve({}, { security: security({ tls_server_config: tls }) });
    const seen = Object.fromEntries(
      await Promise.all(
        Object.keys(expected).map(async (who) => [
          who,
          (await status(...(who === 'nobody' ? [] : as(who)), `${url}metrics`)) === '200',
        ]),
      ),
    );
    expect(seen).toEqual(expected);
  });

  test('a name that holds a separator is one name (CVE-2021-44532)', () => {
    expect(subjectNames({ subjectAltName: 'DNS:"a, DNS:prometheus", IP Address:192.0.2.7, DNS:b' })).toEqual([
      'a, DNS:prometheus',
      '192.0.2.7',
      'b',
    ]);
    expect(subjectNames({ subjectAltName: 'DirName:"CN=x, DNS:prometheus.example.org,O=y", DNS:z' })).toEqual(['z']);
    expect(subjectNames({ subjectAltName: 'othername:<unsupported>, DNS:z' })).toEqual(['z']);
    expect(subjectNames({ subjectAltName: '' })).toEqual([]);
  });
});

describe('passwords', () => {
  test('nobody sees anything without one, whatever they ask for', async () => {
    const { url } = await serve({}, { security: security({ basic_auth_users: users }) });
    for (const path of ['', 'metrics', '-/healthy', 'api/v1/status', 'nothing', '../..']) {
      const answer = await curl('-D', '-', url + path);
      expect(answer).toContain('HTTP/1.1 401');
      expect(answer).toContain('www-authenticate: Basic realm="reachd"');
      expect(answer).toContain('A user name and a password are needed.');
    }
    expect(await status('-u', 'prometheus:scrape me', `${url}metrics`)).toBe('200');
    expect(await status('-u', 'grafana:grafana’s own', `${url}metrics`)).toBe('200');
    for (const wrong of [
      'prometheus:scrape',
      'grafana:scrape me',
      'nobody:scrape me',
      'prometheus:',
      ':',
      'Prometheus:scrape me',
    ]) {
      expect([wrong, await status('-u', wrong, `${url}metrics`)]).toEqual([wrong, '401']);
    }
    for (const header of ['Basic', 'Basic %%%', 'Bearer abc', 'Basic bm9jb2xvbg==']) {
      expect(await status('-H', `Authorization: ${header}`, `${url}metrics`)).toBe('401');
    }
  });

  test('a second scrape costs no hashing, and the first one stops nobody', async () => {
    // Cost 12 is some 300 ms of work; the loop must go on meanwhile.
    const slow = security({ basic_auth_users: { prometheus: hashSync('scrape me', 12) } });
    const { url } = await serve({}, { security: slow });
    const headers = { authorization: `Basic ${Buffer.from('prometheus:scrape me').toString('base64')}` };
    const ask = async () => {
      const start = performance.now();
      expect((await fetch(`${url}metrics`, { headers })).status).toBe(200);
      return performance.now() - start;
    };
    let longest = 0;
    let last = performance.now();
    const ticks = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    const first = await ask();
    clearInterval(ticks);
    const again = Math.min(await ask(), await ask(), await ask());
    expect(first).toBeGreaterThan(100);
    expect(again).toBeLessThan(first / 2);
    expect(longest).toBeLessThan(first * 0.75);
  });

  test('a flood of guesses is turned away, and who was let in before is not kept waiting', async () => {
    const slow = security({ basic_auth_users: { prometheus: hashSync('scrape me', 10) } });
    const { url } = await serve({}, { security: slow });
    const header = (text: string) => ({ headers: { authorization: `Basic ${Buffer.from(text).toString('base64')}` } });
    expect((await fetch(`${url}metrics`, header('prometheus:scrape me'))).status).toBe(200);
    const guesses = Array.from({ length: 40 }, (_, n) => fetch(`${url}metrics`, header(`prometheus:${n}`)));
    expect((await fetch(`${url}metrics`, header('prometheus:scrape me'))).status).toBe(200);
    const answers = (await Promise.all(guesses)).map((answer) => answer.status);
    expect(new Set(answers)).toEqual(new Set([401, 503]));
  });

  test('credentials are read as RFC 7617 has them', () => {
    const encode = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
    expect(credentials(encode('a:b:c'))).toEqual({ name: 'a', password: 'b:c' });
    expect(credentials(encode('Åsa:låsenord').replace('Basic', 'bAsIc'))).toEqual({
      name: 'Åsa',
      password: 'låsenord',
    });
    expect(credentials(encode('nocolon'))).toBeUndefined();
    expect(credentials(undefined)).toBeUndefined();
  });
});

describe('behind the door', () => {
  test('Host and Origin are checked as before, and a foreign Host costs no hashing', async () => {
    const { url } = await serve(
      { reload: () => [] },
      { security: security({ tls_server_config: pair, basic_auth_users: users }) },
    );
    const user = ['-u', 'prometheus:scrape me'];
    expect(await status('-H', 'Host: evil.example', url)).toBe('421');
    expect(await status(...user, '-H', 'Host: evil.example', url)).toBe('421');
    expect(await status(...user, '-X', 'POST', '-H', 'Origin: https://evil.example', `${url}-/reload`)).toBe('403');
    expect(await status(...user, '-X', 'POST', '-H', `Origin: ${url.slice(0, -1)}`, `${url}-/reload`)).toBe('200');
    expect(await status('-X', 'POST', `${url}-/reload`)).toBe('401');
  });

  test('headers of the file are put over ours, on every kind of answer', async () => {
    const headers = { 'X-Frame-Options': 'sameorigin', 'Strict-Transport-Security': 'max-age=60' };
    const { url } = await serve({ rounds: () => [] }, { security: security({ http_server_config: { headers } }) });
    for (const path of ['', 'metrics', 'nothing', 'api/v1/rounds']) {
      const answer = await fetch(url + path);
      expect([path, answer.headers.get('x-frame-options')]).toEqual([path, 'sameorigin']);
      expect(answer.headers.get('strict-transport-security')).toBe('max-age=60');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  test('a rate limit lets a burst through and then one at a time', async () => {
    const { url } = await serve({}, { security: security({ rate_limit: { interval: '1h', burst: 3 } }) });
    const answers: number[] = [];
    for (let n = 0; n < 5; n++) answers.push((await fetch(`${url}-/healthy`)).status);
    expect(answers).toEqual([200, 200, 200, 429, 429]);
  });
});

describe('read anew', () => {
  const issuedTo = async (url: string): Promise<string> => {
    const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', ca: pki.text('ca.pem') });
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    const { subject } = socket.getPeerCertificate();
    socket.destroy();
    return String(subject.CN);
  };

  test('a renewed certificate and a changed password count from the next connection on', async () => {
    const web = await serve({}, { security: security({ tls_server_config: pair, basic_auth_users: users }) });
    expect(await issuedTo(web.url)).toBe('server');
    expect(await status('-u', 'prometheus:scrape me', web.url)).toBe('200');
    const renewed = { cert_file: 'renewed.pem', key_file: 'renewed.key' };
    const next = { tls_server_config: renewed, basic_auth_users: { prometheus: hashSync('another one', 5) } };
    expect(web.reconfigure({ allowed_hosts: [], security: security(next) })).toEqual([]);
    expect(await issuedTo(web.url)).toBe('renewed');
    // Remembered or not: the old password ends here.
    expect(await status('-u', 'prometheus:scrape me', web.url)).toBe('401');
    expect(await status('-u', 'prometheus:another one', web.url)).toBe('200');
  });

  test('what needs a restart is said, and nothing is opened meanwhile', async () => {
    const strict = { ...pair, client_ca_file: 'ca.pem', client_auth_type: 'RequireAndVerifyClientCert' };
    const web = await serve({}, { security: security({ tls_server_config: strict }) });
    const reread = (next: Record<string, unknown> | undefined) =>
      web.reconfigure({ allowed_hosts: [], security: next && security(next) });
    expect(reread({ tls_server_config: pair })).toEqual(['web.config_file: client_auth_type']);
    expect(await curl(web.url)).toContain('curl: (');
    expect(reread(undefined)).toEqual(['web.config_file: tls_server_config']);
    expect(await curl(web.url.replace('https', 'http'))).toContain('curl: (');
    expect(await status(...as('client'), web.url)).toBe('200');
  });
});
