/** What the fold hands to the verdict of one round: the little history that single-round rules may use. */
import type { Round } from '../model/round.ts';
import type { PathBaseline, RoundMemory } from './memory.ts';
import { own } from './own.ts';
import { positive } from './rounding.ts';
import type { ControlState, JudgeState, Level, TargetState } from './state.ts';

/** Rounds after which an incident's kind counts as decided even if it was never proven. */
const decidedRounds = 20;

/** Samples behind a level before it is a baseline; of transfers fewer, since they are rare. */
const known = 10;
const knownGoodput = 5;

/** A handshake this many times its own normal widens the round (docs/methodology.md, calm plan). */
export const oddHandshake = 3;

/**
 * The memory for a round. Baselines are laid out only when something is slow or suspect: calm rounds need none.
 * `plain`: every answer was complete, so that only the controls' speed can tell anything.
 */
export function recall(state: JudgeState, round: Round, plain = false): RoundMemory {
  const memory: RoundMemory = {};
  if (state.memory) memory.platforms = state.memory;
  for (const name in state.controls) {
    if (state.controls[name]!.impaired) memory.impaired_controls = [...(memory.impaired_controls ?? []), name];
  }
  for (const name in state.platforms) {
    const { suspect, incident } = state.platforms[name]!;
    if (suspect) memory.suspects = [...(memory.suspects ?? []), name];
    if (incident === undefined || incident.closed !== undefined) continue;
    const rounds = Math.round(((state.last.t - incident.opened) * 1000) / Math.max(1000, round.interval_ms || 60_000));
    if (incident.kind === 'blocked' || incident.kind === 'throttled' || rounds >= decidedRounds) {
      memory.decided ??= {};
      memory.decided[name] = rounds;
      if (incident.mechanism === 'throttle.unknown') memory.unexplained = [...(memory.unexplained ?? []), name];
    }
  }
  if (memory.suspects || slowControl(state, round) || (!plain && slowTargets(state, round).size > 0))
    memory.baselines = baselines(state);
  return memory;
}

/** Whether any control took twice its usual time, or transferred at half its usual rate. */
function slowControl(state: JudgeState, round: Round): boolean {
  for (const { target, phases, goodput_bps } of round.controls) {
    const control = own(state.controls, target);
    if (control === undefined) continue;
    const connect = positive(phases?.connect, 1e6);
    if (connect !== undefined && control.latency && control.latency[1] >= known) {
      if (connect + (positive(phases?.tls, 1e6) ?? 0) > 2 * Math.exp(control.latency[0])) return true;
    }
    const rate = positive(goodput_bps, 1e12);
    if (rate !== undefined && control.goodput && 2 * rate < Math.exp(control.goodput[0])) return true;
  }
  return false;
}

/** Targets that answered in this round, over a handshake of three times their own normal and more. */
export function slowTargets(state: JudgeState, round: Round): Set<string> {
  const slow = new Set<string>();
  for (const platform in round.platforms) {
    const targets = own(state.platforms, platform)?.targets;
    if (targets === undefined) continue;
    for (const { target, ip_protocol, outcome, phases } of round.platforms[platform]!) {
      const level = ip_protocol === 'ip6' ? undefined : own(targets, target)?.latency;
      if (outcome !== 'ok' || level === undefined || level[1] < known) continue;
      const took = (positive(phases?.connect, 1e6) ?? 0) + (positive(phases?.tls, 1e6) ?? 0);
      if (took > oddHandshake * Math.exp(level[0])) slow.add(target);
    }
  }
  return slow;
}

function baselines(state: JudgeState): Record<string, PathBaseline> {
  const all: Record<string, PathBaseline> = {};
  for (const name in state.controls) add(all, name, state.controls[name]!);
  for (const platform in state.platforms) {
    const { targets } = state.platforms[platform]!;
    for (const name in targets) add(all, name, targets[name]!);
  }
  return all;
}

function add(all: Record<string, PathBaseline>, name: string, levels: ControlState | TargetState): void {
  if (name.endsWith('|6')) return;
  const value = (level: Level | undefined, least = known) =>
    level !== undefined && level[1] >= least ? Math.round(Math.exp(level[0]) * 10) / 10 : undefined;
  const baseline: PathBaseline = {};
  const handshake = value(levels.latency);
  const connect = value(levels.connect);
  const goodput = value(levels.goodput, knownGoodput);
  if (handshake !== undefined) baseline.handshake_ms = handshake;
  if (connect !== undefined) baseline.connect_ms = connect;
  if (goodput !== undefined) baseline.goodput_bps = goodput;
  all[name] = baseline;
}
