/** One name at one literal address: connect, tls, request. Observing and every experiment are made of attempts. */
import type { Socket } from 'node:net';
import type { Exchange, Phases } from '../model/round.ts';
import type { AddressSource, Phase, Reason } from '../model/vocabulary.ts';
import { networkOf, protocolOf } from './address.ts';
import { connect } from './connect.ts';
import { handshake } from './handshake.ts';
import { httpEvidence } from './http-evidence.ts';
import type { Instruments } from './instruments.ts';
import { type Answer, request } from './request.ts';

export interface AttemptInput {
  /** Its host is the name in the hello, in the Host header and on the certificate. */
  url: URL;
  ip: string;
  source: AddressSource;
  method: 'GET' | 'HEAD';
  body_cap: number;
  /** For each of connect, TLS and HTTP. */
  timeout_ms: number;
  /** The answer's time also ends here, ms of `network.monotonic`: before the round does, so that what came by then counts. */
  ends_at?: number | undefined;
  large_hello?: boolean | undefined;
  /** The key that the other side must hold; its certificate does not matter then. */
  spki?: string | undefined;
  /** `tls`: stop after the handshake; the certificate then does not count. */
  until?: 'tls' | 'answer' | undefined;
  /** Further request headers. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** The connection stands and the request is about to be sent on it; `raw` is the socket under TLS. */
  onReady?: ((raw: Socket) => void) | undefined;
  /** Every piece of body as it arrives, ms after the request was sent. `enough` ends the answer as our cap does. */
  onChunk?: ((bytes: number, at_ms: number) => 'enough' | undefined) | undefined;
  /** HTTP/2 window, for transfers. */
  window?: number | undefined;
}

export interface Attempt {
  exchange: Exchange;
  /** The TLS alert that ended the handshake. */
  alert?: string | undefined;
  /** The other side said something that is TLS: a completed handshake, an alert, or records before it fell silent. */
  tls_answered: boolean;
  /** The body reader: head and the first 64 KiB, never stored. */
  answer?: Answer | undefined;
  /** Our wall clock against the answer's Date header, seconds, positive when ours is ahead; as exact as that header. */
  clock_skew_s?: number | undefined;
}

/** What is read of a page behind a bad certificate: enough to recognise a block page. */
const blockpage_bytes = 16_384;
/** A TLS record header (RFC 8446 section 5.1): less is not an answer. */
const record_header_bytes = 5;

/** The host of a URL as programs use it: an IPv6 literal without its brackets, no trailing dot. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

export function schemeOf(url: URL): 'http' | 'https' {
  return url.protocol === 'http:' ? 'http' : 'https';
}

export function portOf(url: URL): number {
  return Number(url.port || (url.protocol === 'http:' ? 80 : 443));
}

/**
 * Tries. Never throws for anything that the network does. Every socket is closed on return.
 * When `signal` (the round's end) aborts it, the exchange is `skipped: round_deadline`: its phases stand, nothing failed.
 */
export async function attempt(input: AttemptInput, instruments: Instruments, signal: AbortSignal): Promise<Attempt> {
  const { url, ip, source } = input;
  const phases: Phases = {};
  const exchange: Exchange = {
    host: hostOf(url),
    scheme: schemeOf(url),
    ip_protocol: protocolOf(ip),
    network: networkOf(ip),
    address_source: source,
    outcome: 'failed',
    phases,
    evidence: { address_id: instruments.addressId(ip) },
  };
  const out: Attempt = { exchange, tls_answered: false };
  const failed = (phase: Phase, { reason, after_ms }: { reason: Reason; after_ms: number }): Attempt => {
    if (reason === 'interrupted') {
      exchange.outcome = 'skipped';
      exchange.skipped = 'round_deadline';
    } else {
      exchange.failure ??= { phase, reason, after_ms };
    }
    return out;
  };

  const connecting = { ip, port: portOf(url), timeout_ms: input.timeout_ms };
  const connected = await connect(connecting, instruments, signal);
  if (connected.fact.ms !== undefined) phases.connect = connected.fact.ms;
  if (connected.fact.failure) return failed('connect', connected.fact.failure);
  const raw = connected.value!;
  try {
    const spoken = url.protocol === 'http:' ? raw : await shake();
    if (spoken === undefined) return out;
    await ask(spoken);
    return out;
  } finally {
    raw.destroy();
  }

  /** The handshake; undefined when the attempt ends with it. */
  async function shake() {
    const { large_hello, spki, timeout_ms, until } = input;
    const shaking = { socket: raw, server_name: hostOf(url), alpn: ['h2', 'http/1.1'], large_hello, spki, timeout_ms };
    const start = instruments.network.monotonic();
    const { fact, value } = await handshake(shaking, instruments, signal);
    if (fact.alert !== undefined) out.alert = fact.alert;
    // Silence after records that OpenSSL accepted so far: a server spoke, then somebody cut in.
    const heard = fact.failure?.reason !== 'ssl_failed_handshake' && fact.received > record_header_bytes;
    out.tls_answered = value !== undefined || fact.alert !== undefined || heard;
    if (fact.ms !== undefined) phases.tls = fact.ms;
    if (fact.tls) exchange.evidence!.tls = fact.tls;
    if (fact.failure) {
      failed('tls', fact.failure);
      return undefined;
    }
    const bad = fact.tls?.error;
    if (bad) {
      const after_ms = fact.ms ?? Math.round((instruments.network.monotonic() - start) * 10) / 10;
      failed('tls', { reason: bad, after_ms });
    }
    if (until !== 'tls') return value;
    if (!bad) exchange.outcome = 'ok';
    value?.destroy();
    return undefined;
  }

  /** The kernel's own account of the connection, while it still stands. */
  function account() {
    const tcp = instruments.network.tcpInfo?.(raw);
    if (tcp) exchange.evidence!.tcp = tcp;
  }

  /** The request, and what the answer looked like. */
  async function ask(socket: Parameters<typeof request>[0]['socket']) {
    const bad = exchange.failure !== undefined;
    if (!bad) input.onReady?.(raw);
    exchange.method = bad ? 'GET' : input.method;
    const fact = await request(
      {
        socket,
        url,
        method: exchange.method,
        body_cap: bad ? Math.min(blockpage_bytes, Math.max(input.body_cap, blockpage_bytes)) : input.body_cap,
        timeout_ms: Math.min(
          input.timeout_ms,
          Math.max(1, (input.ends_at ?? Infinity) - instruments.network.monotonic()),
        ),
        user_agent: instruments.user_agent,
        headers: input.headers,
        onChunk: bad ? undefined : input.onChunk,
        onEnd: account,
        window: input.window,
      },
      instruments,
      signal,
    );
    if (!bad && fact.processing_ms !== undefined) phases.processing = fact.processing_ms;
    if (!bad && fact.transfer_ms !== undefined) phases.transfer = fact.transfer_ms;
    if (fact.answer) {
      out.answer = fact.answer;
      exchange.status = fact.answer.status;
      exchange.evidence!.http = httpEvidence(fact.answer, url);
      const sent_at = Date.parse(fact.answer.headers['date'] ?? '');
      // The head came some time before: what the body took must not count as skew.
      const since_ms = fact.transfer_ms ?? 0;
      if (Number.isFinite(sent_at)) {
        out.clock_skew_s = Math.round((instruments.network.wall() - since_ms - sent_at) / 1000);
      }
    }
    if (bad) return;
    if (fact.failure) failed(fact.failure.phase, fact.failure);
    else exchange.outcome = 'ok';
  }
}
