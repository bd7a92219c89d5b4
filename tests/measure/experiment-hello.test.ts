import { connect as dial } from 'node:net';
import { describe, expect, test } from 'vitest';
import { pem } from './loopback.ts';
import { dns, filtered, follow, http, https, isp, other, raw, site } from './stage.ts';

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
    // An answer has its time, so that a slow handshake under the platform's name can be held against it.
    const tls = facts[0]?.phases?.tls;
    if (outcome === 'ok') expect(tls).toBeGreaterThanOrEqual(alert_after_ms - 2);
    else expect(tls).toBeUndefined();
    if (outcome === 'failed') expect(facts[0]?.failure?.reason).toBe('ssl_failed_handshake');
  });

  test('a foreign chain for any name counts as an answer, with its certificate', async () => {
    const { port } = await https(undefined, { cert: pem('evil.pem'), key: pem('evil.key') });
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

test('a cleartext server that is fine is followed up without TLS experiments', async () => {
  const { port } = await http();
  const names = await dns(site);
  const plan = { udp: { [isp]: names.port }, tcp: { [`${site}:80`]: port } };
  const { facts } = await follow('large_hello', plan, { url: 'http://x.com/' });
  expect(facts).toEqual([{ kind: 'large_hello', outcome: 'skipped', skipped: 'no_address' }]);
});
