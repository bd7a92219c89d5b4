/** A plain client for the practice Internet: real TLS, real undici, through the `Network` seam. */
import { once } from 'node:events';
import { connect as connectTls, createSecureContext, type TLSSocket } from 'node:tls';
import { Client } from 'undici';
import type { Network } from '../../src/measure/network.ts';
import { practiceRootPem } from '../../src/practice/pki.ts';

export interface Got {
  status: number;
  body: Buffer;
  headers: Record<string, string | string[] | undefined>;
  alpn: string | false | null;
  authorized: boolean;
  error: string | undefined;
  issuer: string | undefined;
  connect_ms: number;
  tls_ms: number;
  processing_ms: number;
}

const contexts = {
  small: createSecureContext({ ca: practiceRootPem(), ecdhCurve: 'X25519' }),
  large: createSecureContext({ ca: practiceRootPem(), ecdhCurve: 'X25519MLKEM768:X25519' }),
};

export interface Ask {
  host: string;
  ip: string;
  path?: string;
  port?: number;
  alpn?: string[];
  /** Offer a post-quantum key share: a hello of two segments. */
  large?: boolean;
  timeout_ms?: number;
}

/** Opens TLS; rejects as `tls.connect` does. */
export async function handshake(
  network: Network,
  ask: Ask,
): Promise<{ socket: TLSSocket; connect_ms: number; tls_ms: number }> {
  const signal = AbortSignal.timeout(ask.timeout_ms ?? 5000);
  const start = performance.now();
  const raw = await network.connectTcp(ask.ip, ask.port ?? 443, signal);
  const connected = performance.now();
  const abort = () => raw.destroy(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  const socket = connectTls({
    socket: raw,
    servername: ask.host,
    ALPNProtocols: ask.alpn ?? ['http/1.1'],
    secureContext: ask.large ? contexts.large : contexts.small,
    rejectUnauthorized: false,
  });
  try {
    await once(socket, 'secureConnect');
  } catch (error) {
    raw.destroy();
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
  return { socket, connect_ms: connected - start, tls_ms: performance.now() - connected };
}

/** Fetches over TLS, whatever the certificate. */
export async function get(network: Network, ask: Ask): Promise<Got> {
  const { socket, connect_ms, tls_ms } = await handshake(network, ask);
  const certificate = socket.getPeerCertificate();
  const client = new Client(`https://${ask.host}`, {
    allowH2: socket.alpnProtocol === 'h2',
    headersTimeout: ask.timeout_ms ?? 5000,
    bodyTimeout: ask.timeout_ms ?? 5000,
    connect: (_options, callback) => process.nextTick(callback, null, socket),
  });
  try {
    const sent = performance.now();
    const { statusCode, headers, body } = await client.request({ path: ask.path ?? '/robots.txt', method: 'GET' });
    const processing_ms = performance.now() - sent;
    const bytes = Buffer.from(await body.arrayBuffer());
    return {
      status: statusCode,
      headers,
      body: bytes,
      alpn: socket.alpnProtocol,
      authorized: socket.authorized,
      error: socket.authorizationError ? String(socket.authorizationError) : undefined,
      issuer: String(certificate.issuer?.CN ?? ''),
      connect_ms,
      tls_ms,
      processing_ms,
    };
  } finally {
    await client.destroy();
    socket.destroy();
  }
}

/** A request in clear text; resolves with everything that came until the server closed, rejects as the socket does. */
export async function getCleartext(network: Network, { host, ip, path = '/robots.txt' }: Ask): Promise<string> {
  const socket = await network.connectTcp(ip, 80, AbortSignal.timeout(5000));
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk);
  return Buffer.concat(chunks).toString('latin1');
}

/** What a promise was rejected with, as `CODE syscall`. */
export async function failure(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    const { code, syscall, name } = error as NodeJS.ErrnoException;
    return [typeof code === 'string' ? code : name, syscall].filter((word) => word !== undefined).join(' ');
  }
  return 'no failure';
}
