import { afterEach, describe, expect, test } from 'vitest';
import { asnOf } from '../../src/measure/asn.ts';
import { resolverScope } from '../../src/measure/resolver-scope.ts';
import { ad_list_name, askRandomSibling, whoami } from '../../src/measure/whoami.ts';
import type { DnsFact } from '../../src/model/round.ts';
import { answerTo, nameIn } from './dns-server.ts';
import { instrumentsOn, type Listening, never, udpServer } from './loopback.ts';

const servers: Listening[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** A resolver that asks from `egress` and says `ads` of the advertisement name. */
async function resolver(egress: string, ads: readonly string[]) {
  const names: string[] = [];
  const server = await udpServer((query, reply) => {
    const name = nameIn(query);
    names.push(name);
    if (name === ad_list_name) return reply(answerTo(query, ads, ads.length > 0 ? {} : { rcode: 'NXDOMAIN' }));
    if (/whoami|myaddr/.test(name)) return reply(answerTo(query, [egress]));
    reply(answerTo(query, [], { rcode: 'NXDOMAIN' }));
  });
  servers.push(server);
  return { ...server, names };
}

async function ask(address: string, egress: string, ads: readonly string[]) {
  const { port, names } = await resolver(egress, ads);
  const instruments = { ...instrumentsOn({ udp: { [address]: port } }), asnOf };
  const input = { configured: [address], public: [], trusted: [], timeout_ms: 400 };
  const facts = await whoami(input, instruments, never);
  return { facts, names, scope: resolverScope({ configured: [address], stub: false, facts }) };
}

test('the provider’s resolver: its network, not its address, and never a household’s', async () => {
  const { facts, scope } = await ask('192.168.1.1', '203.99.165.77', ['142.250.186.110']);
  const who = facts.filter(({ purpose }) => purpose === 'whoami');
  expect(who.map(({ name, type }) => [name, type])).toEqual([
    ['whoami.akamai.net', 'A'],
    ['o-o.myaddr.l.google.com', 'TXT'],
  ]);
  for (const { answers } of who) expect(answers).toEqual([{ ip: '203.99.165.0' }]);
  expect(JSON.stringify(facts)).not.toContain('192.168.1.1');
  expect(scope).toBe('isp');
});

test.each([
  ['a router that hands out Google’s', '192.168.1.1', '172.253.1.2', ['142.250.186.110'], 'public'],
  ['a well-known public resolver', '9.9.9.9', '74.63.24.1', ['142.250.186.110'], 'public'],
  ['a Pi-hole that says 0.0.0.0', '192.168.1.2', '203.99.165.77', ['0.0.0.0'], 'local'],
  ['a Pi-hole that says NXDOMAIN', '192.168.1.2', '203.99.165.77', [], 'local'],
  ['a provider that denies advertisers', '203.99.160.1', '203.99.165.77', [], 'isp'],
] as const)('%s', async (_what, address, egress, ads, expected) => {
  const { scope } = await ask(address, egress, ads);
  expect(scope).toBe(expected);
});

describe('scope without answers', () => {
  const silent: DnsFact[] = [
    { via: 'configured', name: 'whoami.akamai.net', purpose: 'whoami', rcode: 'timeout', at_ms: 4000, answers: [] },
  ];
  test.each([
    [{ configured: ['127.0.0.11'], stub: true, facts: [] }, 'local'],
    [{ configured: [], stub: false, facts: [] }, 'unknown'],
    [{ configured: ['203.99.160.1'], stub: false, facts: silent }, 'unknown'],
    [{ configured: ['1.1.1.1'], stub: false, facts: silent }, 'public'],
  ] as const)('%o is %s', (input, scope) => {
    expect(resolverScope(input)).toBe(scope);
  });
});

test('a mute resolver is a fact', async () => {
  const instruments = instrumentsOn();
  const input = { configured: ['203.99.160.1'], public: ['8.8.8.8'], trusted: [], timeout_ms: 200 };
  const facts = await whoami(input, instruments, never);
  expect(facts.map(({ via, rcode, purpose }) => `${via} ${rcode} ${purpose}`)).toEqual([
    'configured timeout whoami',
    'configured timeout whoami',
    'public timeout whoami',
    'configured timeout ad_list',
  ]);
});

test('a random sibling: another name each time, under the same last label', async () => {
  const { port, names } = await resolver('203.99.165.77', []);
  const instruments = instrumentsOn({ udp: { '203.99.160.1': port } });
  const input = { host: 'www.gone.test', configured: ['203.99.160.1'], timeout_ms: 400 };
  const facts = [
    ...(await askRandomSibling(input, instruments, never)),
    ...(await askRandomSibling(input, instruments, never)),
  ];
  expect(facts).toMatchObject([{ purpose: 'random_sibling', rcode: 'NXDOMAIN' }, { purpose: 'random_sibling' }]);
  for (const name of names) expect(name).toMatch(/^[a-z]{12}\.test$/);
  expect(new Set(names).size).toBe(2);
});
