/** From single scores to the numbers of the table: one summary per detector, per class, per way of sampling. */
import type { AnomalyKind } from '../../../src/model/vocabulary.ts';
import type { EventScore } from './event-score.ts';
import { type Interval, medianInterval, poisson, quantile, wilson, wilsonClustered } from './intervals.ts';
import type { VantageScore } from './vantage-run.ts';

/** The ways of sampling that are reported apart. */
export const arms = [
  'full, goodput every 5th round',
  'calm plan',
  'full, goodput every round',
  'full, no goodput',
] as const;
export type Arm = (typeof arms)[number];

export function armOf(score: Pick<VantageScore, 'plan' | 'cadence'>): Arm {
  if (score.plan === 'calm') return 'calm plan';
  return score.cadence === 'fifth' ? arms[0] : score.cadence === 'every' ? arms[2] : arms[3];
}

export interface Share {
  value: number;
  n: number;
  interval: Interval;
}

export interface Rate {
  count: number;
  months: number;
  value: number;
  interval: Interval;
}

/** Share of hits among events, which cluster by vantage. */
function clustered(events: readonly EventScore[], hit: (event: EventScore) => number): Share {
  const by = new Map<number, { hits: number; n: number }>();
  for (const event of events) {
    const one = by.get(event.vantage) ?? { hits: 0, n: 0 };
    one.hits += hit(event);
    one.n++;
    by.set(event.vantage, one);
  }
  const clusters = [...by.values()];
  const hits = clusters.reduce((sum, one) => sum + one.hits, 0);
  return {
    value: events.length === 0 ? Number.NaN : hits / events.length,
    n: events.length,
    interval: wilsonClustered(clusters),
  };
}

export const share = (hits: number, n: number): Share => ({
  value: n === 0 ? Number.NaN : hits / n,
  n,
  interval: wilson(hits, n),
});

export function rate(count: number, months: number): Rate {
  const { low, high } = poisson(count);
  return { count, months, value: count / months, interval: { low: low / months, high: high / months } };
}

export interface ClassSummary {
  class: string;
  events: number;
  occupied: number;
  recall: Share;
  median: number | undefined;
  medianInterval: Interval | undefined;
  p95: number | undefined;
  /** Kind in the end, of the found ones; empty for rivals. */
  right: Share;
  first: Partial<Record<AnomalyKind, number>>;
  last: Partial<Record<AnomalyKind, number>>;
  incidents: number;
  contains: Share;
  width: number | undefined;
  close: number | undefined;
  closeP95: number | undefined;
  unclosed: number;
  spilled: number;
}

const flat = <T>(events: readonly EventScore[], pick: (event: EventScore) => readonly T[]): T[] =>
  events.flatMap((event) => [...pick(event)]);
const total = (events: readonly EventScore[], pick: (event: EventScore) => number): number =>
  events.reduce((sum, event) => sum + pick(event), 0);

function tally(kinds: readonly AnomalyKind[]): Partial<Record<AnomalyKind, number>> {
  const out: Partial<Record<AnomalyKind, number>> = {};
  for (const kind of kinds) out[kind] = (out[kind] ?? 0) + 1;
  return out;
}

/** Sums events up. An event on four platforms is one trial, and events at one vantage are not independent. */
export function summariseEvents(name: string, events: readonly EventScore[]): ClassSummary {
  const delays = flat(events, (event) => event.delays);
  const found = total(events, (event) => event.found);
  const perEvent = (flags: (event: EventScore) => readonly boolean[]): Share => {
    const all = events.filter((event) => flags(event).length > 0);
    return clustered(all, (event) => flags(event).filter(Boolean).length / flags(event).length);
  };
  const closes = flat(events, (event) => event.closes);
  return {
    class: name,
    events: events.length,
    occupied: 0,
    recall: clustered(events, (event) => event.found),
    median: quantile(delays, 0.5),
    medianInterval: medianInterval(delays),
    p95: quantile(delays, 0.95),
    right: perEvent((event) => event.right),
    first: tally(flat(events, (event) => event.first)),
    last: tally(flat(events, (event) => event.last)),
    incidents: found === 0 ? Number.NaN : total(events, (event) => event.incidents) / found,
    contains: perEvent((event) => event.contains),
    width: quantile(
      flat(events, (event) => event.widths),
      0.5,
    ),
    close: quantile(closes, 0.5),
    closeP95: quantile(closes, 0.95),
    unclosed: total(events, (event) => event.unclosed),
    spilled: total(events, (event) => event.spilled),
  };
}

export interface QuietSummary {
  none: Rate;
  short: Rate;
  slow: Rate;
  /** Joint events without a cause. */
  joint: Rate;
  /** Alarms with a benign cause, or none, that were ever called throttled or blocked. */
  misnamed: Rate;
}

export interface TroubleSummary {
  class: string;
  runs: number;
  /** Runs in which nothing opened. */
  silent: Share;
  kinds: Partial<Record<AnomalyKind, number>>;
  misnamed: number;
  opened: number;
}

export interface DetectorSummary {
  name: string;
  quiet: QuietSummary;
  quietByArm: Partial<Record<Arm, QuietSummary>>;
  /** By arm, then in the order of the classes. */
  events: Partial<Record<Arm, ClassSummary[]>>;
  troubles: TroubleSummary[];
}

export function summarise(scores: readonly VantageScore[], name: string): DetectorSummary {
  const quietOf = (of: readonly VantageScore[]): QuietSummary => {
    const months = of.reduce((sum, score) => sum + score.months, 0);
    const alarms = of.flatMap((score) => score.detectors[name]!.quiet);
    const single = alarms.filter((alarm) => !alarm.joint);
    const count = (cause: string) => rate(single.filter((alarm) => alarm.cause === cause).length, months);
    return {
      none: count('none'),
      short: count('short'),
      slow: count('slow'),
      joint: rate(alarms.filter((alarm) => alarm.joint && alarm.cause === 'none').length, months),
      misnamed: rate(single.filter((alarm) => alarm.cause !== 'short' && named(alarm.kinds)).length, months),
    };
  };
  const present = arms.filter((arm) => scores.some((score) => armOf(score) === arm));
  const summary: DetectorSummary = { name, quiet: quietOf(scores), quietByArm: {}, events: {}, troubles: [] };
  for (const arm of present) {
    const mine = scores.filter((score) => armOf(score) === arm);
    summary.quietByArm[arm] = quietOf(mine);
    const events = mine.flatMap((score) => score.detectors[name]!.events);
    summary.events[arm] = [...new Set(events.map((event) => event.class))].map((kind) =>
      summariseEvents(
        kind,
        events.filter((event) => event.class === kind),
      ),
    );
  }
  const troubles = scores.flatMap((score) => score.detectors[name]!.troubles);
  for (const kind of new Set(troubles.map((one) => one.class))) {
    const runs = troubles.filter((one) => one.class === kind);
    const alarms = runs.flatMap((run) => run.alarms);
    summary.troubles.push({
      class: kind,
      runs: runs.length,
      silent: share(runs.filter((run) => run.opened === 0).length, runs.length),
      kinds: tally(alarms.flat()),
      misnamed: alarms.filter(named).length,
      opened: runs.reduce((sum, run) => sum + run.opened, 0),
    });
  }
  return summary;
}

/** Words that no trouble without intent may ever get. */
const named = (kinds: readonly AnomalyKind[]): boolean => kinds.includes('throttled') || kinds.includes('blocked');
