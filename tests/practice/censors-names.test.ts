/** Censors of names. */
import { expect, test } from 'vitest';
import { ispResolver } from '../../src/practice/world.ts';
import { ask } from './ask.ts';
import { get, getCleartext } from './client.ts';
import { practice, x, youtube } from './under.ts';

const net = practice();

test.each([
  ['dns-nxdomain', 'NXDOMAIN', []],
  ['dns-servfail', 'SERVFAIL', []],
  ['dns-refused', 'REFUSED', []],
  ['dns-no-answer', 'NOERROR', []],
  ['dns-bogon', 'NOERROR', ['10.10.34.35']],
  ['dns-blockpage', 'NOERROR', ['203.99.160.20']],
])('%s: the provider says %s %j, everybody else the truth', async (name, rcode, addresses) => {
  await net.under(name);
  expect((await net.isp('x.com'))[0]).toMatchObject({ rcode, addresses });
  expect((await net.isp('www.youtube.com'))[0]?.addresses).toContain(youtube.ip);
  expect((await ask(net.network, '9.9.9.9', 'x.com'))[0]?.addresses).toContain(x.ip);
});

test('dns-timeout: silence for the name only, getaddrinfo gives up late', async () => {
  await net.under('dns-timeout');
  expect(await net.isp('x.com')).toEqual([]);
  expect((await net.isp('www.youtube.com'))[0]?.rcode).toBe('NOERROR');
});

test('dns-race: the forged answer overtakes the true one, which still comes', async () => {
  await net.under('dns-race');
  const heard = await ask(net.network, '8.8.8.8', 'x.com');
  expect(heard.map(({ addresses }) => addresses[0])).toEqual(['199.59.148.102', x.ip]);
  expect((heard[1]?.after_ms ?? 0) - (heard[0]?.after_ms ?? 0)).toBeGreaterThanOrEqual(18);
});

test("dns-interception: a public resolver's whoami shows the provider", async () => {
  await net.under('dns-interception');
  const [heard] = await ask(net.network, '8.8.8.8', 'o-o.myaddr.l.google.com', { type: 'TXT' });
  expect(heard?.text).toEqual([ispResolver.egress]);
});

test('dns-ghost: the name resolves here and nowhere else, its random siblings not even here', async () => {
  await net.under('dns-ghost');
  expect((await net.isp('x.com'))[0]?.addresses).toEqual(['203.99.160.20']);
  expect((await net.isp('k3v9q.example.org'))[0]?.rcode).toBe('NXDOMAIN');
});

test('rotating-cdn: other addresses at every question, all of them X', async () => {
  await net.under('rotating-cdn');
  const seen = new Set<string | undefined>();
  for (let question = 0; question < 3; question += 1) seen.add((await net.isp('x.com', 60))[0]?.addresses[0]);
  expect(seen.size).toBe(3);
  for (const ip of seen) await net.fine({ ...x, ip: ip ?? '' });
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
