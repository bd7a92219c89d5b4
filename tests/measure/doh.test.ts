import { createSecureServer } from 'node:http2';
import { afterEach, expect, test } from 'vitest';
import { type ResolveInput, resolve } from '../../src/measure/resolve.ts';
import { answerTo, nameIn } from './dns-server.ts';
import { instrumentsOn, type Listening, listen, never, type Plan, pem, serverIdentity } from './loopback.ts';

const servers: Listening[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
const keep = async (starting: Promise<Listening>) => {
  const server = await starting;
  servers.push(server);
  return server;
};

async function ask(plan: Plan, input: Partial<ResolveInput> = {}) {
  const instruments = instrumentsOn(plan);
  const defaults: ResolveInput = {
    host: 'x.test',
    ip_protocol: 'ip4',
    configured: [],
    system: false,
    public: [],
    trusted: [],
    timeout_ms: 600,
  };
  const resolved = await resolve({ ...defaults, ...input }, instruments, never);
  const settled = await resolved.settled;
  await instruments.close();
  return { ...resolved, ...settled };
}

const trusted = { url: 'https://dns.quad9.net/dns-query', address: '9.9.9.9' };

async function dohServer(identity = serverIdentity, addresses = ['104.244.42.1'], type = 'application/dns-message') {
  const names: string[] = [];
  const server = await keep(
    listen(
      createSecureServer({ allowHTTP1: true, ...identity }, (req, res) => {
        const parts: Buffer[] = [];
        req.on('data', (chunk: Buffer) => parts.push(chunk));
        req.on('end', () => {
          const query = Buffer.concat(parts);
          names.push(`${nameIn(query)} ${query.readUInt16BE()}`);
          res.setHeader('content-type', type);
          res.end(answerTo(query, addresses));
        });
      }) as never,
    ),
  );
  return { ...server, names };
}

test('DNS over HTTPS: asked with id 0, kept alive between questions', async () => {
  const doh = await dohServer();
  const instruments = instrumentsOn({ tcp: { '9.9.9.9:443': doh.port } });
  const input = {
    ip_protocol: 'ip4',
    configured: [],
    system: false,
    public: [],
    trusted: [trusted],
    timeout_ms: 1000,
  } as const;
  for (const host of ['x.test', 'y.test']) {
    const { addresses, settled } = await resolve({ ...input, host }, instruments, never);
    expect(addresses).toEqual([{ ip: '104.244.42.1', source: 'trusted' }]);
    expect((await settled).facts).toMatchObject([{ via: 'trusted', server: '9.9.9.9', rcode: 'NOERROR' }]);
  }
  expect(doh.names).toEqual(['x.test 0', 'y.test 0']);
  expect(doh.connections()).toBe(1);
  await instruments.close();
});

test('a resolver behind a foreign chain is not believed', async () => {
  const doh = await dohServer({ cert: pem('evil.pem'), key: pem('evil.key') });
  const { addresses, facts } = await ask({ tcp: { '9.9.9.9:443': doh.port } }, { configured: [], trusted: [trusted] });
  expect(addresses).toEqual([]);
  expect(facts).toMatchObject([{ via: 'trusted', rcode: 'timeout', answers: [] }]);
  expect(doh.names).toEqual([]);
});

test('a page where an answer should be is garbage', async () => {
  const doh = await dohServer(serverIdentity, [], 'text/html');
  const { facts } = await ask({ tcp: { '9.9.9.9:443': doh.port } }, { configured: [], trusted: [trusted] });
  expect(facts).toMatchObject([{ via: 'trusted', rcode: 'garbage', answers: [] }]);
});

test('a kept connection that died is replaced once, silently', async () => {
  const doh = await dohServer();
  const plan: { tcp: Record<string, number> } = { tcp: { '9.9.9.9:443': doh.port } };
  const instruments = instrumentsOn(plan);
  const input = {
    ip_protocol: 'ip4',
    configured: [],
    system: false,
    public: [],
    trusted: [trusted],
    timeout_ms: 1000,
  } as const;
  await resolve({ ...input, host: 'x.test' }, instruments, never);
  const second = await dohServer();
  plan.tcp['9.9.9.9:443'] = second.port;
  await doh.close();
  servers.splice(
    servers.findIndex(({ port }) => port === doh.port),
    1,
  );
  const { addresses } = await resolve({ ...input, host: 'y.test' }, instruments, never);
  expect(addresses).toEqual([{ ip: '104.244.42.1', source: 'trusted' }]);
  await instruments.close();
});
