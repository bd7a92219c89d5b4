/** Answers: the headers that every one of them carries, and the ways to send one. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const compress = promisify(gzip);

/** Below this a compressed answer saves no packet. */
const worthCompressing = 1400;

/**
 * Nothing may be loaded but our own style sheet and icon, nothing runs, nobody frames the page or reads it from
 * another origin (https://www.w3.org/TR/CSP3/). `no-store`: what one's line can reach is nobody's cache's business.
 */
const headers = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;

export interface Answer {
  status: number;
  type: string;
  body: string;
  headers?: Readonly<Record<string, string>> | undefined;
}

export const text = (status: number, body: string, extra?: Record<string, string>): Answer => ({
  status,
  type: 'text/plain; charset=utf-8',
  body: `${body}\n`,
  headers: extra,
});

export const json = (value: unknown, status = 200): Answer => ({
  status,
  type: 'application/json; charset=utf-8',
  body: `${JSON.stringify(value)}\n`,
});

/** Sends the answer, compressed where the client takes gzip: a scrape every 15 s would else be 170 MB a day. */
export async function send(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
  let body: string | Buffer = answer.body;
  response.statusCode = answer.status;
  head(response, answer.type, answer.headers);
  if (body.length > worthCompressing && acceptsGzip(request.headers['accept-encoding'])) {
    body = await compress(body);
    response.setHeader('content-encoding', 'gzip');
  }
  response.setHeader('vary', 'accept-encoding');
  response.setHeader('content-length', Buffer.byteLength(body));
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** Sends lines as they come, waiting for the client where it is slow. Ends early when the client has gone. */
export async function stream(
  request: IncomingMessage,
  response: ServerResponse,
  { type, lines }: { type: string; lines: Iterable<string> },
  extra?: Readonly<Record<string, string>>,
): Promise<void> {
  head(response, type, extra);
  if (request.method !== 'HEAD') {
    for (const line of lines) {
      if (response.destroyed) return;
      if (!response.write(`${line}\n`)) await drained(response);
    }
  }
  response.end();
}

/** Bytes that a client may fall behind with live messages before it is cut off. */
const mostBehind = 256 * 1024;

/** Sends messages as they happen until the client goes, or no longer keeps up. */
export function sendLive(
  request: IncomingMessage,
  response: ServerResponse,
  live: { type: string; greeting: string; open(send: (message: string) => void): () => void },
  extra?: Readonly<Record<string, string>>,
): void {
  head(response, live.type, extra);
  const end = live.open((message) => {
    if (response.writableLength > mostBehind) response.destroy();
    else response.write(message);
  });
  response.once('close', end);
  if (request.method === 'HEAD') response.end();
  else response.write(live.greeting);
}

/** The headers of every answer. */
export function head(response: ServerResponse, type: string, extra: Readonly<Record<string, string>> = {}): void {
  for (const [name, value] of Object.entries({ ...headers, ...extra, 'content-type': type })) {
    response.setHeader(name, value);
  }
}

const acceptsGzip = (header: string | string[] | undefined): boolean =>
  /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/.test(String(header ?? ''));

const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.once('drain', done);
    response.once('close', done);
  });
