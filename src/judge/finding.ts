/** What the rules make of one case, and of one platform: the join of its targets. */
import type { Observation } from '../model/round.ts';
import type { Verdict } from '../model/verdict.ts';
import {
  type Mechanism,
  mechanisms as mechanismWords,
  type Note,
  notes as noteWords,
  type State,
} from '../model/vocabulary.ts';
import type { Case } from './case.ts';
import { levelOf, levelOfAnswer, wordFor } from './confidence.ts';
import type { Context } from './context.ts';
import type { Rule } from './rule.ts';
import { rules, rulesVersion } from './rules.ts';

export interface Finding {
  one: Case;
  context: Context;
  rule: Rule;
  /** Position in the table: the earlier rule is the stronger one. */
  order: number;
  state: State;
  level: number;
  /** The deepest of those that carry the state. */
  mechanism: Mechanism | undefined;
  mechanisms: Mechanism[];
  /** Named by rules that come to the same state; all, where none of those names one. */
  carrying: Mechanism[];
  notes: Note[];
}

const mechanismOrder = new Map(mechanismWords.map((word, index) => [word, index]));
const noteOrder = new Map(noteWords.map((word, index) => [word, index]));

/** In the vocabulary's order, each once, so that nothing depends on the record's order. */
function ordered<T>(list: readonly T[], order: ReadonlyMap<T, number>): T[] {
  return [...new Set(list)].sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
}

/** The finding that the same cut was made by name replaces the guess that it was made. */
function withoutGuesses(list: readonly Mechanism[]): readonly Mechanism[] {
  return list.filter((word) => !list.includes(`${word}.sni` as Mechanism));
}

/** The rule that every plain answer comes to. */
const plainOrder = rules.findIndex(({ id }) => id === 'answer-complete');
const plainRule = rules[plainOrder] as Rule;

/**
 * Judges one case. A plain answer on a line that nothing is wrong with needs no table: every rule but one asks for
 * something that it does not have.
 */
export function judgeCase(one: Case, context: Context): Finding {
  if (!one.plain || context.vantage.cause !== undefined || context.contrasts.has(one))
    return judgeByTable(one, context);
  const level = levelOfAnswer(3, one.observation, one.last, one.status);
  return {
    one,
    context,
    rule: plainRule,
    order: plainOrder,
    state: 'reachable',
    level,
    mechanism: undefined,
    mechanisms: [],
    carrying: [],
    notes: [],
  };
}

/** Runs the table over one case. */
export function judgeByTable(one: Case, context: Context): Finding {
  let decided: { rule: Rule; order: number } | undefined;
  const matched: { rule: Rule; mechanisms: readonly Mechanism[] }[] = [];
  const notes: Note[] = [];
  for (const [order, rule] of rules.entries()) {
    if (!rule.when(one, context)) continue;
    if (rule.mechanisms) matched.push({ rule, mechanisms: rule.mechanisms(one, context) });
    if (rule.notes) notes.push(...rule.notes(one, context));
    if (rule.verdict && decided === undefined) decided = { rule, order };
    if (rule.final) break;
  }
  // The table is total: `fails-here` takes whatever did not answer, `answer-*` whatever did.
  const { rule, order } = decided ?? { rule: rules[0] as Rule, order: 0 };
  const state = rule.verdict?.state ?? 'inconclusive';
  const mechanisms = matched.flatMap((match) => match.mechanisms);
  const alike = matched.filter((match) => match.rule.verdict?.state === state).flatMap((match) => match.mechanisms);
  const carrying = alike.length > 0 ? alike : mechanisms;
  const level = levelOf(rule, one, context);
  const mechanism = deepest(ordered(withoutGuesses(carrying), mechanismOrder));
  return { one, context, rule, order, state, level, mechanism, mechanisms, carrying, notes };
}

/**
 * A platform is as ill as its worst target: users who cannot load its pictures cannot use it, and filters that take
 * only a CDN name are common (docs/methodology.md). A failure that cannot be attributed weighs more than another target's
 * answer, and less than one that can. `not-measured` weighs nothing.
 */
const weight: Readonly<Record<State, number>> = {
  blocked: 7,
  throttled: 6,
  unreachable: 5,
  inconclusive: 4,
  degraded: 3,
  refused: 2,
  reachable: 1,
};

function weigh({ rule, state }: Finding): number {
  return rule.silent ? 0 : weight[state];
}

function worse(a: Finding, b: Finding): Finding {
  const difference = weigh(a) - weigh(b) || a.level - b.level || b.order - a.order;
  if (difference !== 0) return difference > 0 ? a : b;
  return b.one.target < a.one.target ? b : a;
}

/** Depth of a mechanism in the stack: the deepest one that the evidence supports is the one to name. */
const layers: readonly string[] = ['ip6', 'quic', 'dns.interception', 'dns', 'ip', 'tcp', 'tls', 'http', 'throttle'];

function depth(word: Mechanism): number {
  const layer = layers.includes(word) ? word : (word.split('.')[0] as string);
  return layers.indexOf(layer) * 2 + (word.endsWith('.sni') ? 1 : 0);
}

function deepest(list: readonly Mechanism[]): Mechanism | undefined {
  return list.reduce<Mechanism | undefined>(
    (best, word) => (best === undefined || depth(word) > depth(best) ? word : best),
    undefined,
  );
}

/** The verdict of a platform: its worst target's, with every mechanism and the notes of all that came out alike. */
export function joinPlatform(findings: readonly Finding[], context: Context): Verdict {
  const extra = context.vantage.mechanisms;
  if (findings.length === 0) return nothingTried();
  const worst = findings.reduce(worse);
  const alike = findings.filter(({ state, rule }) => state === worst.state && rule.silent === worst.rule.silent);
  const all = ordered(
    withoutGuesses([...findings.flatMap(({ mechanisms }) => mechanisms), ...(worst.rule.silent ? [] : extra)]),
    mechanismOrder,
  );
  const supported = withoutGuesses(alike.flatMap(({ carrying }) => carrying));
  const mechanism = deepest(ordered(supported, mechanismOrder)) ?? deepest(all.filter((word) => extra.includes(word)));
  // A comparison that only some of the targets fail is a weak one.
  const partial =
    worst.rule.verdict?.basis === 'comparison' &&
    findings.some(({ one, state }) => one.answered && state !== worst.state);
  const level = partial && (worst.state === 'blocked' || worst.state === 'unreachable') ? 1 : worst.level;
  const notes = ordered([...alike.flatMap((finding) => finding.notes), ...trustNotes(alike)], noteOrder);
  return {
    state: worst.state,
    ...(mechanism === undefined ? {} : { mechanism }),
    mechanisms: all,
    ...(worst.rule.verdict?.basis === undefined ? {} : { basis: worst.rule.verdict.basis }),
    confidence: wordFor(level),
    rule: worst.rule.id,
    rules_version: rulesVersion,
    notes,
  };
}

function trustNotes(findings: readonly Finding[]): Note[] {
  return findings.some(({ one }) => one.answered && one.last.evidence?.tls?.extra_trust === true)
    ? ['extra_trust']
    : [];
}

/** The verdict of a platform of which every observation is a plain answer; of one without any, that nothing was tried. */
export function plainVerdict(observations: readonly Observation[]): Verdict {
  if (observations.length === 0) return nothingTried();
  let level = 1;
  let extra = false;
  for (const observation of observations) {
    level = Math.max(level, levelOfAnswer(3, observation, observation, observation.status));
    if (observation.evidence?.tls?.extra_trust === true) extra = true;
  }
  return (extra ? plainWithExtraTrust : plain)[level]!;
}

/** The verdicts of plain answers by level (from 1), made once and not to be changed: nearly every verdict is one of these. */
const plain = plainVerdicts([]);
const plainWithExtraTrust = plainVerdicts(['extra_trust']);

function plainVerdicts(notes: Note[]): Verdict[] {
  return [1, 1, 2, 3].map((level) => {
    const verdict: Verdict = {
      state: 'reachable',
      mechanisms: [],
      basis: 'comparison',
      confidence: wordFor(level),
      rule: plainRule.id,
      rules_version: rulesVersion,
      notes,
    };
    for (const part of [verdict.mechanisms, notes, verdict]) Object.freeze(part);
    return verdict;
  });
}

function nothingTried(): Verdict {
  return {
    state: 'inconclusive',
    mechanisms: [],
    confidence: 'low',
    rule: 'not-measured',
    rules_version: rulesVersion,
    notes: [],
  };
}
