/** Censors by address and by the name in the ClientHello. */
import { expect, test } from 'vitest';
import { failure, get, handshake } from './client.ts';
import { cdn, practice, timed, wikipedia, x, youtube } from './under.ts';

const net = practice();

test.each([
  ['ip-drop', 'TimeoutError'],
  ['ip-reset', 'ECONNREFUSED connect'],
  ['ip-prohibited', 'EHOSTUNREACH connect'],
])('%s: every address of X, nothing else', async (name, reason) => {
  await net.under(name);
  for (const ip of [x.ip, '162.159.140.229', '2606:4700:7::a29f:8ce5']) {
    expect(await failure(get(net.network, { ...x, ip }))).toBe(reason);
  }
  await net.fine(youtube);
});

test('all-four-blackholed: all four, and the controls are fine', async () => {
  await net.under('all-four-blackholed');
  for (const asked of [x, youtube, { host: 'www.facebook.com', ip: '157.240.227.35' }]) {
    expect(await failure(get(net.network, { ...asked, timeout_ms: 200 }))).toBe('TimeoutError');
  }
  await net.fine(wikipedia);
});

test('ip6-only: IPv6 of X is cut off, IPv4 and other IPv6 work', async () => {
  await net.under('ip6-only');
  expect(await failure(get(net.network, { ...x, ip: '2606:4700:7::a29f:8ce5' }))).toBe('TimeoutError');
  await net.fine(x);
  await net.fine({ ...wikipedia, ip: '2a02:ec80:300:ed1a::1' });
});

test('withdrawn-route: the hosts of one company are unreachable', async () => {
  await net.under('withdrawn-route');
  expect(await failure(get(net.network, { host: 'www.instagram.com', ip: '157.240.227.174' }))).toBe(
    'EHOSTUNREACH connect',
  );
  await net.fine(x);
});

test.each([
  ['sni-reset', 'ECONNRESET read'],
  ['sni-eof', 'ECONNRESET'],
  ['sni-drop', 'TimeoutError'],
])('%s: the name decides, another name at the same address is answered', async (name, reason) => {
  await net.under(name);
  expect(await failure(get(net.network, x))).toBe(reason);
  expect(await failure(get(net.network, { ...x, host: 'example.org' }))).toBe('ERR_SSL_TLSV1_UNRECOGNIZED_NAME');
  expect(await failure(get(net.network, cdn))).toBe(reason === 'TimeoutError' ? 'TimeoutError' : reason);
  await net.fine(youtube);
});

test('a forged reset is faster than the way to the server; ip-reset-midway asks for no name', async () => {
  await net.under('ip-reset-midway');
  const raw = await net.network.connectTcp(x.ip, 443, AbortSignal.timeout(1000));
  raw.destroy();
  for (const host of ['x.com', 'example.org']) {
    const start = performance.now();
    const { reason, ms } = await timed(handshake(net.network, { ...x, host }));
    expect(reason).toBe('ECONNRESET read');
    // Connect takes 40 ms, the filter is 4 ms away; the rest is what a busy machine may take.
    expect(ms).toBeGreaterThanOrEqual(35);
    expect(performance.now() - start).toBeLessThan(1000);
  }
});

test('large-hello-only: a hello of two segments vanishes, one of a single segment passes', async () => {
  await net.under('large-hello-only');
  expect(await failure(get(net.network, { ...x, large: true }))).toBe('TimeoutError');
  await net.fine(x);
  await net.clear();
  await net.fine({ ...x, large: true });
});

test('mitm-sni: a foreign chain under the name only; mitm-dnat: under any name', async () => {
  await net.under('mitm-sni');
  expect(await get(net.network, x)).toMatchObject({ authorized: false, issuer: 'Evil Root' });
  expect(await failure(get(net.network, { ...x, host: 'example.org' }))).toBe('ERR_SSL_TLSV1_UNRECOGNIZED_NAME');
  await net.clear();
  await net.under('mitm-dnat');
  for (const host of ['x.com', 'example.org']) {
    expect(await get(net.network, { ...x, host })).toMatchObject({ authorized: false, issuer: 'Evil Root' });
  }
  await net.fine(youtube);
});

test('pk-mask-icloud: the server hangs up after the whole way, whatever the name', async () => {
  await net.under('pk-mask-icloud');
  const { reason, ms } = await timed(handshake(net.network, x));
  expect(reason).toBe('ECONNRESET');
  expect(ms).toBeGreaterThanOrEqual(70);
});
