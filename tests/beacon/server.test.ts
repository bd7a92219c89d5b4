/** The beacon over real TLS on loopback. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect as dial } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as secure, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { selfSigned, spkiHash } from '../../src/beacon/certificate.ts';
import { loadKey } from '../../src/beacon/key.ts';
import { type Beacon, bytesAsked, most_bytes, startBeacon } from '../../src/beacon/server.ts';
import { Complaint } from '../../src/model/errors.ts';

let directory: string;
const running: Beacon[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'reachd-beacon-'));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((beacon) => beacon.close()));
  rmSync(directory, { recursive: true });
});

async function start(limits: { client_requests?: number; client_bytes?: number; daily_bytes?: number } = {}) {
  const key = loadKey(directory);
  const beacon = await startBeacon({
    host: '127.0.0.1',
    port: 0,
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: selfSigned(key),
    client_requests: 100,
    client_bytes: 10e6,
    daily_bytes: 10e6,
    ...limits,
  });
  running.push(beacon);
  return beacon;
}

interface Got {
  status: number;
  bytes: number;
  headers: Record<string, unknown>;
}

function get(port: number, path: string, servername = 'x.com', method = 'GET'): Promise<Got> {
  return new Promise((resolve, reject) => {
    const asking = { host: '127.0.0.1', port, path, method, servername, rejectUnauthorized: false, agent: false };
    const sent = request(asking, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, bytes, headers: response.headers }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end();
  });
}

test('the same bytes under any name, and without one', async () => {
  const { port } = await start();
  for (const name of ['x.com', 'example.org', 'xn--e1afmkfd.a.test', ''])
    expect(await get(port, '/65536', name)).toMatchObject({ status: 200, bytes: 65_536 });
});

test('the key that it shows is the one that it prints, and outlives a restart', async () => {
  const { port } = await start();
  const hash = spkiHash(loadKey(directory));
  const socket: TLSSocket = secure({ host: '127.0.0.1', port, servername: 'x.com', rejectUnauthorized: false });
  await new Promise((resolve) => socket.once('secureConnect', resolve));
  const shown = socket.getPeerX509Certificate()!.publicKey;
  socket.destroy();
  expect(spkiHash(shown)).toBe(hash);
  expect(statSync(join(directory, 'beacon.key')).mode & 0o777).toBe(0o600);
});

test('a damaged key is said, and not replaced', () => {
  writeFileSync(join(directory, 'beacon.key'), 'rubbish');
  expect(() => loadKey(directory)).toThrow(Complaint);
  expect(readFileSync(join(directory, 'beacon.key'), 'utf8')).toBe('rubbish');
});

test.each([
  ['/', 404],
  ['/0', 404],
  ['/-1', 404],
  ['/1e6', 404],
  ['/064', 404],
  [`/${most_bytes + 1}`, 404],
  ['/99999999999999999999', 404],
  ['/../etc/passwd', 404],
  ['/12?n=5', 404],
])('%s is not served', async (path, status) => {
  const { port } = await start();
  const { bytes, ...got } = await get(port, path);
  expect(got.status).toBe(status);
  expect(bytes).toBeLessThan(100);
  expect(bytesAsked(path)).toBe(undefined);
});

test('other methods are refused, and every answer ends its connection', async () => {
  const beacon = await start();
  expect(await get(beacon.port, '/100', 'x.com', 'POST')).toMatchObject({ status: 405 });
  expect((await get(beacon.port, '/100')).headers).toMatchObject({ connection: 'close', 'content-length': '100' });
  expect(beacon.counts()).toEqual({ served: 1, bytes: 100, limited: 0, refused: 1 });
});

test('beyond its limits it refuses before the first byte: it never serves slowly', async () => {
  const beacon = await start({ client_bytes: 1500, daily_bytes: 1_000_000 });
  expect(await get(beacon.port, '/1000')).toMatchObject({ status: 200, bytes: 1000 });
  expect(await get(beacon.port, '/1000')).toMatchObject({ status: 429, headers: { 'retry-after': '600' } });
  const poor = await start({ daily_bytes: 1500 });
  expect(await get(poor.port, '/1000')).toMatchObject({ status: 200 });
  expect(await get(poor.port, '/1000')).toMatchObject({ status: 429, headers: { 'retry-after': '86400' } });
  expect(poor.counts()).toEqual({ served: 1, bytes: 1000, limited: 1, refused: 0 });
});

test('scanners, half a hello and clients that turn away disturb nobody', async () => {
  const { port } = await start();
  for (const words of ['GET / HTTP/1.0\r\n\r\n', '\x16\x03\x01\x02\x00\x01', 'SSH-2.0-x\r\n', '\0'.repeat(10_000)]) {
    const socket = dial(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(words);
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.destroy();
  }
  const cut = secure({ host: '127.0.0.1', port, servername: 'x.com', rejectUnauthorized: false });
  cut.on('error', () => {});
  await new Promise((resolve) => cut.once('secureConnect', resolve));
  cut.write('GET /1000000 HTTP/1.1\r\nHost: x.com\r\n\r\n');
  await new Promise((resolve) => cut.once('data', resolve));
  cut.destroy();
  expect(await get(port, '/1000')).toMatchObject({ status: 200, bytes: 1000 });
});
