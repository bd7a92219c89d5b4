import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { answerTo } from './dns-server.ts';
import { pem, rawServer, udpServer } from './loopback.ts';
import { asking, http, https, isp, keep, look, resolver, site } from './stage.ts';

describe('answers', () => {
  test('a page over TLS, found through the configured resolver', async () => {
    const { port } = await https((_req, res) => res.setHeader('content-type', 'text/html').end('<title>Hello</title>'));
    const dns = await resolver({ 'x.com': site });
    const opened: Socket[] = [];
    const { observation, dialled, known } = await look(
      { udp: { [isp]: dns.port }, tcp: { [`${site}:443`]: port }, opened },
      'https://x.com/',
      asking,
    );
    expect(observation).toMatchObject({
      target: 'x/website',
      host: 'x.com',
      scheme: 'https',
      ip_protocol: 'ip4',
      network: '104.244.42.0/24',
      address_source: 'configured',
      outcome: 'ok',
      status: 200,
      dns: [{ via: 'configured', rcode: 'NOERROR', answers: [{ ip: site, asn: 13414 }] }],
      evidence: {
        address_id: `id-${site}`,
        tls: { version: 'TLSv1.3', alpn: 'http/1.1' },
        http: { title: 'Hello', length: 20, version: '1.1' },
      },
    });
    expect(observation.failure).toBeUndefined();
    expect(observation.hops).toBeUndefined();
    expect(Object.keys(observation.phases ?? {})).toEqual(['resolve', 'connect', 'tls', 'processing', 'transfer']);
    expect(dialled).toEqual([{ host: 'x.com', ip: site, port: 443, source: 'configured', hop: 0 }]);
    expect(known).toEqual([{ host: 'x.com', ip: site, source: 'configured' }]);
    expect(opened).toHaveLength(1);
    expect(opened[0]?.bytesRead).toBeGreaterThan(2000);
    expect(opened[0]?.bytesRead).toBeLessThan(8000);
  });

  test('a cleartext page has no tls phase', async () => {
    const { port } = await http((_req, res) => res.end('plain'));
    const { observation } = await look({ tcp: { [`${site}:80`]: port } }, 'http://x.com/', { addresses: [site] });
    expect(observation).toMatchObject({ outcome: 'ok', status: 200, scheme: 'http', address_source: 'pinned' });
    expect(observation.phases?.tls).toBeUndefined();
    expect(observation.evidence?.tls).toBeUndefined();
  });

  test('an internationalised name is asked for in its ASCII form', async () => {
    const { port } = await https((_req, res) => res.end('servus'));
    const dns = await resolver({ 'xn--mnchen-3ya.test': site });
    const { observation } = await look(
      { udp: { [isp]: dns.port }, tcp: { [`${site}:443`]: port } },
      'https://münchen.test/',
      asking,
    );
    expect(observation).toMatchObject({ outcome: 'ok', host: 'xn--mnchen-3ya.test' });
  });

  test('a literal address in the URL is dialled as it is, on its port', async () => {
    const { port } = await https((_req, res) => res.end('by number'));
    const { observation } = await look({}, `https://127.0.0.1:${port}/`);
    expect(observation).toMatchObject({ outcome: 'ok', address_source: 'literal', host: '127.0.0.1' });
  });

  test('a wall is an answer', async () => {
    const { port } = await https((_req, res) => res.writeHead(429).end('slow down'));
    const { observation } = await look({ tcp: { [`${site}:443`]: port } }, 'https://x.com/', { addresses: [site] });
    expect(observation).toMatchObject({ outcome: 'ok', status: 429 });
  });
});

describe('interference', () => {
  test('a block page behind a foreign chain: the certificate fails it, the page is read', async () => {
    const page = '<title>Surf Safely!</title><h1>This website is not accessible</h1>';
    const identity = { cert: pem('block.pem'), key: pem('block.key') };
    const methods: (string | undefined)[] = [];
    const { port } = await https((req, res) => {
      methods.push(req.method);
      res.end(page);
    }, identity);
    const { observation } = await look({ tcp: { [`${site}:443`]: port } }, 'https://x.com/', {
      addresses: [site],
      method: 'HEAD',
    });
    expect(observation).toMatchObject({
      outcome: 'failed',
      status: 200,
      failure: { phase: 'tls', reason: 'ssl_unknown_authority' },
      evidence: {
        tls: { error: 'ssl_unknown_authority', issuer: 'CN=block.isp.test, O=Internet Service Provider' },
        http: { title: 'Surf Safely!', blockpage: 'pk.pta' },
      },
    });
    expect(observation.phases?.processing).toBeUndefined();
    expect(methods).toEqual(['GET']);
  });

  test('a refused connection, and none before the deadline', async () => {
    const refused = await look({}, 'https://x.com/', { addresses: [site] });
    expect(refused.observation.failure).toMatchObject({ phase: 'connect', reason: 'connection_refused' });
    const slow = await look({ connect_delay_ms: 5000 }, 'https://x.com/', { addresses: [site], timeout_ms: 150 });
    expect(slow.observation.failure).toMatchObject({ phase: 'connect', reason: 'generic_timeout_error' });
    expect(slow.observation.phases).toEqual({});
  });

  test('a reset on the name keeps the phases before it', async () => {
    const { port } = await keep(rawServer((socket) => socket.once('data', () => socket.resetAndDestroy())));
    const { observation } = await look({ tcp: { [`${site}:443`]: port } }, 'https://x.com/', { addresses: [site] });
    expect(observation.failure).toMatchObject({ phase: 'tls', reason: 'connection_reset' });
    expect(Object.keys(observation.phases ?? {})).toEqual(['connect']);
  });

  test('the round’s end is no failure: skipped, with what was found', async () => {
    const { port } = await keep(rawServer(() => {}));
    const round = new AbortController();
    setTimeout(() => round.abort(), 150);
    const { observation } = await look(
      { tcp: { [`${site}:443`]: port } },
      'https://x.com/',
      { addresses: [site], timeout_ms: 5000 },
      round.signal,
    );
    expect(observation).toMatchObject({ outcome: 'skipped', skipped: 'round_deadline' });
    expect(observation.failure).toBeUndefined();
    expect(observation.phases?.connect).toBeGreaterThan(0);
  });

  test('a name without an IPv6 address, and a target without one pinned, are skipped', async () => {
    const dns = await keep(udpServer((query, reply) => reply(answerTo(query, []))));
    const none = await look({ udp: { [isp]: dns.port } }, 'https://x.com/', { ...asking, ip_protocol: 'ip6' });
    expect(none.observation).toMatchObject({ outcome: 'skipped', skipped: 'no_address', ip_protocol: 'ip6' });
    const pinned = await look({}, 'https://x.com/', { addresses: [site], ip_protocol: 'ip6' });
    expect(pinned.observation).toMatchObject({ outcome: 'skipped', skipped: 'no_address' });
  });
});

test('nothing stays open: sockets and timers are gone after every kind of end', async () => {
  const { port } = await https((_req, res) => res.end('ok'));
  const mute = await keep(rawServer((socket) => socket.resume()));
  const reset = await keep(rawServer((socket) => socket.once('data', () => socket.resetAndDestroy())));
  const dns = await resolver({ 'x.com': site });
  const settle = () => new Promise((done) => setTimeout(done, 50));
  await settle();
  const before = process.getActiveResourcesInfo().toSorted();
  for (let again = 0; again < 3; again++) {
    for (const target of [port, mute.port, reset.port]) {
      const plan = { udp: { [isp]: dns.port }, tcp: { [`${site}:443`]: target } };
      await look(plan, 'https://x.com/', { ...asking, timeout_ms: 200 });
      await look(plan, 'https://gone.test/', asking);
    }
  }
  await settle();
  const after = process.getActiveResourcesInfo().toSorted();
  const count = (list: string[], kind: string) => list.filter((one) => one === kind).length;
  for (const kind of ['Timeout', 'TCPSocketWrap', 'TLSWrap', 'UDPWrap', 'ConnectWrap', 'GetAddrInfoReqWrap']) {
    // Eighteen observations: one leaked each would stand out; the test's own timers come and go.
    expect(count(after, kind), kind).toBeLessThanOrEqual(count(before, kind) + 1);
  }
});
