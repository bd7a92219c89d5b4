/** A small document of our own choosing over verified TLS: a reference's report, a trace page. */
import type { Failure } from '../model/round.ts';
import type { IpProtocol } from '../model/vocabulary.ts';
import { protocolOf } from './address.ts';
import { attempt, hostOf } from './attempt.ts';
import { leadsHome } from './bogon.ts';
import type { Instruments } from './instruments.ts';
import { type Address, resolve } from './resolve.ts';

export interface DocumentInput {
  /** https only. */
  url: URL;
  ip_protocol: IpProtocol;
  configured: readonly string[];
  system: boolean;
  /** Dial these instead of resolving. */
  addresses?: readonly string[] | undefined;
  /** A longer document is refused. */
  most_bytes: number;
  timeout_ms: number;
  dns_timeout_ms: number;
}

export type Document = { body: Buffer } | { failure: Failure };

/** Fetches it: status 200, complete, within the limit, no redirects; everything else is a failure. Never throws. */
export async function fetchDocument(
  input: DocumentInput,
  instruments: Instruments,
  signal: AbortSignal,
): Promise<Document> {
  const { url, timeout_ms, most_bytes } = input;
  const none = (reason: Failure['reason']): Document => ({ failure: { phase: 'processing', reason, after_ms: 0 } });
  if (url.protocol !== 'https:') return none('http_request_failed');
  const found = await locate(input, instruments, signal);
  if (!('ip' in found)) return found;
  const body_cap = most_bytes + 1;
  const asked = { url, ip: found.ip, source: found.source, method: 'GET', body_cap, timeout_ms } as const;
  const { exchange, answer } = await attempt(asked, instruments, signal);
  if (exchange.failure) return { failure: exchange.failure };
  if (exchange.outcome !== 'ok' || !answer) return none('interrupted');
  if (answer.status !== 200 || answer.capped || answer.length > most_bytes) return none('http_request_failed');
  return { body: answer.body };
}

/** Where to dial a URL: a pinned address, the URL's own, or the first one that resolving brings. Never our own machine. */
export async function locate(
  input: Pick<DocumentInput, 'url' | 'ip_protocol' | 'configured' | 'system' | 'addresses' | 'dns_timeout_ms'>,
  instruments: Instruments,
  signal: AbortSignal,
): Promise<Address | { failure: Failure }> {
  const host = hostOf(input.url);
  const { ip_protocol, configured, system, dns_timeout_ms: timeout_ms } = input;
  const pinned = (input.addresses ?? []).find((ip) => protocolOf(ip) === ip_protocol);
  if (pinned) return { ip: pinned, source: 'pinned' };
  if (protocolOf(host)) return { ip: host, source: 'literal' };
  const asked = { host, ip_protocol, configured, system, public: [], trusted: [], timeout_ms };
  const resolved = await resolve(asked, instruments, signal);
  await resolved.settled;
  const [address] = resolved.addresses;
  if (address && !leadsHome(address.ip)) return address;
  const interrupted: Failure = { phase: 'resolve', reason: 'interrupted', after_ms: 0 };
  return { failure: resolved.failure ?? interrupted };
}
