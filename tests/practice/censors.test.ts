import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { censorNamed, censors } from '../../src/practice/censors.ts';
import { createPracticeInternet, type PracticeInternet } from '../../src/practice/internet.ts';
import { ispResolver } from '../../src/practice/world.ts';
import { ask } from './ask.ts';
import { failure, type Got, get, getCleartext, handshake } from './client.ts';

let net: PracticeInternet;
beforeAll(async () => {
  net = await createPracticeInternet({ rtt_ms: 40, seed: 3 });
});
afterEach(() => net.clear());
afterAll(() => net.close());

const x = { host: 'x.com', ip: '104.244.42.1', timeout_ms: 400 };
const cdn = { host: 'abs.twimg.com', ip: '199.232.44.159', timeout_ms: 3000 };
const youtube = { host: 'www.youtube.com', ip: '142.250.185.78' };
const wikipedia = { host: 'www.wikipedia.org', ip: '185.15.59.224' };
const domestic = { host: 'nust.edu.pk', ip: '111.68.98.20', timeout_ms: 400 };

const under = (name: string) => net.on(censorNamed(name));
const isp = (name: string, wait_ms?: number) =>
  ask(net.network, ispResolver.ip4, name, wait_ms === undefined ? {} : { wait_ms });
const fine = async (asked: Parameters<typeof get>[1]) => {
  const got: Got = await get(net.network, { ...asked, timeout_ms: 5000 });
  expect(got).toMatchObject({ status: 200, authorized: true });
};
const timed = async (promise: Promise<unknown>) => {
  const start = performance.now();
  const reason = await failure(promise);
  return { reason, ms: performance.now() - start };
};

// ---- the line

test('offline: no route to anywhere, no name resolves', async () => {
  await under('offline');
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
  await net.off(censorNamed('offline'));
  await fine(x);
});

test('upstream-dead: the resolver answers, nobody else does', async () => {
  await under('upstream-dead');
  expect((await isp('x.com'))[0]?.addresses).toContain(x.ip);
  expect(await failure(get(net.network, domestic))).toBe('TimeoutError');
  expect(await ask(net.network, '8.8.8.8', 'x.com')).toEqual([]);
});

test('isolated: the country works, everything abroad is silent', async () => {
  await under('isolated');
  await fine(domestic);
  expect(await failure(get(net.network, { ...wikipedia, timeout_ms: 400 }))).toBe('TimeoutError');
  expect(await ask(net.network, '9.9.9.9', 'x.com')).toEqual([]);
});

test('captive-portal: a login page on port 80, its certificate on port 443', async () => {
  await under('captive-portal');
  expect(await getCleartext(net.network, { ...wikipedia })).toMatch(
    /^HTTP\/1\.1 302 [\s\S]*location: http:\/\/login\.isp\.test\//i,
  );
  expect(await getCleartext(net.network, { host: 'login.isp.test', ip: '203.99.160.30' })).toContain(
    'Log in to the hotspot',
  );
  expect(await get(net.network, wikipedia)).toMatchObject({ authorized: false, issuer: 'block.isp.test' });
});

test('tls-intercepted: one foreign issuer for every name', async () => {
  await under('tls-intercepted');
  for (const asked of [x, youtube, wikipedia]) {
    expect(await get(net.network, asked)).toMatchObject({ status: 200, authorized: false, issuer: 'Evil Root' });
  }
});

test('clock-skew: the wall clock is ahead and every certificate is past its end', async () => {
  const before = net.network.wall();
  await under('clock-skew');
  expect(net.network.wall() - before).toBeGreaterThanOrEqual(2 * 86_400_000);
  expect(await get(net.network, wikipedia)).toMatchObject({ error: 'CERT_HAS_EXPIRED' });
  await net.clear();
  expect(net.network.wall() - before).toBeLessThan(86_400_000);
});

test('asleep: uptime and wall clock jump together and stay, the monotonic clock knows nothing', async () => {
  const before = { uptime: net.network.uptime(), wall: net.network.wall(), monotonic: net.network.monotonic() };
  await under('asleep');
  await net.clear();
  expect(net.network.uptime() - before.uptime).toBeGreaterThanOrEqual(7_199_000);
  expect(net.network.wall() - before.wall).toBeGreaterThanOrEqual(7_199_000);
  expect(net.network.monotonic() - before.monotonic).toBeLessThan(600_000);
});

test('resolver-dead: the configured resolver is mute, others answer', async () => {
  await under('resolver-dead');
  expect(await isp('example.org')).toEqual([]);
  expect((await ask(net.network, '9.9.9.9', 'example.org'))[0]?.rcode).toBe('NOERROR');
});

test("pihole and docker-dns: a resolver of the household's own, with its own mind", async () => {
  await under('pihole');
  expect(await net.network.systemResolvers()).toEqual({ servers: ['192.168.1.2'], stub: false });
  expect((await ask(net.network, '192.168.1.2', 'x.com'))[0]?.addresses).toEqual(['0.0.0.0']);
  expect((await ask(net.network, '192.168.1.2', 'www.wikipedia.org'))[0]?.addresses).toEqual(['185.15.59.224']);
  expect(await net.network.systemLookup('x.com', 'ip4')).toEqual(['0.0.0.0']);
  await net.clear();
  await under('docker-dns');
  expect(await net.network.systemResolvers()).toEqual({ servers: ['127.0.0.11'], stub: true });
  expect((await ask(net.network, '127.0.0.11', 'x.com'))[0]?.rcode).toBe('SERVFAIL');
});

test('broken-ipv6: no route in one protocol, the other works', async () => {
  await under('broken-ipv6');
  expect(await failure(get(net.network, { ...x, ip: '2606:4700:7::a29f:8ce5' }))).toBe('ENETUNREACH connect');
  await fine(x);
});

test('doh-blocked-only: resolvers over HTTPS hang, also on connections that were open before', async () => {
  const { socket } = await handshake(net.network, { host: 'dns.quad9.net', ip: '9.9.9.9' });
  await under('doh-blocked-only');
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

// ---- names

test.each([
  ['dns-nxdomain', 'NXDOMAIN', []],
  ['dns-servfail', 'SERVFAIL', []],
  ['dns-refused', 'REFUSED', []],
  ['dns-no-answer', 'NOERROR', []],
  ['dns-bogon', 'NOERROR', ['10.10.34.35']],
  ['dns-blockpage', 'NOERROR', ['203.99.160.20']],
])('%s: the provider says %s %j, everybody else the truth', async (name, rcode, addresses) => {
  await under(name);
  expect((await isp('x.com'))[0]).toMatchObject({ rcode, addresses });
  expect((await isp('www.youtube.com'))[0]?.addresses).toContain(youtube.ip);
  expect((await ask(net.network, '9.9.9.9', 'x.com'))[0]?.addresses).toContain(x.ip);
});

test('dns-timeout: silence for the name only, getaddrinfo gives up late', async () => {
  await under('dns-timeout');
  expect(await isp('x.com')).toEqual([]);
  expect((await isp('www.youtube.com'))[0]?.rcode).toBe('NOERROR');
});

test('dns-race: the forged answer overtakes the true one, which still comes', async () => {
  await under('dns-race');
  const heard = await ask(net.network, '8.8.8.8', 'x.com');
  expect(heard.map(({ addresses }) => addresses[0])).toEqual(['199.59.148.102', x.ip]);
  expect((heard[1]?.after_ms ?? 0) - (heard[0]?.after_ms ?? 0)).toBeGreaterThanOrEqual(25);
});

test("dns-interception: a public resolver's whoami shows the provider", async () => {
  await under('dns-interception');
  const [heard] = await ask(net.network, '8.8.8.8', 'o-o.myaddr.l.google.com', { type: 'TXT' });
  expect(heard?.text).toEqual([ispResolver.egress]);
});

test('dns-ghost: the name resolves here and nowhere else, its random siblings not even here', async () => {
  await under('dns-ghost');
  expect((await isp('x.com'))[0]?.addresses).toEqual(['203.99.160.20']);
  expect((await isp('k3v9q.example.org'))[0]?.rcode).toBe('NXDOMAIN');
});

test('rotating-cdn: other addresses at every question, all of them X', async () => {
  await under('rotating-cdn');
  const seen = new Set<string | undefined>();
  for (let question = 0; question < 3; question += 1) seen.add((await isp('x.com', 60))[0]?.addresses[0]);
  expect(seen.size).toBe(3);
  for (const ip of seen) await fine({ ...x, ip: ip ?? '' });
});

test('the block page is served in clear text and under its own certificate', async () => {
  expect(await getCleartext(net.network, { host: 'x.com', ip: '203.99.160.20' })).toContain(
    '<title>Surf Safely!</title>',
  );
  expect(await get(net.network, { host: 'x.com', ip: '203.99.160.20' })).toMatchObject({
    authorized: false,
    issuer: 'block.isp.test',
  });
});

// ---- addresses

test.each([
  ['ip-drop', 'TimeoutError'],
  ['ip-reset', 'ECONNREFUSED connect'],
  ['ip-prohibited', 'EHOSTUNREACH connect'],
])('%s: every address of X, nothing else', async (name, reason) => {
  await under(name);
  for (const ip of [x.ip, '162.159.140.229', '2606:4700:7::a29f:8ce5']) {
    expect(await failure(get(net.network, { ...x, ip }))).toBe(reason);
  }
  await fine(youtube);
});

test('all-four-blackholed: all four, and the controls are fine', async () => {
  await under('all-four-blackholed');
  for (const asked of [x, youtube, { host: 'www.facebook.com', ip: '157.240.227.35' }]) {
    expect(await failure(get(net.network, { ...asked, timeout_ms: 200 }))).toBe('TimeoutError');
  }
  await fine(wikipedia);
});

test('ip6-only: IPv6 of X is cut off, IPv4 and other IPv6 work', async () => {
  await under('ip6-only');
  expect(await failure(get(net.network, { ...x, ip: '2606:4700:7::a29f:8ce5' }))).toBe('TimeoutError');
  await fine(x);
  await fine({ ...wikipedia, ip: '2a02:ec80:300:ed1a::1' });
});

test('withdrawn-route: the hosts of one company are unreachable', async () => {
  await under('withdrawn-route');
  expect(await failure(get(net.network, { host: 'www.instagram.com', ip: '157.240.227.174' }))).toBe(
    'EHOSTUNREACH connect',
  );
  await fine(x);
});

// ---- the name in the ClientHello

test.each([
  ['sni-reset', 'ECONNRESET read'],
  ['sni-eof', 'ECONNRESET'],
  ['sni-drop', 'TimeoutError'],
])('%s: the name decides, another name at the same address is answered', async (name, reason) => {
  await under(name);
  expect(await failure(get(net.network, x))).toBe(reason);
  expect(await failure(get(net.network, { ...x, host: 'example.org' }))).toBe('ERR_SSL_TLSV1_UNRECOGNIZED_NAME');
  expect(await failure(get(net.network, cdn))).toBe(reason === 'TimeoutError' ? 'TimeoutError' : reason);
  await fine(youtube);
});

test('a forged reset is faster than the way to the server; ip-reset-midway asks for no name', async () => {
  await under('ip-reset-midway');
  const raw = await net.network.connectTcp(x.ip, 443, AbortSignal.timeout(1000));
  raw.destroy();
  for (const host of ['x.com', 'example.org']) {
    const start = performance.now();
    const { reason, ms } = await timed(handshake(net.network, { ...x, host }));
    expect(reason).toBe('ECONNRESET read');
    // Connect takes 40 ms, the filter is 4 ms away; the rest is what a busy machine may take.
    expect(ms).toBeGreaterThanOrEqual(44);
    expect(performance.now() - start).toBeLessThan(200);
  }
});

test('large-hello-only: a hello of two segments vanishes, one of a single segment passes', async () => {
  await under('large-hello-only');
  expect(await failure(get(net.network, { ...x, large: true }))).toBe('TimeoutError');
  await fine(x);
  await net.clear();
  await fine({ ...x, large: true });
});

test('mitm-sni: a foreign chain under the name only; mitm-dnat: under any name', async () => {
  await under('mitm-sni');
  expect(await get(net.network, x)).toMatchObject({ authorized: false, issuer: 'Evil Root' });
  expect(await failure(get(net.network, { ...x, host: 'example.org' }))).toBe('ERR_SSL_TLSV1_UNRECOGNIZED_NAME');
  await net.clear();
  await under('mitm-dnat');
  for (const host of ['x.com', 'example.org']) {
    expect(await get(net.network, { ...x, host })).toMatchObject({ authorized: false, issuer: 'Evil Root' });
  }
  await fine(youtube);
});

test('pk-mask-icloud: the server hangs up after the whole way, whatever the name', async () => {
  await under('pk-mask-icloud');
  const { reason, ms } = await timed(handshake(net.network, x));
  expect(reason).toBe('ECONNRESET');
  expect(ms).toBeGreaterThanOrEqual(80);
});

// ---- HTTP

test('http-host-reset and http-blockpage: the Host header decides, on port 80 only', async () => {
  await under('http-host-reset');
  expect(await failure(getCleartext(net.network, x))).toBe('ECONNRESET read');
  expect(await getCleartext(net.network, { ...x, host: 'example.org' })).toMatch(/^HTTP\/1\.1 /);
  await fine(x);
  await net.clear();
  await under('http-blockpage');
  expect(await getCleartext(net.network, x)).toContain('Surf Safely!');
  expect(await getCleartext(net.network, { ...x, host: 'example.org' })).not.toContain('Surf Safely!');
});

test('http-silence: the handshake succeeds, the request is never answered', async () => {
  await under('http-silence');
  for (const alpn of ['h2', 'http/1.1']) {
    const { socket, tls_ms } = await handshake(net.network, { ...x, alpn: [alpn] });
    expect(tls_ms).toBeGreaterThanOrEqual(40);
    socket.destroy();
    expect(await failure(get(net.network, { ...x, alpn: [alpn] }))).toBe('UND_ERR_HEADERS_TIMEOUT');
  }
});

test.each([
  ['server-wall-429', 429],
  ['captcha-https', 403],
  ['legal-451', 451],
])('%s: the server itself says %i over valid TLS', async (name, status) => {
  await under(name);
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
  await under('redirect-chain');
  expect(await hops()).toBe(3);
  await net.clear();
  await under('too-many-redirects');
  expect(await hops()).toBe(15);
  await net.clear();
  await under('broken-location');
  expect((await get(net.network, { ...x, timeout_ms: 3000 })).headers['location']).toBe('https://');
});

test.each([
  ['cert-expired-for-all', 'CERT_HAS_EXPIRED'],
  ['cert-unknown-ca-for-all', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
])('%s: any name at the address gets %s', async (name, error) => {
  await under(name);
  for (const host of ['x.com', 'example.org']) {
    expect((await get(net.network, { ...x, host, timeout_ms: 3000 })).error).toBe(error);
  }
});

// ---- slowness

test('freeze-16k: the page begins and never ends', async () => {
  await under('freeze-16k');
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
  expect(connect_ms).toBeLessThan(300);
  expect(tls_ms).toBeGreaterThanOrEqual(540);
});

test.each(['sni-police-130k', 'sni-shape-130k'])(
  '%s: a burst, then about 130 kbit/s; other names are unhurt',
  async (name) => {
    await under(name);
    const start = performance.now();
    const got = await get(net.network, { ...cdn, path: '/bytes/60000', timeout_ms: 15_000 });
    const seconds = (performance.now() - start) / 1000;
    expect(got.body.length).toBe(60_000);
    // 60 kB and the handshake, less a burst of 16 kB, at 130 kbit/s: 2.8 s.
    expect(seconds).toBeGreaterThan(2);
    expect(seconds).toBeLessThan(6);
    const healthy = performance.now();
    await get(net.network, { ...youtube, path: '/bytes/60000' });
    expect((performance.now() - healthy) / 1000).toBeLessThan(1.5);
  },
);

test('every censor has a sentence, a name of its own, and survives being handed to a worker', async () => {
  for (const [name, censor] of censors) {
    expect(censor.name).toBe(name);
    expect(censor.says.length).toBeGreaterThan(10);
    expect(structuredClone(censor)).toEqual(censor);
  }
});
