/** From rows of states to what happened: stretches of trouble, when they began, when they ended. */
import { type AnomalyKind, anomalyKinds } from '../model/vocabulary.ts';
import type { Axis, Interval, Row } from './report.ts';
import { middle, timeAt } from './report.ts';
import { codeOf } from './report-state.ts';

/** A stretch of the axis, both ends included. */
export interface Span {
  from: number;
  to: number;
}

/** A relapse within half an hour is the same event, as the judge has it. */
const gapMs = 30 * 60_000;

/** Stretches in which any row is hit, those with small gaps joined; in order. */
export function spansOf(rows: readonly Row[], { length, step_ms }: Axis): Span[] {
  const spans: Span[] = [];
  for (let at = 0; at < length; at++) {
    if (!rows.some(({ hit }) => hit[at] === true)) continue;
    const last = spans.at(-1);
    if (last !== undefined && (at - last.to) * step_ms <= gapMs) last.to = at;
    else spans.push({ from: at, to: at });
  }
  return spans;
}

/** How much happened in a span: cells of network, platform and time. */
export const weightOf = (rows: readonly Row[], span: Span): number =>
  rows.reduce((sum, row) => sum + indexes(span).filter((at) => row.hit[at] === true).length, 0);

export const indexes = ({ from, to }: Span): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** Whether the row was hit in the span for longer than a blip: two times running, or all of a short span. */
export function wasHit(row: Row, span: Span): boolean {
  return indexes(span).some((at) => row.hit[at] === true && (span.from === span.to || row.hit[at + 1] === true));
}

/** The state that a row held longest while it was hit, among those that are trouble; undefined where it held none. */
export function longestState(row: Row, span: Span): AnomalyKind | undefined {
  const held = new Map<AnomalyKind, number>();
  for (const at of indexes(span)) {
    const state = anomalyKinds.find((kind) => kind === row.states[at]);
    if (state !== undefined && row.hit[at] === true) held.set(state, (held.get(state) ?? 0) + 1);
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

/**
 * When something began on several networks: after the last sample that can have been good on the first of them, and not later
 * than when half of them had had a bad one. `onsets`: the first bad sample of each, ms.
 */
export function onsetOf(onsets: readonly number[], fallback: number): Interval {
  const first = onsets.length === 0 ? fallback : Math.min(...onsets);
  return [first - roundMs, middle(onsets) ?? fallback];
}

/** When fewer than half of the rows that were hit still were; undefined if they are to the end of the axis. */
export function endOf(rows: readonly Row[], span: Span, axis: Axis): Interval | undefined {
  const hit = (at: number) => rows.filter((row) => row.hit[at] === true).length;
  const last = indexes(span).findLast((at) => hit(at) * 2 >= rows.length);
  if (last === undefined || last >= axis.length - 1) return undefined;
  // Silence is no recovery: the first time at which anything is known again.
  for (let at = last + 1; at < axis.length; at++) {
    if (rows.some((row) => row.hit[at] !== undefined)) return [timeAt(axis, last), timeAt(axis, at)];
  }
  return undefined;
}
