/**
 * What the judge remembers between rounds: versioned plain JSON, at most 4 kB a platform, so that a Raspberry Pi can
 * write it every minute. Short keys where a key is repeated for every target; times are whole seconds.
 *
 * `t` is fold time: seconds of `monotonic_ms` since the first round, which no change of the wall clock moves.
 */
import type { Stream } from '../model/outcome.ts';
import type { HeldState } from '../model/round.ts';
import type { AnomalyKind, Basis, Confidence, Mechanism, Note } from '../model/vocabulary.ts';
import type { RoundMemory } from './memory.ts';

export type { JudgeParams } from './params.ts';
export { defaultParams } from './params.ts';

/** Raised with every change of the shape; `migrate` turns older ones into this one. */
export const stateVersion = 1;

/** A learned level in the log domain and the number of samples behind it (counted up to the memory's length). */
export type Level = [level: number, samples: number];

/** A last good and a first bad sample, wall-clock seconds. */
export type Onset = [good: number, bad: number];

/** One e-SR mixture and what it has learned of calm. */
export interface StreamState {
  /** Log evidence of the three alternatives. */
  r: [number, number, number];
  /** Learned mean badness while calm, and its samples. */
  calm: Level;
  /** Badness of the last step. */
  y: number;
  /** Fold second of the last good sample. */
  good?: number | undefined;
  /** Where the present run of bad samples began, and the least badness in it. */
  run?: [good: number, bad: number, least: number] | undefined;
  /** Sum and number of the badness in the present run: joins `calm` when the run has come to nothing. */
  pending?: [sum: number, samples: number] | undefined;
  /** Closing test while an incident is open: badness that counts as recovered, its log evidence, last bad, first good. */
  close?: { level: number; e: number; bad: number; good: number } | undefined;
  /** Fold second of the last step, and learned distance between steps in seconds. */
  at?: number | undefined;
  every?: number | undefined;
}

/** A badness or fact held until the next sample: value and fold second. */
export type Held = [value: number, t: number];

/** One target over one IP protocol. */
export interface TargetState {
  /** Fold second of the last sample, learned distance between samples. */
  at: number;
  every: number;
  /** 1: no complete answer. */
  failed: 0 | 1;
  /** log ms of connect; log of tls over connect; log ms of connect + tls (any edge). */
  connect?: Level | undefined;
  handshake?: Level | undefined;
  latency?: Level | undefined;
  /** Levels by address block, most recently used first: hashed block, level, samples. */
  edges?: [block: number, level: number, samples: number][] | undefined;
  /** Held log-ratios above the baseline, not clipped. */
  slow?: Held | undefined;
  crawl?: Held | undefined;
  /** Fold second of the last sample with nothing wrong, and of the last transfer at a normal rate. */
  good?: number | undefined;
  fast?: number | undefined;
  /** Consecutive samples with the signature of a throttled handshake. */
  signature?: number | undefined;
  /** The last connect took its usual time: the path is the usual one. */
  near?: 1 | undefined;
  /** Fold second at which an ordinary handshake ended such a streak. */
  broken?: number | undefined;
  /** log bit/s, samples; held shortfall; learned distance between transfers. */
  goodput?: Level | undefined;
  short?: Held | undefined;
  transfers?: number | undefined;
  /** Last two rates, and last two plateaus steady enough to be named (0: not steady), bit/s. */
  rates?: [bps: number, before: number] | undefined;
  plateaus?: [bps: number, before: number] | undefined;
  /** A run of transfers as even as a policer's, at one rate: its first rate, bit/s, and how many. */
  alike?: [bps: number, transfers: number] | undefined;
}

/** A control: the same levels as a target's, and how long it has been bad alone. */
export interface ControlState {
  at: number;
  connect?: Level | undefined;
  latency?: Level | undefined;
  handshake?: Level | undefined;
  goodput?: Level | undefined;
  /** Held log-ratios above its own levels: of connect + tls, of tls over connect; shortfall and rate of a transfer. */
  slow?: Held | undefined;
  crawl?: Held | undefined;
  short?: Held | undefined;
  rate?: Held | undefined;
  /** Seconds for which it has failed while the others were fine. */
  alone?: number | undefined;
  /** It has left the gate. */
  impaired?: 1 | undefined;
  /** Successes in a row while impaired: enough of them bring it back. */
  recovered?: number | undefined;
}

export interface IncidentState {
  id: string;
  kind: AnomalyKind;
  /** Fold second of opening. */
  opened: number;
  onset: Onset;
  mechanisms: Mechanism[];
  mechanism?: Mechanism | undefined;
  basis: Basis;
  confidence: Confidence;
  /** The greatest confidence that an event has told under the present name; absent: as in `confidence`. */
  told?: Confidence | undefined;
  notes: Note[];
  /** Streams that carried it, the opening one first. */
  streams: Stream[];
  /** Rounds in which a verdict of its own artefact or differential stood behind it. */
  proofs?: number | undefined;
  /** Usual ratio to normal of the worst target's goodput (0…1) and handshake (≥ 1), and its rate: for the statement. */
  goodput_ratio?: number | undefined;
  handshake_ratio?: number | undefined;
  rate_bps?: number | undefined;
  seen_before?: string[] | undefined;
  /** Controls that can be compared were fine while it lasted. */
  compared?: 1 | undefined;
  /** A kind that the last rounds speak for, and how many. */
  next?: [kind: AnomalyKind, rounds: number] | undefined;
  /** What it was called when it was at its gravest, once it has a milder name. */
  gravest?: { kind: AnomalyKind; basis: Basis; confidence: Confidence; mechanism?: Mechanism | undefined } | undefined;
  /** Set when closed: kept for half an hour, in which a relapse is the same incident. */
  closed?: number | undefined;
  ended?: Onset | undefined;
}

export interface PlatformState {
  /** Counted rounds (capped where only "enough" matters) and counted goodput samples. */
  rounds: number;
  transfers: number;
  /** Counted time, seconds, until the baseline is ready. */
  observed: number;
  streams: Record<Stream, StreamState>;
  /** Hour-of-day offsets from the level, log domain, 24 each (UTC hours). */
  hours: { latency: number[]; handshake: number[]; goodput: number[] };
  /** 28-day levels against drift that the daily ones would follow. */
  anchor: { latency?: Level | undefined; goodput?: Level | undefined };
  /** The daily levels lie twice as badly as the 28-day ones: it got worse too slowly for any alarm. */
  drifted?: 1 | undefined;
  targets: Record<string, TargetState>;
  suspect?: 1 | undefined;
  incident?: IncidentState | undefined;
  held: HeldState;
  /** The state that verdicts have shown lately, and for how many rounds: two move `held`. */
  lately?: [state: string, rounds: number] | undefined;
}

/** The joint event of two companies or more. */
export interface JointState extends IncidentState {
  platforms: string[];
  companies: string[];
}

/** What an earlier incident looked like. */
export interface Fingerprint {
  id: string;
  /** Onset, wall-clock seconds. */
  at: number;
  platforms: string[];
  kind: AnomalyKind;
  mechanism?: Mechanism | undefined;
  /** kbit/s while it lasted. */
  kbps?: number | undefined;
}

export interface GateState {
  /** Rounds that still do not count. */
  cooldown: number;
  /** Moving share of failing controls in rounds that were fit, and of slow and crawling ones: the line's own doing. */
  failing: number;
  slow: number;
  crawl: number;
  /** Rounds in a row that did not count. */
  closed: number;
  /** Whether a control answered over IPv6 when last tried. */
  ip6?: Held | undefined;
}

export interface JudgeState {
  version: typeof stateVersion;
  /** Last round folded. */
  last: { round: number; wall: number; monotonic_ms: number; t: number };
  /** What the verdict of one round remembers, by platform. */
  memory?: RoundMemory['platforms'];
  gate: GateState;
  controls: Record<string, ControlState>;
  platforms: Record<string, PlatformState>;
  joint?: JointState | undefined;
  /** The last eight incidents. */
  fingerprints: Fingerprint[];
}
