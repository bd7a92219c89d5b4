/** What stands between a connection and the routes when `web.config_file` is set: TLS, passwords, headers, the rate. */
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { createSecureContext, type TLSSocket } from 'node:tls';
import { isDeepStrictEqual } from 'node:util';
import type { WebSecurity } from '../model/web-security.ts';
import { type Answer, text } from './reply.ts';
import { createAuthenticator } from './web-auth.ts';
import { clientAllowed, clientPolicy, secureContext } from './web-tls.ts';

/** A handshake is two round trips; who takes longer holds one of few connections. */
const handshakeTimeoutMs = 10_000;

export interface Doorkeeper {
  server: Server;
  secure: boolean;
  /** Headers that are put over our own. */
  headers(): Readonly<Record<string, string>>;
  /** What is answered instead of what was asked for; undefined: let in. */
  refuse(authorization: string | undefined): Promise<Answer | undefined>;
  /**
   * Takes what was read anew: certificates, keys, users, headers, the rate. Throws, and changes nothing, where OpenSSL
   * does not take it. Returns the keys that wait for the next start.
   */
  reconfigure(next: WebSecurity | undefined): string[];
  close(): Promise<void>;
}

const open: WebSecurity = { headers: {}, users: new Map() };

/** Makes the server, which does not listen yet. Throws where OpenSSL does not take certificate and key. */
export function createDoorkeeper(
  given: WebSecurity | undefined,
  options: ServerOptions,
  listener: RequestListener,
): Doorkeeper {
  let now = given ?? open;
  let authenticator = createAuthenticator(now.users);
  let rate = createRate(now.rate_limit);
  const server = now.tls
    ? createSecureServer(
        {
          ...options,
          ...secureContext(now.tls),
          ...clientPolicy(now.tls.client_auth),
          handshakeTimeout: handshakeTimeoutMs,
          ALPNProtocols: ['http/1.1'],
        },
        listener,
      )
    : createServer(options, listener);
  // Before the listener of node:https, so that a socket that must go is never read from.
  server.prependListener('secureConnection', (socket: TLSSocket) => {
    if (now.tls && !clientAllowed(socket, now.tls)) socket.destroy();
  });

  return {
    server,
    secure: now.tls !== undefined,
    headers: () => now.headers,
    async refuse(authorization) {
      if (!rate()) return text(429, 'Too many requests.', { 'retry-after': '1' });
      switch (await authenticator.check(authorization)) {
        case 'yes':
          return undefined;
        case 'busy':
          return text(503, 'Too many are waiting to be let in.', { 'retry-after': '5' });
        case 'no':
          return text(401, 'A user name and a password are needed.', {
            'www-authenticate': 'Basic realm="reachd", charset="UTF-8"',
          });
      }
    },
    reconfigure(given) {
      const next = given ?? open;
      const { tls: was } = now;
      const policyStays = next.tls?.client_auth === was?.client_auth;
      // Until the next start clients are let in as before: half of an old and half of a new policy would be neither.
      const { client_auth, client_ca, client_allowed_sans } = was ?? {};
      const tls =
        was && next.tls && client_auth && !policyStays
          ? { ...next.tls, client_auth, client_ca, client_allowed_sans }
          : was && (next.tls ?? was);
      if (tls) {
        createSecureContext(secureContext(tls));
        (server as ReturnType<typeof createSecureServer>).setSecureContext(secureContext(tls));
      }
      if (!isDeepStrictEqual(next.users, now.users)) {
        void authenticator.close();
        authenticator = createAuthenticator(next.users);
      }
      rate = createRate(next.rate_limit);
      now = { ...next, tls };
      if ((was === undefined) !== (next.tls === undefined)) return ['web.config_file: tls_server_config'];
      return policyStays ? [] : ['web.config_file: client_auth_type'];
    },
    close: () => authenticator.close(),
  };
}

/** A token bucket over all clients, as the toolkit has it: full at the start. Gives whether one more is let in. */
function createRate(limit: WebSecurity['rate_limit']): () => boolean {
  if (limit === undefined) return () => true;
  let tokens = limit.burst;
  let last = performance.now();
  return () => {
    const at = performance.now();
    tokens = Math.min(limit.burst, tokens + (at - last) / limit.interval_ms);
    last = at;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
