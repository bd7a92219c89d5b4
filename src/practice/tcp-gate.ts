/** Where the seam's connections arrive: one loopback port for every address of the practice Internet. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { type Flow, openFlow, type Surroundings } from './flow.ts';
import type { Fate } from './messages.ts';
import { rendezvous } from './rendezvous.ts';
import { publicResolvers, scopeOf, stationAt } from './world.ts';

export interface TcpGate {
  port: number;
  fate(ip: string, port: number): Fate;
  claim(claim: { local_port: number; ip: string; port: number }): void;
  /** The rules have changed: open flows to addresses that are blocked now hang. */
  reconsider(): void;
  count(): number;
  close(): void;
}

/** A SYN that was lost is sent again after a second (RFC 6298 2.1). */
const synRetry = 1000;

const errors = { refuse: 'ECONNREFUSED', prohibit: 'EHOSTUNREACH', no_route: 'ENETUNREACH' } as const;

function serves(ip: string, port: number): boolean {
  return port === 80 || port === 443 || (port === 53 && ip in publicResolvers);
}

export async function openTcpGate(around: Surroundings): Promise<TcpGate> {
  const { policy, distances, random } = around;
  const flows = new Map<Socket, Flow>();

  const meeting = rendezvous<Socket, { ip: string; port: number }>((socket, destination) => {
    flows.set(socket, openFlow(socket, destination, around));
    socket.resume();
  });
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true }, (socket) => {
    const from = socket.remotePort ?? 0;
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      flows.delete(socket);
      meeting.leave(from);
      waiting.delete(socket);
    });
    waiting.add(socket);
    meeting.arrive(from, socket);
  });
  const waiting = new Set<Socket>();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();

  /** Round trip of the handshake, with what the path adds. */
  const handshake = (ip: string, port: number): number => {
    let ms = distances.to(scopeOf(ip));
    for (const action of policy.path(ip, port)) {
      if (action.kind === 'divert') ms = distances.to('isp');
      if (action.kind !== 'impair') continue;
      ms += action.delay_ms;
      for (let tries = 0; tries < 5 && random() < action.loss; tries += 1) ms += synRetry;
    }
    return ms;
  };

  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    fate(ip, port) {
      const fatal = policy.syn(ip, port);
      if (fatal?.kind === 'drop') return { kind: 'hang' };
      if (fatal !== undefined) {
        return { kind: 'error', code: errors[fatal.kind], after_ms: fatal.kind === 'no_route' ? 0 : distances.filter };
      }
      const diverted = policy.path(ip, port).some((action) => action.kind === 'divert');
      if (/^(127\.|0\.|::1?$)/.test(ip)) return { kind: 'error', code: 'ECONNREFUSED', after_ms: 0 };
      const station = stationAt(ip);
      if (station === undefined && !diverted && !(ip in publicResolvers)) return { kind: 'hang' };
      if (!diverted && !serves(ip, port)) return { kind: 'error', code: 'ECONNREFUSED', after_ms: handshake(ip, port) };
      return { kind: 'open', after_ms: handshake(ip, port) };
    },
    claim: ({ local_port, ip, port }) => meeting.announce(local_port, { ip, port }),
    reconsider() {
      for (const flow of flows.values()) if (policy.syn(flow.ip, flow.port) !== undefined) flow.blackhole();
    },
    count: () => flows.size,
    close() {
      server.close();
      for (const socket of waiting) socket.destroy();
    },
  };
}
