import { createServer, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { connect } from '../../src/measure/connect.ts';
import { request } from '../../src/measure/request.ts';
import { instrumentsOn, type Listening, listen, never, rawServer } from './loopback.ts';

const servers: Listening[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
const keep = async (starting: Promise<Listening>) => {
  const server = await starting;
  servers.push(server);
  return server;
};
const http1 = (serve: RequestListener) => keep(listen(createServer({ keepAlive: true }, serve)));
/** Answers every connection's first bytes with `head`, then does what the test wants. */
const raw = (serve: (socket: Socket) => void) => keep(rawServer((socket) => socket.once('data', () => serve(socket))));

interface Options {
  method?: 'GET' | 'HEAD';
  body_cap?: number;
  timeout_ms?: number;
}

async function ask(port: number, { method = 'GET', body_cap = 4096, timeout_ms = 1000 }: Options = {}) {
  const instruments = instrumentsOn();
  const { value } = await connect({ ip: '127.0.0.1', port, timeout_ms: 1000 }, instruments, never);
  const url = new URL(`http://site.test:${port}/`);
  const input = { socket: value!, url, method, body_cap, timeout_ms, user_agent: 'reachd-test/1' };
  const fact = await request(input, instruments, never);
  return { ...fact, received: value!.bytesRead };
}

describe('complete answers', () => {
  test('a body of known length, with the request that we promise', async () => {
    const seen: Record<string, unknown>[] = [];
    const { port } = await http1((req, res) => {
      seen.push({ ...req.headers, method: req.method });
      res.end('hello');
    });
    const { failure, answer, processing_ms, transfer_ms } = await ask(port);
    expect(failure).toBeUndefined();
    expect(answer).toMatchObject({ status: 200, version: '1.1', length: 5, capped: false });
    expect(answer?.body.toString()).toBe('hello');
    // printf hello | sha256sum
    expect(answer?.body_hash).toBe('2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824');
    expect(processing_ms).toBeGreaterThan(0);
    expect(transfer_ms).toBeGreaterThanOrEqual(0);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({
      method: 'GET',
      host: `site.test:${port}`,
      'user-agent': 'reachd-test/1',
      'accept-encoding': 'identity',
    });
  });

  test('a chunked body', async () => {
    const { port } = await http1((_req, res) => {
      res.write('a');
      res.write('b');
      res.end('c');
    });
    expect((await ask(port)).answer).toMatchObject({ length: 3, capped: false });
  });

  test('a body that ends with the connection', async () => {
    const { port } = await raw((socket) => socket.end('HTTP/1.0 200 OK\r\n\r\nold school'));
    const { failure, answer } = await ask(port);
    expect(failure).toBeUndefined();
    expect(answer).toMatchObject({ status: 200, length: 10 });
  });

  test('a head without a body has no transfer phase', async () => {
    const { port } = await http1((_req, res) => res.setHeader('content-length', '1000').end());
    const fact = await ask(port, { method: 'HEAD' });
    expect(fact.failure).toBeUndefined();
    expect(fact.transfer_ms).toBeUndefined();
    expect(fact.answer).toMatchObject({ status: 200, length: 0 });
  });

  test.each([204, 304, 403, 404, 429, 451, 500, 503])('status %i is an answer', async (status) => {
    const { port } = await http1((_req, res) => res.writeHead(status).end());
    const { failure, answer } = await ask(port);
    expect(failure).toBeUndefined();
    expect(answer?.status).toBe(status);
  });

  test('early hints before the answer are not the answer', async () => {
    const { port } = await raw((socket) => {
      for (let hint = 0; hint < 20; hint++) socket.write('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n');
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
    });
    expect((await ask(port)).answer).toMatchObject({ status: 200, length: 2 });
  });

  test('one byte at a time', async () => {
    const { port } = await raw(async (socket) => {
      for (const byte of Buffer.from('HTTP/1.1 200 OK\r\nx-a: b\r\ncontent-length: 3\r\n\r\nabc')) {
        socket.write(Buffer.from([byte]));
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    const { failure, answer } = await ask(port);
    expect(failure).toBeUndefined();
    expect(answer).toMatchObject({ status: 200, length: 3 });
    expect(answer?.headers['x-a']).toBe('b');
  });
});

describe('the cap stops the bytes', () => {
  test('HTTP/1: an endless body is cut and counts as complete', async () => {
    let stop = false;
    const { port } = await http1((_req, res) => {
      res.on('close', () => {
        stop = true;
      });
      const more = () => {
        while (!stop && res.write(Buffer.alloc(16_384, 120))) {
          // until the socket pushes back
        }
        if (!stop) res.once('drain', more);
      };
      more();
    });
    const { failure, answer, received } = await ask(port);
    expect(failure).toBeUndefined();
    expect(answer?.capped).toBe(true);
    expect(answer?.length).toBeGreaterThanOrEqual(4096);
    // One read of a socket is 64 KiB at most.
    expect(received).toBeLessThanOrEqual(2 * 65_536);
    await expect.poll(() => stop).toBe(true);
  });

  test('a gzip bomb is counted as it comes, never unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000));
    const { port } = await http1((_req, res) => res.setHeader('content-encoding', 'gzip').end(bomb));
    const { answer, failure } = await ask(port, { body_cap: 1 << 20 });
    expect(failure).toBeUndefined();
    expect(answer?.length).toBe(bomb.length);
  });
});

describe('answers that are none', () => {
  // A connection closed before anything, in the middle of the head, of a body with a length, of a chunk.
  test.each([
    ['nothing', '', 'processing'],
    ['half a head', 'HTTP/1.1 200 OK\r\ncontent-le', 'processing'],
    ['half a body', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nonly this', 'transfer'],
    [
      'a length that chunks belie',
      'HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n',
      'processing',
    ],
    ['half a chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\nonly this', 'transfer'],
  ])('%s and then FIN: eof_error', async (_what, bytes, phase) => {
    const { port } = await raw((socket) => socket.end(bytes));
    const { failure, answer, processing_ms } = await ask(port);
    expect(failure).toMatchObject({ phase, reason: 'eof_error' });
    expect(answer?.status).toBe(phase === 'transfer' ? 200 : undefined);
    expect(processing_ms === undefined).toBe(phase === 'processing');
  });

  test('a reset instead of an answer, and in the middle of one', async () => {
    const before = await raw((socket) => socket.resetAndDestroy());
    expect((await ask(before.port)).failure).toMatchObject({ phase: 'processing', reason: 'connection_reset' });
    const during = await raw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nonly this');
      setTimeout(() => socket.resetAndDestroy(), 50);
    });
    const { failure, answer } = await ask(during.port);
    expect(failure).toMatchObject({ phase: 'transfer', reason: 'connection_reset' });
    expect(answer).toMatchObject({ status: 200, length: 9 });
  });

  test('silence: generic_timeout_error in processing', async () => {
    const { port } = await raw(() => {});
    const { failure } = await ask(port, { timeout_ms: 200 });
    expect(failure).toMatchObject({ phase: 'processing', reason: 'generic_timeout_error' });
    expect(failure?.after_ms).toBeGreaterThanOrEqual(150);
    expect(failure?.after_ms).toBeLessThan(3000);
  });

  test('a body that stops coming: http_body_stalled, with what came', async () => {
    const { port } = await raw((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n${'x'.repeat(1600)}`);
    });
    const { failure, answer, transfer_ms } = await ask(port, { timeout_ms: 300 });
    expect(failure).toMatchObject({ phase: 'transfer', reason: 'http_body_stalled' });
    expect(answer).toMatchObject({ status: 200, length: 1600 });
    expect(transfer_ms).toBeUndefined();
  });

  test('a drip that never ends is cut at the deadline: slow, not stalled', async () => {
    const { port } = await raw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n');
      const drip = setInterval(() => socket.write('x'), 20);
      socket.on('close', () => clearInterval(drip));
    });
    const { failure, answer } = await ask(port, { timeout_ms: 400 });
    expect(failure).toMatchObject({ phase: 'transfer', reason: 'generic_timeout_error' });
    expect(answer?.length).toBeGreaterThan(3);
    expect(answer?.length).toBeLessThan(40);
  });

  test('a head that drips is cut at the deadline', async () => {
    const { port } = await raw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const drip = setInterval(() => socket.write('x-a: b\r\n'), 20);
      socket.on('close', () => clearInterval(drip));
    });
    const { failure } = await ask(port, { timeout_ms: 300 });
    expect(failure).toMatchObject({ phase: 'processing', reason: 'generic_timeout_error' });
  });

  // A head that never ends, heads with one huge or very many headers, and what is not HTTP at all.
  test.each([
    ['one huge header', `HTTP/1.1 200 OK\r\nx: ${'a'.repeat(100_000)}\r\n\r\n`],
    ['thousands of headers', `HTTP/1.1 200 OK\r\n${'x-a: b\r\n'.repeat(10_000)}\r\n`],
    ['noise', `${'\u0001\u0002'.repeat(2000)}\r\n\r\n`],
    ['another protocol', '220 mail.test ESMTP\r\n'],
    ['a length that is no number', 'HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\nx'],
  ])('%s: http_request_failed', async (_what, bytes) => {
    const { port } = await raw((socket) => socket.write(bytes));
    const { failure, received } = await ask(port);
    expect(failure?.reason).toBe('http_request_failed');
    expect(received).toBeLessThanOrEqual(140_000);
  });

  test('more than the promised length: what was promised is the answer', async () => {
    const { port } = await raw((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabcdefgh'));
    const { answer } = await ask(port);
    expect(answer).toMatchObject({ status: 200, length: 3 });
    expect(answer?.body.toString()).toBe('abc');
  });
});
