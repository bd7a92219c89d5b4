/** The state that is held and shown: an incident's kind while it is open, else what two rounds running have said. */
import type { HeldState } from '../model/round.ts';
import type { Verdict } from '../model/verdict.ts';
import type { State } from '../model/vocabulary.ts';
import type { Gate } from './gate.ts';
import { isOpen } from './incident.ts';
import type { PlatformState } from './state.ts';

/** Rounds that must agree before a state moves without an incident: one blip never moves a gauge. */
const agreeing = 2;

export interface Holding {
  held: HeldState;
  lately: PlatformState['lately'];
}

/** What is held after this round. `at`: RFC 3339, the round's start. */
export function hold(state: PlatformState, verdict: Verdict | undefined, gate: Gate, at: string): Holding {
  const before = state.held;
  const move = (to: State): HeldState => (before.state === to ? before : { state: to, since: at });
  if (isOpen(state)) {
    // With the controls gone nobody can say whether it goes on; the incident itself stays open.
    const unknown = gate.state.closed >= agreeing || verdict?.state === 'inconclusive';
    const lately: PlatformState['lately'] = ['inconclusive', unknown ? (state.lately?.[1] ?? 0) + 1 : 0];
    const rounds = state.lately?.[0] === 'inconclusive' ? lately[1] : unknown ? 1 : 0;
    const kind = state.incident!.kind;
    return rounds >= agreeing
      ? { held: move('inconclusive'), lately: ['inconclusive', Math.min(rounds, 9)] }
      : { held: move(kind), lately: rounds > 0 ? ['inconclusive', rounds] : undefined };
  }
  if (verdict === undefined || verdict.rule === 'not-measured') return { held: before, lately: state.lately };
  const now = shown(verdict.state);
  if (now === undefined) return { held: anomalous(before.state) ? move('reachable') : before, lately: undefined };
  const rounds = state.lately?.[0] === now ? Math.min(state.lately[1] + 1, 9) : 1;
  const first = before.state === 'inconclusive' && now !== 'inconclusive' && state.rounds <= 1;
  const justEnded = anomalous(before.state) && now !== 'inconclusive';
  const moves = first || justEnded || rounds >= agreeing;
  const same = state.lately?.[0] === now && state.lately[1] === rounds;
  return { held: moves ? move(now) : before, lately: same ? state.lately : [now, rounds] };
}

/** States that a round may show without an incident: the others are the fold's to give. */
function shown(state: State): State | undefined {
  return state === 'reachable' || state === 'refused' || state === 'inconclusive' ? state : undefined;
}

function anomalous(state: State): boolean {
  return state === 'blocked' || state === 'throttled' || state === 'degraded' || state === 'unreachable';
}
