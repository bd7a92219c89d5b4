/** Strings the steps together for one target over one IP protocol: resolve, connect, tls, request, redirects as hops. */
import type { Observation } from '../model/round.ts';
import type { TrustedResolver } from '../model/target.ts';
import type { AddressSource, IpProtocol } from '../model/vocabulary.ts';
import type { Instruments } from './instruments.ts';

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

/** Bytes on our sockets (TLS records and DNS messages, without IP and TCP headers) and how many were opened. */
export interface Traffic {
  received: number;
  sent: number;
  connections: number;
  datagrams: number;
}

export interface Observed {
  observation: Observation;
  dialled: Dialled[];
  /** Every address that any resolver gave for the host of the last hop, by source. */
  known: { host: string; ip: string; source: AddressSource }[];
  /** The last hop's URL: what experiments ask again. */
  last_url: string;
  traffic: Traffic;
}

/**
 * Measures one target. Never throws for anything that the network does: failure is a fact.
 * Aborting `signal` (the round's deadline) yields `skipped: round_deadline` with the facts gathered so far.
 */
export declare function observe(aim: Aim, instruments: Instruments, signal: AbortSignal): Promise<Observed>;
