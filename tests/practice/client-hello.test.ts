import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { connect, createSecureContext } from 'node:tls';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { readClientHello } from '../../src/practice/client-hello.ts';
import { untilFirstWord } from '../../src/practice/records.ts';
import { readRequestHead } from '../../src/practice/request-head.ts';

/** The first flight of a real client. */
async function firstFlight(servername: string | undefined, ecdhCurve: string): Promise<Buffer> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect({
    host: '127.0.0.1',
    port,
    ...(servername && { servername }),
    secureContext: createSecureContext({ ecdhCurve }),
  });
  client.on('error', () => undefined);
  const [socket] = await once(server, 'connection');
  const [bytes] = await once(socket, 'data');
  client.destroy();
  socket.destroy();
  server.close();
  return bytes;
}

let small: Buffer;
let large: Buffer;
let nameless: Buffer;
beforeAll(async () => {
  small = await firstFlight('www.Example.org', 'X25519');
  large = await firstFlight('x.com', 'X25519MLKEM768:X25519');
  nameless = await firstFlight(undefined, 'X25519');
});

/** The same handshake message in records of `size` bytes, as evasive clients send it (RFC 8446 5.1 allows it). */
function rerecorded(flight: Buffer, size: number): Buffer {
  const message = flight.subarray(5);
  const records: Buffer[] = [];
  for (let at = 0; at < message.length; at += size) {
    const fragment = message.subarray(at, at + size);
    const header = Buffer.from([22, 3, 1, fragment.length >> 8, fragment.length & 255]);
    records.push(header, fragment);
  }
  return Buffer.concat(records);
}

describe('a ClientHello', () => {
  test('of a real client gives its name, lower case, and its length', () => {
    expect(readClientHello(small)).toEqual({ kind: 'hello', server_name: 'www.example.org', length: small.length });
    expect(small.length).toBeLessThan(1460);
  });

  test('with a post-quantum key share does not fit one segment', () => {
    expect(readClientHello(large)).toEqual({ kind: 'hello', server_name: 'x.com', length: large.length });
    expect(large.length).toBeGreaterThan(1460);
  });

  test('without a name is a hello all the same', () => {
    expect(readClientHello(nameless)).toMatchObject({ kind: 'hello', server_name: undefined });
  });

  test('cut anywhere is incomplete, never wrong', () => {
    fc.assert(
      fc.property(fc.nat(large.length - 1), (length) => {
        expect(readClientHello(large.subarray(0, length))).toEqual({ kind: 'incomplete' });
      }),
    );
  });

  test('split over many records is read all the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), (size) => {
        expect(readClientHello(rerecorded(large, size))).toMatchObject({ kind: 'hello', server_name: 'x.com' });
      }),
    );
  });

  test('followed by more is no longer than itself', () => {
    expect(readClientHello(Buffer.concat([small, Buffer.alloc(50)]))).toMatchObject({ length: small.length });
  });

  test('that lies about its lengths never throws and gives no other name', () => {
    fc.assert(
      fc.property(fc.nat(small.length - 1), fc.nat(255), (at, value) => {
        const bent = Buffer.from(small);
        bent[at] = value;
        expect(['hello', 'incomplete', 'not_tls']).toContain(readClientHello(bent).kind);
      }),
    );
  });

  test('is not found in other bytes', () => {
    for (const text of ['GET / HTTP/1.1\r\n', 'SSH-2.0-', '\x16\x02\x00']) {
      expect(readClientHello(Buffer.from(text, 'latin1'))).toEqual({ kind: 'not_tls' });
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
        readClientHello(Buffer.from(bytes));
      }),
    );
  });
});

describe('a request head', () => {
  const request = 'GET /a?b HTTP/1.1\r\nUser-Agent: x\r\nHOST:  WWW.Example.org:80 \r\n\r\n';

  test('gives its host, without port and in lower case', () => {
    expect(readRequestHead(Buffer.from(request))).toEqual({ kind: 'head', host: 'www.example.org' });
    expect(readRequestHead(Buffer.from('GET / HTTP/1.0\r\n\r\n'))).toEqual({ kind: 'head', host: undefined });
  });

  test('cut anywhere is incomplete', () => {
    fc.assert(
      fc.property(fc.nat(request.length - 1), (length) => {
        expect(readRequestHead(Buffer.from(request.slice(0, length)))).toEqual({ kind: 'incomplete' });
      }),
    );
  });

  test('never throws on other bytes, and a longer head than any browser’s is let through', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => void readRequestHead(Buffer.from(bytes))));
    expect(readRequestHead(Buffer.from(`GET /${'a'.repeat(20_000)}`)).kind).toBe('not_http');
    expect(readRequestHead(Buffer.from('\x16\x03\x01')).kind).toBe('not_http');
  });
});

test('the record counter stops before the second application record, however the bytes are cut', () => {
  const record = (type: number, length: number) =>
    Buffer.concat([Buffer.from([type, 3, 3, 0, length]), Buffer.alloc(length, type)]);
  const stream = Buffer.concat([record(22, 40), record(20, 1), record(23, 69), record(23, 30), record(23, 9)]);
  const handshake = 45 + 6 + 74;
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: stream.length - 1 })), (cuts) => {
      const counter = untilFirstWord();
      let passed = 0;
      const edges = [0, ...cuts.sort((a, b) => a - b), stream.length];
      for (const [index, edge] of edges.slice(1).entries()) {
        const chunk = stream.subarray(edges[index], edge);
        const through = counter.before(chunk);
        passed += through;
        if (through < chunk.length) break;
      }
      // A header that is cut in two passes in part: the filter cannot know yet.
      expect(passed).toBeGreaterThanOrEqual(handshake);
      expect(passed).toBeLessThan(handshake + 5);
    }),
  );
});
