/** The real network: sockets, getaddrinfo and the system's resolver files, nothing else. */

import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { createConnection, type Socket } from 'node:net';
import { uptime } from 'node:os';
import { canonical, protocolOf } from './address.ts';
import type { Network, UdpPort } from './network.ts';
import { readSystemResolvers } from './system-resolvers.ts';
import { openTcpInfo } from './tcp-info.ts';

function connectTcp(ip: string, port: number, signal: AbortSignal, onSyn?: () => void): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const family = protocolOf(ip) === 'ip6' ? 6 : 4;
    const socket = createConnection({ host: ip, port, family, autoSelectFamily: false, noDelay: true });
    // Node calls connect(2) on a later tick, right after this event.
    if (onSyn) socket.once('connectionAttempt', onSyn);
    const onAbort = () => {
      socket.destroy();
      reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('error', (error) => {
      signal.removeEventListener('abort', onAbort);
      reject(error);
    });
    socket.once('connect', () => {
      signal.removeEventListener('abort', onAbort);
      socket.removeAllListeners('error');
      // The caller listens from its next tick on; until then a reset must not be an uncaught exception.
      socket.on('error', () => {});
      resolve(socket);
    });
  });
}

async function openUdp(protocol: 'ip4' | 'ip6'): Promise<UdpPort> {
  const socket = createSocket(protocol === 'ip4' ? 'udp4' : 'udp6');
  let onError: (error: NodeJS.ErrnoException) => void = () => {};
  let open = true;
  socket.on('error', (error) => onError(error));
  return {
    send(data, ip, port) {
      if (open) socket.send(data, port, ip, (error) => error && onError(error));
    },
    onMessage(listener) {
      socket.on('message', (data, { address, port }) => listener({ data, ip: canonical(address), port }));
    },
    onError(listener) {
      onError = listener;
    },
    close() {
      if (open) socket.close();
      open = false;
    },
  };
}

/** `Network` as the operating system gives it. `tcp_info`: with the kernel's account of connections, where there is one. */
export function createRealNetwork({ tcp_info = false } = {}): Network {
  return {
    tcpInfo: tcp_info ? openTcpInfo() : undefined,
    connectTcp,
    openUdp,
    async systemLookup(name, protocol) {
      const found = await lookup(name, { all: true, family: protocol === 'ip4' ? 4 : 6, order: 'verbatim' });
      // glibc hands a literal of the other family back as it is.
      return found.map(({ address }) => address).filter((ip) => protocolOf(ip) === protocol);
    },
    systemResolvers: () => readSystemResolvers(),
    monotonic: () => performance.now(),
    uptime: () => uptime() * 1000,
    wall: () => Date.now(),
    // Query ids are drawn from it: not to be guessed from outside.
    random: () => randomInt(2 ** 47) / 2 ** 47,
  };
}
