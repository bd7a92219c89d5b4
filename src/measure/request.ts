/** HTTP/1.1 or HTTP/2 over a connection that stands already: one request, one answer, bounded in bytes and time. */
import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { Client, type Dispatcher } from 'undici';
import type { Failure } from '../model/round.ts';
import { rounded } from './connect.ts';
import { deadline } from './deadline.ts';
import { reasonOf } from './failure.ts';
import type { LagGuard } from './lag.ts';
import type { Network } from './network.ts';

/** Larger heads are refused by common servers and clients alike (nginx, Node: 8–16 KiB). */
const most_header_bytes = 16_384;
/** Body kept for the title, the fingerprints and small documents; the rest is only hashed and counted. */
const most_kept_bytes = 65_536;
/** The smallest flow-control window that we offer: less than a frame's worth would only cost round trips. */
const least_window = 4096;
/** HTTP/2's connection window cannot be smaller (RFC 9113 section 6.9.2). */
const connection_window = 65_535;
/** Nothing for half of the time since the first byte: the answer has stalled, it is not merely slow. */
const stalled_share = 0.5;

export interface RequestInput {
  socket: Socket | TLSSocket;
  url: URL;
  method: 'GET' | 'HEAD';
  user_agent: string;
  /** Bytes of body after which the connection is cut and the answer counts as complete. */
  body_cap: number;
  timeout_ms: number;
  /** Further request headers. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Every piece of body as it arrives, milliseconds after the request was sent. `enough`: as if the cap were reached. */
  onChunk?: ((bytes: number, at_ms: number) => 'enough' | undefined) | undefined;
  /** It is over; the socket still stands. */
  onEnd?: (() => void) | undefined;
  /** HTTP/2 window where the cap is large; by default the cap itself, so that a cut really stops the bytes. */
  window?: number | undefined;
}

export interface Answer {
  status: number;
  /** Lower-case names to values; a header sent twice is joined by commas. */
  headers: Record<string, string>;
  version: '1.1' | '2';
  /** The first 64 KiB of what came. */
  body: Buffer;
  /** Body bytes that came. */
  length: number;
  /** SHA-256 of the body up to the cap, lower-case hex. */
  body_hash: string;
  /** Cut by our cap. */
  capped: boolean;
}

export interface RequestFact {
  processing_ms?: number | undefined;
  transfer_ms?: number | undefined;
  failure?: Failure | undefined;
  /** Present as soon as a head arrived, also when the body then failed. */
  answer?: Answer | undefined;
}

/** Sends one request and reads the answer. Never throws; `input.socket` is destroyed afterwards in every case. */
export async function request(
  input: RequestInput,
  { network, lag }: { network: Pick<Network, 'monotonic'>; lag: LagGuard },
  signal: AbortSignal,
): Promise<RequestFact> {
  const limit = deadline(input.timeout_ms, signal);
  const reader = createReader(input, network, lag);
  const client = clientFor(input);
  try {
    await new Promise<void>((resolve) => {
      const onAbort = () => {
        reader.fail(limit.expired() ? 'deadline' : 'interrupted');
        resolve();
      };
      limit.signal.addEventListener('abort', onAbort, { once: true });
      if (limit.signal.aborted) return onAbort();
      client.dispatch(
        {
          method: input.method,
          path: `${input.url.pathname}${input.url.search}`,
          headers: {
            'user-agent': input.user_agent,
            accept: '*/*',
            'accept-encoding': 'identity',
            ...input.headers,
          },
        },
        reader.handler(() => {
          limit.signal.removeEventListener('abort', onAbort);
          resolve();
        }),
      );
    });
  } catch (error) {
    // undici refuses the request itself: a URL that no request line can carry.
    reader.fail(error);
  } finally {
    limit.end();
    input.onEnd?.();
    // In this order: undici asserts, outside any try, that nothing is under way when its socket closes.
    reader.abort();
    await client.destroy().catch(() => {});
    input.socket.destroy();
  }
  return reader.fact();
}

/** One connection, no second attempt: undici would repeat a refused request on a new connection, hiding the refusal. */
function clientFor({ socket, url, body_cap, window }: RequestInput): Client {
  let used = false;
  return new Client(url.origin, {
    maxHeaderSize: most_header_bytes,
    headersTimeout: 0,
    bodyTimeout: 0,
    allowH2: true,
    initialWindowSize: window ?? Math.max(least_window, Math.min(body_cap, connection_window)),
    connectionWindowSize: Math.max(connection_window, window ?? 0),
    connect(_options, callback) {
      // Called synchronously with a ready socket, undici would connect a second time.
      if (used) {
        // Not one of undici's own codes: those it takes for passing troubles and connects again, for ever.
        const closed = Object.assign(new Error('the connection was closed'), { code: 'REACHD_CLOSED' });
        process.nextTick(callback, closed, null);
      } else {
        used = true;
        process.nextTick(callback, null, socket);
      }
    },
  });
}

/** Collects what arrives and when. */
function createReader(input: RequestInput, network: Pick<Network, 'monotonic'>, lag: LagGuard) {
  const start = network.monotonic();
  let sent = start;
  let firstByte: number | undefined;
  let lastByte = start;
  let phase = lag.open();
  const fact: RequestFact = {};
  let head: Pick<Answer, 'status' | 'headers' | 'version'> | undefined;
  const kept: Buffer[] = [];
  const hash = createHash('sha256');
  let length = 0;
  let capped = false;
  let over = false;
  let controller: Dispatcher.DispatchController | undefined;

  const now = () => network.monotonic();
  const began = () => {
    if (firstByte !== undefined) return;
    firstByte = lastByte = now();
    if (phase.close(firstByte - sent)) fact.processing_ms = rounded(firstByte - sent);
    phase = lag.open();
  };
  const finish = (failure?: Failure) => {
    if (over) return;
    over = true;
    const at = now();
    const since = firstByte ?? sent;
    const trusted = phase.close(at - since);
    if (failure) fact.failure = failure;
    else if (trusted && length > 0) fact.transfer_ms = rounded(at - since);
    if (head) {
      const body = Buffer.concat(kept).subarray(0, most_kept_bytes);
      fact.answer = { ...head, body, length, body_hash: hash.digest('hex'), capped };
    }
  };
  const fail = (error: unknown) => {
    const at = now();
    if (firstByte === undefined || head === undefined) {
      const reason = error === 'deadline' ? 'generic_timeout_error' : error === 'interrupted' ? error : reasonOf(error);
      // A first byte that no head followed ended nothing.
      delete fact.processing_ms;
      return finish({ phase: 'processing', reason, after_ms: rounded(at - sent) });
    }
    const silent = at - lastByte >= stalled_share * (at - firstByte);
    const late = silent ? 'http_body_stalled' : 'generic_timeout_error';
    const reason = error === 'deadline' ? late : error === 'interrupted' ? error : reasonOf(error);
    finish({ phase: 'transfer', reason, after_ms: rounded(at - firstByte) });
  };

  const take = (chunk: Buffer): boolean => {
    lastByte = now();
    const wanted = chunk.subarray(0, Math.max(0, input.body_cap - length));
    hash.update(wanted);
    if (length < most_kept_bytes) kept.push(Buffer.from(chunk.subarray(0, most_kept_bytes - length)));
    length += chunk.length;
    return input.onChunk?.(chunk.length, lastByte - sent) !== 'enough' && length < input.body_cap;
  };

  return {
    fail,
    fact: () => fact,
    abort() {
      if (!controller?.aborted) controller?.abort(new Error('over'));
    },
    handler: (done: () => void): Dispatcher.DispatchHandler => ({
      onRequestStart(started) {
        controller = started;
        sent = now();
      },
      onResponseStarted: began,
      onResponseStart(_controller, status, headers) {
        if (over || status < 200) return;
        began();
        const http2 = 'alpnProtocol' in input.socket && input.socket.alpnProtocol === 'h2';
        head = { status, headers: flat(headers), version: http2 ? '2' : '1.1' };
        if (input.body_cap === 0 && input.method === 'GET') {
          capped = true;
          finish();
          done();
        }
      },
      onResponseData(started, chunk) {
        if (over || take(chunk)) return;
        capped = true;
        finish();
        done();
        started.abort(new Error('body cap'));
      },
      onResponseEnd() {
        finish();
        done();
      },
      onResponseError(_controller, error) {
        fail(error);
        done();
      },
    }),
  };
}

/** Header values as one text each; pseudo-headers and what is not text are left out. */
function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const out: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !name.startsWith(':')) out[name.toLowerCase()] = String(value);
  }
  return out;
}
