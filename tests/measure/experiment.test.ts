import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import { connect as dial, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { experiment } from '../../src/measure/experiment.ts';
import { type Aim, observe } from '../../src/measure/observe.ts';
import type { ExperimentKind } from '../../src/model/vocabulary.ts';
import { answerTo } from './dns-server.ts';
import {
  aimAt,
  instrumentsOn,
  type Listening,
  listen,
  never,
  type Plan,
  pem,
  rawServer,
  serverIdentity,
  udpServer,
} from './loopback.ts';

const isp = '203.99.160.1';
const site = '104.244.42.1';
const other = '104.244.42.65';
const trusted = { url: 'https://dns.quad9.net/dns-query', address: '9.9.9.9' };

const servers: Listening[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
const keep = async (starting: Promise<Listening>) => {
  const server = await starting;
  servers.push(server);
  return server;
};
const raw = (serve: (socket: Socket) => void) => keep(rawServer(serve));
const page: RequestListener = (_req, res) => void res.end('<title>ok</title>');
const https = (serve = page, identity = serverIdentity) => keep(listen(createHttpsServer(identity, serve)));
const dns = (...addresses: string[]) => keep(udpServer((query, reply) => reply(answerTo(query, addresses))));
const doh = (addresses: string[], rcode: 'NOERROR' | 'NXDOMAIN' = 'NOERROR') =>
  keep(
    listen(
      createSecureServer(serverIdentity, (req, res) => {
        const parts: Buffer[] = [];
        req.on('data', (chunk: Buffer) => parts.push(chunk));
        req.on('end', () => {
          res.setHeader('content-type', 'application/dns-message');
          res.end(answerTo(Buffer.concat(parts), addresses, { rcode }));
        });
      }) as never,
    ),
  );

/** The names in the hellos that a relay lets through; the others meet `then`. The name stands in clear text. */
const filtered = (behind: number, name: string, then: (socket: Socket) => void, seen: string[] = []) =>
  raw((socket) => {
    socket.once('data', (hello) => {
      const banned = hello.includes(name);
      seen.push(banned ? name : 'another');
      if (banned) return then(socket);
      const inner = dial(behind, '127.0.0.1');
      inner.on('error', () => {});
      socket.on('close', () => inner.destroy());
      inner.write(hello);
      socket.pipe(inner).pipe(socket);
    });
  });

interface Options {
  more?: Partial<Aim>;
  rested?: Record<string, number>;
  url?: string;
}

/** Observes, then makes the experiment. */
async function follow(
  kind: ExperimentKind,
  plan: Plan,
  { more = {}, rested = {}, url = 'https://x.com/' }: Options = {},
) {
  const instruments = instrumentsOn(plan);
  const resolve = { configured: [isp], stub: false, system: false, public: [], trusted: [] };
  const aim = aimAt(url, { resolve, timeout_ms: 400, dns_timeout_ms: 300, ...more });
  const observed = await observe(aim, instruments, never);
  const asked = { ...aim, resolve: { ...aim.resolve, trusted: [trusted] } };
  const input = { kind, aim: asked, observed, rested_s: (ip: string) => rested[ip], neutral_name: 'example.org' };
  const facts = await experiment(input, instruments, never);
  await instruments.close();
  return { facts, observed };
}

describe('repeat', () => {
  test('the same name at the same address, twice', async () => {
    const { port } = await raw((socket) => socket.once('data', () => socket.resetAndDestroy()));
    const names = await dns(site);
    const { facts } = await follow('repeat', { udp: { [isp]: names.port }, tcp: { [`${site}:443`]: port } });
    expect(facts).toMatchObject([
      {
        kind: 'repeat',
        host: 'x.com',
        address_id: `id-${site}`,
        failure: { phase: 'tls', reason: 'connection_reset' },
      },
      {
        kind: 'repeat',
        host: 'x.com',
        address_id: `id-${site}`,
        failure: { phase: 'tls', reason: 'connection_reset' },
      },
    ]);
  });

  test('a second time-out ends it', async () => {
    const mute = await raw((socket) => void socket.resume());
    const names = await dns(site);
    const { facts } = await follow('repeat', { udp: { [isp]: names.port }, tcp: { [`${site}:443`]: mute.port } });
    expect(facts).toMatchObject([{ failure: { phase: 'tls', reason: 'generic_timeout_error' } }]);
    expect(mute.connections()).toBe(2);
  });

  test('a blip is over at the first repeat', async () => {
    let first = true;
    const good = await https();
    const { port } = await raw((socket) => {
      if (first) {
        first = false;
        return void socket.once('data', () => socket.resetAndDestroy());
      }
      const inner = dial(good.port, '127.0.0.1');
      inner.on('error', () => {});
      socket.on('close', () => inner.destroy());
      socket.pipe(inner).pipe(socket);
    });
    const names = await dns(site);
    const { facts } = await follow('repeat', { udp: { [isp]: names.port }, tcp: { [`${site}:443`]: port } });
    expect(facts.map(({ outcome }) => outcome)).toEqual(['ok', 'ok']);
  });

  test('a name that did not resolve is resolved anew', async () => {
    const names = await keep(udpServer((query, reply) => reply(answerTo(query, [], { rcode: 'NXDOMAIN' }))));
    const { facts } = await follow('repeat', { udp: { [isp]: names.port } });
    expect(facts).toMatchObject([
      { failure: { phase: 'resolve', reason: 'dns_nxdomain_error' }, dns: [{ rcode: 'NXDOMAIN' }] },
      { failure: { phase: 'resolve', reason: 'dns_nxdomain_error' }, dns: [{ rcode: 'NXDOMAIN' }] },
    ]);
  });
});

describe('other_address', () => {
  test('the resolver’s other addresses, until one answers', async () => {
    const dead = await raw((socket) => socket.destroy());
    const good = await https();
    const names = await dns(site, other, '104.244.42.129');
    const { facts } = await follow('other_address', {
      udp: { [isp]: names.port },
      tcp: { [`${site}:443`]: dead.port, [`${other}:443`]: good.port, '104.244.42.129:443': good.port },
    });
    expect(facts).toMatchObject([
      { kind: 'other_address', address_id: `id-${other}`, address_source: 'configured', outcome: 'ok', status: 200 },
    ]);
  });

  test('where there is no other one, it says so', async () => {
    const names = await dns(site);
    const { facts } = await follow('other_address', { udp: { [isp]: names.port } });
    expect(facts).toEqual([{ kind: 'other_address', outcome: 'skipped', skipped: 'no_address' }]);
  });
});

describe('trusted_address', () => {
  test('a spoofed answer, and the site at the address that a trusted resolver gives', async () => {
    const blockpage = await https(page, { cert: pem('block.pem'), key: pem('block.key') });
    const good = await https();
    const names = await dns('10.10.34.35');
    const quad9 = await doh([site]);
    const { facts, observed } = await follow('trusted_address', {
      udp: { [isp]: names.port },
      tcp: { '10.10.34.35:443': blockpage.port, [`${site}:443`]: good.port, '9.9.9.9:443': quad9.port },
    });
    expect(observed.observation.failure).toMatchObject({ phase: 'tls', reason: 'ssl_unknown_authority' });
    expect(facts).toMatchObject([
      {
        kind: 'trusted_address',
        host: 'x.com',
        address_id: `id-${site}`,
        address_source: 'trusted',
        outcome: 'ok',
        status: 200,
        dns: [{ via: 'trusted', server: '9.9.9.9', rcode: 'NOERROR', answers: [{ ip: site, asn: 13414 }] }],
      },
    ]);
  });

  test('a name that does not exist for the trusted resolver either', async () => {
    const names = await keep(udpServer((query, reply) => reply(answerTo(query, [], { rcode: 'NXDOMAIN' }))));
    const quad9 = await doh([], 'NXDOMAIN');
    const { facts } = await follow(
      'trusted_address',
      { udp: { [isp]: names.port }, tcp: { '9.9.9.9:443': quad9.port } },
      { more: { fallback_addresses: [site] } },
    );
    expect(facts).toMatchObject([{ outcome: 'failed', failure: { phase: 'resolve', reason: 'dns_nxdomain_error' } }]);
    expect(facts).toHaveLength(1);
  });

  test('trusted resolvers blocked too: an address that worked last week, then a shipped one', async () => {
    const names = await keep(udpServer((query, reply) => reply(answerTo(query, [], { rcode: 'NXDOMAIN' }))));
    const good = await https();
    const plan = { udp: { [isp]: names.port }, tcp: { [`${other}:443`]: good.port } };
    const more = { fallback_addresses: [site], seed_addresses: [other] };
    const { facts } = await follow('trusted_address', plan, { more });
    expect(facts).toMatchObject([
      { address_source: 'validated', failure: { phase: 'connect', reason: 'connection_refused' } },
      { address_source: 'seed', outcome: 'ok' },
    ]);
    expect(facts[0]?.dns).toMatchObject([{ via: 'trusted', rcode: 'timeout' }]);
  });

  test('nobody answers and nothing is known', async () => {
    const names = await keep(udpServer((query, reply) => reply(answerTo(query, [], { rcode: 'NXDOMAIN' }))));
    const { facts } = await follow('trusted_address', { udp: { [isp]: names.port } });
    expect(facts).toMatchObject([{ outcome: 'skipped', skipped: 'no_address', dns: [{ rcode: 'timeout' }] }]);
  });
});

describe('neutral_sni', () => {
  test('a reset of one name while the same address answers another', async () => {
    const good = await https();
    const seen: string[] = [];
    const { port } = await filtered(good.port, 'x.com', (socket) => socket.resetAndDestroy(), seen);
    const names = await dns(site);
    const { facts, observed } = await follow(
      'neutral_sni',
      { udp: { [isp]: names.port }, tcp: { [`${site}:443`]: port } },
      { rested: { [site]: 4 } },
    );
    expect(observed.observation.failure).toMatchObject({ phase: 'tls', reason: 'connection_reset' });
    expect(facts).toMatchObject([
      { kind: 'neutral_sni', host: 'example.org', address_id: `id-${site}`, rested_s: 4, outcome: 'ok' },
    ]);
    expect(facts[0]?.failure).toBeUndefined();
    expect(seen).toEqual(['x.com', 'another']);
  });

  // Real CDNs refuse names that are not theirs: unrecognized_name, after the whole way there and back.
  test.each([
    [0, 60, 'ok'],
    [60, 60, 'ok'],
    [60, 0, 'failed'],
  ] as const)('connect %i ms, an alert after %i ms: %s', async (connect_delay_ms, alert_after_ms, outcome) => {
    const { port } = await raw((socket) =>
      socket.once('data', (hello) => {
        if (hello.includes('x.com')) return void socket.resetAndDestroy();
        setTimeout(() => socket.end(Buffer.from([21, 3, 3, 0, 2, 2, 112])), alert_after_ms);
      }),
    );
    const names = await dns(site);
    const plan = { udp: { [isp]: names.port }, tcp: { [`${site}:443`]: port }, connect_delay_ms };
    const { facts } = await follow('neutral_sni', plan);
    expect(facts).toMatchObject([{ kind: 'neutral_sni', alert: 'unrecognized_name', outcome }]);
    if (outcome === 'failed') expect(facts[0]?.failure?.reason).toBe('ssl_failed_handshake');
  });

  test('a foreign chain for any name counts as an answer, with its certificate', async () => {
    const { port } = await https(page, { cert: pem('evil.pem'), key: pem('evil.key') });
    const names = await dns(site);
    const { facts } = await follow('neutral_sni', { udp: { [isp]: names.port }, tcp: { [`${site}:443`]: port } });
    expect(facts).toMatchObject([
      {
        outcome: 'ok',
        evidence: { tls: { error: 'ssl_unknown_authority', issuer: 'CN=Evil Root, O=National Filter' } },
      },
    ]);
  });

  test('a page in clear text is no answer at TLS level', async () => {
    const { port } = await raw((socket) =>
      socket.once('data', (hello) => {
        if (hello.includes('x.com')) return void socket.resetAndDestroy();
        socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
      }),
    );
    const names = await dns(site);
    const { facts } = await follow('neutral_sni', { udp: { [isp]: names.port }, tcp: { [`${site}:443`]: port } });
    expect(facts).toMatchObject([{ outcome: 'failed', failure: { phase: 'tls', reason: 'ssl_failed_handshake' } }]);
  });

  test('an address that is mute for any name: the same at one that has rested', async () => {
    const mute = await raw((socket) => void socket.resume());
    const good = await https();
    const names = await dns(site, other);
    const plan = { udp: { [isp]: names.port }, tcp: { [`${site}:443`]: mute.port, [`${other}:443`]: good.port } };
    const { facts } = await follow('neutral_sni', plan, { rested: { [site]: 2, [other]: 600 } });
    expect(facts).toMatchObject([
      { address_id: `id-${site}`, rested_s: 2, outcome: 'failed', failure: { reason: 'generic_timeout_error' } },
      { address_id: `id-${other}`, rested_s: 600, outcome: 'ok' },
    ]);
    const alone = await follow('neutral_sni', plan, { rested: { [site]: 2, [other]: 30 } });
    expect(alone.facts).toHaveLength(1);
  });

  test('in clear text: another Host at the address', async () => {
    const server = await raw((socket) =>
      socket.once('data', (request) => {
        if (request.includes('x.com')) return void socket.resetAndDestroy();
        socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n');
      }),
    );
    const names = await dns(site);
    const { facts, observed } = await follow(
      'neutral_sni',
      { udp: { [isp]: names.port }, tcp: { [`${site}:80`]: server.port } },
      { url: 'http://x.com/' },
    );
    expect(observed.observation.failure).toMatchObject({ phase: 'processing', reason: 'connection_reset' });
    expect(facts).toMatchObject([{ host: 'example.org', outcome: 'ok', status: 404 }]);
  });

  test('a request that is never answered: the neutral request is sent too', async () => {
    const { port } = await https((req, res) => {
      if (req.headers.host !== 'x.com') res.writeHead(421).end();
    });
    const names = await dns(site);
    const { facts, observed } = await follow('neutral_sni', {
      udp: { [isp]: names.port },
      tcp: { [`${site}:443`]: port },
    });
    expect(observed.observation.failure).toMatchObject({ phase: 'processing', reason: 'generic_timeout_error' });
    expect(facts).toMatchObject([{ outcome: 'ok', status: 421 }]);
  });
});

test('large_hello: a filter that drops what spans two segments', async () => {
  const good = await https();
  const { port } = await raw((socket) => {
    let hello = Buffer.alloc(0);
    socket.on('data', function collect(chunk: Buffer) {
      hello = Buffer.concat([hello, chunk]);
      if (hello.length < 5 || hello.length < 5 + hello.readUInt16BE(3)) return;
      socket.off('data', collect);
      if (hello.length > 1460) return;
      const inner = dial(good.port, '127.0.0.1');
      inner.on('error', () => {});
      socket.on('close', () => inner.destroy());
      inner.write(hello);
      socket.pipe(inner).pipe(socket);
    });
  });
  const names = await dns(site);
  const { facts, observed } = await follow('large_hello', {
    udp: { [isp]: names.port },
    tcp: { [`${site}:443`]: port },
  });
  expect(observed.observation.outcome).toBe('ok');
  expect(facts).toMatchObject([
    {
      kind: 'large_hello',
      host: 'x.com',
      outcome: 'failed',
      failure: { phase: 'tls', reason: 'generic_timeout_error' },
    },
  ]);
});

test('what belongs to others, and what the round has no time for, is skipped', async () => {
  const names = await dns(site);
  const { facts } = await follow('beacon', { udp: { [isp]: names.port } });
  expect(facts).toEqual([{ kind: 'beacon', outcome: 'skipped', skipped: 'not_measured' }]);
  const instruments = instrumentsOn();
  const observed = await observe(aimAt('https://x.com/', { addresses: [site] }), instruments, never);
  const input = { aim: aimAt('https://x.com/'), observed, rested_s: () => undefined, neutral_name: 'example.org' };
  const late = await experiment({ kind: 'repeat', ...input }, instruments, AbortSignal.abort());
  expect(late).toEqual([{ kind: 'repeat', outcome: 'skipped', skipped: 'round_deadline' }]);
});

test('a cleartext server that is fine is followed up without TLS experiments', async () => {
  const { port } = await keep(listen(createHttpServer(page)));
  const names = await dns(site);
  const plan = { udp: { [isp]: names.port }, tcp: { [`${site}:80`]: port } };
  const { facts } = await follow('large_hello', plan, { url: 'http://x.com/' });
  expect(facts).toEqual([{ kind: 'large_hello', outcome: 'skipped', skipped: 'no_address' }]);
});
