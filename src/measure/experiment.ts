/** What is done about a suspicion, for one target: the measuring half of the experiments that `judge` wants. */
import type { ExperimentFact } from '../model/round.ts';
import type { ExperimentKind } from '../model/vocabulary.ts';
import type { Instruments } from './instruments.ts';
import type { Aim, Observed } from './observe.ts';

export interface ExperimentInput {
  kind: ExperimentKind;
  aim: Aim;
  observed: Observed;
  /** Seconds since this address last saw a platform's name from us; undefined when it never has. */
  rested_s(ip: string): number | undefined;
  /** A name that nobody blocks: `example.org` (RFC 2606). */
  neutral_name: string;
}

/** The facts of one experiment, never empty: what could not be done is a skipped fact. */
export declare function experiment(
  input: ExperimentInput,
  instruments: Instruments,
  signal: AbortSignal,
): Promise<ExperimentFact[]>;
