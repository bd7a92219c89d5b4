/** Compares what one round said with what the table expects of it. */
import type { Verdict } from '../../src/model/verdict.ts';
import type { Probed } from './product.ts';
import type { Row } from './rows.ts';

const allows = (alternatives: string, value: string | undefined) =>
  value !== undefined && alternatives.split('|').includes(value);

const shortOf = ({ state, mechanism, confidence, rule, notes }: Verdict) =>
  [state, mechanism, confidence, `(${rule})`, ...notes].filter(Boolean).join(' ');

/** Both sides of a row in a few words. */
export function describe(
  { expect, against = ['x'], judged = against }: Row,
  { round }: Probed,
): { expected: string; got: string } {
  const { state, mechanism, mechanisms, note, vantage } = expect;
  const expected = [state, mechanism ?? mechanisms?.join('+'), note, vantage].filter(Boolean).join(' ');
  const verdict = round?.verdicts?.[judged[0]!];
  return { expected, got: verdict ? `${shortOf(verdict)} ${round?.vantage.state}` : 'no verdict' };
}

/** The exit status that the contract gives to these verdicts: not reachable wins over not knowing. */
function exitOf(states: readonly string[]): number {
  if (states.some((state) => ['blocked', 'throttled', 'unreachable'].includes(state))) return 1;
  return states.includes('inconclusive') ? 3 : 0;
}

/** Everything that is not as expected, one line each. */
export function faults({ expect, against = ['x'], judged = against }: Row, { code, round, stderr }: Probed): string[] {
  if (!round) return [`exit ${code}, no record: ${stderr.trim().slice(0, 500)}`];
  const wrong: string[] = [];
  const check = (fine: boolean, fault: string) => {
    if (!fine) wrong.push(fault);
  };
  const { state, mechanism, mechanisms = [], confidence, vantage, note, never, bystander = 'reachable' } = expect;
  const verdicts = round.verdicts ?? {};
  for (const name of judged) {
    const verdict = verdicts[name];
    if (!verdict) return [`no verdict of ${name}`];
    const said = `${name}: ${shortOf(verdict)}`;
    check(allows(state, verdict.state), `${said}: expected ${state}`);
    if (mechanism) check(allows(mechanism, verdict.mechanism), `${said}: expected ${mechanism}`);
    for (const one of mechanisms)
      check(
        verdict.mechanisms.includes(one as never),
        `${said}: ${verdict.mechanisms.join(' ') || 'no mechanism'}: expected ${one} among them`,
      );
    if (confidence) check(allows(confidence, verdict.confidence), `${said}: expected confidence ${confidence}`);
    if (note) check(verdict.notes.includes(note as never), `${said}: expected the note ${note}`);
    if (never) check(!allows(never, verdict.state), `${said}: never ${never}`);
  }
  for (const [name, verdict] of Object.entries(verdicts))
    if (!judged.includes(name))
      check(
        allows(bystander, verdict.state),
        `${name}: ${shortOf(verdict)}: expected ${bystander} (nobody is after it)`,
      );
  if (vantage) check(allows(vantage, round.vantage.state), `vantage ${round.vantage.state}: expected ${vantage}`);
  const status = exitOf(Object.values(verdicts).map((verdict) => verdict.state));
  check(code === status, `exit ${code}: expected ${status}`);
  return wrong;
}
