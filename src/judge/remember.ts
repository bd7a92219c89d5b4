/** What one round leaves to the next for the rules of one round. */
import type { Case } from './case.ts';
import { confirmedRounds } from './context.ts';
import type { Finding } from './finding.ts';
import type { Confirmed, PlatformMemory, RoundMemory, Slowdown } from './memory.ts';
import { amount, entries, object, own } from './reading.ts';
import { freezesOf, frozenRule, ranThrough } from './rule-answer.ts';

/** So many targets' methods are kept for a platform: it has three, over two protocols. */
const kept = 6;

function proof({ one, rule, mechanism, state }: Finding): Confirmed | undefined {
  const basis = rule.verdict?.basis;
  if (state !== 'blocked' || rule.id === 'confirmed-earlier' || mechanism === undefined) return undefined;
  if (basis !== 'artefact' && basis !== 'differential') return undefined;
  if (one.failure === undefined) return undefined;
  return {
    target: one.target,
    mechanism,
    basis,
    rule: rule.id,
    phase: one.failure.phase,
    reason: one.failure.reason,
    age: 0,
  };
}

/** Still worth something: the target was not seen to answer, and nobody looked again in vain. */
function holds(old: Confirmed, cases: readonly Case[]): boolean {
  return cases.every(
    (one) =>
      one.target !== old.target ||
      !one.attempted ||
      (!one.answered && one.neutrals.length === 0 && one.trusted !== 'works'),
  );
}

/** `memory.platforms[platform]` for the next round. */
export function remember(
  platform: string,
  findings: readonly Finding[],
  slowdown: Slowdown | undefined,
  memory: RoundMemory,
): PlatformMemory {
  const before = object(own(memory.platforms, platform));
  const cases = findings.map(({ one }) => one);
  const fresh = findings.map(proof).filter((one) => one !== undefined);
  const old = entries(before?.confirmed)
    .map((one) => ({ ...one, age: (amount(one.age) ?? confirmedRounds) + 1 }))
    .filter((one) => one.age <= confirmedRounds && holds(one, cases))
    .filter((one) => !fresh.some(({ target }) => target === one.target));
  const confirmed = [...fresh, ...old].slice(0, kept);
  const stalls = cases.flatMap(freezesOf).sort((a, b) => a - b);
  const freezes = [...(Array.isArray(before?.freezes) ? before.freezes : []), ...stalls]
    .filter((bytes) => (amount(bytes) ?? 0) > 0)
    .slice(-2);
  // A transfer that ran through ends the memory of stalls; a round without one, or whose end came before, leaves it.
  const through = stalls.length === 0 && cases.some(ranThrough);
  const frozen = findings.some(({ rule }) => rule.id === frozenRule) || before?.frozen === 1;
  // A contrast is asked for again in the next round or not at all: one round without a sample ends the run.
  return {
    ...(confirmed.length > 0 ? { confirmed } : {}),
    ...(freezes.length > 0 && !through ? { freezes, ...(frozen ? { frozen: 1 } : {}) } : {}),
    ...(slowdown === undefined ? {} : { slowdown }),
  };
}
