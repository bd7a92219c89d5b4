/** Opinions: what the judge makes of a round and of a history of rounds. */
import type { AnomalyKind, Basis, Confidence, ExperimentKind, Mechanism, Note, State } from './vocabulary.ts';

/** What one round alone shows of one platform, and the rule that says so. */
export interface Verdict {
  state: State;
  /** The deepest mechanism that the evidence supports. */
  mechanism?: Mechanism | undefined;
  /** Every mechanism seen. */
  mechanisms: Mechanism[];
  basis?: Basis | undefined;
  confidence: Confidence;
  /** Id of the rule that decided. */
  rule: string;
  rules_version: string;
  notes: Note[];
}

/** A wish of the judge: something to measure before this round is judged. */
export interface Experiment {
  kind: ExperimentKind;
  platform: string;
  /** Absent: the whole platform (`all_targets`), or every control (`all_controls`). */
  target?: string | undefined;
}

/** One line of replay's output, one row of the incident list. Onset lies between last good and first bad sample. */
export interface IncidentEvent {
  /** RFC 3339. */
  at: string;
  round: number;
  event: 'opened' | 'changed' | 'closed';
  incident: string;
  /** Platform name, `*` for the joint event of two companies or more. */
  platform: string;
  platforms?: string[] | undefined;
  companies?: string[] | undefined;
  state: AnomalyKind;
  mechanism?: Mechanism | undefined;
  mechanisms?: Mechanism[] | undefined;
  basis: Basis;
  confidence: Confidence;
  notes?: Note[] | undefined;
  onset_earliest: string;
  onset_latest: string;
  /** Set when closed. */
  ended_earliest?: string | undefined;
  ended_latest?: string | undefined;
  statement?: string | undefined;
  /** Ids of earlier incidents with the same fingerprint. */
  seen_before?: string[] | undefined;
}
