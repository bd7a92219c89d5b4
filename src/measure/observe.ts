/** Strings the steps together for one target over one IP protocol: resolve, connect, tls, request, redirects as hops. */
import type { DnsFact, Exchange, Observation } from '../model/round.ts';
import type { TrustedResolver } from '../model/target.ts';
import type { AddressSource, IpProtocol } from '../model/vocabulary.ts';
import { protocolOf } from './address.ts';
import { attempt, hostOf, portOf, schemeOf } from './attempt.ts';
import type { Instruments } from './instruments.ts';
import { isRedirect, most_redirects, nextHop } from './redirect.ts';
import { type Address, type Resolved, resolve } from './resolve.ts';

export interface Aim {
  target: string;
  url: string;
  ip_protocol: IpProtocol;
  /** Dial these instead of resolving the url's host. */
  addresses: readonly string[];
  method: 'GET' | 'HEAD';
  /** Bytes of body after which an answer counts as complete and the connection is cut. */
  body_cap: number;
  /** Whom to ask this time. `stub`: the configured resolver is only a forwarder on loopback. */
  resolve: {
    configured: readonly string[];
    stub: boolean;
    system: boolean;
    public: readonly string[];
    trusted: readonly TrustedResolver[];
  };
  /** Addresses that completed TLS here within the last 7 days, best first: last resort when no trusted resolver answers. */
  fallback_addresses: readonly string[];
  /** Shipped addresses, tried after those. */
  seed_addresses?: readonly string[] | undefined;
  /** For each of connect, TLS and HTTP. */
  timeout_ms: number;
  dns_timeout_ms: number;
}

export interface Dialled {
  host: string;
  ip: string;
  port: number;
  source: AddressSource;
  /** 0 for the target itself, counting redirects. */
  hop: number;
}

export interface Observed {
  observation: Observation;
  dialled: Dialled[];
  /** Every address that any resolver gave for the host of the last hop, by source. */
  known: { host: string; ip: string; source: AddressSource }[];
  /** The last hop's URL: what experiments ask again. */
  last_url: string;
  /** Our wall clock against the Date header of the last answer, seconds, positive when ours is ahead. */
  clock_skew_s?: number | undefined;
}

/**
 * Measures one target. Never throws for anything that the network does: failure is a fact.
 * Aborting `signal` (the round's deadline) yields `skipped: round_deadline` with the facts gathered so far.
 */
export async function observe(aim: Aim, instruments: Instruments, signal: AbortSignal): Promise<Observed> {
  const exchanges: Exchange[] = [];
  const settling: Promise<{ facts: DnsFact[]; known: Address[] }>[] = [];
  const dialled: Dialled[] = [];
  let url = new URL(aim.url);
  let clock_skew_s: number | undefined;

  for (let hop = 0; ; hop++) {
    const place = await locate(aim, url, hop, instruments, signal);
    settling.push(place.settled);
    const [address] = place.addresses;
    if (!address) {
      exchanges.push(withoutAddress(url, aim.ip_protocol, place));
      break;
    }
    dialled.push({ host: hostOf(url), ip: address.ip, port: portOf(url), source: address.source, hop });
    const { method, body_cap, timeout_ms } = aim;
    const tried = await attempt(
      { url, ip: address.ip, source: address.source, method, body_cap, timeout_ms },
      instruments,
      signal,
    );
    const { exchange, answer } = tried;
    clock_skew_s = tried.clock_skew_s ?? clock_skew_s;
    if (place.ms !== undefined) exchange.phases = { resolve: place.ms, ...exchange.phases };
    exchanges.push(exchange);
    if (exchange.outcome !== 'ok' || !answer || !isRedirect(answer.status)) break;
    const location = answer.headers['location'];
    if (location === undefined) break;
    const next = nextHop(url, location);
    const reason = next ? 'http_too_many_redirects' : 'http_invalid_redirect_location_host';
    if (!next || hop === most_redirects) {
      exchange.outcome = 'failed';
      exchange.failure = { phase: 'processing', reason, after_ms: exchange.phases?.processing ?? 0 };
      break;
    }
    url = next;
  }

  const settled = await Promise.all(settling);
  for (const [index, { facts }] of settled.entries()) {
    if (facts.length > 0) exchanges[index]!.dns = facts;
  }
  const host = hostOf(url);
  return {
    observation: joined(aim.target, aim.ip_protocol, exchanges),
    dialled,
    known: settled.at(-1)!.known.map(({ ip, source }) => ({ host, ip, source })),
    last_url: url.href,
    clock_skew_s,
  };
}

/** Where to dial: what is pinned, what the URL itself says, or what resolving brings. */
async function locate(
  aim: Aim,
  url: URL,
  hop: number,
  instruments: Instruments,
  signal: AbortSignal,
): Promise<Resolved> {
  const host = hostOf(url);
  if (aim.addresses.length > 0 && (hop === 0 || host === hostOf(new URL(aim.url)))) {
    return given(aim.addresses, 'pinned', aim.ip_protocol);
  }
  if (protocolOf(host)) return given([host], 'literal', aim.ip_protocol);
  const { configured, system, public: publicly, trusted } = aim.resolve;
  const timeout_ms = aim.dns_timeout_ms;
  const input = { host, ip_protocol: aim.ip_protocol, configured, system, public: publicly, trusted, timeout_ms };
  return await resolve(input, instruments, signal);
}

/** Addresses that need no resolving, those of the wanted protocol. */
function given(ips: readonly string[], source: AddressSource, ip_protocol: IpProtocol): Resolved {
  const addresses = ips.filter((ip) => protocolOf(ip) === ip_protocol).map((ip) => ({ ip, source }));
  return {
    interrupted: false,
    addresses,
    settled: Promise.resolve({ facts: [], known: addresses }),
  };
}

/** An exchange that ended before anything was dialled. That a name has no IPv6 address is no failure of anybody's. */
function withoutAddress(url: URL, ip_protocol: IpProtocol, { ms, interrupted, failure }: Resolved): Exchange {
  const common = {
    host: hostOf(url),
    scheme: schemeOf(url),
    ip_protocol,
    ...(ms === undefined ? {} : { phases: { resolve: ms } }),
  };
  if (interrupted) return { ...common, outcome: 'skipped', skipped: 'round_deadline' };
  if (!failure || (ip_protocol === 'ip6' && failure.reason === 'dns_no_answer')) {
    return { ...common, outcome: 'skipped', skipped: 'no_address' };
  }
  return { ...common, outcome: 'failed', failure };
}

/** The first exchange's fields, the last one's outcome. */
function joined(target: string, ip_protocol: IpProtocol, [first, ...hops]: readonly Exchange[]): Observation {
  const last = hops.at(-1) ?? first!;
  const { outcome, skipped, failure, status } = last;
  return { target, ...first!, ip_protocol, outcome, skipped, failure, status, ...(hops.length > 0 ? { hops } : {}) };
}
