/**
 * The judge: a fold over rounds. Same state, round and params in, same judgement out, for ever: no I/O, no clock,
 * no randomness. The daemon, `replay`, `probe` and the evaluation call this one function.
 */
import type { Round } from '../model/round.ts';
import type { Experiment, IncidentEvent, Verdict } from '../model/verdict.ts';
import type { VantageState } from '../model/vocabulary.ts';
import { type Assessment, assess } from './assess.ts';
import { tick } from './clock.ts';
import { detail } from './detail.ts';
import { incidentEvent, tell } from './event.ts';
import { fingerprint, remember } from './fingerprint.ts';
import { gate as gateOf } from './gate.ts';
import { hold } from './held.ts';
import { isOpen } from './incident.ts';
import { foldJoint, type JointTurn, type Part } from './joint.ts';
import { type Judgement, LazyJudgement } from './judgement.ts';
import { own } from './own.ts';
import { isPlainRound } from './plain.ts';
import { foldAll } from './platforms.ts';
import { recall } from './recall.ts';
import type { JudgeParams, JudgeState } from './state.ts';
import { stateVersion } from './state.ts';
import { type WantedParams, wanted as wantedOf } from './wanted.ts';

export type { Judgement } from './judgement.ts';

export type Judge = (state: JudgeState | undefined, round: Round, params: JudgeParams) => Judgement;

const monthSeconds = 30 * 86_400;
/** Faster rounds than this see the same world again, not more of it: they take no more chances. */
const leastInterval = 30;

/** Log evidence that opens an incident: the chances taken in a month over the false alarms allowed in it. */
export function logThreshold(interval: number, params: JudgeParams): number {
  return Math.log(
    (params.streams_watched * monthSeconds) / Math.max(leastInterval, interval) / params.alarms_per_month,
  );
}

function emptyState(): JudgeState {
  return {
    version: stateVersion,
    last: { round: 0, wall: 0, monotonic_ms: 0, t: 0 },
    gate: { cooldown: 0, failing: 0, slow: 0, crawl: 0, closed: 0 },
    controls: {},
    platforms: {},
    fingerprints: [],
  };
}

/**
 * Folds one round into the state, and leaves the state handed in as it was.
 *
 * Never throws. A record folded before, or older than the last one, changes nothing. Targets, controls and platforms
 * may come in any order and may be missing; a round whose controls failed counts for nothing but its own artefacts.
 */
export const judge: Judge = (before, round, params) => fold(structuredClone(before), round, params);

/**
 * The same for who goes through many rounds and keeps no past: the state handed in is used up, and what is held (`states`) and the
 * workings (`detail`) are to be asked for before the next round. A round costs a quarter less without new objects for what moves a little.
 */
export const fold: Judge = (before, round, params) => {
  const state = before ?? emptyState();
  const now = tick(before?.last, round, round.interval_ms > 0 ? round.interval_ms : params.interval_ms);
  const threshold = logThreshold(now.interval, params);
  const plain = isPlainRound(round);
  const seen = assess(round, recall(state, round, plain), plain);
  if (now.stale) {
    const { verdicts, vantage } = seen;
    return new LazyJudgement({ state, events: [], verdicts, vantage }, () =>
      detail(state.platforms, state.joint, undefined, now, threshold, params, (incident, names) =>
        tell(incident, names, round, state.fingerprints, params),
      ),
    );
  }
  const vantage: VantageState = now.woke ? 'asleep' : seen.vantage;
  const verdicts = now.woke ? slept(seen) : seen.verdicts;
  const gate = gateOf(state.gate, state.controls, round, now, seen.vantage, params);
  const { platforms, turns, kinds } = foldAll(
    state.platforms,
    round,
    now.woke ? { ...seen, verdicts } : seen,
    gate,
    now,
    threshold,
    params,
  );
  const events: IncidentEvent[] = [];
  let { fingerprints } = state;
  const open = partsOf(platforms, round, true);
  const turned: JointTurn =
    open.length === 0 && state.joint === undefined
      ? { joint: undefined }
      : foldJoint(state.joint, open, partsOf(platforms, round, false), gate.counts, now);
  for (const { platform, event } of turns) {
    const { incident } = platforms[platform]!;
    events.push(incidentEvent(event, platform, incident!, round, fingerprints, params));
    if (event === 'closed' && !turned.joint?.platforms.includes(platform)) {
      fingerprints = remember(fingerprints, fingerprint(incident!, [platform]));
    }
  }
  if (turned.event && turned.joint) {
    events.push(incidentEvent(turned.event, '*', turned.joint, round, fingerprints, params));
    if (turned.event === 'closed') {
      fingerprints = remember(fingerprints, fingerprint(turned.joint, turned.joint.platforms));
    }
  }
  for (const name in platforms) {
    const verdict = own(verdicts, name);
    if (platforms[name]!.drifted && verdict) {
      verdicts[name] = { ...verdict, notes: [...verdict.notes, 'slow_degradation'] };
    }
    hold(platforms[name]!, verdict, gate, round.started_at);
  }
  const { last } = state;
  state.version = stateVersion;
  state.last = {
    round: whole(round.round, last.round + 1),
    wall: now.wall,
    monotonic_ms: whole(round.monotonic_ms, last.monotonic_ms),
    t: now.t,
  };
  state.memory = seen.platforms;
  state.gate = gate.state;
  state.platforms = platforms;
  state.joint = turned.joint;
  state.fingerprints = fingerprints;
  return new LazyJudgement({ state, events, verdicts, vantage }, () =>
    detail(platforms, state.joint, { gate, kinds }, now, threshold, params, (incident, names) =>
      tell(incident, names, round, fingerprints, params),
    ),
  );
};

/**
 * What to measure before this round is judged: nothing in a calm round, and at most twice a round.
 *
 * `roundSoFar` is the record as far as it goes. The agent decides what of it the budget and the round's deadline allow.
 */
export function wanted(
  state: JudgeState | undefined,
  roundSoFar: Round,
  params: JudgeParams,
  asking: Pick<WantedParams, 'pass' | 'siblings' | 'beacons'>,
): Experiment[] {
  return wantedOf(state ? recall(state, roundSoFar) : {}, roundSoFar, { ...params.experiments, ...asking });
}

/** After a sleep nothing of the first round is concluded: caches are cold and the link may still be coming up. */
function slept(seen: Assessment): Record<string, Verdict> {
  const verdicts: Record<string, Verdict> = {};
  for (const name of Object.keys(seen.verdicts)) {
    verdicts[name] = { ...seen.verdicts[name]!, state: 'inconclusive', confidence: 'low', rule: 'asleep', notes: [] };
    delete verdicts[name].basis;
    delete verdicts[name].mechanism;
    verdicts[name].mechanisms = [];
  }
  return verdicts;
}

/** A whole number from a record, or another one where it is none. */
function whole(x: number, otherwise: number): number {
  return Math.abs(x) <= Number.MAX_SAFE_INTEGER ? Math.round(x) + 0 : otherwise;
}

/** Incidents as parts of a joint event: those open, or those closed and still remembered. */
function partsOf(platforms: JudgeState['platforms'], round: Round, open: boolean): Part[] {
  const parts: Part[] = [];
  for (const platform in platforms) {
    const state = platforms[platform]!;
    if (state.incident === undefined || isOpen(state) !== open) continue;
    parts.push({ platform, company: companyOf(round, platform), incident: state.incident });
  }
  return parts.sort((a, b) => (a.platform < b.platform ? -1 : 1));
}

/** The company behind a platform; one that the record does not name is its own. */
function companyOf(round: Round, platform: string): string {
  const company: unknown = Object.hasOwn(round.companies ?? {}, platform) ? round.companies[platform] : undefined;
  return typeof company === 'string' ? company : platform;
}
