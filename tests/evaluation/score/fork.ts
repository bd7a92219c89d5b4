/**
 * One fork of a vantage's life: an event or a trouble happens, every detector lives through it from the same learned
 * past, and what each made of it is scored against the truth.
 */
import type { AnomalyKind } from '../../../src/model/vocabulary.ts';
import { glance } from '../rivals/glance.ts';
import { drawHit, drawLength } from '../world/draw-event.ts';
import type { EventClass } from '../world/events.ts';
import { Rng } from '../world/random.ts';
import type { Trace } from '../world/trace.ts';
import type { TroubleClass } from '../world/troubles.ts';
import { MINUTE, platforms } from '../world/vantage.ts';
import { pathsOf } from '../world/weather.ts';
import type { Detector } from './detector.ts';
import { type Happened, scoreEvent } from './event-score.ts';
import type { VantageScore } from './vantage-run.ts';

/** Minutes watched after an event's end, for its close. */
const AFTERWARDS = 90;

export interface TroubleScore {
  class: string;
  /** Alarms opened while it was watched, with every state each showed. */
  alarms: AnomalyKind[][];
  opened: number;
}

/** Rounds with a line that an event must have to be scored at all. */
const USABLE = 20;

/** Where a fork begins. */
export interface Past {
  trace: Trace;
  detectors: Detector[];
  seed: number;
}

/** Lives one event from a past, and scores every detector on it. */
export function runEvent(past: Past, kind: EventClass, score: VantageScore): void {
  const { vantage } = past.trace;
  if (kind.possible && !kind.possible(vantage)) return;
  const rng = new Rng(past.seed, hash(kind.name));
  const hit = drawHit(rng, kind);
  // The calm plan's rotation is caught at any phase.
  const from = past.trace.minute + 4 + rng.below(15);
  const to = from + drawLength(rng);
  const own = kind.make({ paths: hit.flatMap(pathsOf), from, to, rng, vantage });
  const trace = past.trace.fork(rng.u32(), own);
  const seen = kind.hidden?.(from) ?? from;
  const running = past.detectors.map((one) => one.fork());
  const recorded: number[] = [];
  let usable = 0;
  while (trace.minute < to + AFTERWARDS) {
    const round = trace.step();
    if (!round) continue;
    if (trace.minute >= seen) recorded.push(trace.minute);
    if (trace.minute >= seen && trace.minute < to && trace.air.down_to <= trace.minute) usable++;
    const looked = glance(round);
    for (const one of running) one.step(round, looked, trace.minute);
  }
  // The laptop slept, or the power was off: there was nothing to see for anybody.
  if (usable < USABLE) {
    score.unseen++;
    return;
  }
  const happened: Happened = {
    class: kind.name,
    vantage: vantage.seed,
    hit,
    from,
    to,
    truth: vantage.start_ms + (from - 0.4) * MINUTE,
    recorded,
    accepted: vantage.records === 'thin' ? kind.thin : kind.right,
  };
  for (const one of running) {
    const result = scoreEvent(one.alarms, happened);
    if (result) score.detectors[one.name]!.events.push(result);
    else score.occupied[one.name] = (score.occupied[one.name] ?? 0) + 1;
  }
}

/** Lives one trouble from a past: whatever opens is listed with every state it showed. */
export function runTrouble(past: Past, kind: TroubleClass, score: VantageScore): void {
  const rng = new Rng(past.seed, hash(kind.name));
  const from = past.trace.minute + 4 + rng.below(15);
  const platform = rng.below(platforms.length);
  const trace = past.trace.fork(rng.u32(), kind.make({ platform, from, rng, vantage: past.trace.vantage }));
  const running = past.detectors.map((one) => one.fork());
  while (trace.minute < from + kind.length) {
    const round = trace.step();
    if (!round) continue;
    const looked = glance(round);
    for (const one of running) one.step(round, looked, trace.minute);
  }
  for (const one of running) {
    // What happens to other platforms meanwhile is the month's ordinary weather, and counted there.
    const opened = one.alarms.filter((alarm) => alarm.opened >= from && (!kind.single || alarm.platform === platform));
    score.detectors[one.name]!.troubles.push({
      class: kind.name,
      alarms: opened.map((alarm) => [...new Set(alarm.kinds.map(([, state]) => state))]),
      opened: opened.filter((alarm) => alarm.platform >= 0).length,
    });
  }
}

/** A stream number of a class's own, so that adding a class changes no other's dice. */
function hash(text: string): number {
  let h = 7;
  for (let i = 0; i < text.length; i++) h = (Math.imul(h, 31) + text.charCodeAt(i)) | 0;
  return h >>> 1;
}
