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
