/**
 * A handful of loopback servers behind public addresses: `Network` with a map. Everything runs over real sockets;
 * only the addresses are translated, because what leads to our own machine is not dialled on a resolver's word.
 */
import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createInstruments, type Instruments } from '../../src/measure/instruments.ts';
import { createLagGuard } from '../../src/measure/lag.ts';
import type { Network, SystemResolvers } from '../../src/measure/network.ts';
import type { Aim } from '../../src/measure/observe.ts';
import { createRealNetwork } from '../../src/measure/real.ts';
import { createTrust, type Trust } from '../../src/measure/trust.ts';

export const pem = (name: string) => readFileSync(new URL(`../../src/practice/pki/${name}`, import.meta.url), 'utf8');

export const serverIdentity = { cert: pem('leaf.pem'), key: pem('leaf.key') };

let trusted: Trust | undefined;
/** The practice root and the bundled ones; built once for all tests of a file. */
export function practiceTrust(): Trust {
  trusted ??= createTrust({ ca_pem: pem('root.pem') });
  return trusted;
}

/** A server that is closed, with all its connections, at the end of the test. */
export interface Listening {
  port: number;
  connections(): number;
  close(): Promise<void>;
}

/** Puts any net.Server on a loopback port. */
export async function listen(server: Server): Promise<Listening> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A TCP server that does as it is told with each connection. */
export const rawServer = (serve: (socket: Socket) => void) => listen(createServer({ noDelay: true }, serve));

/** A DNS server: UDP, with as many datagrams to a question as it likes. */
export async function udpServer(
  serve: (query: Buffer, reply: (data: Uint8Array, after_ms?: number) => void, from: RemoteInfo) => void,
): Promise<Listening> {
  const socket: UdpSocket = createSocket('udp4');
  const timers = new Set<NodeJS.Timeout>();
  let queries = 0;
  socket.on('message', (query, from) => {
    queries += 1;
    const reply = (data: Uint8Array, after_ms = 0) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        socket.send(data, from.port, from.address);
      }, after_ms);
      timers.add(timer);
    };
    serve(query, reply, from);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    connections: () => queries,
    async close() {
      for (const timer of timers) clearTimeout(timer);
      socket.close();
      await once(socket, 'close');
    },
  };
}

export interface Plan {
  /** `ip:port` to a loopback port; what is not here refuses connections. */
  tcp?: Readonly<Record<string, number>>;
  /** Resolver address to a loopback UDP port; what is not here stays silent. */
  udp?: Readonly<Record<string, number>>;
  /** Before a connection is made. */
  connect_delay_ms?: number;
  /** getaddrinfo. */
  lookup?: (name: string, protocol: 'ip4' | 'ip6') => Promise<string[]>;
  resolvers?: SystemResolvers;
  /** Every connection made is noted here. */
  opened?: Socket[];
}

/** `Network` on loopback. */
export function loopback(plan: Plan = {}): Network {
  const real = createRealNetwork();
  return {
    ...real,
    async connectTcp(ip, port, signal) {
      await wait(plan.connect_delay_ms ?? 0, signal);
      const mapped = plan.tcp?.[`${ip}:${port}`];
      if (mapped !== undefined || ip === '127.0.0.1') {
        const socket = await real.connectTcp('127.0.0.1', mapped ?? port, signal);
        plan.opened?.push(socket);
        return socket;
      }
      throw Object.assign(new Error(`connect ECONNREFUSED ${ip}:${port}`), {
        code: 'ECONNREFUSED',
        syscall: 'connect',
      });
    },
    async openUdp() {
      const port = await real.openUdp('ip4');
      const public_ = new Map(Object.entries(plan.udp ?? {}).map(([ip, mapped]) => [mapped, ip]));
      return {
        ...port,
        send(data, ip) {
          const mapped = plan.udp?.[ip];
          if (mapped !== undefined) port.send(data, '127.0.0.1', mapped);
        },
        onMessage(listener) {
          port.onMessage((datagram) => {
            const ip = public_.get(datagram.port);
            listener(ip === undefined ? datagram : { data: datagram.data, ip, port: 53 });
          });
        },
      };
    },
    systemLookup:
      plan.lookup ??
      (async (name) => {
        throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND', syscall: 'getaddrinfo' });
      }),
    systemResolvers: async () => plan.resolvers ?? { servers: [], stub: false },
  };
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (ms === 0) return resolve();
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

/**
 * Instruments on a loopback network. Their lag guard has a clock that stands still and so never drops a phase: tests
 * of what is measured must not depend on how busy the machine is. `strict`: the real guard, for tests of values.
 */
export function instrumentsOn(plan: Plan = {}, trust: Trust = practiceTrust(), strict = false): Instruments {
  const instruments = createInstruments({
    network: loopback(plan),
    trust,
    user_agent: 'reachd-test/1 (+https://reachd.invalid)',
    asnOf: (ip) => (ip.startsWith('104.244.42.') ? 13414 : undefined),
    addressId: (ip) => `id-${ip}`,
  });
  return strict ? instruments : { ...instruments, lag: createLagGuard(() => 0) };
}

export const never = new AbortController().signal;

/** An aim with short deadlines; the test fills in what it is about. */
export const aimAt = (url: string, more: Partial<Aim> = {}): Aim => ({
  target: 'x/website',
  url,
  ip_protocol: 'ip4',
  addresses: [],
  method: 'GET',
  body_cap: 4096,
  resolve: { configured: [], stub: false, system: false, public: [], trusted: [] },
  fallback_addresses: [],
  timeout_ms: 2000,
  dns_timeout_ms: 1500,
  ...more,
});
