import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { meter, tcpWireBytes, udpWireBytes } from '../../src/agent/meter.ts';
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

test('datagrams are counted each way', async () => {
  const { network, during, spent } = meter(createRealNetwork(), 'probe');
  const [a, b] = await during('dns', () => Promise.all([network.openUdp('ip4'), network.openUdp('ip4')]));
  a.send(Buffer.alloc(30), '127.0.0.1', 9);
  expect(spent()).toEqual({ dns: { sent: udpWireBytes('ip4', 30), received: 0 } });
  a.close();
  b.close();
});
