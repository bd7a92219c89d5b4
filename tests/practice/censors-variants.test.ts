/** Filters with a memory, and other variants. */
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { expect, test } from 'vitest';
import { ispResolver } from '../../src/practice/world.ts';
import { ask } from './ask.ts';
import { failure, get, getCleartext } from './client.ts';
import { cdn, practice, x } from './under.ts';

const net = practice();

test('sni-drop-residual: the tainted address is silent for any name, another address of X is not', async () => {
  await net.under('sni-drop-residual');
  const neutral = { ...x, host: 'example.org' };
  expect(await failure(get(net.network, neutral))).toBe('ERR_SSL_TLSV1_UNRECOGNIZED_NAME');
  expect(await failure(get(net.network, x))).toBe('TimeoutError');
  expect(await failure(get(net.network, neutral))).toBe('TimeoutError');
  expect(await failure(get(net.network, { ...neutral, ip: '104.244.42.65' }))).toBe('ERR_SSL_TLSV1_UNRECOGNIZED_NAME');
});

test('sni-drop-one-segment: the hello of one segment vanishes, one of two passes', async () => {
  await net.under('sni-drop-one-segment');
  expect(await failure(get(net.network, x))).toBe('TimeoutError');
  await net.fine({ ...x, large: true });
});

test('sni-reset-once: the first hello is reset, the second is not, and switching it on again counts anew', async () => {
  for (let round = 0; round < 2; round += 1) {
    await net.under('sni-reset-once');
    expect(await failure(get(net.network, x))).toBe('ECONNRESET read');
    await net.fine(x);
  }
});

test('sni-plaintext: words in clear text under the name, TLS under another', async () => {
  await net.under('sni-plaintext');
  expect(await failure(get(net.network, x))).toMatch(/^ERR_SSL_/);
  expect(await failure(get(net.network, x))).not.toBe('ERR_SSL_TLSV1_UNRECOGNIZED_NAME');
  expect(await failure(get(net.network, { ...x, host: 'example.org' }))).toBe('ERR_SSL_TLSV1_UNRECOGNIZED_NAME');
});

test('http-redirect and mitm-blockpage-sni: the block page by another way', async () => {
  await net.under('http-redirect');
  expect(await getCleartext(net.network, x)).toMatch(/^HTTP\/1\.1 302 [\s\S]*location: http:\/\/block\.isp\.test\//i);
  await net.clear();
  await net.under('mitm-blockpage-sni');
  expect(await get(net.network, { ...x, timeout_ms: 3000 })).toMatchObject({
    authorized: false,
    issuer: 'block.isp.test',
  });
});

test('public-resolver-nxdomain: the household asks 8.8.8.8, which says who it is and denies X', async () => {
  await net.under('public-resolver-nxdomain');
  const { servers } = await net.network.systemResolvers();
  expect(servers).toEqual(['8.8.8.8']);
  expect((await ask(net.network, '8.8.8.8', 'x.com'))[0]?.rcode).toBe('NXDOMAIN');
  const [whoami] = await ask(net.network, '8.8.8.8', 'o-o.myaddr.l.google.com', { type: 'TXT' });
  expect(whoami?.text).not.toEqual([ispResolver.egress]);
  expect((await net.isp('x.com'))[0]?.addresses).toContain(x.ip);
});

test('loss: every flow still ends well, some of it late', async () => {
  await net.on({
    name: 'loss',
    says: 'every fifth segment is lost',
    rules: [{ on: 'syn', to: {}, do: { kind: 'impair', delay_ms: 0, loss: 0.2 } }],
  });
  const all = await Promise.all(
    Array.from({ length: 8 }, () => get(net.network, { ...cdn, path: '/bytes/20000', timeout_ms: 15_000 })),
  );
  for (const { body } of all) expect(body.length).toBe(20_000);
});

test('a hello that comes byte by byte is read all the same', async () => {
  await net.under('sni-reset');
  const raw = await net.network.connectTcp(x.ip, 443, AbortSignal.timeout(3000));
  const slow = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      for (const byte of chunk) raw.write(Buffer.from([byte]));
      done();
    },
  });
  raw.on('data', (bytes: Buffer) => slow.push(bytes));
  const reset = once(raw, 'error').then(([error]) => (error as NodeJS.ErrnoException).code);
  const client = connectTls({ socket: slow, servername: 'x.com', rejectUnauthorized: false });
  client.on('error', () => undefined);
  expect(await reset).toBe('ECONNRESET');
  client.destroy();
});
