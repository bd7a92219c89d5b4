import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { connect } from '../../src/measure/connect.ts';
import { handshake } from '../../src/measure/handshake.ts';
import { createTrust } from '../../src/measure/trust.ts';
import {
  instrumentsOn,
  type Listening,
  listen,
  never,
  pem,
  practiceTrust,
  rawServer,
  serverIdentity,
} from './loopback.ts';

const servers: Listening[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const tlsServer = async (options: TlsOptions = serverIdentity) => {
  const server = await listen(createTlsServer(options, (socket) => socket.on('error', () => {})));
  servers.push(server);
  return server;
};
const raw = async (...args: Parameters<typeof rawServer>) => {
  const server = await rawServer(...args);
  servers.push(server);
  return server;
};

async function shake(
  port: number,
  { name = 'site.test', trust = practiceTrust(), timeout_ms = 1000, large_hello = false, signal = never } = {},
) {
  const instruments = instrumentsOn({}, trust);
  const { value: socket } = await connect({ ip: '127.0.0.1', port, timeout_ms: 1000 }, instruments, never);
  const input = { socket: socket!, server_name: name, alpn: ['h2', 'http/1.1'], large_hello, timeout_ms };
  const { fact, value } = await handshake(input, instruments, signal);
  value?.destroy();
  socket?.destroy();
  return fact;
}

test('a good chain: version, names, fingerprint, end of validity', async () => {
  const { port } = await tlsServer({ ...serverIdentity, ALPNProtocols: ['http/1.1'] });
  const fact = await shake(port);
  expect(fact.failure).toBeUndefined();
  expect(fact.ms).toBeGreaterThan(0);
  expect(fact.tls).toMatchObject({
    version: 'TLSv1.3',
    alpn: 'http/1.1',
    issuer: 'CN=Practice Root, O=Practice Internet',
    subject: 'CN=practice.test',
    not_after: '2126-01-01T00:00:00.000Z',
    extra_trust: true,
  });
  expect(fact.tls?.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  expect(fact.tls?.error).toBeUndefined();
});

// What an expired server, a careless one, a national filter and a corporate proxy show.
test.each([
  ['expired.pem', 'leaf.key', 'site.test', 'ssl_invalid_certificate'],
  ['not-yet-valid.pem', 'leaf.key', 'site.test', 'ssl_invalid_certificate'],
  ['wrong-name.pem', 'leaf.key', 'site.test', 'ssl_invalid_hostname'],
  ['leaf.pem', 'leaf.key', 'not-on-it.invalid', 'ssl_invalid_hostname'],
  ['evil.pem', 'evil.key', 'site.test', 'ssl_unknown_authority'],
  ['block.pem', 'block.key', 'site.test', 'ssl_unknown_authority'],
])('%s for %s under %s is the fact %s', async (cert, key, name, reason) => {
  const { port } = await tlsServer({ cert: pem(cert), key: pem(key) });
  const fact = await shake(port, { name });
  expect(fact.failure).toBeUndefined();
  expect(fact.tls?.error).toBe(reason);
  expect(fact.tls?.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  expect(fact.tls?.extra_trust).toBeUndefined();
});

test('without the operator’s own anchor the practice chain is an unknown authority', async () => {
  const { port } = await tlsServer();
  const fact = await shake(port, { trust: createTrust() });
  expect(fact.tls?.error).toBe('ssl_unknown_authority');
});

test('a literal address is checked against the certificate and not sent as a name', async () => {
  const sent: string[] = [];
  const server = await tlsServer({
    ...serverIdentity,
    SNICallback(name, done) {
      sent.push(name);
      done(null);
    },
  });
  const fact = await shake(server.port, { name: '127.0.0.1' });
  expect(fact.tls?.error).toBeUndefined();
  expect((await shake(server.port, { name: '127.0.0.2' })).tls?.error).toBe('ssl_invalid_hostname');
  await shake(server.port, { name: 'site.test' });
  expect(sent).toEqual(['site.test']);
});

test('a filter that resets on the hello: connection_reset', async () => {
  const { port } = await raw((socket) => socket.once('data', () => socket.resetAndDestroy()));
  expect((await shake(port)).failure?.reason).toBe('connection_reset');
});

test('a filter that ends the connection on the hello: eof_error', async () => {
  const { port } = await raw((socket) => socket.once('data', () => socket.end()));
  expect((await shake(port)).failure?.reason).toBe('eof_error');
});

test('silence after the hello: generic_timeout_error at the deadline', async () => {
  const { port } = await raw(() => {});
  const { failure, received } = await shake(port, { timeout_ms: 200 });
  expect(failure?.reason).toBe('generic_timeout_error');
  expect(failure?.after_ms).toBeGreaterThanOrEqual(200);
  expect(failure?.after_ms).toBeLessThan(3000);
  expect(received).toBe(0);
});

test('the round’s end is no time-out of the server', async () => {
  const { port } = await raw(() => {});
  const round = new AbortController();
  setTimeout(() => round.abort(), 50);
  expect((await shake(port, { signal: round.signal })).failure?.reason).toBe('interrupted');
});

// Alert records written by hand: level 2 (fatal), the code of RFC 8446 section 6.
test.each([
  [112, 'unrecognized_name'],
  [40, 'handshake_failure'],
  [80, 'internal_error'],
  [49, 'access_denied'],
  [70, 'protocol_version'],
  [120, 'no_application_protocol'],
])('alert %i is %s', async (code, name) => {
  const { port } = await raw((socket) => socket.once('data', () => socket.end(Buffer.from([21, 3, 3, 0, 2, 2, code]))));
  const fact = await shake(port);
  expect(fact.failure?.reason).toBe('ssl_failed_handshake');
  expect(fact.alert).toBe(name);
});

// A block page in clear text on port 443; a certificate that is noise; records that are none.
test.each([
  ['HTTP', Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')],
  ['noise', Buffer.from(Array.from({ length: 600 }, (_, index) => (index * 73) & 255))],
  ['a record of 2^14+ bytes', Buffer.concat([Buffer.from([22, 3, 3, 0xff, 0xff]), Buffer.alloc(70_000, 1)])],
  ['a handshake message of noise', Buffer.concat([Buffer.from([22, 3, 3, 0, 64]), Buffer.alloc(64, 7)])],
])('%s instead of TLS: ssl_failed_handshake, no alert', async (_what, bytes) => {
  const { port } = await raw((socket) => socket.once('data', () => socket.end(bytes)));
  const fact = await shake(port);
  expect(fact.failure?.reason).toBe('ssl_failed_handshake');
  expect(fact.alert).toBeUndefined();
  expect(fact.tls).toBeUndefined();
});

test('a server that answers byte by byte is a good server', async () => {
  const inner = await tlsServer();
  const { port } = await raw((socket) => {
    import('node:net').then(({ connect: dial }) => {
      const behind = dial(inner.port, '127.0.0.1');
      socket.pipe(behind);
      behind.on('data', async (chunk: Buffer) => {
        for (const byte of chunk) socket.write(Buffer.from([byte]));
      });
      behind.on('error', () => {});
      socket.on('close', () => behind.destroy());
    });
  });
  expect((await shake(port)).tls?.error).toBeUndefined();
});

test('the hello fits one segment, the large one needs two', async () => {
  const sizes: number[] = [];
  const { port } = await raw((socket) => {
    let hello = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      hello = Buffer.concat([hello, chunk]);
      // The record's own length: RFC 8446 section 5.1.
      if (hello.length < 5 || hello.length < 5 + hello.readUInt16BE(3)) return;
      sizes.push(hello.length);
      socket.end();
    });
  });
  await shake(port);
  await shake(port, { large_hello: true });
  // 1220 and 1460: payload of a segment at IPv6's least MTU and on Ethernet.
  expect(sizes[0]).toBeLessThan(1220);
  expect(sizes[1]).toBeGreaterThan(1460);
});
