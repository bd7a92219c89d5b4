/** `Network` on the practice Internet: public addresses in, loopback sockets out. */
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { uptime } from 'node:os';
import type { Network, SystemResolvers } from '../measure/network.ts';
import type { IpProtocol } from '../model/vocabulary.ts';
import type { Link } from './link.ts';
import { hang, pauseUntil } from './pause.ts';
import { openPracticeUdp } from './udp-port.ts';

/** What the household adds: its clocks and its resolver. */
export interface House {
  /** How much later than this computer's clock it is everywhere, ms. */
  world_offset_ms: number;
  /** How wrong the probe's own wall clock is, ms. */
  wall_offset_ms: number;
  /** Time slept so far, ms: uptime and wall clock have moved on, the monotonic clock has not. */
  slept_ms: number;
  resolvers: SystemResolvers;
}

/** An error as the kernel would give it: `errno` name, `syscall`, and a message of the usual form. */
function systemError(code: string, syscall: string, subject: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${syscall} ${code} ${subject}`), { code, syscall });
}

async function openLoopback(port: number, signal: AbortSignal): Promise<Socket> {
  const socket = createConnection({ host: '127.0.0.1', port, noDelay: true, autoSelectFamily: false });
  try {
    await once(socket, 'connect', { signal });
  } catch (error) {
    socket.destroy();
    throw signal.aborted ? signal.reason : error;
  }
  return socket;
}

/**
 * Opens a connection to a public address by way of the worker's gate. It takes as long as the way there and back:
 * the time is spent here, the flow itself is delayed in the worker.
 */
async function connectTcp(link: Link, ip: string, port: number, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted();
  const start = performance.now();
  const { fate } = await link.ask({ kind: 'connect', ip, port });
  signal.throwIfAborted();
  if (fate === undefined || fate.kind === 'hang') return hang(signal);
  if (fate.kind === 'error') {
    await pauseUntil(start + fate.after_ms, signal);
    throw systemError(fate.code, 'connect', `${ip}:${port}`);
  }
  const socket = await openLoopback(link.ports.tcp_port, signal);
  const early = (error: Error) => socket.destroy(error);
  socket.on('error', early);
  try {
    link.claim({ local_port: socket.localPort ?? 0, ip, port });
    await pauseUntil(start + fate.after_ms, signal);
  } catch (reason) {
    socket.destroy();
    throw reason;
  } finally {
    socket.off('error', early);
  }
  return socket;
}

async function systemLookup(link: Link, house: House, name: string, protocol: IpProtocol): Promise<string[]> {
  const { looked } = await link.ask({ kind: 'lookup', name, protocol, servers: house.resolvers.servers });
  if (looked !== undefined && 'addresses' in looked) return looked.addresses;
  throw systemError(looked?.code ?? 'EAI_AGAIN', 'getaddrinfo', name);
}

export function practiceNetwork(link: Link, house: House, random: () => number): Network {
  return {
    connectTcp: (ip, port, signal) => connectTcp(link, ip, port, signal),
    openUdp: (protocol) => openPracticeUdp(protocol, link.ports.udp_port),
    systemLookup: (name, protocol) => systemLookup(link, house, name, protocol),
    systemResolvers: async () => ({ servers: [...house.resolvers.servers], stub: house.resolvers.stub }),
    monotonic: () => performance.now(),
    uptime: () => uptime() * 1000 + house.slept_ms,
    wall: () => Date.now() + house.world_offset_ms + house.wall_offset_ms + house.slept_ms,
    random,
  };
}
