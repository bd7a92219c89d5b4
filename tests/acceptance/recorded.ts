/** Hours and evenings told with recorded rounds: what a daemon saw in a few minutes, over and over, through the judge. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Judgement, judge } from '../../src/judge/judge.ts';
import { defaultParams, type JudgeState } from '../../src/judge/state.ts';
import type { Round } from '../../src/model/round.ts';
import type { IncidentEvent } from '../../src/model/verdict.ts';

/** The file of a recording. */
export const fixture = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/rounds/${name}.ndjson`, import.meta.url));

/** Rounds that `record.ts` has kept, in their order. */
export function recordingOf(name: string): Round[] {
  const lines = readFileSync(fixture(name), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Round);
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
