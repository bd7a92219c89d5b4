/**
 * What one round came to, as the agent hands it to its sinks: the record with the judge's opinions in it, the events,
 * the judge's workings for display, and what the round cost. Plain data, shared by reference: sinks do not change it.
 */
import type { Round } from './round.ts';
import type { IncidentEvent } from './verdict.ts';
import type { AnomalyKind, Mechanism, Phase, VantageState } from './vocabulary.ts';

/** The evidence streams of the detector; `all` is "every target of the platform failed". */
export const streams = ['all', 'reach', 'handshake', 'latency', 'goodput'] as const;
export type Stream = (typeof streams)[number];

/** An incident that is open now, in the numbers that a gauge needs. */
export interface OpenIncident {
  incident: string;
  state: AnomalyKind;
  mechanism?: Mechanism | undefined;
  mechanisms: Mechanism[];
  confidence: 'low' | 'medium' | 'high';
  /** RFC 3339: last good and first bad sample. */
  onset_earliest: string;
  onset_latest: string;
  /** What may be said of it now, in one quotable sentence or a few. */
  statement?: string | undefined;
}

/** The judge's workings for one platform, for display only: nothing is decided from these. Absent = not known. */
export interface PlatformDetail {
  /** Evidence over the suspicion bound, or an incident open. */
  suspect?: boolean | undefined;
  /** What the evidence comes to now, or the open incident is called; absent while nothing is suspected. */
  suspect_kind?: AnomalyKind | undefined;
  /** 0…1, the worst stream's held badness. */
  badness?: number | undefined;
  /** Natural logarithm of the evidence, by stream. */
  log_evidence?: { [S in Stream]?: number | undefined } | undefined;
  /** Learned level at this hour of day, seconds. */
  baseline_seconds?: { [P in Phase]?: number | undefined } | undefined;
  /** Learned goodput, bytes (not bits) per second. */
  baseline_bytes_per_second?: number | undefined;
  baseline_ready?: boolean | undefined;
  open?: OpenIncident | undefined;
}

/** The judge's workings of one round. */
export interface JudgeDetail {
  /** Evidence at which an incident opens, natural logarithm. */
  log_threshold?: number | undefined;
  platforms: Record<string, PlatformDetail>;
  /** The joint event of two companies or more, while open. */
  disruption?: OpenIncident | undefined;
  /** Controls that have left the gate, by name. */
  controls_impaired?: string[] | undefined;
  /** The gate's word on the controls of this round; absent when none were measured. */
  controls_healthy?: boolean | undefined;
}

/** Purposes that bytes are spent on. */
export const purposes = ['probe', 'experiment', 'transfer', 'control', 'dns', 'push'] as const;
export type Purpose = (typeof purposes)[number];

/** Wire bytes since the daemon started, and what is left of the cap. */
export interface ByteAccount {
  /** Cumulative, by purpose and direction. */
  spent: { [P in Purpose]?: { sent: number; received: number } | undefined };
  /** The daily or monthly cap that binds first; absent: no cap. */
  limit_bytes?: number | undefined;
  remaining_bytes?: number | undefined;
}

export interface RoundOutcome {
  /** The record after judging: `vantage.state`, `verdicts` and `states` are set. */
  round: Round;
  events: IncidentEvent[];
  /** Of measuring and judging, without the sinks. */
  duration_ms: number;
  /** Rounds since the start that ran into the next one's time. Cumulative. */
  overruns: number;
  /** Samples dropped since the start, by cause (a `Skip` word such as `event_loop_lag`). Cumulative. */
  dropped: Record<string, number>;
  /** The verdict was `inconclusive` for every platform because of this state of the vantage, if it was. */
  inconclusive_cause?: VantageState | undefined;
  bytes?: ByteAccount | undefined;
  detail?: JudgeDetail | undefined;
  /** What the judge must be given with the next round; plain JSON, stored in the same transaction as the round. */
  judge_state?: unknown;
  /** Addresses that completed verified TLS for a host in this round: to be remembered for 7 days. */
  validated?: ValidatedAddress[] | undefined;
}

export interface ValidatedAddress {
  host: string;
  ip: string;
}

/** Where outcomes go: the store, the metrics, the log. An exception in one sink does not keep the others from theirs. */
export interface Sink {
  name: string;
  accept(outcome: RoundOutcome): void | Promise<void>;
}
