import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createRealNetwork } from '../../src/measure/real.ts';
import { type Listening, listen } from './loopback.ts';

const network = createRealNetwork();
const servers: Listening[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
const signal = new AbortController().signal;

test('connectTcp: a socket, the system’s error, or the signal’s reason', async () => {
  const server = await listen(createServer());
  servers.push(server);
  const socket = await network.connectTcp('127.0.0.1', server.port, signal);
  expect(socket.remotePort).toBe(server.port);
  socket.destroy();
  await server.close();
  servers.length = 0;
  await expect(network.connectTcp('127.0.0.1', server.port, signal)).rejects.toMatchObject({
    code: 'ECONNREFUSED',
    syscall: 'connect',
  });
  const over = AbortSignal.abort(new Error('over'));
  await expect(network.connectTcp('127.0.0.1', server.port, over)).rejects.toThrow('over');
});

// What the program does between deciding to dial and the kernel's first packet is not the path's round trip.
test('onSyn is called once, when the packet leaves and before anything can have answered', async () => {
  const server = await listen(createServer());
  servers.push(server);
  const told: string[] = [];
  const dialling = network.connectTcp('127.0.0.1', server.port, signal, () => told.push('syn'));
  expect(told).toEqual([]);
  const socket = await dialling;
  told.push('connected');
  expect(told).toEqual(['syn', 'connected']);
  socket.destroy();
});

// A server may reset before anybody listens to the socket: that must be a fact of the next step, not the end of the process.
test('a reset right after the connection is no uncaught exception', async () => {
  const server = await listen(createServer((socket) => socket.resetAndDestroy()));
  servers.push(server);
  for (let again = 0; again < 20; again++) {
    try {
      const socket = await network.connectTcp('127.0.0.1', server.port, signal);
      if (!socket.closed) await once(socket, 'close');
      expect(socket.destroyed).toBe(true);
    } catch (error) {
      // The reset may even be faster than the news of the connection.
      expect(error).toMatchObject({ code: 'ECONNRESET' });
    }
  }
});

test('openUdp: datagrams out and in, with their sender', async () => {
  const echo = createSocket('udp4');
  echo.on('message', (data, { port, address }) => echo.send(data, port, address));
  echo.bind(0, '127.0.0.1');
  await once(echo, 'listening');
  const { port } = echo.address();
  const udp = await network.openUdp('ip4');
  const answer = new Promise((resolve) => udp.onMessage(resolve));
  udp.send(Buffer.from('hello'), '127.0.0.1', port);
  expect(await answer).toMatchObject({ data: Buffer.from('hello'), ip: '127.0.0.1', port });
  udp.close();
  udp.close();
  udp.send(Buffer.from('after the end'), '127.0.0.1', port);
  echo.close();
});

test('systemLookup: the hosts file, and a literal of the wrong protocol', async () => {
  expect(await network.systemLookup('localhost', 'ip4')).toContain('127.0.0.1');
  expect(await network.systemLookup('127.0.0.1', 'ip6')).toEqual([]);
});

test('the clocks and the dice', () => {
  const a = network.monotonic();
  expect(network.monotonic()).toBeGreaterThanOrEqual(a);
  expect(network.uptime()).toBeGreaterThan(0);
  expect(Math.abs(network.wall() - Date.now())).toBeLessThan(1000);
  const dice = Array.from({ length: 1000 }, () => network.random());
  expect(Math.min(...dice)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...dice)).toBeLessThan(1);
  expect(new Set(dice).size).toBeGreaterThan(990);
});
