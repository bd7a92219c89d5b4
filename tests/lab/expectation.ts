/** What independent witnesses must see under each censor: the proof that the lab does what it says. */
import type { CensorName } from './censors.ts';
import { https, type Question } from './witness.ts';

export interface Expectation {
  /** Absent: nothing is interfered with. */
  censor?: CensorName;
  platforms?: readonly string[];
  /** The whole answer, a pattern that it matches, or the range of the number that it begins with. */
  sees: [Question, string | RegExp | Range][];
}

export interface Range {
  low: number;
  high: number;
  toString(): string;
}

export const between = (low: number, high: number): Range => ({ low, high, toString: () => `${low} to ${high}` });

/** Whether an answer is what was expected. */
export function meets(answer: string, expected: string | RegExp | Range): boolean {
  if (typeof expected === 'string') return answer === expected;
  if (expected instanceof RegExp) return expected.test(answer);
  const value = /^\d+ (?:kbit|ms)/.test(answer) ? Number.parseInt(answer, 10) : Number.NaN;
  return value >= expected.low && value <= expected.high;
}

/** Other companies and controls are untouched. */
export const bystanders: Expectation['sees'] = [
  [https('www.youtube.com', { path: '/generate_204' }), '204'],
  [https('www.ripe.net'), '200'],
];
/** The same address answers another name as a real CDN does: by an alert. */
export const neutral: Expectation['sees'] = [[https('example.org', { at: 'x.com' }), 'alert unrecognized name']];
/** x.com's true addresses. */
export const real = '104.244.42.1 104.244.42.2';
