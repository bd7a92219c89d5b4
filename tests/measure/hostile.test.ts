/** Servers that send whatever comes to their mind: every one is a named fact, and nothing brings the process down. */
import type { Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { attempt } from '../../src/measure/attempt.ts';
import { reasons } from '../../src/model/vocabulary.ts';
import { instrumentsOn, type Listening, listen, never, rawServer, serverIdentity } from './loopback.ts';

const servers: Listening[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const trials = 120;
const timeout_ms = 100;

/** What must hold after any attempt. */
async function survive(scheme: 'http' | 'https', port: number) {
  const url = new URL(`${scheme}://site.test:${port}/`);
  const input = { url, ip: '127.0.0.1', source: 'pinned', method: 'GET', body_cap: 4096, timeout_ms } as const;
  const { exchange, answer } = await attempt(input, instrumentsOn(), never);
  expect(['ok', 'failed']).toContain(exchange.outcome);
  if (exchange.outcome === 'failed') expect(reasons).toContain(exchange.failure?.reason);
  if (answer) expect(answer.body.length).toBeLessThanOrEqual(65_536);
  return exchange;
}

/** How a server ends: it stays, closes, or resets. */
const endings = fc.constantFrom('stay', 'end', 'reset');

type Piece = string | Uint8Array;

/** What a server says to the next connection, and how it ends. */
function createScript() {
  let play = (_socket: Socket): void => {};
  return {
    /** A connection keeps the play that it began with. */
    current: () => play,
    next(answer: readonly Piece[], ending: string) {
      play = (socket) => {
        for (const piece of answer) socket.write(piece);
        if (ending === 'end') socket.end();
        if (ending !== 'reset') return;
        if (socket instanceof TLSSocket) socket.destroy();
        else socket.resetAndDestroy();
      };
    },
  };
}
type Script = ReturnType<typeof createScript>;

/** A server without TLS that plays as soon as it has heard something. */
async function rawPlayer(script: Script): Promise<number> {
  const server = await rawServer((socket) => void socket.once('data', script.current().bind(undefined, socket)));
  servers.push(server);
  return server.port;
}

/** Tries many answers with every ending; resolves with what they were called. */
async function tryAll(
  protocol: string,
  answers: fc.Arbitrary<readonly Piece[]>,
  { next }: Script,
  to: { scheme: 'http' | 'https'; port: number },
  check: (exchange: Awaited<ReturnType<typeof survive>>) => void = () => {},
): Promise<Set<string>> {
  let executions = 0;
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(answers, endings, async (answer, ending) => {
      executions += 1;
      next(answer, ending);
      const exchange = await survive(to.scheme, to.port);
      check(exchange);
      const { outcome, failure } = exchange;
      seen.add(failure ? `${failure.phase} ${failure.reason}` : outcome);
    }),
    { numRuns: trials, endOnFailure: true },
  );
  console.log(`hostile ${protocol}: ${executions} executions, ${[...seen].toSorted().join(', ')}`);
  return seen;
}

describe('HTTP/1', () => {
  const start = fc.constantFrom(
    'HTTP/1.1 200 OK\r\n',
    'HTTP/1.0 302 Found\r\n',
    'HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\nconnection: upgrade\r\n',
    'HTTP/1.1 100 Continue\r\n\r\n',
    'HTTP/1.1 204 No Content\r\n',
    '',
  );
  const headers = fc.array(
    fc.constantFrom(
      'content-length: 5\r\n',
      'content-length: -1\r\n',
      'transfer-encoding: chunked\r\n',
      'location: https://\r\n',
      'connection: close\r\n',
      'connection: keep-alive, upgrade\r\n',
      'date: yesterday\r\n',
      'x: \u0000\r\n',
    ),
    { maxLength: 3 },
  );
  const rest = fc.array(
    fc.oneof(
      fc.constantFrom('\r\n', '\r\n', '5\r\nhello\r\n', '0\r\n\r\n', 'ffffffffff\r\n', 'hello'),
      fc.string({ maxLength: 30 }),
    ),
    { maxLength: 5 },
  );
  const pieces = fc.tuple(start, headers, rest).map(([first, middle, last]) => [first, ...middle, '\r\n', ...last]);

  test(`${trials} random answers`, async () => {
    const script = createScript();
    const port = await rawPlayer(script);
    const seen = await tryAll('HTTP/1', pieces, script, { scheme: 'http', port });
    expect(seen.size).toBeGreaterThan(3);
  }, 120_000);
});

/** A frame of RFC 9113 section 4.1. */
function frame(type: number, flags: number, stream: number, payload: Uint8Array, length = payload.length): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(length & 0xffffff, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

describe('HTTP/2', () => {
  const u32 = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value >>> 0);
    return bytes;
  };
  const settings = frame(4, 0, 0, Buffer.alloc(0));
  const status200 = Buffer.from([0x88]);
  const known: Buffer[] = [
    frame(4, 1, 0, Buffer.alloc(0)), // SETTINGS ACK
    frame(1, 4, 1, status200), // HEADERS with END_HEADERS: the answer begins
    frame(1, 5, 1, status200), // and ends
    frame(1, 0, 1, status200), // HEADERS that go on …
    frame(9, 4, 1, Buffer.alloc(0)), // … and CONTINUATION
    frame(0, 0, 1, Buffer.from('hello')), // DATA
    frame(0, 1, 1, Buffer.alloc(0)), // END_STREAM
    frame(3, 0, 1, u32(7)), // RST_STREAM REFUSED_STREAM
    frame(3, 0, 1, u32(0)), // RST_STREAM NO_ERROR
    frame(7, 0, 0, Buffer.concat([u32(0), u32(0)])), // GOAWAY that covers nothing
    frame(7, 0, 0, Buffer.concat([u32(0x7fffffff), u32(0)])), // GOAWAY that covers everything
    frame(7, 0, 0, Buffer.concat([u32(1), u32(11)])), // GOAWAY ENHANCE_YOUR_CALM
    frame(8, 0, 0, u32(0)), // WINDOW_UPDATE of nothing: an error
    frame(6, 0, 0, Buffer.alloc(8)), // PING
    frame(5, 4, 1, Buffer.concat([u32(2), status200])), // PUSH_PROMISE, which we forbade
    frame(4, 0, 0, Buffer.from([0, 3, 0, 0, 0, 0])), // MAX_CONCURRENT_STREAMS 0
    frame(4, 0, 0, Buffer.from([0, 4, 0xff, 0xff, 0xff, 0xff])), // a window that is too large
    frame(0, 0, 3, Buffer.from('on a stream that is not open')),
  ];
  const anyFrame = fc
    .tuple(fc.nat({ max: 12 }), fc.nat({ max: 255 }), fc.constantFrom(0, 1, 2, 3), fc.uint8Array({ maxLength: 30 }))
    .map(([type, flags, stream, payload]) => frame(type, flags, stream, payload));
  const frames = fc.array(
    fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...known) }, { weight: 1, arbitrary: anyFrame }),
    { maxLength: 6 },
  );

  test(`${trials} random sequences of frames`, async () => {
    const script = createScript();
    const tls = createTlsServer({ ...serverIdentity, ALPNProtocols: ['h2'] }, (socket) => {
      const play = script.current();
      socket.on('error', () => {});
      socket.resume();
      socket.write(settings);
      // After the request is there, so that streams are open when they are refused.
      setTimeout(() => play(socket), 15);
    });
    const server = await listen(tls);
    servers.push(server);
    const seen = await tryAll('HTTP/2', frames, script, { scheme: 'https', port: server.port });
    expect(seen.size).toBeGreaterThan(3);
  }, 120_000);
});

test(`TLS: ${trials} random records after the hello`, async () => {
  const script = createScript();
  const port = await rawPlayer(script);
  /** RFC 8446 section 5.1. */
  const record = fc
    .tuple(fc.constantFrom(20, 21, 22, 23, 99), fc.uint8Array({ maxLength: 80 }), fc.boolean())
    .map(([type, payload, lies]) => Buffer.from([type, 3, 3, 0, lies ? 200 : payload.length, ...payload]));
  const records = fc.array(fc.oneof(record, fc.uint8Array({ maxLength: 40 })), { maxLength: 4 });
  const seen = await tryAll('TLS', records, script, { scheme: 'https', port }, ({ failure }) =>
    expect(failure?.phase).toBe('tls'),
  );
  expect(seen.size).toBeGreaterThan(2);
}, 120_000);
