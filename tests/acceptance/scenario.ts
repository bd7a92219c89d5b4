/** One row of the acceptance table: what is wrong with the world, and what reachd must make of it. */
import type { Target } from '../../src/model/target.ts';
import type { Basis, Confidence, Mechanism, Note, State, VantageState } from '../../src/model/vocabulary.ts';
import type { Censor } from '../../src/practice/censor.ts';
import { censorNamed } from '../../src/practice/censors.ts';

/** What must come out; where several values are given, any of them will do. */
export interface Expected {
  state: State | readonly State[];
  /** Platforms of which this is expected; only X where absent. */
  platforms?: readonly string[];
  /** The deepest mechanism; `none`: there must be none at all. */
  mechanism?: Mechanism | readonly Mechanism[] | 'none';
  /** All of these are among the mechanisms. */
  mechanisms?: readonly Mechanism[];
  basis?: Basis;
  confidence?: Confidence | readonly Confidence[];
  note?: Note;
  vantage?: VantageState;
  /** Platforms that must be untouched; by default every one that is not in `platforms`. */
  others?: 'reachable' | 'any';
}

export interface Scenario {
  name: string;
  /** Why this row exists, and the case in the world that it stands for. */
  why: string;
  /** What is switched on; by default the practice censor of the same name. */
  on: readonly Censor[];
  /** Replaces X's targets by this one. */
  target?: Pick<Target, 'name' | 'url'>;
  /** A probe elsewhere, on an unfiltered network, that reaches every target or fails too. */
  reference?: 'reaches' | 'fails';
  /** A healthy round was measured and stored here before: its addresses are remembered. */
  healthy_before?: boolean;
  expect: Expected;
}

type Written = Omit<Scenario, 'name' | 'on'> & { on?: readonly (string | Censor)[] };

/** `on` names censors of the practice Internet; absent: the one that the scenario is named after, before any blank. */
export function scenario(name: string, { on, ...rest }: Written): Scenario {
  const censors = on ?? [name.split(' ')[0] ?? name];
  return { ...rest, name, on: censors.map((one) => (typeof one === 'string' ? censorNamed(one) : one)) };
}
