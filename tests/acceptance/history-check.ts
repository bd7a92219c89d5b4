/** Holds what a daemon said from round to round against what a row expects of it. */
import type { RoundOutcome } from '../../src/model/outcome.ts';
import type { Observation } from '../../src/model/round.ts';
import type { Mechanism, State } from '../../src/model/vocabulary.ts';
import type { History } from './history.ts';

const listed = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

/** The judge's own account of an incident, as far as it is looked at here. */
interface Stored {
  platforms: Record<string, { incident?: { rate_bps?: number | undefined } | undefined } | undefined>;
}

const held = ({ round }: RoundOutcome, platform: string): State | undefined => round.states?.[platform]?.state;
const touchedBy = ({ expect }: History): readonly string[] => expect.platforms ?? ['x'];

/** Whether the states, the joint event and the vantage are those that the row waits for, and the trigger is known if it must be. */
export function isReached(row: History, outcome: RoundOutcome): boolean {
  const { state, disruption, vantage } = row.expect;
  return (
    touchedBy(row).every(
      (name) => listed(state).includes(held(outcome, name) as State) && !isTriggerAwaited(row, outcome, name),
    ) &&
    (disruption === undefined || disruption === (outcome.detail?.disruption !== undefined)) &&
    (vantage === undefined || vantage === outcome.round.vantage.state)
  );
}

/** A throttle whose trigger may still be found out, within the rounds that the row allows. Another name is not waited away. */
function isTriggerAwaited({ expect: { mechanism } }: History, { detail }: RoundOutcome, name: string): boolean {
  const unknown = detail?.platforms[name]?.open?.mechanism === 'throttle.unknown';
  return unknown && mechanism !== undefined && !listed<Mechanism>(mechanism).includes('throttle.unknown');
}

/** What must be so in every round, also before the row's state is reached. */
export function checkAlways(row: History, outcome: RoundOutcome): string[] {
  const { never = [], incident } = row.expect;
  const touched = touchedBy(row);
  const complaints: string[] = [];
  for (const name of Object.keys(outcome.round.platforms)) {
    const open = outcome.detail?.platforms[name]?.open;
    const said: readonly (string | undefined)[] = [held(outcome, name), open?.state, ...(open?.mechanisms ?? [])];
    for (const word of never) if (said.includes(word)) complaints.push(`${name}: never ${word}, got it`);
    if (touched.includes(name) && incident !== 'none') continue;
    if (incident === 'none' && outcome.detail?.platforms[name]?.suspect)
      complaints.push(`${name}: no suspicion, got it`);
    if (open !== undefined) complaints.push(`${name}: no incident, got ${open.state} ${open.mechanism ?? ''}`);
    if (!touched.includes(name) && held(outcome, name) !== 'reachable') {
      complaints.push(`${name}: reachable (nobody is after it), got ${held(outcome, name)}`);
    }
  }
  if (row.expect.overruns === 0 && outcome.overruns > 0) complaints.push(`no overrun, got ${outcome.overruns}`);
  return complaints;
}

/** What must be so in the round in which the row's state is reached. */
export function checkReached(row: History, outcome: RoundOutcome): string[] {
  const { expect } = row;
  const complaints: string[] = [];
  const check = (what: string, fine: boolean, got: unknown) => {
    if (!fine) complaints.push(`${what}, got ${JSON.stringify(got)}`);
  };
  for (const name of touchedBy(row)) {
    const open = outcome.detail?.platforms[name]?.open;
    const { mechanism, confidence, rate_kbit, targets } = expect;
    if (mechanism !== undefined) {
      check(
        `${name}: mechanism ${listed(mechanism).join(' or ')}`,
        listed<string | undefined>(mechanism).includes(open?.mechanism),
        open,
      );
    }
    if (confidence !== undefined) {
      const fine = open !== undefined && listed(confidence).includes(open.confidence);
      check(`${name}: confidence ${listed(confidence).join(' or ')}`, fine, open?.confidence);
    }
    const observations = outcome.round.platforms[name] ?? [];
    if (rate_kbit !== undefined) {
      const rate = (outcome.judge_state as Stored).platforms[name]?.incident?.rate_bps;
      for (const bps of [
        rate,
        ...observations.map(({ goodput_bps }) => goodput_bps).filter((bps) => bps !== undefined),
      ]) {
        const fine = bps !== undefined && bps >= rate_kbit[0] * 1000 && bps <= rate_kbit[1] * 1000;
        check(`${name}: ${rate_kbit.join(' to ')} kbit/s`, fine, bps);
      }
    }
    if (targets !== undefined) {
      const slow = [...new Set(observations.filter(isSlow).map(({ target }) => target))];
      check(`${name}: slow are ${targets}`, slow.join() === targets.join(), slow);
    }
  }
  return complaints;
}

/** On the practice Internet's 20 Mbit/s and 40 ms: a download below a quarter of a megabit, a handshake of six round trips. */
function isSlow({ goodput_bps, phases }: Observation): boolean {
  return (goodput_bps !== undefined && goodput_bps < 250_000) || (phases?.tls ?? 0) > 240;
}

/** What came out, in a few words. */
export function saidOf(row: History, outcome: RoundOutcome): string {
  const words = touchedBy(row).map((name) => {
    const open = outcome.detail?.platforms[name]?.open;
    return [held(outcome, name), open?.mechanism, open?.confidence].filter(Boolean).join(' ');
  });
  const joint = outcome.detail?.disruption ? ['disruption'] : [];
  return [...new Set(words), ...joint].join(', ');
}
