/** The shape of a rule. */
import type { Basis, Mechanism, Note, State } from '../model/vocabulary.ts';
import type { Case } from './case.ts';
import type { Context } from './context.ts';

/** How sure a rule can be at best, before `confidence.ts` takes off for what is missing: 3 high, 2 medium, 1 low. */
export type Ceiling = 1 | 2 | 3;

export interface Rule {
  id: string;
  /** One line for a person: what was seen and why it means that. */
  because: string;
  /** Where the reasoning comes from. */
  cites: string;
  when: (one: Case, context: Context) => boolean;
  /** Absent: the rule only names a mechanism or leaves a note; a later rule sets the state. */
  verdict?: { state: State; basis?: Basis; ceiling: Ceiling } | undefined;
  /** A single attempt could be an accident: seen once it is one step less sure. */
  wantsRepeat?: boolean | undefined;
  mechanisms?: ((one: Case, context: Context) => readonly Mechanism[]) | undefined;
  notes?: ((one: Case, context: Context) => readonly Note[]) | undefined;
  /** Once it has matched, nothing below is looked at: what follows would be read from a spoiled record. */
  final?: boolean | undefined;
  /** The case adds nothing to its platform: it was not measured, or cannot be. */
  silent?: boolean | undefined;
}
