/** Censors and servers that speak HTTP, and slowness. */
import { expect, test } from 'vitest';
import { censors } from '../../src/practice/censors.ts';
import { failure, get, getCleartext, handshake } from './client.ts';
import { cdn, practice, x, youtube } from './under.ts';

const net = practice();

test('http-host-reset and http-blockpage: the Host header decides, on port 80 only', async () => {
  await net.under('http-host-reset');
  expect(await failure(getCleartext(net.network, x))).toBe('ECONNRESET read');
  expect(await getCleartext(net.network, { ...x, host: 'example.org' })).toMatch(/^HTTP\/1\.1 /);
  await net.fine(x);
  await net.clear();
  await net.under('http-blockpage');
  expect(await getCleartext(net.network, x)).toContain('Surf Safely!');
  expect(await getCleartext(net.network, { ...x, host: 'example.org' })).not.toContain('Surf Safely!');
});

test('http-silence: the handshake succeeds, the request is never answered', async () => {
  await net.under('http-silence');
  for (const alpn of ['h2', 'http/1.1']) {
    const { socket, tls_ms } = await handshake(net.network, { ...x, alpn: [alpn] });
    expect(tls_ms).toBeGreaterThanOrEqual(32);
    socket.destroy();
    expect(await failure(get(net.network, { ...x, alpn: [alpn] }))).toBe('UND_ERR_HEADERS_TIMEOUT');
  }
});

test.each([
  ['server-wall-429', 429],
  ['captcha-https', 403],
  ['legal-451', 451],
])('%s: the server itself says %i over valid TLS', async (name, status) => {
  await net.under(name);
  expect(await get(net.network, { ...x, timeout_ms: 3000 })).toMatchObject({ status, authorized: true });
});

test('redirects: three, fifteen, and to nowhere', async () => {
  const hops = async () => {
    let [at, count] = ['https://x.com/', 0];
    for (; count < 20; count += 1) {
      const { host, pathname, search } = new URL(at);
      const ip = host === 'x.com' ? x.ip : '104.244.42.65';
      const { status, headers } = await get(net.network, { host, ip, path: pathname + search });
      if (status !== 302) break;
      at = String(headers['location']);
    }
    return count;
  };
  await net.under('redirect-chain');
  expect(await hops()).toBe(3);
  await net.clear();
  await net.under('too-many-redirects');
  expect(await hops()).toBe(15);
  await net.clear();
  await net.under('broken-location');
  expect((await get(net.network, { ...x, timeout_ms: 3000 })).headers['location']).toBe('https://');
});

test.each([
  ['cert-expired-for-all', 'CERT_HAS_EXPIRED'],
  ['cert-unknown-ca-for-all', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
])('%s: any name at the address gets %s', async (name, error) => {
  await net.under(name);
  for (const host of ['x.com', 'example.org']) {
    expect((await get(net.network, { ...x, host, timeout_ms: 3000 })).error).toBe(error);
  }
});

test('freeze-16k: the page begins and never ends', async () => {
  await net.under('freeze-16k');
  const { socket } = await handshake(net.network, { ...x, timeout_ms: 3000 });
  socket.write('GET /bytes/100000 HTTP/1.1\r\nHost: x.com\r\n\r\n');
  let bytes = 0;
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  await new Promise((resolve) => setTimeout(resolve, 700));
  socket.destroy();
  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThanOrEqual(16_000);
});

test('slow-handshake: TLS waits, connect does not', async () => {
  await net.on({
    name: 'slow',
    says: 'as slow-handshake, in less time',
    rules: [{ on: 'hello', names: ['x.com'], do: { kind: 'delay_handshake', ms: 500 } }],
  });
  const { socket, connect_ms, tls_ms } = await handshake(net.network, { ...x, timeout_ms: 3000 });
  socket.destroy();
  expect(connect_ms).toBeLessThan(500);
  expect(tls_ms).toBeGreaterThanOrEqual(500);
});

test('no-object-throttle: the front door waits, the content network does not', async () => {
  await net.under('no-object-throttle');
  const door = await handshake(net.network, { ...x, timeout_ms: 3000 });
  door.socket.destroy();
  expect(door.tls_ms).toBeGreaterThanOrEqual(280);
  const besides = await handshake(net.network, { ...cdn, timeout_ms: 3000 });
  besides.socket.destroy();
  expect(besides.tls_ms).toBeLessThan(door.tls_ms);
});

test.each(['sni-police-130k', 'sni-shape-130k'])(
  '%s: a burst, then about 130 kbit/s; other names are unhurt',
  async (name) => {
    await net.under(name);
    const start = performance.now();
    const got = await get(net.network, { ...cdn, path: '/bytes/60000', timeout_ms: 15_000 });
    const seconds = (performance.now() - start) / 1000;
    expect(got.body.length).toBe(60_000);
    // 60 kB and the handshake, less a burst of 16 kB, at 130 kbit/s: 2.8 s.
    expect(seconds).toBeGreaterThan(2);
    expect(seconds).toBeLessThan(9);
    const healthy = performance.now();
    await get(net.network, { ...youtube, path: '/bytes/60000' });
    expect((performance.now() - healthy) / 1000).toBeLessThan(2);
  },
);

test('every censor has a sentence, a name of its own, and survives being handed to a worker', async () => {
  for (const [name, censor] of censors) {
    expect(censor.name).toBe(name);
    expect(censor.says.length).toBeGreaterThan(10);
    expect(structuredClone(censor)).toEqual(censor);
  }
});
