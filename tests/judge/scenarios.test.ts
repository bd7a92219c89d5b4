/** Every named censor's record, and the verdict that it must get; and that the table of rules is whole. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { assess, findings } from '../../src/judge/assess.ts';
import { rules } from '../../src/judge/rules.ts';
import { mechanisms, states } from '../../src/model/vocabulary.ts';
import { dnsCensors } from './scenarios-dns.ts';
import { httpCensors, remembered, speedCensors } from './scenarios-http.ts';
import { innocent } from './scenarios-innocent.ts';
import { line } from './scenarios-line.ts';
import { ownFault } from './scenarios-own-fault.ts';
import { pathCensors, tlsCensors } from './scenarios-path.ts';

const groups = { innocent, line, ownFault, dnsCensors, pathCensors, tlsCensors, httpCensors, speedCensors, remembered };
const all = Object.values(groups).flat();

for (const [group, scenarios] of Object.entries(groups)) {
  describe(group, () => {
    test.each(scenarios.map((one) => [one.name, one] as const))('%s', (_name, { round, memory, expect: wanted }) => {
      const seen = assess(round, memory);
      const verdict = seen.verdicts[wanted.platform ?? 'x']!;
      const told = JSON.stringify({ vantage: seen.vantage, verdict });
      expect([wanted.state].flat(), told).toContain(verdict.state);
      if (wanted.vantage) expect(seen.vantage, told).toBe(wanted.vantage);
      if (wanted.mechanism === 'none') expect(verdict.mechanism, told).toBeUndefined();
      else if (wanted.mechanism) expect([wanted.mechanism].flat(), told).toContain(verdict.mechanism);
      if (wanted.mechanisms) expect(verdict.mechanisms, told).toEqual(expect.arrayContaining([...wanted.mechanisms]));
      for (const word of wanted.without ?? []) expect(verdict.mechanisms, told).not.toContain(word);
      if (wanted.basis) expect(verdict.basis, told).toBe(wanted.basis);
      if (wanted.rule) expect(verdict.rule, told).toBe(wanted.rule);
      if (wanted.note) expect(verdict.notes, told).toContain(wanted.note);
      if (wanted.confidence) expect(verdict.confidence, told).toBe(wanted.confidence);
    });
  });
}

test('platforms that nobody touches are reachable beside every censor of one platform', () => {
  for (const { name, round, memory } of [...dnsCensors, ...tlsCensors, ...httpCensors, ...speedCensors]) {
    const { verdicts, vantage } = assess(round, memory);
    expect(vantage, name).toBe('online');
    expect(verdicts['facebook']?.state, name).toBe('reachable');
  }
});

test('nothing but an artefact, a differential, or two companies together says blocked', () => {
  for (const { name, round, memory } of all) {
    for (const { state, basis, rule, confidence } of Object.values(assess(round, memory).verdicts)) {
      if (state !== 'blocked') continue;
      if (rule === 'tcp-two-companies') expect(confidence, name).not.toBe('high');
      else expect(basis, name).not.toBe('comparison');
    }
  }
});

test('every rule has an id of its own, a reason and a source', () => {
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  for (const { id, because, cites } of rules) {
    expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(because.length, id).toBeGreaterThan(20);
    expect(cites.length, id).toBeGreaterThan(4);
  }
});

test('the methodology explains every rule and every state', () => {
  const text = readFileSync(new URL('../../docs/methodology.md', import.meta.url), 'utf8');
  expect(rules.map(({ id }) => id).filter((id) => !text.includes(`\`${id}\``))).toEqual([]);
  expect(states.filter((state) => !text.includes(`| \`${state}\` |`))).toEqual([]);
});

test('every rule with a verdict decides some scenario', () => {
  const reached = new Set(all.flatMap(({ round, memory }) => findings(round, memory).map(({ rule }) => rule.id)));
  const unreached = rules.filter(({ id, verdict }) => verdict && !reached.has(id)).map(({ id }) => id);
  expect(unreached).toEqual([]);
});

test('every rule without a verdict matches some scenario by its mechanism or note', () => {
  const silent = rules.filter(({ verdict }) => !verdict);
  const seen = new Set<string>();
  for (const { round, memory } of all) {
    for (const finding of findings(round, memory)) {
      for (const rule of silent) if (rule.when(finding.one, finding.context)) seen.add(rule.id);
    }
  }
  expect(silent.map(({ id }) => id).filter((id) => !seen.has(id))).toEqual([]);
});

test('verdicts speak the closed vocabulary, without repetition', () => {
  for (const { name, round, memory } of all) {
    for (const verdict of Object.values(assess(round, memory).verdicts)) {
      expect(new Set(verdict.mechanisms).size, name).toBe(verdict.mechanisms.length);
      for (const word of verdict.mechanisms) expect(mechanisms, name).toContain(word);
      if (verdict.mechanism) expect(verdict.mechanisms, name).toContain(verdict.mechanism);
    }
  }
});
