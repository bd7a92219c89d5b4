/** One row of the table whose verdict needs history: a censor, and what must be held of it within so many rounds. */
import type { Config } from '../../src/config/config.ts';
import type { Stream } from '../../src/model/outcome.ts';
import type { Confidence, Mechanism, State, VantageState } from '../../src/model/vocabulary.ts';
import type { Censor } from '../../src/practice/censor.ts';
import { censorNamed } from '../../src/practice/censors.ts';

/** What must be held; where several values are given, any of them will do. */
export interface Held {
  state: State | readonly State[];
  /** Platforms of which this is expected; only X where absent. All others must be held reachable all the time. */
  platforms?: readonly string[];
  mechanism?: Mechanism | readonly Mechanism[];
  /** States and mechanisms that must not be held of any platform in any round. */
  never?: readonly (State | Mechanism)[];
  /** No incident may be opened: then every round is played. */
  incident?: 'none';
  /** Bounds of the rate that the incident and the slow target's downloads show, kbit/s. */
  rate_kbit?: readonly [number, number];
  /** The targets that are slow; the platform's others are not. */
  targets?: readonly string[];
  disruption?: boolean;
  confidence?: Confidence | readonly Confidence[];
  vantage?: VantageState;
  /** No round may run into the next one's time. */
  overruns?: 0;
}

export interface History {
  name: string;
  why: string;
  /** By default the practice censor of the same name. */
  on: readonly Censor[];
  /** Rounds under the censor within which it must be held so. */
  rounds: number;
  /** Seconds between rounds. */
  interval_s: number;
  /** What the daemon knows when it starts: sixty clean rounds, or the end of another row. */
  from: 'warm-up' | (string & {});
  /** Only in this round of them is the censor on. */
  only_in?: number;
  /** Every round is played, and the last one must show it too. */
  to_the_end?: boolean;
  /** Streams of which there need be no evidence: nothing answers, or waiting leaves no time for downloads. */
  without?: readonly Stream[];
  settings?: (config: Config) => Config;
  expect: Held;
}

type Written = Omit<History, 'name' | 'on' | 'interval_s' | 'from'> &
  Partial<Pick<History, 'interval_s' | 'from'>> & { on?: readonly (string | Censor)[] };

/** Twelve seconds: the shortest in which a round of downloads at 130 kbit/s from everybody comes to its end. */
const usual_s = 12;

export function history(name: string, { on = [name], ...rest }: Written): History {
  const censors = on.map((one) => (typeof one === 'string' ? censorNamed(one) : one));
  return { interval_s: usual_s, from: 'warm-up', ...rest, name, on: censors };
}
