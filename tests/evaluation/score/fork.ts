/**
 * One fork of a vantage's life: an event or a trouble happens, every detector lives through it from the same learned
 * past, and what each made of it is scored against the truth. Matching is by event with overlap: an alarm on a hit
 * platform that opens between onset and end is the detection; nothing is adjusted point by point.
 */
import type { AnomalyKind } from '../../../src/model/vocabulary.ts';
import { glance } from '../rivals/glance.ts';
import { drawHit, drawLength, type EventClass } from '../world/events.ts';
import { Rng } from '../world/random.ts';
import type { Trace } from '../world/trace.ts';
import type { TroubleClass } from '../world/troubles.ts';
import { MINUTE, platforms } from '../world/vantage.ts';
import { pathsOf } from '../world/weather.ts';
import type { Detector } from './detector.ts';
import type { VantageScore } from './vantage-run.ts';

/** Minutes watched after an event's end, for its close. */
const AFTERWARDS = 90;

export interface EventScore {
  class: string;
  /** Share of the hit platforms that were found, and recorded rounds from the onset to each opening. */
  found: number;
  delays: number[];
  /** State at opening and last state before the end, of each found platform. */
  first: AnomalyKind[];
  last: AnomalyKind[];
  ever: AnomalyKind[];
  right: boolean[];
  /** Incidents per hit platform. */
  incidents: number;
  /** Minutes from the end to the close, of those closed while watched; and how many were not. */
  closes: number[];
  unclosed: number;
  /** The onset interval contains the truth; its width in minutes. */
  contains: boolean[];
  widths: number[];
  /** Alarms on platforms that nothing happened to. */
  spilled: number;
  joint: boolean;
}

export interface TroubleScore {
  class: string;
  /** Alarms opened while it was watched, with every state each showed. */
  alarms: AnomalyKind[][];
  opened: number;
}

/** Where a fork begins. */
export interface Past {
  trace: Trace;
  detectors: Detector[];
  seed: number;
}

function unknown(list: readonly AnomalyKind[], accepted: readonly AnomalyKind[]): boolean {
  return list.some((kind) => !accepted.includes(kind));
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
  while (trace.minute < to + AFTERWARDS) {
    const round = trace.step();
    if (!round) continue;
    if (trace.minute >= seen) recorded.push(trace.minute);
    const looked = glance(round);
    for (const one of running) one.step(round, looked, trace.minute);
  }
  const truth = vantage.start_ms + (from - 0.4) * MINUTE;
  const accepted = vantage.records === 'thin' ? kind.thin : kind.right;
  for (const one of running) {
    // An alarm that was open before the event is no detection of it: the trial is void for this detector.
    if (
      one.alarms.some(
        (alarm) =>
          hit.includes(alarm.platform) && alarm.opened < from && (alarm.closed === undefined || alarm.closed >= from),
      )
    ) {
      score.occupied[one.name] = (score.occupied[one.name] ?? 0) + 1;
      continue;
    }
    const result: EventScore = {
      class: kind.name,
      found: 0,
      delays: [],
      first: [],
      last: [],
      ever: [],
      right: [],
      incidents: 0,
      closes: [],
      unclosed: 0,
      contains: [],
      widths: [],
      spilled: one.alarms.filter(
        (alarm) => alarm.platform >= 0 && !hit.includes(alarm.platform) && alarm.opened >= from && alarm.opened < to,
      ).length,
      joint: one.alarms.some((alarm) => alarm.platform < 0 && alarm.opened >= from && alarm.opened < to),
    };
    for (const platform of hit) {
      const mine = one.alarms.filter(
        (alarm) => alarm.platform === platform && alarm.opened >= from && alarm.opened < to + 30,
      );
      const alarm = mine.find((candidate) => candidate.opened < to);
      if (!alarm) continue;
      result.found += 1 / hit.length;
      result.incidents += mine.length / hit.length;
      result.delays.push(recorded.filter((minute) => minute <= alarm.opened).length);
      const during = alarm.kinds.filter(([minute]) => minute < to).map(([, state]) => state);
      if (during.length > 0) {
        const last = mine
          .filter((candidate) => candidate.opened < to)
          .at(-1)!
          .kinds.filter(([minute]) => minute < to)
          .at(-1)![1];
        result.first.push(during[0]!);
        result.last.push(last);
        result.ever.push(...during);
        result.right.push(!unknown([last], accepted));
      }
      const closed = mine.at(-1)!.closed;
      if (closed === undefined) result.unclosed++;
      else result.closes.push(Math.max(0, closed - to));
      if (alarm.onset) {
        const [earliest, latest] = alarm.onset;
        result.contains.push(earliest <= truth && truth <= latest);
        result.widths.push((latest - earliest) / MINUTE);
      }
    }
    score.detectors[one.name]!.events.push(result);
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
