/**
 * One vantage's part of the evaluation: a quiet month in which every alarm is looked up in the ground truth, and from
 * a few minutes of that month, forks into events and troubles. All detectors see the same rounds.
 */
import type { AnomalyKind } from '../../../src/model/vocabulary.ts';
import { glance } from '../rivals/glance.ts';
import type { EventClass } from '../world/events.ts';
import { Rng } from '../world/random.ts';
import { Trace } from '../world/trace.ts';
import type { TroubleClass } from '../world/troubles.ts';
import { drawVantage, type Plan, platforms, type Vantage, type VantageOptions } from '../world/vantage.ts';
import { drawWeather, MONTH } from '../world/weather.ts';
import type { Alarm, Detector } from './detector.ts';
import type { EventScore } from './event-score.ts';
import { type Past, runEvent, runTrouble, type TroubleScore } from './fork.ts';

/** Minutes before anything counts: `baseline.ready_after` of the contract. */
export const WARM_UP = 24 * 60;
/** An alarm is explained by a failure of the platform at most so long ago, or by slowness at most so long ago, minutes. */
const FAILING_AGO = 10;
const SLOW_AGO = 60;
/** The room that a fork needs at the end of a month's weather. */
const ROOM = 400;

/** Why a quiet-month alarm rang. `slow`: the platform's path really was bad, without anybody's intent. */
export type Cause = 'none' | 'short' | 'slow';

export interface QuietAlarm {
  cause: Cause;
  joint: boolean;
  /** Every state it showed. */
  kinds: AnomalyKind[];
  /** Minute after the warm-up, for looking it up. */
  minute: number;
}

export interface DetectorScore {
  quiet: QuietAlarm[];
  events: EventScore[];
  troubles: TroubleScore[];
}

export interface VantageScore {
  seed: number;
  plan: Plan;
  cadence: Vantage['cadence'];
  records: Vantage['records'];
  access: string;
  /** Quiet months watched, rounds recorded in them, and truth: hiccups and minutes in which a platform was slow. */
  months: number;
  rounds: number;
  slowMinutes: number;
  /** Events that could not be placed because a detector's alarm was open already, by detector. */
  occupied: Record<string, number>;
  /** Events in which the probe had hardly a round with a line. */
  unseen: number;
  detectors: Record<string, DetectorScore>;
}

export interface VantageTask {
  seed: number;
  options: VantageOptions;
  /** Months of quiet after the warm-up. */
  months: number;
  /** Forks into every event class, and into every trouble class. */
  eventForks: number;
  troubleForks: number;
  events: readonly EventClass[];
  troubles: readonly TroubleClass[];
}

/** Runs one vantage. `detectors` are fresh; their names become the keys of the score. */
export function runVantage(task: VantageTask, detectors: readonly Detector[]): VantageScore {
  const vantage = drawVantage(task.seed, task.options);
  const minutes = WARM_UP + Math.round(task.months * MONTH);
  const trace = new Trace(vantage, drawWeather(vantage, minutes + ROOM));
  const score: VantageScore = {
    seed: task.seed,
    plan: vantage.plan,
    cadence: vantage.cadence,
    records: vantage.records,
    access: vantage.access.name,
    months: task.months,
    rounds: 0,
    slowMinutes: 0,
    occupied: {},
    unseen: 0,
    detectors: {},
  };
  for (const one of detectors) score.detectors[one.name] = { quiet: [], events: [], troubles: [] };
  const rng = new Rng(task.seed, 4);
  const forks = Math.max(task.eventForks, task.troubleForks);
  const forkAt = Array.from(
    { length: forks },
    () => WARM_UP + 60 + rng.below(Math.max(1, minutes - WARM_UP - 120)),
  ).sort((a, b) => a - b);
  const failed = platforms.map(() => Number.NEGATIVE_INFINITY);
  const slow = platforms.map(() => Number.NEGATIVE_INFINITY);
  const known = detectors.map(() => 0);
  let taken = 0;
  while (trace.minute < minutes) {
    const round = trace.step();
    const minute = trace.minute;
    for (let p = 0; p < platforms.length; p++) {
      const truth = trace.truth(p);
      if (truth.failing) failed[p] = minute;
      if (truth.slow) {
        slow[p] = minute;
        score.slowMinutes++;
      }
    }
    if (!round) continue;
    if (minute > WARM_UP) score.rounds++;
    const seen = glance(round);
    detectors.forEach((one, d) => {
      one.step(round, seen, minute);
      for (; known[d]! < one.alarms.length; known[d]!++) {
        const alarm = one.alarms[known[d]!]!;
        if (minute > WARM_UP) score.detectors[one.name]!.quiet.push(explain(alarm, failed, slow, minute));
      }
    });
    // Forks only from minutes in which the truth is quiet: an event under another event belongs to nobody.
    if (
      taken < forks &&
      minute >= forkAt[taken]! &&
      failed.every((at) => minute - at > 30) &&
      slow.every((at) => minute - at > 30)
    ) {
      const past: Past = { trace, detectors: [...detectors], seed: task.seed * 64 + taken };
      if (taken < task.eventForks) for (const kind of task.events) runEvent(past, kind, score);
      if (taken < task.troubleForks) for (const kind of task.troubles) runTrouble(past, kind, score);
      taken++;
    }
  }
  for (const one of detectors) {
    for (const [i, alarm] of one.alarms.filter((alarm) => alarm.opened > WARM_UP).entries())
      score.detectors[one.name]!.quiet[i]!.kinds = [...new Set(alarm.kinds.map(([, kind]) => kind))];
  }
  return score;
}

function explain(alarm: Alarm, failed: readonly number[], slow: readonly number[], minute: number): QuietAlarm {
  const joint = alarm.platform < 0;
  const lately = (times: readonly number[], ago: number) =>
    joint ? times.filter((at) => minute - at <= ago).length >= 2 : minute - times[alarm.platform]! <= ago;
  const cause: Cause = lately(failed, FAILING_AGO) ? 'short' : lately(slow, SLOW_AGO) ? 'slow' : 'none';
  return { cause, joint, kinds: [], minute: minute - WARM_UP };
}
