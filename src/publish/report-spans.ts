/** From rows of states to what happened: stretches of trouble, when they began, when they ended. */
import { type AnomalyKind, anomalyKinds } from '../model/vocabulary.ts';
import type { Axis, Interval, Row } from './report.ts';
import { axisFor, middle, timeAt } from './report.ts';
import { codeOf, troubleFrom } from './report-state.ts';

/** A stretch of the axis, both ends included. */
export interface Span {
  from: number;
  to: number;
}

/** A relapse within half an hour is the same event, as the judge has it. */
const gapMs = 30 * 60_000;

/** Networks that are hit at each time, whatever the platform. */
function breadths(rows: readonly Row[], length: number): number[] {
  return Array.from(
    { length },
    (_, at) => new Set(rows.flatMap(({ hit, network }) => (hit[at] === true ? [network] : []))).size,
  );
}

/** Stretches in which at least so many networks are hit, those with small gaps joined; in order. */
export function spansOf(rows: readonly Row[], { length, step_ms }: Axis, least = 1): Span[] {
  const spans: Span[] = [];
  for (const [at, breadth] of breadths(rows, length).entries()) {
    if (breadth < least) continue;
    const last = spans.at(-1);
    // Neighbours on a coarse axis lie further apart than that: nobody looked at what is between them.
    const gap = last === undefined ? Number.POSITIVE_INFINITY : at - last.to;
    if (last !== undefined && (gap === 1 || gap * step_ms <= gapMs)) last.to = at;
    else spans.push({ from: at, to: at });
  }
  return spans;
}

/**
 * The event that a report is about, and the other stretches. The event is what hit most networks at once, with the times in
 * which at least half as many were hit: one network in trouble for days must not be taken for it, nor stretch it.
 */
export function eventOf(rows: readonly Row[], axis: Axis): { main: Span | undefined; others: Span[] } {
  const widest = Math.max(0, ...breadths(rows, axis.length));
  if (widest === 0) return { main: undefined, others: [] };
  const [main] = spansOf(rows, axis, Math.ceil(widest / 2)).sort((a, b) => weightOf(rows, b) - weightOf(rows, a));
  const others = spansOf(rows, axis).filter(({ from, to }) => main === undefined || to < main.from || from > main.to);
  return { main, others };
}

/** How much happened in a span: cells of network, platform and time. */
export const weightOf = (rows: readonly Row[], span: Span): number =>
  rows.reduce((sum, row) => sum + indexes(span).filter((at) => row.hit[at] === true).length, 0);

export const indexes = ({ from, to }: Span): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** Whether the row was hit in the span for longer than a blip: two times running, or all of a short span. */
export function wasHit(row: Row, span: Span): boolean {
  return indexes(span).some((at) => row.hit[at] === true && (span.from === span.to || row.hit[at + 1] === true));
}

/** The state that a row held longest, while it was hit unless `hit` is false, among those that are trouble; undefined where it held none. */
export function longestState(row: Row, span: Span, hit = true): AnomalyKind | undefined {
  const held = new Map<AnomalyKind, number>();
  for (const at of indexes(span)) {
    const state = anomalyKinds.find((kind) => kind === row.states[at]);
    if (state !== undefined && (row.hit[at] === true || !hit)) held.set(state, (held.get(state) ?? 0) + 1);
  }
  return [...held].sort(([, a], [, b]) => b - a)[0]?.[0];
}

/** The word that most rows have; where two have as many, the milder one: a wrong "blocked" is worse. */
export function commonState(states: readonly AnomalyKind[]): AnomalyKind {
  const counts = new Map<AnomalyKind, number>();
  for (const state of states) counts.set(state, (counts.get(state) ?? 0) + 1);
  const [best] = [...counts].sort(([a, m], [b, n]) => n - m || codeOf(a) - codeOf(b));
  return best?.[0] ?? 'degraded';
}

/** Between two rounds: a minute and its jitter of a tenth. The last good sample lies at most so far before the first bad one. */
const roundMs = 66_000;

/** Rows in trouble for most of the time that is known, though none of it is new: no news, and not to be left unsaid either. */
export function standing(rows: readonly Row[]): Row[] {
  return rows.filter(({ states, hit }) => {
    const known = states.filter((state) => state !== undefined);
    const bad = known.filter((state) => codeOf(state) >= troubleFrom);
    return bad.length * 2 > known.length && !hit.includes(true);
  });
}

/** A sample from so long before the event belongs to an older story. */
const olderMs = 3_600_000;

/**
 * Onsets that belong to an event that was first seen at `from_ms`, looked for every `step_ms`; all of them where every one is
 * older.
 */
export function ownOnsets(onsets: readonly number[], from_ms: number, step_ms: number): number[] {
  const own = onsets.filter((one) => one >= from_ms - Math.max(olderMs, step_ms));
  return own.length > 0 ? own : [...onsets];
}

/** A report of a day has a point every three minutes: an event of a longer time is told as exactly. */
const dayStepMs = 180_000;

/**
 * The neighbourhood of a stretch on an axis of its own, for as many rows: from an hour before the last time at which it was not
 * yet seen to an hour after the first at which it no longer was. Undefined where nothing is gained by it.
 */
export function closer(axis: Axis, { from, to }: Span, rows: number): Axis | undefined {
  const beside = axis.step_ms + olderMs;
  const since_ms = Math.max(axis.since_ms, timeAt(axis, from) - beside);
  const until_ms = Math.min(axis.until_ms, timeAt(axis, to) + beside);
  const near = axisFor(since_ms, until_ms, rows);
  return axis.step_ms > dayStepMs && near.step_ms < axis.step_ms ? near : undefined;
}

/**
 * When something began on several networks: after the last sample that can have been good on the first of them, and not later
 * than when half of them had had a bad one. `onsets`: the first bad sample of each, ms.
 */
export function onsetOf(onsets: readonly number[], fallback: number, step_ms: number): Interval {
  // Without an onset of its own there is only what was looked at, a step apart.
  if (onsets.length === 0) return [fallback - Math.max(roundMs, step_ms), fallback];
  return [Math.min(...onsets) - roundMs, middle(onsets) ?? fallback];
}

/** When fewer than half of the rows that were hit still were; undefined if they are to the end of the axis. */
export function endOf(rows: readonly Row[], span: Span, axis: Axis): Interval | undefined {
  const hit = (at: number) => rows.filter((row) => row.hit[at] === true).length;
  const half = (at: number) => hit(at) * 2 >= rows.length;
  // Networks that were hit one after the other were never half of them at once.
  let last = indexes(span).findLast(half) ?? indexes(span).findLast((at) => hit(at) > 0);
  if (last === undefined) return undefined;
  for (let at = last + 1; at < axis.length; at++) {
    // The span is that of all platforms: this one may go on after it.
    if (half(at)) last = at;
    // Silence is no recovery: the first time at which anything is known again.
    else if (rows.some((row) => row.hit[at] !== undefined)) return [timeAt(axis, last), timeAt(axis, at)];
  }
  return undefined;
}
