/** What to measure before this round is judged. Thresholds live here; deadlines, budget and order of work do not. */
import type { Round } from '../model/round.ts';
import type { Experiment } from '../model/verdict.ts';
import type { RoundMemory } from './memory.ts';

export interface WantedParams {
  /** `experiments.neutral_sni` of the configuration. */
  neutral_sni: boolean;
  /** `experiments.large_hello` of the configuration. */
  large_hello: boolean;
  /** Which of the at most two askings this is. */
  pass: 1 | 2;
  /** Platforms for which sibling names are configured. */
  siblings?: readonly string[] | undefined;
  /** A beacon is configured. */
  beacons?: boolean | undefined;
}

/**
 * The experiments that this round needs, most telling first; empty for a calm round. `all_controls` is asked for once,
 * with platform `*`; what has been measured already is not asked for again. Never throws.
 */
export function wanted(_memory: RoundMemory, _roundSoFar: Round, _params: WantedParams): Experiment[] {
  return [];
}
