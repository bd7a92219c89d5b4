/** What is done about a suspicion, for one target: the measuring half of the experiments that `judge` wants. */
import type { ExperimentFact } from '../model/round.ts';
import type { ExperimentKind } from '../model/vocabulary.ts';
import { otherAddress, repeat, trustedAddress } from './experiment-address.ts';
import { largeHello, neutralSni } from './experiment-hello.ts';
import type { Instruments } from './instruments.ts';
import type { Aim, Observed } from './observe.ts';

export interface ExperimentInput {
  kind: ExperimentKind;
  /** What was observed, with the resolvers that may be asked now and the deadlines of experiments (half of the round's). */
  aim: Aim;
  observed: Observed;
  /** Seconds since this address last saw a platform's name from us; undefined when it never has. */
  rested_s(ip: string): number | undefined;
  /** A name that nobody blocks: `example.org` (RFC 2606). */
  neutral_name: string;
}

type Run = (input: ExperimentInput, instruments: Instruments, signal: AbortSignal) => Promise<ExperimentFact[]>;

/** Kinds that are about one target and its own addresses; the others are observations, transfers or a beacon's. */
const runs: Partial<Record<ExperimentKind, Run>> = {
  repeat,
  other_address: otherAddress,
  trusted_address: trustedAddress,
  neutral_sni: neutralSni,
  large_hello: largeHello,
};

/** The facts of one experiment, never empty: what could not be done is a skipped fact. Never throws for the network. */
export async function experiment(
  input: ExperimentInput,
  instruments: Instruments,
  signal: AbortSignal,
): Promise<ExperimentFact[]> {
  const { kind } = input;
  if (signal.aborted) return [{ kind, outcome: 'skipped', skipped: 'round_deadline' }];
  const run = runs[kind];
  if (!run) return [{ kind, outcome: 'skipped', skipped: 'not_measured' }];
  const facts = await run(input, instruments, signal);
  return facts.length > 0 ? facts : [{ kind, outcome: 'skipped', skipped: 'no_address' }];
}
