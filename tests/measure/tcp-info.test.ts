import { once } from 'node:events';
import { connect, createServer, Socket } from 'node:net';
import { platform } from 'node:os';
import { expect, test } from 'vitest';
import { createRealNetwork } from '../../src/measure/real.ts';
import { openTcpInfo, readInfo } from '../../src/measure/tcp-info.ts';
import { listen, never } from './loopback.ts';

test('the kernel counts the bytes of a connection, and a closed socket has no account', async () => {
  const read = openTcpInfo();
  // Elsewhere there is none, and that is all that may be said there.
  expect(read === undefined).toBe(platform() !== 'linux');
  if (read === undefined) return;
  const server = await listen(createServer((socket) => socket.end(Buffer.alloc(50_000))));
  const socket = connect(server.port, '127.0.0.1');
  let received = 0;
  socket.on('data', (bytes) => {
    received += bytes.length;
  });
  expect(read(socket)).toBeUndefined();
  await once(socket, 'connect');
  socket.write('hello');
  while (received < 50_000) await once(socket, 'data');
  const info = read(socket);
  // The kernel counts the FIN as one.
  expect(info?.bytes_received).toBeGreaterThanOrEqual(50_000);
  expect(info?.bytes_received).toBeLessThanOrEqual(50_001);
  expect(info?.bytes_sent).toBe(5);
  expect(info?.retransmits).toBe(0);
  expect(info?.rtt_ms).toBeGreaterThan(0);
  expect(info?.rtt_ms).toBeLessThan(1000);
  socket.destroy();
  expect(read(socket)).toBeUndefined();
  expect(read(new Socket())).toBeUndefined();
  await server.close();
});

test('what is no TCP connection has no account', async () => {
  const read = openTcpInfo();
  if (read === undefined) return;
  const file = Object.assign(new Socket(), { _handle: { fd: 0 } });
  expect(read(file)).toBeUndefined();
});

test('an older kernel’s shorter account: fields that it does not have are absent', () => {
  const info = Buffer.alloc(104);
  info.writeUInt32LE(40_123, 68);
  info.writeUInt32LE(2, 100);
  expect(readInfo(info)).toEqual({ rtt_ms: 40.123, retransmits: 2 });
});

test('off unless it is asked for', async () => {
  expect(createRealNetwork().tcpInfo).toBeUndefined();
  const server = await listen(createServer());
  const network = createRealNetwork({ tcp_info: true });
  const socket = await network.connectTcp('127.0.0.1', server.port, never);
  expect(network.tcpInfo === undefined).toBe(platform() !== 'linux');
  socket.destroy();
  await server.close();
});
