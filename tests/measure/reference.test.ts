import type { RequestListener } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { detectPlace, placeIn } from '../../src/measure/place.ts';
import { readReference, readReport } from '../../src/measure/reference.ts';
import { outcomes, phases, reasons } from '../../src/model/vocabulary.ts';
import { instrumentsOn, type Listening, listen, never, pem, serverIdentity } from './loopback.ts';

const wall_ms = Date.parse('2024-01-20T13:41:00Z');
const targets = new Set(['x/website', 'x/cdn']);
const how = { reference: 'ref.example.org', targets, wall_ms };
const good = {
  version: 1,
  generated_at: '2024-01-20T13:40:30Z',
  targets: [
    {
      target: 'x/website',
      outcome: 'ok',
      status: 200,
      networks: ['104.244.42.0/24'],
      issuer: 'CN=DigiCert',
      age_s: 20,
    },
    {
      target: 'x/cdn',
      outcome: 'failed',
      failure: { phase: 'connect', reason: 'connection_refused', after_ms: 3.1 },
      networks: [],
      age_s: 5,
    },
    { target: 'somebody/else', outcome: 'ok', age_s: 5 },
  ],
};

test('a good report: our targets only, aged by the time since it was made', () => {
  expect(readReport(JSON.stringify(good), how)).toEqual([
    {
      reference: 'ref.example.org',
      target: 'x/website',
      outcome: 'ok',
      status: 200,
      networks: ['104.244.42.0/24'],
      issuer: 'CN=DigiCert',
      age_s: 50,
    },
    {
      reference: 'ref.example.org',
      target: 'x/cdn',
      outcome: 'failed',
      failure: { phase: 'connect', reason: 'connection_refused', after_ms: 3.1 },
      networks: [],
      age_s: 35,
    },
  ]);
});

describe('what is left out', () => {
  const one = (entry: unknown, generated_at: unknown = good.generated_at) =>
    readReport(JSON.stringify({ version: 1, generated_at, targets: [entry] }), how);

  test('what is older than ten minutes, by its own word or by the report’s', () => {
    expect(one({ target: 'x/website', outcome: 'ok', age_s: 570 })).toHaveLength(1);
    expect(one({ target: 'x/website', outcome: 'ok', age_s: 571 })).toEqual([]);
    expect(one({ target: 'x/website', outcome: 'ok', age_s: 0 }, '2024-01-20T13:30:59Z')).toEqual([]);
  });

  test.each([
    { target: 'x/website', outcome: 'fine', age_s: 1 },
    { target: 'x/website', outcome: 'ok' },
    { target: 'x/website', outcome: 'ok', age_s: -1 },
    { target: 'x/website', outcome: 'ok', age_s: 1, status: 'two hundred' },
    { target: 'x/website', outcome: 'ok', age_s: 1, networks: Array.from({ length: 1000 }, () => '1.2.3.0/24') },
    null,
    'x/website',
  ])('%o', (entry) => {
    expect(one(entry)).toEqual([]);
  });

  test.each([
    '',
    'null',
    '[]',
    '{"version":2,"generated_at":"2024-01-20T13:40:30Z","targets":[]}',
    '{"version":1,"generated_at":"yesterday","targets":[]}',
    '{"version":1,"generated_at":"2024-01-20T13:40:30Z","targets":{}}',
    `{"version":1,"generated_at":"2024-01-20T13:40:30Z","targets":[${'{},'.repeat(600)}{}]}`,
    '{"version":1',
    '['.repeat(50_000),
  ])('a report that is none is refused whole: %.60s', (body) => {
    expect(readReport(body, how)).toBeUndefined();
  });

  test('controls and direction marks in its texts', () => {
    const [fact] = one({ target: 'x/website', outcome: 'ok', age_s: 1, issuer: 'CN=\u001b[31mred\u202e' }) ?? [];
    expect(fact?.issuer).toBe('CN= [31mred');
  });
});

const runs = 20_000;
test(`property: any JSON gives facts of our vocabulary or nothing (${runs} runs)`, () => {
  let executions = 0;
  let read = 0;
  const leaf = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom('ok', 'failed', 1, 200, -1, 1e300));
  /** Mostly what belongs there, sometimes anything. */
  const mostly = <T>(right: fc.Arbitrary<T>) =>
    fc.oneof(
      { weight: 12, arbitrary: right as fc.Arbitrary<unknown> },
      { weight: 1, arbitrary: leaf as fc.Arbitrary<unknown> },
    );
  const failure = fc.record({
    phase: mostly(fc.constantFrom(...phases)),
    reason: mostly(fc.constantFrom(...reasons)),
    after_ms: mostly(fc.nat(10_000)),
  });
  const entry = fc.record(
    {
      target: mostly(fc.constantFrom(...targets)),
      outcome: mostly(fc.constantFrom(...outcomes)),
      age_s: mostly(fc.nat(700)),
      status: mostly(fc.constantFrom(200, 404, null)),
      networks: mostly(fc.array(fc.string(), { maxLength: 3 })),
      issuer: mostly(fc.string()),
      failure: mostly(failure),
    },
    { requiredKeys: ['target', 'outcome', 'age_s'] },
  );
  const document = fc.record({
    version: mostly(fc.constant(1)),
    generated_at: mostly(fc.constant(good.generated_at)),
    targets: mostly(fc.array(entry, { maxLength: 5 })),
  });
  const body = fc.oneof(
    document.map((value) => JSON.stringify(value)),
    fc.string(),
    fc.json(),
  );
  fc.assert(
    fc.property(body, (text) => {
      executions += 1;
      for (const fact of readReport(text, how) ?? []) {
        read += 1;
        expect(targets).toContain(fact.target);
        expect(outcomes).toContain(fact.outcome);
        expect(fact.age_s).toBeGreaterThanOrEqual(0);
        expect(fact.age_s).toBeLessThanOrEqual(600);
        if (fact.failure) {
          expect(phases).toContain(fact.failure.phase);
          expect(reasons).toContain(fact.failure.reason);
        }
      }
    }),
    { numRuns: runs },
  );
  console.log(`reference: ${executions} executions, ${read} entries read`);
  expect(executions).toBe(runs);
  expect(read).toBeGreaterThan(runs / 20);
});

const servers: Listening[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
async function serving(serve: RequestListener, identity: ServerOptions = serverIdentity) {
  const server = await listen(createServer(identity, serve));
  servers.push(server);
  return server.port;
}
const address = '104.244.42.1';
const asking = {
  ip_protocol: 'ip4',
  configured: [],
  system: false,
  addresses: [address],
  timeout_ms: 1000,
  dns_timeout_ms: 300,
} as const;
const read = (port: number, base = 'https://ref.example.org/') =>
  readReference({ base, targets, ...asking }, instrumentsOn({ tcp: { [`${address}:443`]: port } }), never);

test('fetched over verified TLS from its place under the base URL', async () => {
  const asked: (string | undefined)[] = [];
  const port = await serving((req, res) => {
    asked.push(req.url);
    res.end(JSON.stringify({ ...good, generated_at: new Date().toISOString() }));
  });
  const { facts, failure } = await read(port, 'https://ref.example.org/reachd/');
  expect(failure).toBeUndefined();
  expect(facts.map(({ target, reference }) => [target, reference])).toEqual([
    ['x/website', 'ref.example.org'],
    ['x/cdn', 'ref.example.org'],
  ]);
  expect(asked).toEqual(['/reachd/api/v1/reference']);
});

describe('a reference that is not to be believed', () => {
  test('a foreign chain', async () => {
    const port = await serving((_req, res) => res.end(JSON.stringify(good)), {
      cert: pem('evil.pem'),
      key: pem('evil.key'),
    });
    expect(await read(port)).toMatchObject({ facts: [], failure: { phase: 'tls', reason: 'ssl_unknown_authority' } });
  });

  test('more than 64 KiB, another status, a redirect, silence', async () => {
    const large = await serving((_req, res) => res.end(JSON.stringify({ ...good, padding: 'x'.repeat(70_000) })));
    expect(await read(large)).toMatchObject({ facts: [], failure: { reason: 'http_request_failed' } });
    const missing = await serving((_req, res) => res.writeHead(404).end('{}'));
    expect(await read(missing)).toMatchObject({ facts: [], failure: { reason: 'http_request_failed' } });
    const elsewhere = await serving((_req, res) => res.writeHead(302, { location: 'https://evil.test/' }).end());
    expect(await read(elsewhere)).toMatchObject({ facts: [], failure: { reason: 'http_request_failed' } });
    const mute = await serving(() => {});
    expect(await read(mute)).toMatchObject({ facts: [], failure: { reason: 'generic_timeout_error' } });
  });

  test('clear text is not even asked', async () => {
    const port = await serving((_req, res) => res.end(JSON.stringify(good)));
    expect(await read(port, 'http://ref.example.org')).toMatchObject({
      facts: [],
      failure: { reason: 'http_request_failed' },
    });
    expect(servers[0]?.connections()).toBe(0);
  });
});

test('the country and the network are all that leaves a trace page', async () => {
  const page = 'fl=1f1\nh=www.cloudflare.com\nip=203.99.165.77\nloc=PK\ntls=TLSv1.3\n';
  const port = await serving((req, res) => res.end(req.url === '/cdn-cgi/trace' ? page : 'no'));
  const instruments = instrumentsOn({ tcp: { [`${address}:443`]: port } });
  const asnOf = (ip: string) => (ip === '203.99.165.77' ? 17557 : undefined);
  expect(await detectPlace(asking, { ...instruments, asnOf }, never)).toEqual({ country: 'PK', asn: 'AS17557' });
  for (const nowhere of ['loc=XX\n', 'loc=PAK\n', 'loc=T1\n', 'ip=not an address\n', '']) {
    expect(placeIn(nowhere, () => 1)).toEqual({ country: undefined, asn: undefined });
  }
});
