import { createSecureServer } from 'node:http2';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { attempt } from '../../src/measure/attempt.ts';
import { instrumentsOn, type Listening, listen, never, serverIdentity } from './loopback.ts';

const servers: Listening[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
const keep = async (starting: Promise<Listening>) => {
  const server = await starting;
  servers.push(server);
  return server;
};

test('HTTP/2: the window keeps a 32 MiB body on the server', async () => {
  const body = Buffer.alloc(1 << 25, 120);
  const server = createSecureServer(serverIdentity, (_req, res) => {
    res.end(body);
  });
  const { port } = await keep(listen(server as never));
  const opened: Socket[] = [];
  const instruments = instrumentsOn({ opened });
  const url = new URL(`https://site.test:${port}/`);
  const input = { url, ip: '127.0.0.1', source: 'pinned', method: 'GET', body_cap: 4096, timeout_ms: 2000 } as const;
  const { exchange, answer } = await attempt(input, instruments, never);
  expect(exchange.outcome).toBe('ok');
  expect(answer).toMatchObject({ capped: true, version: '2', length: 4096 });
  // Certificate, tickets and settings are some 4 KB of it.
  expect(opened[0]?.bytesRead).toBeLessThan(16_384);
});

describe('HTTP/2 that misbehaves', () => {
  const overTls = async (serve: Parameters<typeof createSecureServer>[1], timeout_ms = 1000) => {
    const { port } = await keep(listen(createSecureServer(serverIdentity, serve) as never));
    const url = new URL(`https://site.test:${port}/`);
    const input = { url, ip: '127.0.0.1', source: 'pinned', method: 'GET', body_cap: 4096, timeout_ms } as const;
    const opened: Socket[] = [];
    const tried = await attempt(input, instrumentsOn({ opened }), never);
    return { ...tried, received: opened[0]?.bytesRead };
  };

  test('a refused stream is not asked again behind our back', async () => {
    const { exchange } = await overTls((req) => req.stream.close(7));
    expect(exchange.outcome).toBe('failed');
    expect(exchange.failure).toMatchObject({ phase: 'processing' });
    expect(['http_request_failed', 'eof_error']).toContain(exchange.failure?.reason);
  });

  // RFC 9113 section 6.8. undici asks again on a new connection, and would for ever: there is none.
  test('a server that goes away before it answers', async () => {
    const { exchange } = await overTls((req) => {
      req.stream.session?.goaway(0, 0);
      req.stream.close(0);
    });
    expect(exchange.outcome).toBe('failed');
    expect(exchange.failure).toMatchObject({ phase: 'processing' });
  });

  test('a stream reset in the middle of the body', async () => {
    const { exchange } = await overTls((_req, res) => {
      res.write('some');
      setTimeout(() => res.stream.close(2), 50);
    });
    expect(exchange).toMatchObject({ outcome: 'failed', status: 200, failure: { phase: 'transfer' } });
  });

  test('fewer bytes than the promised length', async () => {
    const { exchange } = await overTls((_req, res) => {
      res.setHeader('content-length', '1000');
      res.end('short');
    });
    expect(exchange).toMatchObject({
      outcome: 'failed',
      status: 200,
      failure: { phase: 'transfer', reason: 'eof_error' },
    });
  });

  test('a head of 100 KB', async () => {
    const { exchange, received } = await overTls((_req, res) => {
      for (let index = 0; index < 100; index++) res.setHeader(`x-${index}`, String(index).repeat(1000).slice(0, 1000));
      res.end('x');
    });
    expect(exchange.failure).toMatchObject({ phase: 'processing' });
    expect(received).toBeLessThan(200_000);
  });

  test('silence after the handshake', async () => {
    const { exchange } = await overTls(() => {}, 300);
    expect(exchange.failure).toMatchObject({ phase: 'processing', reason: 'generic_timeout_error' });
    expect(exchange.phases?.tls).toBeGreaterThan(0);
    expect(exchange.phases?.processing).toBeUndefined();
  });
});
