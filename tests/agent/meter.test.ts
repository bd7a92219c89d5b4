import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { meter, resendsWithin, tcpWireBytes, udpWireBytes } from '../../src/agent/meter.ts';
import { createRealNetwork } from '../../src/measure/real.ts';

let server: Server;
let port: number;
beforeAll(async () => {
  server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(Buffer.alloc(100_000)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as { port: number }).port;
});
afterAll(() => server.close());

test('a connection is booked under its purpose, headers and acknowledgements included', async () => {
  const { network, during, spent } = meter(createRealNetwork(), 'probe');
  const socket = await during('transfer', () => network.connectTcp('127.0.0.1', port, AbortSignal.timeout(5000)));
  socket.write('GET');
  await new Promise((resolve) => socket.resume().once('close', resolve));
  expect(spent()).toEqual({ transfer: tcpWireBytes('ip4', 3, 100_000) });
  // 70 full segments of 1448 bytes, each acknowledged by half a segment: within the usual few percent of the payload.
  expect(spent().transfer?.received).toBeGreaterThan(104_000);
  expect(spent().transfer?.received).toBeLessThan(106_000);
});

test('what is still open counts as far as it has come', async () => {
  const { network, spent } = meter(createRealNetwork(), 'probe');
  const socket = await network.connectTcp('127.0.0.1', port, AbortSignal.timeout(5000));
  expect(spent().probe?.sent).toBeGreaterThan(0);
  socket.destroy();
});

test('a refused dial costs a segment each way', async () => {
  const { network, spent } = meter(createRealNetwork(), 'probe');
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
  const free = (closed.address() as { port: number }).port;
  await new Promise((resolve) => closed.close(resolve));
  await expect(network.connectTcp('127.0.0.1', free, AbortSignal.timeout(5000))).rejects.toMatchObject({
    code: 'ECONNREFUSED',
  });
  expect(spent()).toEqual({ probe: { sent: 74, received: 74 } });
});

// Without a route nothing leaves: an offline laptop must not pay for what it could not send. The broadcast address stands
// for that here: the system refuses it at once, whatever routes this machine has.
test('what the system itself refuses to send costs nothing', async () => {
  const nowhere = '255.255.255.255';
  const real = createRealNetwork();
  const { network, spent } = meter(
    {
      ...real,
      // getaddrinfo without a way to its resolver
      systemLookup: () => Promise.reject(Object.assign(new Error('getaddrinfo EAI_AGAIN'), { code: 'EAI_AGAIN' })),
    },
    'probe',
  );
  await expect(network.connectTcp(nowhere, 443, AbortSignal.timeout(5000))).rejects.toThrow();
  expect(spent()).toEqual({});
  const port = await network.openUdp('ip4');
  const refused = new Promise((resolve) => port.onError(resolve));
  port.send(Buffer.alloc(30), nowhere, 53);
  await expect(refused).resolves.toMatchObject({ syscall: 'send' });
  port.close();
  expect(spent()).toEqual({ probe: { sent: 0, received: 0 } });
  await expect(network.systemLookup('x.com', 'ip4')).rejects.toThrow('EAI_AGAIN');
  expect(spent()).toEqual({ probe: { sent: 0, received: 0 } });
});

test('a name that does not exist was asked for and answered', async () => {
  const missing = () => Promise.reject(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }));
  const { network, spent } = meter({ ...createRealNetwork(), systemLookup: missing }, 'dns');
  await expect(network.systemLookup('x.com', 'ip4')).rejects.toThrow('ENOTFOUND');
  const question = udpWireBytes('ip4', 18 + 'x.com'.length);
  expect(spent()).toEqual({ dns: { sent: question, received: question } });
});

// On a lossy line the kernel sends again what our sockets have sent once.
test('segments that the kernel sent again are booked, also when the connection has gone', async () => {
  const told = { retransmits: 3 };
  const { network, spent } = meter({ ...createRealNetwork(), tcpInfo: () => told }, 'probe');
  const socket = await network.connectTcp('127.0.0.1', port, AbortSignal.timeout(5000));
  expect(network.tcpInfo?.(socket)).toEqual(told);
  socket.write('GET');
  await new Promise((resolve) => socket.resume().once('close', resolve));
  const once = tcpWireBytes('ip4', 3, 100_000);
  expect(spent()).toEqual({ probe: { ...once, sent: once.sent + 3 * (66 + 3) } });
});

// The hello that a filter answers with a reset, or with silence: far fewer segments than a conversation, or the same one again.
test('what was sent and never answered is not booked as a conversation, but as often as it was sent', () => {
  const hello = 517;
  expect(tcpWireBytes('ip4', hello, 0)).toEqual({ sent: hello + 4 * 66 + 8, received: 2 * 66 + 8 });
  // 0.25, 0.75, 1.75, 3.75, 7.75 s after it.
  expect([0, 200, 300, 800, 2000, 4000, 8000].map(resendsWithin)).toEqual([0, 0, 1, 2, 3, 4, 5]);
});

test('datagrams are counted each way', async () => {
  const { network, during, spent } = meter(createRealNetwork(), 'probe');
  const [a, b] = await during('dns', () => Promise.all([network.openUdp('ip4'), network.openUdp('ip4')]));
  a.send(Buffer.alloc(30), '127.0.0.1', 9);
  expect(spent()).toEqual({ dns: { sent: udpWireBytes('ip4', 30), received: 0 } });
  a.close();
  b.close();
});
