/** When a download is bad enough to look closer: before the fold has decided anything. */
import type { Observation } from '../model/round.ts';
import { own } from './own.ts';
import { read } from './sample.ts';
import type { JudgeState, TargetState } from './state.ts';

/** Home goodput falls below a quarter of its median in 0.3 % of tests by itself (NDT, 74 homes; docs/methodology.md). */
const share = 1 / 4;
/** Samples behind the median, and the fewest that make one. */
const kept = 20;
const fewest = 5;

/** Natural logarithms of the last rates of one target, oldest first. */
export type TransferHistory = readonly number[];

/** Natural logarithm of a target's learned rate; undefined where too few samples are behind it. */
export function usualRate(state: JudgeState | undefined, platform: string, target: string): number | undefined {
  return learnedRate(state && own(state.platforms, platform)?.targets, target);
}

/** Whether enough downloads from this control are behind its level for a narrow line to be told by it. */
export function isControlRateKnown(state: JudgeState | undefined, control: string): boolean {
  return learnedRate(state?.controls, control) !== undefined;
}

/** Downloads go over one protocol, the first that is configured: over IPv6 the level stands under the name with `|6`. */
function learnedRate(
  states: Readonly<Record<string, Pick<TargetState, 'goodput'>>> | undefined,
  name: string,
): number | undefined {
  const level = own(states, name)?.goodput ?? own(states, `${name}|6`)?.goodput;
  return level !== undefined && level[1] >= fewest ? level[0] : undefined;
}

/** The history that stands for a stored level: as if the last samples had all been there. */
export function remembered(level: number | undefined): TransferHistory {
  return level === undefined ? [] : Array.from({ length: kept }, () => level);
}

/**
 * Whether this observation's transfer is bad: stalled, or below a quarter of the median of the last 20. With it the history
 * that the next one is held against. Bad ones are in it: what stays slow for ten samples has been looked at closely enough,
 * and is the fold's to decide.
 */
export function weighTransfer(
  history: TransferHistory,
  observation: Observation,
): { bad: boolean; history: TransferHistory } {
  if (!observation.transfer) return { bad: false, history };
  if (observation.transfer.stalled_at !== undefined) return { bad: true, history };
  const rate = read(observation)?.rate;
  if (rate === undefined) return { bad: false, history };
  const sorted = [...history].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  const bad = sorted.length >= fewest && median !== undefined && rate < median + Math.log(share);
  return { bad, history: [...history, rate].slice(-kept) };
}
