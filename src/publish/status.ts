/**
 * What the daemon sees now, as one plain object: `/api/v1/status`, the page, `reachd status` and `reachd probe` all
 * show this. No address of the probe is in it; a network (/24, /48) is that of a platform's server.
 */
import type { OpenIncident, Stream } from '../model/outcome.ts';
import type { Failure, Phases } from '../model/round.ts';
import type {
  Basis,
  Confidence,
  ControlScope,
  IpProtocol,
  Mechanism,
  Note,
  ResolverScope,
  State,
  VantageState,
} from '../model/vocabulary.ts';

/** The last look at a target or control over one IP protocol. */
export interface Look {
  target: string;
  ip_protocol: IpProtocol;
  outcome: 'ok' | 'failed';
  failure?: Failure | undefined;
  /** HTTP status. */
  status?: number | undefined;
  /** Milliseconds; a phase that did not happen is absent. */
  phases: Phases;
  /** Bits per second, where this look sampled it. */
  goodput_bps?: number | undefined;
  /** What its download got, bits per second, also where that shows no rate of the line. */
  plateau_bps?: number | undefined;
  network?: string | undefined;
  /** RFC 3339: start of the round. */
  at: string;
}

export interface PlatformStatus {
  name: string;
  title: string;
  company: string;
  /** Held state: one odd round does not move it. */
  state: State;
  /** RFC 3339. */
  since?: string | undefined;
  /** What the last round alone showed, and the rule that said so. */
  verdict?:
    | {
        state: State;
        mechanism?: Mechanism | undefined;
        mechanisms: Mechanism[];
        basis?: Basis | undefined;
        confidence: Confidence;
        rule: string;
        notes: Note[];
      }
    | undefined;
  suspect?: boolean | undefined;
  baseline_ready?: boolean | undefined;
  /** What is normal here at this hour; absent while it is not known. */
  normal?: { tls_seconds?: number | undefined; bytes_per_second?: number | undefined } | undefined;
  /** The strongest evidence that something is wrong, natural logarithm, and the stream that it is in. */
  evidence?: { stream: Stream; log: number } | undefined;
  /** The open incident. */
  incident?: OpenIncident | undefined;
  targets: Look[];
}

export interface ControlStatus extends Look {
  scope: ControlScope;
}

export interface Status {
  version: 1;
  /** RFC 3339. */
  generated_at: string;
  started_at: string;
  build: { version: string; revision: string; node: string };
  vantage: {
    id?: string | undefined;
    name?: string | undefined;
    country?: string | undefined;
    asn?: string | undefined;
    /** IANA name. */
    timezone: string;
    /** Absent before the first round. */
    state?: VantageState | undefined;
    resolver_scope?: ResolverScope | undefined;
    /** Seconds, positive when our clock is ahead. */
    clock_skew_s?: number | undefined;
  };
  /** The last round; absent before the first one. */
  round?:
    | {
        round: number;
        started_at: string;
        interval_ms: number;
        duration_ms: number;
        overruns: number;
        lag_ms?: number | undefined;
      }
    | undefined;
  /** Evidence at which an incident opens, natural logarithm. */
  evidence_threshold?: number | undefined;
  /** Time between the last two rounds by our own watch: how often there is news. */
  news_every_ms?: number | undefined;
  platforms: PlatformStatus[];
  controls: ControlStatus[];
  controls_impaired: string[];
  /** The joint event of two companies or more, while open. */
  disruption?: OpenIncident | undefined;
  /** The sentence of the joint event, or else of the incident opened last. */
  statement?: string | undefined;
  /** Wire bytes since the start, and the cap that binds first. */
  bytes?: { spent: number; limit?: number | undefined; remaining?: number | undefined } | undefined;
  /** Why rounds are not being stored, when they are not. */
  store_trouble?: string | undefined;
}
