/**
 * Runs a round's jobs a few at a time, never two on one host: a good guest knocks once.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';

/**
 * Jobs begin so far apart, ms. Begun together, their answers come back together, and each waits for the others'
 * cryptography before our clock sees it: 2 to 4 ms at four in step, measured against the kernel's round trips
 * (`tests/bench/clocks.ts`); a handshake takes 1 to 3 ms of a small processor. Spread at random, or a round trip that is
 * a multiple of the distance would bring them in step again.
 */
const apart = { least_ms: 6, most_ms: 12 } as const;

export interface Job {
  host: string;
  run: () => Promise<void>;
}

export interface Crew {
  /** Resolves when every job has ended. A job that throws is a bug and rejects, after the others have ended. */
  run(jobs: Job[], options?: { shuffle: boolean }): Promise<void>;
}

/** `monotonic` in ms, `random` uniform in [0, 1). */
export function createCrew(
  concurrency: number,
  { random, monotonic }: { random: () => number; monotonic: () => number },
): Crew {
  const limit = pLimit(concurrency);
  let free_at = Number.NEGATIVE_INFINITY;
  /** Waits until the one before has begun long enough ago. */
  const spaced = async () => {
    const now = monotonic();
    const at = Math.max(now, free_at);
    free_at = at + apart.least_ms + random() * (apart.most_ms - apart.least_ms);
    if (at > now) await sleep(at - now);
  };
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
      const results = await Promise.allSettled(
        order.map((job) => oneByOne(job.host)(() => limit(() => spaced().then(job.run)))),
      );
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
