/**
 * A helper on an unfiltered network: answers TLS under any name with its own key and serves so many bytes. What comes slowly
 * under a platform's name and quickly under another one, from the same machine, is being slowed for its name.
 *
 * Made to be exposed: it reads no request body, answers nothing but its own bytes, sends nothing that was not asked for
 * over an established connection, is bounded in connections, time and bytes, and remembers no client beyond ten minutes.
 */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { type Allowance, type AllowanceOptions, createAllowance } from './allowance.ts';

/** The largest object that a probe asks for is 256 KiB (measurement of goodput); four times that. */
export const most_bytes = 1024 * 1024;
/** Connections at once, and one client's share of them is what its requests allow: 200 slow ones need some 40 MB. */
const most_connections = 200;
/** A client that takes longer is none of ours: at 130 kbit/s the largest ordinary sample takes 16 s. */
const answer_timeout_ms = 60_000;
const head_timeout_ms = 10_000;
/** TLS records no larger, so that a slow line shows more than four steps in 64 KiB. */
const record_bytes = 4096;

export interface BeaconOptions extends Omit<AllowanceOptions, 'monotonic'> {
  host: string;
  port: number;
  key: string;
  certificate: string;
}

export interface Counts {
  served: number;
  bytes: number;
  /** Asked for too much or too often. */
  limited: number;
  /** Asked for something else. */
  refused: number;
}

export interface Beacon {
  port: number;
  /** Since the start; nothing of who it was. */
  counts(): Counts;
  close(): Promise<void>;
}

/** Listens. Rejects with the system's error where it cannot. */
export async function startBeacon(options: BeaconOptions): Promise<Beacon> {
  const counts: Counts = { served: 0, bytes: 0, limited: 0, refused: 0 };
  const allowance = createAllowance({ ...options, monotonic: () => performance.now() });
  const server = createServer(
    {
      key: options.key,
      cert: options.certificate,
      ALPNProtocols: ['http/1.1'],
      minVersion: 'TLSv1.2',
      maxHeaderSize: 8192,
      headersTimeout: head_timeout_ms,
      requestTimeout: head_timeout_ms,
      handshakeTimeout: head_timeout_ms,
      keepAlive: false,
      noDelay: true,
    },
    (request, response) => answer(request, response, allowance, counts),
  );
  server.maxConnections = most_connections;
  server.on('secureConnection', (socket) => {
    socket.setMaxSendFragment(record_bytes);
    socket.setTimeout(answer_timeout_ms, () => socket.destroy());
  });
  // Scanners, and clients that turn away: no news, and their addresses are nobody's business.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  server.on('clientError', (_error, socket) => socket.destroy());
  server.listen({ host: options.host === '' ? '::' : options.host, port: options.port });
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    counts: () => ({ ...counts }),
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function answer(request: IncomingMessage, response: ServerResponse, allowance: Allowance, counts: Counts): void {
  request.on('error', () => {});
  response.on('error', () => {});
  request.resume();
  const timer = setTimeout(() => request.socket.destroy(), answer_timeout_ms);
  response.once('close', () => clearTimeout(timer));
  // One answer a connection: each sample wants a fresh one, and nothing is to be kept open here.
  response.setHeader('connection', 'close');
  response.setHeader('cache-control', 'no-store');
  const bytes = bytesAsked(request.url ?? '');
  if (request.method !== 'GET' || bytes === undefined) {
    counts.refused += 1;
    plain(response, request.method === 'GET' ? 404 : 405, `GET /N, N from 1 to ${most_bytes}\n`);
    return;
  }
  const refusal = allowance.take(request.socket.remoteAddress ?? '', bytes);
  if (refusal !== undefined) {
    counts.limited += 1;
    response.setHeader('retry-after', refusal === 'client' ? '600' : '86400');
    plain(response, 429, refusal === 'client' ? 'enough for these ten minutes\n' : 'enough for today\n');
    return;
  }
  counts.served += 1;
  counts.bytes += bytes;
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': bytes });
  const body = Readable.from(filler(bytes));
  response.once('close', () => body.destroy());
  body.pipe(response);
}

function plain(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'content-length': text.length });
  response.end(text);
}

/** `/65536` to 65536; undefined for every other path. */
export function bytesAsked(path: string): number | undefined {
  const bytes = Number(/^\/([1-9]\d{0,7})$/.exec(path)?.[1]);
  return bytes <= most_bytes ? bytes : undefined;
}

function* filler(bytes: number): Generator<Buffer> {
  const block = Buffer.alloc(16_384, 'these bytes mean nothing but their number. ');
  for (let left = bytes; left > 0; left -= block.length) yield left < block.length ? block.subarray(0, left) : block;
}
