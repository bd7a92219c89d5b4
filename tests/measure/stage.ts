/** The servers that a test puts on for one observation, and the observation itself. All are closed after each test. */
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import { connect as dial, type Socket } from 'node:net';
import { afterEach } from 'vitest';
import { experiment } from '../../src/measure/experiment.ts';
import { type Aim, observe } from '../../src/measure/observe.ts';
import type { ExperimentKind } from '../../src/model/vocabulary.ts';
import { answerTo, nameIn } from './dns-server.ts';
import {
  aimAt,
  instrumentsOn,
  type Listening,
  listen,
  never,
  type Plan,
  rawServer,
  serverIdentity,
  udpServer,
} from './loopback.ts';

/** The configured resolver, two addresses of the site, a trusted resolver. */
export const isp = '203.99.160.1';
export const site = '104.244.42.1';
export const other = '104.244.42.65';
export const trusted = { url: 'https://dns.quad9.net/dns-query', address: '9.9.9.9' };

const servers: Listening[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

export async function keep(starting: Promise<Listening>): Promise<Listening> {
  const server = await starting;
  servers.push(server);
  return server;
}

const page: RequestListener = (_req, res) => void res.end('<title>ok</title>');
export const raw = (serve: (socket: Socket) => void) => keep(rawServer(serve));
export const https = (serve = page, identity = serverIdentity) => keep(listen(createHttpsServer(identity, serve)));
export const http = (serve = page) => keep(listen(createHttpServer(serve)));

/** A resolver that gives these addresses for every name. */
export const dns = (...addresses: string[]) => keep(udpServer((query, reply) => reply(answerTo(query, addresses))));

/** A resolver that knows these names; NXDOMAIN for the others. */
export const resolver = (names: Readonly<Record<string, string>>) =>
  keep(
    udpServer((query, reply) => {
      const ip = names[nameIn(query)];
      reply(answerTo(query, ip ? [ip] : [], ip ? {} : { rcode: 'NXDOMAIN' }));
    }),
  );

/** A trusted resolver over HTTP/2. */
export const doh = (addresses: string[], rcode: 'NOERROR' | 'NXDOMAIN' = 'NOERROR') =>
  keep(
    listen(
      createSecureServer(serverIdentity, (req, res) => {
        const parts: Buffer[] = [];
        req.on('data', (chunk: Buffer) => parts.push(chunk));
        req.on('end', () => {
          res.setHeader('content-type', 'application/dns-message');
          res.end(answerTo(Buffer.concat(parts), addresses, { rcode }));
        });
      }) as never,
    ),
  );

/** A filter in front of a server: hellos with `name` (it stands in clear text) meet `then`. `seen`: what went by. */
export const filtered = (behind: number, name: string, then: (socket: Socket) => void, seen: string[] = []) =>
  raw((socket) => {
    socket.once('data', (hello) => {
      const banned = hello.includes(name);
      seen.push(banned ? name : 'another');
      if (banned) return then(socket);
      const inner = dial(behind, '127.0.0.1');
      inner.on('error', () => {});
      socket.on('close', () => inner.destroy());
      inner.write(hello);
      socket.pipe(inner).pipe(socket);
    });
  });

export const asking = { resolve: { configured: [isp], stub: false, system: false, public: [], trusted: [] } };

/** Observes once with instruments of its own. */
export async function look(plan: Plan, ...[url, more, signal = never]: [...Parameters<typeof aimAt>, AbortSignal?]) {
  const instruments = instrumentsOn(plan);
  const observed = await observe(aimAt(url, more), instruments, signal);
  await instruments.close();
  return observed;
}

export interface Following {
  more?: Partial<Aim>;
  /** Seconds since an address last heard a platform's name. */
  rested?: Record<string, number>;
  url?: string;
}

/** Observes, then makes the experiment, in which the trusted resolver may be asked. */
export async function follow(
  kind: ExperimentKind,
  plan: Plan,
  { more = {}, rested = {}, url = 'https://x.com/' }: Following = {},
) {
  const instruments = instrumentsOn(plan);
  const aim = aimAt(url, { ...asking, timeout_ms: 400, dns_timeout_ms: 300, ...more });
  const observed = await observe(aim, instruments, never);
  const asked = { ...aim, resolve: { ...aim.resolve, trusted: [trusted] } };
  const input = { kind, aim: asked, observed, rested_s: (ip: string) => rested[ip], neutral_name: 'example.org' };
  const facts = await experiment(input, instruments, never);
  await instruments.close();
  return { facts, observed };
}
