/**
 * Probes that have learned, and what Prometheus sees of them while something happens: simulated lines of the evaluation
 * (tests/evaluation/world), judged by the real judge, minute by minute.
 */
import { fold } from '../../../src/judge/judge.ts';
import { defaultParams, type JudgeState } from '../../../src/judge/state.ts';
import type { Trouble } from '../../evaluation/world/air.ts';
import { Trace } from '../../evaluation/world/trace.ts';
import { drawVantage, platforms, type Vantage } from '../../evaluation/world/vantage.ts';
import { drawWeather } from '../../evaluation/world/weather.ts';

/** Minutes of a window, and the minute in which its cause begins: two hours before it, and two hours of it. */
export const windowLength = 240;
export const onset = 120;

/** Minutes that are learned from: the 24 h of `baseline.ready_after`, for probes too that lose three rounds of ten. */
const learned = 2200;

const params = defaultParams(60_000);

/** What a scrape in one minute finds; undefined where the probe cannot be reached: no power, or no line. */
export interface Scrape {
  /** By platform, in the order of `platforms`. */
  suspect: number[];
  /** The suspicion is of slowness only. */
  slow: number[];
  /** An incident is open. */
  open: number[];
  ready: number[];
  controls: number | undefined;
  isolated: number;
  /** Minute of the last round. */
  round: number;
}

interface Learned {
  vantage: Vantage;
  trace: Trace;
  state: JudgeState | undefined;
}

/** `make` is told the vantage and the minute at which the cause begins there. */
export type Make = (vantage: Vantage, from: number) => Trouble[];

export interface Pool {
  size: number;
  vantage(index: number): Vantage;
  /** One window of a probe; the same arguments give the same window. */
  live(index: number, seed: number, make?: Make): (Scrape | undefined)[];
}

/** Seeds far from those that the judge was tuned and is reported on. */
const firstSeed = 7_000_000;

/** Lets so many vantages learn: 0.2 ms of processor time a round. */
export function learnedPool(size: number): Pool {
  const all = Array.from({ length: size }, (_, n): Learned => {
    // Every tenth is a full plan, as an operator with bytes to spare would set it.
    const vantage = drawVantage(firstSeed + n, { plan: n % 10 === 0 ? 'full' : 'calm', records: 'rich' });
    const trace = new Trace(vantage, drawWeather(vantage, learned + windowLength + 10));
    let state: JudgeState | undefined;
    while (trace.minute < learned) {
      const round = trace.step();
      if (round) state = fold(state, round, params).state;
    }
    return { vantage, trace, state };
  });
  return {
    size,
    vantage: (index) => all[index]!.vantage,
    live(index, seed, make) {
      const { vantage, trace: past, state: before } = all[index]!;
      const begin = past.minute;
      const trace = past.fork(seed, make?.(vantage, begin + onset) ?? []);
      let state = structuredClone(before);
      let last: Scrape | undefined;
      return Array.from({ length: windowLength }, (_, minute) => {
        const round = trace.step();
        if (round) {
          const { state: next, detail, vantage: seen } = fold(state, round, params);
          state = next;
          const of = (what: 'suspect' | 'baseline_ready') =>
            platforms.map((name) => Number(detail.platforms[name]?.[what] ?? false));
          last = {
            suspect: of('suspect'),
            open: platforms.map((name) => Number(detail.platforms[name]?.open !== undefined)),
            slow: platforms.map((name) => Number(detail.platforms[name]?.suspect_kind === 'degraded')),
            ready: of('baseline_ready'),
            controls: detail.controls_healthy === undefined ? undefined : Number(detail.controls_healthy),
            isolated: Number(seen === 'isolated'),
            round: minute,
          };
        }
        // Without power nobody answers; a line that is down carries no scrape either.
        const { off, down_from, down_to } = trace.air;
        const dark = off || (down_from <= trace.minute && down_to > trace.minute);
        return dark ? undefined : last;
      });
    },
  };
}
