/** The web server: node:http with limits, a Host check, and the routes. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { WebSecurity } from '../model/web-security.ts';
import { type GuardOptions, hostAllowed, isForeign } from './guard.ts';
import { listenComplaint, parseListenAddress } from './listen-address.ts';
import { type Answer, json, send, sendLive, stream, text } from './reply.ts';
import { findRoute, notFound, type Sources } from './routes.ts';
import { createDoorkeeper, type Doorkeeper } from './web-security.ts';

/** Who may ask: what a reload changes while the server goes on. */
export interface WebRules extends GuardOptions {
  /** TLS, passwords, headers, rate; absent: plain HTTP, open to whoever can connect. */
  security?: WebSecurity | undefined;
}

export interface WebOptions extends WebRules {
  /** `127.0.0.1:7322`, `[::1]:7322`, `:7322`; port 0 takes a free one. */
  listen_address: string;
  sources: Sources;
  /** A bug in a route, or a store that failed to read. */
  onError: (error: unknown) => void;
}

export interface Web {
  /** Base URL with the port that was taken, ending in a slash. */
  url: string;
  /**
   * Takes names, certificates, users, headers and the rate as they were read anew; returns the keys that wait for the
   * next start. Throws, and changes nothing, where OpenSSL does not take a certificate.
   */
  reconfigure(rules: WebRules): string[];
  /** Stops listening and ends open connections; resolves when all have gone. */
  close(): Promise<void>;
}

/**
 * A page with its parts, a few scrapers and a health check need a dozen connections. What a slow or idle client may
 * cost is bounded in number, time and bytes; a request that is not ours never has a body that matters.
 */
const limits = {
  connections: 64,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 15_000,
  /** Longer than the usual scrape interval of 15 s, so that Prometheus keeps its connection. */
  keepAliveTimeoutMs: 35_000,
  headerBytes: 8192,
  /** Bytes of a POST's body that are read and thrown away before the connection is cut. */
  bodyBytes: 4096,
} as const;

/** Listens and serves. Throws a `Complaint` for an address that is none, or that cannot be had. */
export async function startWeb(options: WebOptions): Promise<Web> {
  const address = parseListenAddress(options.listen_address);
  let guard: GuardOptions = options;
  const door = createDoorkeeper(
    options.security,
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      connectionsCheckingInterval: 5000,
    },
    (request, response) => {
      serve(request, response, options.sources, guard, door).catch((error: unknown) => {
        options.onError(error);
        if (response.headersSent) response.destroy();
        else void send(request, response, text(500, 'Something went wrong here; the log says what.'));
      });
    },
  );
  const { server } = door;
  server.maxConnections = limits.connections;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenComplaint(options.listen_address, address, error)));
    server.listen({ host: address.host === '' ? undefined : address.host, port: address.port }, resolve);
  });
  server.removeAllListeners('error');
  server.on('error', options.onError);
  // Node's own list has those that speak HTTP; who has connected and never shakes hands would hold up the end.
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return {
    url: urlOf(server.address() as AddressInfo, door.secure),
    reconfigure(rules) {
      const late = door.reconfigure(rules.security);
      guard = rules;
      return late;
    },
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const socket of sockets) socket.destroy();
      });
      await door.close();
    },
  };
}

/** Where a browser on this machine finds us: "every interface" is no address to go to. */
function urlOf({ address, port, family }: AddressInfo, secure: boolean): string {
  const host = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
  return `${secure ? 'https' : 'http'}://${family === 'IPv6' ? `[${host}]` : host}:${port}/`;
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  sources: Sources,
  guard: GuardOptions,
  door: Doorkeeper,
): Promise<void> {
  discardBody(request);
  const url = targetOf(request);
  const found = url && findRoute(url.pathname);
  const over = door.headers();
  const put = (answer: Answer) => send(request, response, { ...answer, headers: { ...answer.headers, ...over } });
  // The Host first, which costs nothing: a foreign page must not make us hash passwords. What there is to be found is
  // told only to those who were let in.
  const refusal =
    refuseHost(request, found?.route, guard) ??
    (await door.refuse(request.headers.authorization)) ??
    refuse(request, url, found?.route, guard);
  if (refusal) return put(refusal);
  if (!url || !found) return put(notFound(url?.pathname ?? ''));
  const answer = await found.route.answer(url.searchParams, sources, found.rest, request.headers);
  if ('lines' in answer) return stream(request, response, answer, over);
  if ('open' in answer) return sendLive(request, response, answer, over);
  return put(answer);
}

/** The request's own path and query; undefined for one that is no path (a proxy request, say). */
function targetOf({ url = '' }: IncomingMessage): URL | undefined {
  return url.startsWith('/') ? (URL.parse(`http://reachd${url}`) ?? undefined) : undefined;
}

/** A request under a name that is not ours: somebody's page, by DNS rebinding. */
function refuseHost(
  { headers: { host } }: IncomingMessage,
  route: { guarded: boolean } | undefined,
  guard: GuardOptions,
): Answer | undefined {
  if (!(route?.guarded ?? true) || hostAllowed(host, guard)) return undefined;
  return text(
    421,
    'This name is not known here. Ask for the address itself or localhost, or add the name to web.allowed_hosts (behind a proxy: web.external_url).',
  );
}

/** What is wrong with the request, in the order in which it should be told; undefined for nothing. */
function refuse(
  request: IncomingMessage,
  url: URL | undefined,
  route: { method: string } | undefined,
  guard: GuardOptions,
): Answer | undefined {
  if (url === undefined) return text(400, 'This is no path.');
  if (route === undefined) return undefined;
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  if (method !== route.method) {
    const allow = route.method === 'GET' ? 'GET, HEAD' : route.method;
    return text(405, `This takes ${allow}.`, { allow });
  }
  if (method === 'POST' && isForeign(request, guard)) {
    return json({ error: 'a page of another origin must not do this' }, 403);
  }
  return undefined;
}

/** No route takes a body: a little is read and forgotten so that the answer arrives, much ends the connection. */
function discardBody(request: IncomingMessage): void {
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > limits.bodyBytes) request.destroy();
  });
}
