/**
 * The judge: a fold over rounds. Same state, round and params in, same judgement out, for ever: no I/O, no clock,
 * no randomness. The daemon, `replay`, `probe` and the evaluation call this one function.
 */
import type { JudgeDetail } from '../model/outcome.ts';
import type { HeldState, Round } from '../model/round.ts';
import type { IncidentEvent, Verdict } from '../model/verdict.ts';
import type { VantageState } from '../model/vocabulary.ts';
import type { JudgeParams, JudgeState } from './state.ts';

export interface Judgement {
  /** To be handed in with the next round; plain JSON. */
  state: JudgeState;
  events: IncidentEvent[];
  /** What this round alone shows, by platform. */
  verdicts: Record<string, Verdict>;
  /** What is held, by platform: one blip never moves it. */
  states: Record<string, HeldState>;
  vantage: VantageState;
  /** The workings, for metrics and the page. */
  detail: JudgeDetail;
}

export type Judge = (state: JudgeState | undefined, round: Round, params: JudgeParams) => Judgement;
