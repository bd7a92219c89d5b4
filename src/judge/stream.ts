/** One evidence stream of one platform: a wager a sample, the run of bad samples it is in, and what it knows of calm. */
import type { Stream } from '../model/outcome.ts';
import { capped, logEvidence, none, wager } from './mixture.ts';
import { clip, round4, round6 } from './rounding.ts';
import { bad } from './slowness.ts';
import type { Level, StreamState } from './state.ts';

/** Samples in the memory of calm badness, and the strength of the floor as a first guess, in samples. */
const calmMemory = 2000;
const calmPrior = 100;
/** Evidence left when a gap was long: three natural units, one bad sample's worth. */
const afterGap = 3;

export function newStream(floor: number): StreamState {
  return shaped(none, [round6(floor / 3), calmPrior], 0);
}

/** `streams[name]`, for names that change from one look-up to the next: that is a search, and this a few comparisons. */
export function streamOf(streams: Readonly<Record<Stream, StreamState>>, name: Stream): StreamState {
  switch (name) {
    case 'all':
      return streams.all;
    case 'reach':
      return streams.reach;
    case 'handshake':
      return streams.handshake;
    case 'latency':
      return streams.latency;
    case 'goodput':
      return streams.goodput;
  }
}

/** Every field every time: objects of one shape are read without a search. */
function shaped(r: StreamState['r'], calm: Level, y: number): StreamState {
  return {
    r,
    calm,
    y,
    good: undefined,
    run: undefined,
    pending: undefined,
    close: undefined,
    at: undefined,
    every: undefined,
  };
}

/**
 * Takes in one more sample of badness `y` in [0, 1] at fold second `t`, in place. `good`: fold second of the last good sample
 * of what is bad now; absent: never seen good. `m0`: greatest mean of calm badness. Learns nothing of calm: see `learnCalm`.
 */
export function step(stream: StreamState, y: number, good: number | undefined, t: number, m0: number): void {
  stream.r = wager(stream.r, y, m0);
  stream.y = round4(y);
  stream.every = distance(stream, t);
  stream.at = t;
  const run = stream.run;
  if (y < bad) {
    stream.good = t;
    // The strongest bet forgets fastest: when it is worth nothing again, the run of bad samples is over.
    if (run && !(stream.r[2] > 0)) stream.run = undefined;
    return;
  }
  const last = good ?? stream.good ?? t;
  // What turns bad later in the run was good when it was last seen: that narrows the beginning.
  stream.run = run
    ? [last < run[1] ? Math.max(run[0], last) : run[0], run[1], Math.min(run[2], round4(y))]
    : [last, t, round4(y)];
}

function distance(before: StreamState, t: number): number | undefined {
  if (before.at === undefined) return undefined;
  const gap = Math.min(3600, t - before.at);
  return before.every === undefined || before.every === gap
    ? gap
    : Math.round(before.every + 0.1 * (gap - before.every));
}

/** The stream learns its last badness as calm, together with what it had set aside under an empty suspicion; in place. */
export function learnCalm(stream: StreamState): void {
  const pending = stream.pending;
  if (pending) {
    blend(stream.calm, pending[0] / pending[1], pending[1]);
    stream.pending = undefined;
  }
  blend(stream.calm, stream.y, 1);
}

/** The stream sets its last badness aside, in place: whether it was calm is not known yet. */
export function setAside(stream: StreamState): void {
  const pending = stream.pending ?? [0, 0];
  stream.pending = [round4(pending[0] + stream.y), pending[1] + 1];
}

function blend(calm: Level, mean: number, weight: number): void {
  const samples = Math.min(calm[1] + weight, calmMemory);
  calm[0] = round6(calm[0] + (mean - calm[0]) * clip(weight / samples, 0, 0.5));
  calm[1] = samples;
}

/**
 * Log evidence in the common currency of the threshold, which is a budget of false alarms per month at one wager a
 * round: a stream that is sampled every fifth round takes a fifth of the chances and is owed the difference, ln 5.
 */
export function evidence(stream: StreamState, interval: number): number {
  return logEvidence(stream.r) + owed(stream, interval);
}

/** At least as much, whatever the interval: most rounds need no more. */
export function bound({ r }: StreamState): number {
  return Math.max(r[0], r[1], r[2]) + mostOwed;
}

/** The evidence, or, where that is at most `floor`, any number that is. */
export function evidenceAbove(floor: number, stream: StreamState, interval: number): number {
  const most = bound(stream);
  return most > floor ? evidence(stream, interval) : most;
}

/** Chances a stream is owed at most: it steps in every tenth round, or more seldom. */
const seldom = 10;
const mostOwed = Math.log(seldom);

function owed({ every }: StreamState, interval: number): number {
  return every === undefined || every <= interval ? 0 : Math.log(clip(every / interval, 1, seldom));
}

/** Reduces evidence from before a long gap, in place. */
export function forget(stream: StreamState): void {
  stream.r = capped(stream.r, afterGap);
}

/** The stream with no evidence, what it learned kept: after an incident. */
export function cleared(stream: StreamState): StreamState {
  const next = shaped(none, stream.calm, stream.y);
  next.good = stream.good;
  next.at = stream.at;
  next.every = stream.every;
  return next;
}
