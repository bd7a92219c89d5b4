/** Which rules a round touches: the ones that decide and the ones that only remark. */
import { contextOf } from '../../src/judge/context.ts';
import { rules } from '../../src/judge/rules.ts';
import type { Round } from '../../src/model/round.ts';

/** Ids of the rules that match some case of this round, up to the one that ends each case. */
export function reachedRules(round: Round): string[] {
  const context = contextOf(round, {});
  const ids = new Set<string>();
  for (const one of [...context.cases.values()].flat()) {
    for (const rule of rules) {
      if (!rule.when(one, context)) continue;
      ids.add(rule.id);
      if (rule.final) break;
    }
  }
  return [...ids];
}
