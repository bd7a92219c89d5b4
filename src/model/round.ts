/**
 * The round record: what one round of measuring saw, as plain JSON. NDJSON files, the store, `replay` and the judge
 * all speak it. Facts only, except `vantage.state`, `verdicts` and `states`, which the judge adds and replay ignores.
 *
 * Times are milliseconds with one decimal unless the name says otherwise; a phase that did not happen is absent, never 0.
 */
import type { Verdict } from './verdict.ts';
import type {
  AddressSource,
  ControlScope,
  ExperimentKind,
  IpProtocol,
  Outcome,
  Phase,
  Rcode,
  Reason,
  ResolverKind,
  ResolverScope,
  Skip,
  State,
  VantageState,
} from './vocabulary.ts';

/** The phase in which an exchange ended, why, and how long after the start of that phase (ms). */
export interface Failure {
  phase: Phase;
  reason: Reason;
  after_ms: number;
}

export type Phases = { [P in Phase]?: number | undefined };

/** One address in an answer. `asn` as a number, absent when the table does not know it. */
export interface DnsAnswer {
  ip: string;
  asn?: number | undefined;
  /** In a range that no public host may use (RFC 6890 and friends): a hint, not a verdict. */
  bogon?: boolean | undefined;
}

/** One answer, or its absence. Two datagrams to one query are two facts with the same `via` and `server`. */
export interface DnsFact {
  via: ResolverKind;
  /**
   * Operator's address, for `public` and `trusted`, and for `configured` only where that is a well-known public
   * resolver: any other configured resolver's address can name a household.
   */
  server?: string | undefined;
  /** The queried name where it is not the exchange's own host (a whoami, a random sibling). */
  name?: string | undefined;
  type?: 'A' | 'AAAA' | 'TXT' | undefined;
  /** Why a `name` that is not the exchange's own was asked for; the judge reads it before the name. */
  purpose?: 'whoami' | 'ad_list' | 'random_sibling' | undefined;
  /**
   * Which question this answers, where the same one was asked more than once in a round: of several configured
   * resolvers, or again by an experiment. Only answers to one and the same query contradict each other.
   */
  query?: number | undefined;
  rcode: Rcode;
  /** Arrival after the query was sent; for `timeout` the time waited. */
  at_ms: number;
  /** Shortest TTL of the answer section, seconds. */
  ttl_s?: number | undefined;
  /** The query was sent again before this answer arrived: two differing answers may both be honest. */
  retransmitted?: boolean | undefined;
  /** With `timeout`: nobody could even be asked, and this is why (no route, say). */
  refusal?: Reason | undefined;
  /** Answered over TCP after a truncated datagram. */
  tcp?: boolean | undefined;
  answers: DnsAnswer[];
}

/** Certificate facts; `error` is the failure name when the chain did not verify for the name. */
export interface TlsEvidence {
  issuer?: string | undefined;
  subject?: string | undefined;
  /** SHA-256 of the leaf certificate, lower-case hex. */
  fingerprint?: string | undefined;
  error?: Reason | undefined;
  version?: string | undefined;
  alpn?: string | undefined;
  /** Verified only because of `tls.ca_file`. */
  extra_trust?: boolean | undefined;
  /** End of validity of the first certificate to expire, RFC 3339. */
  not_after?: string | undefined;
}

/** What an answer looked like; never the body. */
export interface HttpEvidence {
  title?: string | undefined;
  location_host?: string | undefined;
  /** SHA-256 of the received part of the body, lower-case hex. */
  body_hash?: string | undefined;
  /** Name of the block-page fingerprint that matched. */
  blockpage?: string | undefined;
  header_names?: string[] | undefined;
  length?: number | undefined;
  version?: '1.0' | '1.1' | '2' | undefined;
}

/** The kernel's own account of a connection (Linux TCP_INFO), where `experiments.tcp_info` is on. */
export interface TcpEvidence {
  rtt_ms?: number | undefined;
  min_rtt_ms?: number | undefined;
  /** Payload bytes, retransmitted ones not counted twice. */
  bytes_received?: number | undefined;
  bytes_sent?: number | undefined;
  /** Segments that we sent again. */
  retransmits?: number | undefined;
}

export interface Evidence {
  /** Salted hash of the dialled address, stable within one store. */
  address_id?: string | undefined;
  tls?: TlsEvidence | undefined;
  http?: HttpEvidence | undefined;
  tcp?: TcpEvidence | undefined;
}

/** One name at one address: resolve, connect, tls, processing, transfer; stops at the first failure. */
export interface Exchange {
  host?: string | undefined;
  scheme?: 'http' | 'https' | undefined;
  ip_protocol?: IpProtocol | undefined;
  /** /24 or /48 of the dialled address. */
  network?: string | undefined;
  address_source?: AddressSource | undefined;
  /** `ok`: a complete answer (END_STREAM, content-length met, or our cap), over verified TLS where TLS is spoken. */
  outcome: Outcome;
  skipped?: Skip | undefined;
  failure?: Failure | undefined;
  phases?: Phases | undefined;
  /** How it was asked for, where a request was sent. */
  method?: 'GET' | 'HEAD' | undefined;
  /** HTTP status, present as soon as the head arrived, also when the body or the certificate was bad. */
  status?: number | undefined;
  dns?: DnsFact[] | undefined;
  evidence?: Evidence | undefined;
}

/**
 * Goodput sample. `plateau_bps`: bits per second over the plateau after the first 20 KiB, its time taken as no shorter than
 * slow start at the connection's own round trip: what comes in one burst shows no rate. It is a fact about this download;
 * what it says of the line is claimed in `goodput_bps`, where the data can carry it.
 */
export interface Transfer {
  /** Body bytes received. */
  bytes: number;
  /** From the first byte to the last, or to the deadline. */
  ms: number;
  /** Body bytes before the plateau began. */
  after_bytes: number;
  plateau_bps?: number | undefined;
  /** Coefficient of variation of the plateau's bins. */
  cov?: number | undefined;
  /** Bytes of the answer at which nothing more came, those of a record that was never whole included. */
  stalled_at?: number | undefined;
}

/** A QUIC Initial with the real name. Never decides a state. */
export interface QuicFact {
  outcome: Outcome;
  skipped?: Skip | undefined;
  /** `generic_timeout_error`: silence; `connection_refused`, `connection_reset`: ICMP port unreachable or the like. */
  reason?: Reason | undefined;
  ms?: number | undefined;
  /** A reserved-version ping, which carries no name, sent after a failure: `ok` means that UDP/443 itself passes. */
  version_ping?: Outcome | undefined;
}

/**
 * The result of one experiment. `ok` means what the kind asks: `neutral_sni` and `large_hello` that the server said
 * anything at TLS level (cleartext targets: that another Host header was answered at all), the others a complete
 * answer over verified TLS.
 */
export interface ExperimentFact {
  kind: ExperimentKind;
  /** The name in the ClientHello or Host header. */
  host?: string | undefined;
  address_id?: string | undefined;
  ip_protocol?: IpProtocol | undefined;
  network?: string | undefined;
  /** Where the dialled address came from: `trusted`, `validated`, `seed` for `trusted_address`. */
  address_source?: AddressSource | undefined;
  /** Seconds since this address last saw a platform's name from us; absent when it never has. */
  rested_s?: number | undefined;
  outcome: Outcome;
  skipped?: Skip | undefined;
  failure?: Failure | undefined;
  /** TLS alert received (RFC 8446 section 6 name, such as `unrecognized_name`). */
  alert?: string | undefined;
  phases?: Phases | undefined;
  status?: number | undefined;
  goodput_bps?: number | undefined;
  /** `transfer`, `control_transfer`, `beacon`. */
  transfer?: Transfer | undefined;
  dns?: DnsFact[] | undefined;
  evidence?: Evidence | undefined;
}

/** One target over one IP protocol in one round. The exchange's own fields are the first hop's. */
export interface Observation extends Exchange {
  target: string;
  /** Exchanges after a redirect, in order; `outcome`, `failure` and `status` of the observation are the last one's. */
  hops?: Exchange[] | undefined;
  transfer?: Transfer | null | undefined;
  /** Bits per second over the plateau, corrected for slow start; absent where the sample cannot carry a rate. */
  goodput_bps?: number | undefined;
  quic?: QuicFact | undefined;
  experiments?: ExperimentFact[] | undefined;
}

export interface ControlObservation extends Observation {
  scope: ControlScope;
}

export interface VantageFacts {
  id?: string | undefined;
  country?: string | undefined;
  asn?: string | undefined;
  state?: VantageState | undefined;
  resolver_scope?: ResolverScope | undefined;
  /** DNS answers that say who resolves for us (whoami, ad-list name, random sibling), each with `name`. */
  dns?: DnsFact[] | undefined;
  /** Wall clock against a control's Date header, seconds, positive when ours is ahead. */
  clock_skew_s?: number | undefined;
}

/** What a reference probe on an unfiltered network said of a target, and how old that is. */
export interface ReferenceFact {
  /** Host name of the reference's base URL. */
  reference: string;
  target: string;
  outcome: Outcome;
  failure?: Failure | undefined;
  status?: number | undefined;
  networks?: string[] | undefined;
  issuer?: string | undefined;
  age_s: number;
}

export interface HeldState {
  state: State;
  /** RFC 3339. */
  since: string;
}

export interface Round {
  version: 1;
  round: number;
  /** RFC 3339, UTC. */
  started_at: string;
  /** Counts through suspend (os.uptime); smaller than before means a restart. */
  monotonic_ms: number;
  interval_ms: number;
  /** How long measuring and judging took. */
  duration_ms?: number | undefined;
  /** Platform name to company name: who fails together. */
  companies: Record<string, string>;
  vantage: VantageFacts;
  /** Worst event-loop lag seen while a phase was open. */
  lag_ms?: number | undefined;
  controls: ControlObservation[];
  platforms: Record<string, Observation[]>;
  /** Sibling names per platform, measured on suspicion. */
  siblings?: Record<string, Observation[]> | undefined;
  references?: ReferenceFact[] | undefined;
  verdicts?: Record<string, Verdict> | undefined;
  states?: Record<string, HeldState> | undefined;
}
