/**
 * What is normal: levels in the log domain, learned by a Huber-clipped moving average, with offsets by hour of day.
 *
 * A log-ratio clipped at ±0.3 bounds what one sample can do (Huber, Robust Estimation of a Location Parameter, 1964):
 * a second's worth of retransmission moves the level no more than a third. Levels remember about a day, so that small
 * path changes (22 a month on a path, p99 1.43×) are followed and an attack of hours is not.
 */
import { clip, round4, round5 } from './rounding.ts';
import type { Level } from './state.ts';

/** Log-ratio that one sample may contribute once the level is known; a factor of 1.35. */
const clipped = 0.3;
/** While fewer samples are known it is their mean: clipping towards a bad first one would keep it bad for an hour. */
const young = 8;
/** Days that a level, an hour's offset and the anchor look back. */
const levelSeconds = 86_400;
const hourDays = 3;
const anchorHours = 28 * 24;

/** Samples in a level's memory when they come every `every` seconds: a day's worth, never fewer than 100. */
export function memory(every: number): number {
  return Math.round(clip(levelSeconds / Math.max(1, every), 100, 2880));
}

/** The level after one more sample `x` (log domain), of which `offset` is the hour's. Changes `level` in place. */
export function learn(level: Level | undefined, x: number, most: number, offset = 0): Level {
  if (level === undefined) return [round5(x - offset), 1];
  level[0] = moved(level[0], level[1], x, most, offset);
  level[1] = more(level[1], most);
  return level;
}

/** Where a level that rests on `samples` goes with one more. */
export function moved(level: number, samples: number, x: number, most: number, offset: number): number {
  const bound = samples < young ? Number.POSITIVE_INFINITY : clipped;
  return round5(level + clip(x - offset - level, -bound, bound) / more(samples, most));
}

/** One sample more, counted up to the length of the memory. */
export function more(samples: number, most: number): number {
  return Math.min(samples + 1, most);
}

/**
 * Moves one of the 24 offsets, in place, after a sample that lay `residual` above its level in UTC hour `hour`.
 *
 * Every offset starts at 0 and moves by a three-day average of its own hour: until then it is shrunk towards 0, the
 * global level. `every` is the distance between samples in seconds.
 */
export function learnHour(offsets: number[], hour: number, residual: number, every: number): void {
  const rate = clip(every / (hourDays * 3600), 0.001, 0.2);
  const before = offsets[hour] ?? 0;
  offsets[hour] = round4(before + rate * clip(residual - before, -clipped, clipped));
}

/** The 28-day level after one more hour whose mean level was `x`. */
export function learnAnchor(anchor: Level | undefined, x: number): Level {
  if (anchor === undefined) return [round5(x), 1];
  const samples = Math.min(anchor[1] + 1, anchorHours);
  return [round5(anchor[0] + (x - anchor[0]) / samples), samples];
}
