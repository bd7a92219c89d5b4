/** What the judge hands back for one round. */
import type { JudgeDetail } from '../model/outcome.ts';
import type { HeldState } from '../model/round.ts';
import type { IncidentEvent, Verdict } from '../model/verdict.ts';
import type { VantageState } from '../model/vocabulary.ts';
import type { JudgeState } from './state.ts';

export interface Judgement {
  /** To be handed in with the next round; plain JSON. */
  state: JudgeState;
  events: IncidentEvent[];
  /** What this round alone shows, by platform. */
  verdicts: Record<string, Verdict>;
  /** What is held, by platform: one blip never moves it. Made when first asked for, as is `detail`. */
  readonly states: Record<string, HeldState>;
  vantage: VantageState;
  /** The workings, for metrics and the page. Made when first asked for: replay never does. */
  readonly detail: JudgeDetail;
}

function heldStates({ platforms }: JudgeState): Record<string, HeldState> {
  const states: Record<string, HeldState> = {};
  for (const name in platforms) states[name] = platforms[name]!.held;
  return states;
}

/**
 * A judgement whose workings are reckoned when first asked for.
 *
 * A class, because a getter in an object literal gives every object a shape of its own, and what hangs on those shapes
 * (the whole round) lives until the next full collection: replay spent two thirds of its time in the collector.
 */
export class LazyJudgement implements Judgement {
  readonly state: JudgeState;
  readonly events: IncidentEvent[];
  readonly verdicts: Record<string, Verdict>;
  readonly vantage: VantageState;
  readonly #reckon: () => JudgeDetail;
  #states: Record<string, HeldState> | undefined;
  #detail: JudgeDetail | undefined;

  constructor({ state, events, verdicts, vantage }: Omit<Judgement, 'states' | 'detail'>, reckon: () => JudgeDetail) {
    this.state = state;
    this.events = events;
    this.verdicts = verdicts;
    this.vantage = vantage;
    this.#reckon = reckon;
  }

  get states(): Record<string, HeldState> {
    this.#states ??= heldStates(this.state);
    return this.#states;
  }

  get detail(): JudgeDetail {
    this.#detail ??= this.#reckon();
    return this.#detail;
  }
}
