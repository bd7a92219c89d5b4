/** Censors of the line and the household. */
import { expect, test } from 'vitest';
import { ispResolver } from '../../src/practice/world.ts';
import { ask } from './ask.ts';
import { failure, get, getCleartext, handshake } from './client.ts';
import { domestic, practice, wikipedia, x, youtube } from './under.ts';

const net = practice();

test('offline: no route to anywhere, no name resolves', async () => {
  await net.under('offline');
  expect(await failure(get(net.network, x))).toBe('ENETUNREACH connect');
  expect(await failure(get(net.network, domestic))).toBe('ENETUNREACH connect');
  expect(await failure(net.network.systemLookup('x.com', 'ip4'))).toBe('EAI_AGAIN getaddrinfo');
  const port = await net.network.openUdp('ip4');
  const error = await new Promise<NodeJS.ErrnoException>((resolve) => {
    port.onError(resolve);
    port.send(new Uint8Array(20), ispResolver.ip4, 53);
  });
  expect(error.code).toBe('ENETUNREACH');
  port.close();
  await net.off('offline');
  await net.fine(x);
});

test('upstream-dead: the resolver answers, nobody else does', async () => {
  await net.under('upstream-dead');
  expect((await net.isp('x.com'))[0]?.addresses).toContain(x.ip);
  expect(await failure(get(net.network, domestic))).toBe('TimeoutError');
  expect(await ask(net.network, '8.8.8.8', 'x.com')).toEqual([]);
});

test('isolated: the country works, everything abroad is silent', async () => {
  await net.under('isolated');
  await net.fine(domestic);
  expect(await failure(get(net.network, { ...wikipedia, timeout_ms: 400 }))).toBe('TimeoutError');
  expect(await ask(net.network, '9.9.9.9', 'x.com')).toEqual([]);
});

test('captive-portal: a login page on port 80, its certificate on port 443', async () => {
  await net.under('captive-portal');
  expect(await getCleartext(net.network, { ...wikipedia })).toMatch(
    /^HTTP\/1\.1 302 [\s\S]*location: http:\/\/login\.isp\.test\//i,
  );
  expect(await getCleartext(net.network, { host: 'login.isp.test', ip: '203.99.160.30' })).toContain(
    'Log in to the hotspot',
  );
  expect(await get(net.network, wikipedia)).toMatchObject({ authorized: false, issuer: 'block.isp.test' });
});

test('tls-intercepted: one foreign issuer for every name', async () => {
  await net.under('tls-intercepted');
  for (const asked of [x, youtube, wikipedia]) {
    expect(await get(net.network, asked)).toMatchObject({ status: 200, authorized: false, issuer: 'Evil Root' });
  }
});

test('clock-skew: the wall clock is ahead and every certificate is past its end', async () => {
  const before = net.network.wall();
  await net.under('clock-skew');
  expect(net.network.wall() - before).toBeGreaterThanOrEqual(2 * 86_400_000);
  expect(await get(net.network, wikipedia)).toMatchObject({ error: 'CERT_HAS_EXPIRED' });
  await net.clear();
  expect(net.network.wall() - before).toBeLessThan(86_400_000);
});

test('asleep: uptime and wall clock jump together and stay, the monotonic clock knows nothing', async () => {
  const before = { uptime: net.network.uptime(), wall: net.network.wall(), monotonic: net.network.monotonic() };
  await net.under('asleep');
  await net.clear();
  expect(net.network.uptime() - before.uptime).toBeGreaterThanOrEqual(7_199_000);
  expect(net.network.wall() - before.wall).toBeGreaterThanOrEqual(7_199_000);
  expect(net.network.monotonic() - before.monotonic).toBeLessThan(600_000);
});

test('resolver-dead: the configured resolver is mute, others answer', async () => {
  await net.under('resolver-dead');
  expect(await net.isp('example.org')).toEqual([]);
  expect((await ask(net.network, '9.9.9.9', 'example.org'))[0]?.rcode).toBe('NOERROR');
});

test("pihole and docker-dns: a resolver of the household's own, with its own mind", async () => {
  await net.under('pihole');
  expect(await net.network.systemResolvers()).toEqual({ servers: ['192.168.1.2'], stub: false });
  expect((await ask(net.network, '192.168.1.2', 'x.com'))[0]?.addresses).toEqual(['0.0.0.0']);
  expect((await ask(net.network, '192.168.1.2', 'www.wikipedia.org'))[0]?.addresses).toEqual(['185.15.59.224']);
  expect(await net.network.systemLookup('x.com', 'ip4')).toEqual(['0.0.0.0']);
  await net.clear();
  await net.under('docker-dns');
  expect(await net.network.systemResolvers()).toEqual({ servers: ['127.0.0.11'], stub: true });
  expect((await ask(net.network, '127.0.0.11', 'x.com'))[0]?.rcode).toBe('SERVFAIL');
});

test('broken-ipv6: no route in one protocol, the other works', async () => {
  await net.under('broken-ipv6');
  expect(await failure(get(net.network, { ...x, ip: '2606:4700:7::a29f:8ce5' }))).toBe('ENETUNREACH connect');
  await net.fine(x);
});

test('doh-blocked-only: resolvers over HTTPS hang, also on connections that were open before', async () => {
  const { socket } = await handshake(net.network, { host: 'dns.quad9.net', ip: '9.9.9.9' });
  await net.under('doh-blocked-only');
  expect(await failure(get(net.network, { host: 'cloudflare-dns.com', ip: '1.1.1.1', timeout_ms: 400 }))).toBe(
    'TimeoutError',
  );
  let said = 0;
  socket.on('data', () => {
    said += 1;
  });
  socket.write('GET / HTTP/1.1\r\nHost: dns.quad9.net\r\n\r\n');
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(said).toBe(0);
  socket.destroy();
  expect((await ask(net.network, '9.9.9.9', 'x.com'))[0]?.rcode).toBe('NOERROR');
});
