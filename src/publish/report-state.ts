/** States on a scale from good to bad, the colours that stand for them, and the query for the state of a network. */
import type { State } from '../model/vocabulary.ts';

/**
 * From good to bad. `inconclusive` stands before what is known to be bad: not knowing is no accusation. `throttled` and
 * `blocked` come last because they are words of intent.
 */
export const scale = [
  'reachable',
  'refused',
  'inconclusive',
  'degraded',
  'unreachable',
  'throttled',
  'blocked',
] as const satisfies readonly State[];

/** 1 for the best to 7 for the worst: 0 would look like "nothing" in a chart. */
export const codeOf = (state: State): number => scale.indexOf(state) + 1;

/** The state of a code; undefined for a number that is none. */
export const stateOf = (code: number): State | undefined => scale[code - 1];

/** From here on a state is trouble that somebody should look at. */
export const troubleFrom = codeOf('degraded');

/**
 * One colour a state, the same in every chart. Between neighbours the lightness changes as well as the hue, so that the
 * scale can be read by those who do not see red and green apart (hues after Okabe and Ito, 2008).
 */
export const colours: Readonly<Record<State, string>> = {
  reachable: '#2a9d6f',
  refused: '#8fcf9f',
  inconclusive: '#9aa3ad',
  degraded: '#f2cf3f',
  unreachable: '#a35bc4',
  throttled: '#ef7d1a',
  blocked: '#c11f2e',
};

/**
 * PromQL: the state of each group of probes as a code, the middle one of its probes: at least half of them are so bad or worse.
 * `by`: labels that make a group; `selector`: matchers without braces, may be empty.
 */
export function stateQuery(by: readonly string[], selector: string): string {
  const labels = by.join(', ');
  const worse = (code: number) => scale.slice(code - 1).join('|');
  return scale
    .map((_, index) => scale.length - index)
    .map((code) => {
      const matchers = [...(selector === '' ? [] : [selector]), `state=~"${worse(code)}"`].join(', ');
      return `(avg by (${labels}) (sum without (state) (reachd_platform_state{${matchers}})) >= 0.5) * 0 + ${code}`;
    })
    .join('\nor ');
}
