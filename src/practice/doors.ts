/**
 * The servers: one loopback port behind which every site of the practice Internet answers. The middlebox says which
 * address a connection is for; the door reads the ClientHello, refuses foreign names as content networks do, and hands
 * the connection to a real TLS, HTTP or DNS server.
 */
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createServer, type Socket } from 'node:net';
import type { Certificate, Impostor } from './censor.ts';
import { readClientHello } from './client-hello.ts';
import { serveDnsStream } from './dns-stream.ts';
import { practicePem } from './pki.ts';
import type { Policy } from './policy.ts';
import { rendezvous } from './rendezvous.ts';
import type { Resolvers } from './resolver.ts';
import { respondTo } from './respond.ts';
import { answersFor, stationAt } from './world.ts';
import type { WorldClock } from './world-clock.ts';

export interface Destination {
  ip: string;
  port: number;
  impostor?: Impostor | undefined;
}

export interface Doors {
  port: number;
  /** The connection from this local port is for this destination; to be said before anything is written to it. */
  expect(local_port: number, destination: Destination): void;
  close(): void;
}

type Chain = Certificate | 'evil' | 'block';

const chains: Readonly<Record<Chain, [certificate: string, key: string]>> = {
  valid: ['leaf.pem', 'leaf.key'],
  expired: ['expired.pem', 'leaf.key'],
  not_yet_valid: ['not-yet-valid.pem', 'leaf.key'],
  wrong_name: ['wrong-name.pem', 'leaf.key'],
  unknown_ca: ['evil.pem', 'evil.key'],
  evil: ['evil.pem', 'evil.key'],
  block: ['block.pem', 'block.key'],
};

/** A fatal `unrecognized_name` alert in a record of its own (RFC 8446 6, RFC 6066 3). */
const unrecognizedName = Buffer.from([21, 3, 3, 0, 2, 2, 112]);

/**
 * Largest TLS record, bytes. Records of 16 KiB would show nothing of a connection that freezes after 16 KB: large sites
 * send smaller ones at first for the same reason.
 */
const maxRecord = 4096;

/** A server that has not got a whole ClientHello by then gives up, ms. */
const helloPatience = 30_000;

export async function openDoors(policy: Policy, resolvers: Resolvers, clock: WorldClock): Promise<Doors> {
  const sockets = new Set<Socket>();
  const cleartext = new Map<Impostor | 'site', ReturnType<typeof createHttpServer>>();
  const secure = new Map<string, ReturnType<typeof createSecureServer>>();

  const httpServer = (who: Impostor | 'site') => {
    const server = cleartext.get(who) ?? createHttpServer(respondTo({ who, secure: false }, policy, resolvers, clock));
    cleartext.set(who, server);
    return server;
  };
  const tlsServer = (who: Impostor | 'site', chain: Chain) => {
    const key = `${who} ${chain}`;
    let server = secure.get(key);
    if (server === undefined) {
      const [certificate, privateKey] = chains[chain];
      server = createSecureServer(
        { cert: practicePem(certificate), key: practicePem(privateKey), allowHTTP1: true },
        respondTo({ who, secure: true }, policy, resolvers, clock),
      );
      // Clients that turn away, censors that cut: a server hears of it and goes on.
      server.on('sessionError', () => undefined);
      server.on('tlsClientError', () => undefined);
      server.on('secureConnection', (socket) => socket.setMaxSendFragment(maxRecord));
      secure.set(key, server);
    }
    return server;
  };

  const answerTls = (socket: Socket, destination: Destination, name: string | undefined) => {
    if (destination.impostor === 'evil') return tlsServer('evil', 'evil').emit('connection', socket);
    if (destination.impostor !== undefined) return tlsServer(destination.impostor, 'block').emit('connection', socket);
    const station = stationAt(destination.ip);
    if (station?.name === 'blockpage' || station?.name === 'portal') {
      return tlsServer(station.name, 'block').emit('connection', socket);
    }
    const bad = policy.site(name ?? '').find((action) => action.kind === 'certificate');
    const everybody = station?.hosts
      .flatMap((host) => policy.site(host))
      .find((action) => action.kind === 'certificate');
    const chain = bad ?? everybody;
    // A literal address is asked for without a name: resolvers over HTTPS have their address in the certificate.
    const ours = name === undefined || (station !== undefined && answersFor(station, name));
    if (!ours && chain === undefined) return socket.end(unrecognizedName);
    return tlsServer('site', chain?.which ?? 'valid').emit('connection', socket);
  };

  const answer = (socket: Socket, destination: Destination) => {
    const { ip, port, impostor } = destination;
    const resident = stationAt(ip)?.name;
    const who = impostor ?? (resident === 'blockpage' || resident === 'portal' ? resident : 'site');
    if (port === 80) return httpServer(who).emit('connection', socket);
    if (port === 53) return serveDnsStream(socket, (name, type) => resolvers.ask(ip, name, type, 'cleartext'));
    let seen = Buffer.alloc(0);
    const giveUp = setTimeout(() => socket.destroy(), helloPatience);
    socket.once('close', () => clearTimeout(giveUp));
    const look = (bytes: Buffer) => {
      seen = Buffer.concat([seen, bytes]);
      const hello = readClientHello(seen);
      if (hello.kind === 'incomplete') return;
      clearTimeout(giveUp);
      socket.off('data', look);
      socket.pause();
      socket.unshift(seen);
      if (hello.kind === 'hello') answerTls(socket, destination, hello.server_name);
      else httpServer(who).emit('connection', socket);
    };
    socket.on('data', look);
  };

  const meeting = rendezvous<Socket, Destination>((socket, destination) => {
    socket.resume();
    answer(socket, destination);
  });
  const server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => {
    const from = socket.remotePort ?? 0;
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      meeting.leave(from);
    });
    socket.on('error', () => socket.destroy());
    meeting.arrive(from, socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();

  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    expect: (local_port, destination) => meeting.announce(local_port, destination),
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
