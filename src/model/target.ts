/** What is measured: platforms with their targets, controls, siblings, and the resolvers that we trust. */
import type { ControlScope } from './vocabulary.ts';

export interface Target {
  /** A series name such as `x/cdn`: it never changes. */
  name: string;
  /** http: or https:, a port is honoured. */
  url: string;
  /** The object is large enough to measure goodput with. */
  transfer: boolean;
  /** Pages in which a sized object of this target may be found. */
  transfer_candidates: readonly string[];
  /** Dial these addresses instead of resolving. */
  addresses: readonly string[];
}

export interface Platform {
  name: string;
  title: string;
  company: string;
  enabled: boolean;
  targets: readonly Target[];
  /** Neutral names on the platform's own network: they discriminate, never gate. */
  siblings: readonly string[];
}

export interface Control {
  name: string;
  url: string;
  scope: ControlScope;
  transfer: boolean;
  /** Country (ISO 3166-1 alpha-2) in which an in-country control may be used; absent: everywhere. */
  country?: string | undefined;
  addresses: readonly string[];
}

/** DNS over HTTPS, bootstrapped by literal address so that no cleartext query names it. */
export interface TrustedResolver {
  url: string;
  address: string;
}

/** A helper server of our own on an unfiltered network: it answers under any name and is known by its key. */
export interface Beacon {
  /** Literal. */
  address: string;
  port: number;
  /** Base64 SHA-256 of its public key (RFC 7469 section 2.4). */
  spki: string;
}
