/** Holds what came out of a scenario against what must come out. */
import type { Round } from '../../src/model/round.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import type { Expected, Scenario } from './scenario.ts';

const listed = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

function checkVerdict(name: string, verdict: Verdict | undefined, expected: Expected): string[] {
  if (verdict === undefined) return [`${name}: no verdict`];
  const complaints: string[] = [];
  const check = (what: string, fine: boolean, got: unknown) => {
    if (!fine) complaints.push(`${name}: ${what}, got ${JSON.stringify(got)}`);
  };
  const { state, mechanism, mechanisms, basis, confidence, notes } = verdict;
  check(`state ${listed(expected.state).join(' or ')}`, listed(expected.state).includes(state), state);
  if (expected.mechanism === 'none') check('no mechanism', mechanisms.length === 0, mechanisms);
  else if (expected.mechanism !== undefined) {
    const wanted = listed(expected.mechanism);
    // Where the state is fine, a mechanism is only remarked upon: it is not what the verdict rests on.
    const seen = state === 'reachable' || state === 'degraded' ? mechanisms : [mechanism];
    check(
      `mechanism ${wanted.join(' or ')}`,
      wanted.some((one) => seen.includes(one)),
      { mechanism, mechanisms },
    );
  }
  for (const one of expected.mechanisms ?? []) check(`mechanisms with ${one}`, mechanisms.includes(one), mechanisms);
  if (expected.basis !== undefined) check(`basis ${expected.basis}`, basis === expected.basis, basis);
  if (expected.confidence !== undefined) {
    check(
      `confidence ${listed(expected.confidence).join(' or ')}`,
      listed(expected.confidence).includes(confidence),
      confidence,
    );
  }
  if (expected.note !== undefined) check(`note ${expected.note}`, notes.includes(expected.note), notes);
  return complaints;
}

/** Every way in which the round does not say what it must; empty when all is well. */
export function check({ expect }: Scenario, round: Round): string[] {
  const verdicts = round.verdicts ?? {};
  const touched = expect.platforms ?? ['x'];
  const complaints = touched.flatMap((name) => checkVerdict(name, verdicts[name], expect));
  if (expect.vantage !== undefined && round.vantage.state !== expect.vantage) {
    complaints.push(`vantage ${expect.vantage}, got ${JSON.stringify(round.vantage.state)}`);
  }
  if (expect.others !== 'any') {
    for (const [name, verdict] of Object.entries(verdicts)) {
      if (touched.includes(name) || verdict.state === 'reachable') continue;
      complaints.push(`${name}: state reachable (it is not interfered with), got ${JSON.stringify(verdict.state)}`);
    }
  }
  return complaints;
}

const words = (value: string | readonly string[]): string => listed(value).join('|');

/** The expectation in a few words, for the table. */
export function told({ expect }: Scenario): string {
  const { state, mechanism, mechanisms, vantage, note } = expect;
  return [words(state), mechanism && words(mechanism), mechanisms?.join('+'), vantage, note].filter(Boolean).join(' ');
}

/** What came out, in as many. */
export function got({ expect }: Scenario, round: Round): string {
  return (expect.platforms ?? ['x'])
    .map((name) => {
      const verdict = round.verdicts?.[name];
      if (verdict === undefined) return 'nothing';
      const { state, mechanisms, basis, confidence, notes } = verdict;
      return [state, mechanisms.join('+'), basis, confidence, notes.join('+')].filter(Boolean).join(' ');
    })
    .filter((text, index, all) => all.indexOf(text) === index)
    .concat(expect.vantage === undefined ? [] : [`vantage ${round.vantage.state}`])
    .join(', ');
}
