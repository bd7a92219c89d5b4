/**
 * Every scenario through the real measuring code, the real agent's round and the real judge. A few side by side, each
 * on a practice Internet of its own: they mostly wait.
 */
import { describe, expect, test } from 'vitest';
import { rules } from '../../src/judge/rules.ts';
import { check } from './check.ts';
import { play } from './play.ts';
import { reachedRules } from './reached.ts';
import { scenarios } from './scenarios.ts';

/** A blackholed row waits for some forty deadlines of 2 s, four at a time; the rest is room for a busy machine. */
const patience_ms = 120_000;

/** Rules that one round on the practice Internet cannot reach, and what does reach them. */
const elsewhere: Readonly<Record<string, string>> = {
  'throttled-differential': 'needs two rounds running: tests/judge',
  'quic-silent': 'needs QUIC: tests/judge',
  'quic-turned-away': 'needs QUIC: tests/judge',
  'local-failure': "the machine's own firewall: tests/judge",
  'not-measured': 'a round cut short: tests/judge',
  'confirmed-earlier': 'needs an incident that has been open for a while: tests/judge',
  'clock-skew-one': 'a skewed clock with a single expired certificate: tests/judge',
};

const reached = new Set<string>();

describe('scenarios', { concurrent: true, timeout: patience_ms }, () => {
  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', async (_name, scenario) => {
    const round = await play(scenario);
    for (const id of reachedRules(round)) reached.add(id);
    expect(check(scenario, round), JSON.stringify(round.verdicts)).toEqual([]);
  });
});

test('scenarios have names of their own and say why they exist', () => {
  expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length);
  for (const { why } of scenarios) expect(why.length).toBeGreaterThan(10);
});

test('every rule is reached by a scenario', () => {
  // Runs after the table; a filtered run that has not played it all cannot pass.
  const missing = rules.map(({ id }) => id).filter((id) => !reached.has(id) && !(id in elsewhere));
  expect(missing).toEqual([]);
});

test('the exceptions are rules that exist', () => {
  expect(Object.keys(elsewhere).filter((id) => !rules.some((rule) => rule.id === id))).toEqual([]);
});
