/** A scenario: what a network does, as a record, and what must come out of it for one platform. */
import type { RoundMemory } from '../../src/judge/memory.ts';
import type { Round } from '../../src/model/round.ts';
import type { Basis, Confidence, Mechanism, Note, State, VantageState } from '../../src/model/vocabulary.ts';
import { calm } from './rounds.ts';

export interface Expected {
  /** Platform asked about; `x` when absent. */
  platform?: string;
  state: State | readonly State[];
  vantage?: VantageState;
  mechanism?: Mechanism | readonly Mechanism[] | 'none';
  /** All of these are among `mechanisms`. */
  mechanisms?: readonly Mechanism[];
  /** None of these is. */
  without?: readonly Mechanism[];
  basis?: Basis;
  rule?: string;
  note?: Note;
  confidence?: Confidence;
}

export interface Scenario {
  name: string;
  round: Round;
  memory: RoundMemory;
  expect: Expected;
}

export function scenario(
  name: string,
  change: (round: Round) => void,
  expect: Expected,
  memory: RoundMemory = {},
): Scenario {
  return { name, round: calm(change), memory, expect };
}

/** A reference elsewhere that reached the target, or did not. */
export function reference(round: Round, target: string, outcome: 'ok' | 'failed', age_s = 40): void {
  round.references = [...(round.references ?? []), { reference: 'reference.example.net', target, outcome, age_s }];
}
