/** One evidence stream of one platform: a wager a sample, the run of bad samples it is in, and what it knows of calm. */
import { capped, logEvidence, none, nullMean, wager } from './mixture.ts';
import { clip, round4, round6 } from './rounding.ts';
import type { Level, StreamState } from './state.ts';

/** Badness from which a sample may begin a run: below it, a latency is less than 2.2 times its normal. */
const bad = 0.1;
/** Samples in the memory of calm badness, and the strength of the floor as a first guess, in samples. */
const calmMemory = 2000;
const calmPrior = 100;
/** Evidence left when a gap was long: three natural units, one bad sample's worth. */
const afterGap = 3;

export function newStream(floor: number): StreamState {
  return { r: none, calm: [round6(floor / 3), calmPrior], y: 0 };
}

/** What a step needs to know of its round. */
export interface Step {
  /** Badness in [0, 1]. */
  y: number;
  /** Fold and wall-clock second. */
  t: number;
  wall: number;
  floor: number;
  /** Bound on the calm mean that the controls of earlier rounds ask for. */
  noise: number;
}

/** Evidence after one more sample. Learns nothing of calm: see `calm`. */
export function step(before: StreamState, { y, t, wall, floor, noise }: Step): StreamState {
  const r = wager(before.r, y, nullMean(before.calm[0], floor, noise));
  const next: StreamState = { r, calm: before.calm, y: round4(y), at: t, every: distance(before, t) };
  if (before.pending) next.pending = before.pending;
  if (before.close) next.close = before.close;
  if (y >= bad) {
    next.good = before.good;
    const run = before.run;
    next.run = run ? [run[0], run[1], Math.min(run[2], round4(y))] : [before.good ?? wall, wall, round4(y)];
  } else {
    next.good = wall;
    // The strongest bet forgets fastest: when it is worth nothing again, the run of bad samples is over.
    if (before.run && r[2] > 0) next.run = before.run;
  }
  return next;
}

function distance(before: StreamState, t: number): number | undefined {
  if (before.at === undefined) return undefined;
  const gap = Math.min(3600, t - before.at);
  return before.every === undefined ? gap : Math.round(before.every + 0.1 * (gap - before.every));
}

/** The stream learns its last badness as calm, together with what it had set aside under an empty suspicion. */
export function learnCalm(stream: StreamState): void {
  const pending = stream.pending;
  if (pending) {
    stream.calm = blend(stream.calm, pending[0] / pending[1], pending[1]);
    delete stream.pending;
  }
  stream.calm = blend(stream.calm, stream.y, 1);
}

/** The stream sets its last badness aside: whether it was calm is not known yet. */
export function setAside(stream: StreamState): void {
  const pending = stream.pending ?? [0, 0];
  stream.pending = [round4(pending[0] + stream.y), pending[1] + 1];
}

function blend(calm: Level, mean: number, weight: number): Level {
  const samples = Math.min(calm[1] + weight, calmMemory);
  return [round6(calm[0] + (mean - calm[0]) * clip(weight / samples, 0, 0.5)), samples];
}

/**
 * Log evidence in the common currency of the threshold, which is a budget of false alarms per month at one wager a
 * round: a stream that is sampled every fifth round takes a fifth of the chances and is owed the difference, ln 5.
 */
export function evidence(stream: StreamState, interval: number): number {
  const every = stream.every ?? interval;
  return logEvidence(stream.r) + Math.log(clip(every / interval, 1, 10));
}

/** The stream with evidence from before a long gap reduced. */
export function forget(stream: StreamState): StreamState {
  return { ...stream, r: capped(stream.r, afterGap) };
}

/** The stream with no evidence, what it learned kept: after an incident. */
export function cleared(stream: StreamState): StreamState {
  const next: StreamState = { r: none, calm: stream.calm, y: stream.y, good: stream.good };
  if (stream.at !== undefined) next.at = stream.at;
  if (stream.every !== undefined) next.every = stream.every;
  return next;
}
