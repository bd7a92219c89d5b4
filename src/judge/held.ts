/** The state that is held and shown: an incident's kind while it is open, else what two rounds running have said. */
import type { HeldState } from '../model/round.ts';
import type { Verdict } from '../model/verdict.ts';
import type { State } from '../model/vocabulary.ts';
import type { Gate } from './gate.ts';
import { isOpen } from './incident.ts';
import type { PlatformState } from './state.ts';

/** Rounds that must agree before a state moves without an incident: one blip never moves a gauge. */
const agreeing = 2;

/** Moves what is held on by one round, in place. `at`: RFC 3339, the round's start. */
export function hold(state: PlatformState, verdict: Verdict | undefined, gate: Gate, at: string): void {
  const before = state.held;
  const lately = state.lately;
  if (isOpen(state)) {
    // With the controls gone nobody can say whether it goes on; the incident itself stays open.
    const unknown = gate.state.closed >= agreeing || verdict?.state === 'inconclusive';
    const rounds = unknown ? (lately?.[0] === 'inconclusive' ? lately[1] + 1 : 1) : 0;
    state.lately = rounds > 0 ? ['inconclusive', Math.min(rounds, 9)] : undefined;
    state.held = moved(before, rounds >= agreeing ? 'inconclusive' : state.incident!.kind, at);
    return;
  }
  if (verdict === undefined || verdict.rule === 'not-measured') return;
  const now = shown(verdict.state);
  if (now === undefined) {
    if (anomalous(before.state)) state.held = moved(before, 'reachable', at);
    state.lately = undefined;
    return;
  }
  const rounds = lately?.[0] === now ? Math.min(lately[1] + 1, 9) : 1;
  const first = before.state === 'inconclusive' && now !== 'inconclusive' && state.rounds <= 1;
  const justEnded = anomalous(before.state) && now !== 'inconclusive';
  if (first || justEnded || rounds >= agreeing) state.held = moved(before, now, at);
  if (lately?.[0] !== now || lately[1] !== rounds) state.lately = [now, rounds];
}

function moved(before: HeldState, to: State, at: string): HeldState {
  return before.state === to ? before : { state: to, since: at };
}

/** States that a round may show without an incident: the others are the fold's to give. */
function shown(state: State): State | undefined {
  return state === 'reachable' || state === 'refused' || state === 'inconclusive' ? state : undefined;
}

function anomalous(state: State): boolean {
  return state === 'blocked' || state === 'throttled' || state === 'degraded' || state === 'unreachable';
}
