/** Spreads vantages over worker threads: the next seed goes to whoever is free, so that order never matters. */
import { Worker } from 'node:worker_threads';
import type { VantageOptions } from '../world/vantage.ts';
import type { VantageScore } from './vantage-run.ts';

/** A judge under test: its name in the tables and what differs from the default parameters. */
export interface Variant {
  name: string;
  overrides: Record<string, unknown>;
}

export interface Job {
  seed: number;
  options: VantageOptions;
  months: number;
  eventForks: number;
  troubleForks: number;
  /** Names; empty = all. */
  classes: readonly string[];
  troubles: boolean;
  variants: readonly Variant[];
  rivals: boolean;
}

/** The ways of sampling in turn: of ten vantages four full with goodput every fifth round, four calm, one each of the rest. */
export function optionsFor(index: number): VantageOptions {
  const k = index % 10;
  if (k < 8) return k % 2 === 0 ? { plan: 'full', cadence: 'fifth' } : { plan: 'calm', cadence: 'fifth' };
  return { plan: 'full', cadence: k === 8 ? 'every' : 'none' };
}

/** Runs all jobs; `progress` hears of each finished one. Rejects with the first error of a worker. */
export async function runJobs(
  jobs: readonly Job[],
  workers: number,
  progress: (done: number, score: VantageScore) => void,
): Promise<VantageScore[]> {
  const scores: VantageScore[] = [];
  let next = 0;
  const file = new URL('./worker.ts', import.meta.url);
  const one = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(file);
      const feed = () => {
        if (next < jobs.length) worker.postMessage(jobs[next++]);
        else worker.terminate().then(() => resolve(), reject);
      };
      worker.on('message', (score: VantageScore) => {
        scores.push(score);
        progress(scores.length, score);
        feed();
      });
      worker.on('error', reject);
      feed();
    });
  await Promise.all(Array.from({ length: Math.min(workers, jobs.length) }, one));
  return scores.sort((a, b) => a.seed - b.seed);
}
