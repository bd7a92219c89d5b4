/**
 * Runs a round's jobs a few at a time, never two on one host: a good guest knocks once.
 */
import pLimit from 'p-limit';

export interface Job {
  host: string;
  run: () => Promise<void>;
}

export interface Crew {
  /** Resolves when every job has ended. A job that throws is a bug and rejects, after the others have ended. */
  run(jobs: Job[], options?: { shuffle: boolean }): Promise<void>;
}

export function createCrew(concurrency: number, random: () => number): Crew {
  const limit = pLimit(concurrency);
  const hosts = new Map<string, ReturnType<typeof pLimit>>();
  const oneByOne = (host: string) => {
    let mine = hosts.get(host);
    if (!mine) {
      mine = pLimit(1);
      hosts.set(host, mine);
    }
    return mine;
  };
  return {
    async run(jobs, { shuffle } = { shuffle: true }) {
      const order = shuffle ? shuffled(jobs, random) : jobs;
      // A job waits for its host before it takes one of the few places: waiting costs nobody else a place.
      const results = await Promise.allSettled(order.map((job) => oneByOne(job.host)(() => limit(job.run))));
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    },
  };
}

/** Fisher–Yates: a fixed order would let one slow platform always delay the same others. */
function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}
