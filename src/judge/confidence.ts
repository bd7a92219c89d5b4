/** How sure a finding is, in steps: a rule's ceiling, less one for everything that a careful reader would miss. */
import type { Exchange, Observation } from '../model/round.ts';
import type { Confidence } from '../model/vocabulary.ts';
import type { Case } from './case.ts';
import { type Context, fitFor, nearResets, timesSeen } from './context.ts';
import { entries } from './reading.ts';
import type { Rule } from './rule.ts';

/** The calm plan measures two controls a round: fewer answers than that are no witness (docs/methodology.md). */
const witnesses = 2;

/** So many controls must have been looked at before "the line is at fault" is certain, or likely. */
const controlsForCertainty = 4;
const controlsForLikelihood = 2;

const words = ['low', 'medium', 'high'] as const;

/** 1 low, 2 medium, 3 high. */
export function wordFor(level: number): Confidence {
  return words[Math.min(3, Math.max(1, level)) - 1] ?? 'low';
}

function seenTwice(rule: Rule, one: Case, context: Context): boolean {
  if (rule.id === 'reset-nearer-than-path') return nearResets(one, context) >= 2;
  if (rule.id === 'tcp-two-companies') return one.trusted !== 'untried' || timesSeen(one, context) >= 2;
  return timesSeen(one, context) >= 2;
}

function extraTrust(observation: Observation, last: Exchange): boolean {
  return last.evidence?.tls?.extra_trust === true || observation.evidence?.tls?.extra_trust === true;
}

/** A complete answer of which the record tells neither status nor where the address came from is a thin one. */
function thinness(observation: Observation, last: Exchange, status: number | undefined): number {
  const provenance = observation.address_source !== undefined || entries(last.dns).length > 0;
  return (status === undefined ? 1 : 0) + (provenance ? 0 : 1);
}

/** The level of an answer: what it lacks lowers it. `last`: the exchange at which the observation ended. */
export function levelOfAnswer(
  ceiling: number,
  observation: Observation,
  last: Exchange,
  status: number | undefined,
): number {
  const lacks = thinness(observation, last, status) + (extraTrust(observation, last) ? 1 : 0);
  return Math.min(3, Math.max(1, ceiling - lacks));
}

/** The level (1–3) of what `rule` found in `one`. */
export function levelOf(rule: Rule, one: Case, context: Context): number {
  let level: number = rule.verdict?.ceiling ?? 1;
  const state = rule.verdict?.state;
  if (state === 'reachable' || state === 'refused') {
    return levelOfAnswer(level, one.observation, one.last, one.status);
  }
  const fit = fitFor(context, one);
  if (state === 'inconclusive') {
    const looked = context.controls.measured.length;
    level -= (looked < controlsForCertainty ? 1 : 0) + (looked < controlsForLikelihood ? 1 : 0);
  } else if (state === 'unreachable') {
    const corroborated = one.elsewhere !== undefined && timesSeen(one, context) >= 2 && fit.ok >= witnesses;
    level += corroborated ? 1 : 0;
  } else {
    if (!fit.fit || fit.ok < witnesses) level -= 1;
    if (rule.wantsRepeat && !seenTwice(rule, one, context)) level -= 1;
    if (rule.id.startsWith('dns-') && one.trustedRemembered && one.trusted !== 'untried') level -= 1;
  }
  return Math.min(3, Math.max(1, level));
}
