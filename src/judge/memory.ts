/**
 * What the verdict of one round may remember: plain JSON, every field optional. The fold stores it between rounds and
 * hands it in; an empty object is always valid and only lowers confidence.
 */
import type { Basis, Mechanism, Phase, Reason } from '../model/vocabulary.ts';

/** What is normal for one control or target on this path: medians of its own history. */
export interface PathBaseline {
  /** `connect` + `tls`, ms. */
  handshake_ms?: number | undefined;
  connect_ms?: number | undefined;
  /** Bits per second. */
  goodput_bps?: number | undefined;
}

/** A contrast found within one round: how many times slower the platform's name was than the other one. */
export interface Slowdown {
  target: string;
  ratio: number;
  /** `neutral` and `beacon` share the address with the platform's name, `sibling` only the network. */
  against: 'neutral' | 'sibling' | 'beacon';
  of: 'handshake' | 'goodput';
  /** The other name was turned away by an alert, a few bytes: a limit on the address could make the difference too. */
  unlike?: true | undefined;
}

/** The last artefact or differential of one target, so that rounds without experiments do not forget the method. */
export interface Confirmed {
  target: string;
  mechanism: Mechanism;
  basis: Exclude<Basis, 'comparison'>;
  rule: string;
  phase: Phase;
  reason: Reason;
  /** Rounds since it was seen. */
  age: number;
}

/** Per platform. `assess` returns the next one; the fold stores it unread. */
export interface PlatformMemory {
  confirmed?: Confirmed[] | undefined;
  /** Bytes at which the last transfers stalled, newest last, at most two. */
  freezes?: number[] | undefined;
  /** Such stalls were proved a freeze beside a control's download, and no download has run through since. */
  frozen?: 1 | undefined;
  /** The strongest contrast of the round before. */
  slowdown?: Slowdown | undefined;
}

export interface RoundMemory {
  platforms?: Record<string, PlatformMemory> | undefined;
  /** Controls bad alone for an hour: out of every quorum. Filled by the fold. */
  impaired_controls?: readonly string[] | undefined;
  /** By control name or target name. Filled by the fold. */
  baselines?: Record<string, PathBaseline> | undefined;
  /** Platforms that history calls odd although nothing failed (slow handshake, slow transfer). Filled by the fold. */
  suspects?: readonly string[] | undefined;
  /** Platforms whose incident is open and decided, and for how many rounds: experiments every tenth. Filled by the fold. */
  decided?: Record<string, number> | undefined;
  /** Platforms whose open incident is a throttle of which the trigger is not known. Filled by the fold. */
  unexplained?: readonly string[] | undefined;
}
