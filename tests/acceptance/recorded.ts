/** Hours and evenings told with recorded rounds: what a daemon stored in a few minutes, over and over, through the judge. */
import { type Judgement, judge } from '../../src/judge/judge.ts';
import { defaultParams, type JudgeState } from '../../src/judge/state.ts';
import type { Round } from '../../src/model/round.ts';
import type { IncidentEvent } from '../../src/model/verdict.ts';
import { openStoreForReading } from '../../src/store/store.ts';

/** What a row left behind: its warm-up, and its rounds under the censor. */
export interface Recording {
  calm: readonly Round[];
  censored: readonly Round[];
}

/** Rounds of the warm-up; the one that follows is the first after the daemon's pause. */
const warm = 60;

/** Reads what the daemon stored in directory `path`; throws where that is less than a warm-up and some rounds more. */
export function recordingIn(path: string): Recording {
  const store = openStoreForReading(path, () => Date.now());
  if (store === undefined) throw new Error(`nothing is stored in ${path}`);
  try {
    const rounds = store.rounds({ limit: 1000 }).map(({ record }) => JSON.parse(record) as Round);
    const recording = { calm: rounds.slice(0, warm), censored: rounds.slice(warm + 1) };
    if (recording.censored.length < 5) throw new Error(`${path} holds ${rounds.length} rounds only`);
    return recording;
  } finally {
    store.close();
  }
}

/** A stretch of time: these rounds in turn, one a minute, or none at all (the host sleeps). */
export interface Stretch {
  minutes: number;
  rounds: readonly Round[] | 'asleep';
}

/** A minute that was judged, and the stretch that it belongs to. */
export interface Minute {
  stretch: number;
  minute: number;
  judgement: Judgement;
}

const start = Date.parse('2024-01-06T00:00:00Z');
const minute_ms = 60_000;

/** Folds the stretches, one after the other, as the daemon does with rounds a minute apart. */
export function* fold(stretches: readonly Stretch[]): Generator<Minute> {
  const params = defaultParams(minute_ms, { transfer_every_ms: minute_ms });
  let state: JudgeState | undefined;
  let now = 0;
  for (const [stretch, { minutes, rounds }] of stretches.entries()) {
    for (let minute = 0; minute < minutes; minute += 1, now += 1) {
      if (rounds === 'asleep') continue;
      const round: Round = {
        ...rounds[minute % rounds.length]!,
        round: now + 1,
        started_at: new Date(start + now * minute_ms).toISOString(),
        monotonic_ms: 10_000_000 + now * minute_ms,
        interval_ms: minute_ms,
      };
      const judgement = judge(state, round, params);
      state = judgement.state;
      yield { stretch, minute, judgement };
    }
  }
}

/** What was said of the platforms: every incident's kind, and every state that was held. */
export function summarise(minutes: Iterable<Minute>): { states: Set<string>; events: IncidentEvent[]; last: Minute } {
  const states = new Set<string>();
  const events: IncidentEvent[] = [];
  let last: Minute | undefined;
  for (const one of minutes) {
    for (const { state } of Object.values(one.judgement.states)) states.add(state);
    events.push(...one.judgement.events);
    last = one;
  }
  if (last === undefined) throw new Error('nothing was told');
  return { states, events, last };
}
