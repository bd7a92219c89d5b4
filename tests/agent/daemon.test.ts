import { expect, test } from 'vitest';
import { runDaemon } from '../../src/agent/daemon.ts';
import type { Rounds } from '../../src/agent/rounds.ts';
import { createSchedule } from '../../src/agent/schedule.ts';
import type { RoundOutcome } from '../../src/model/outcome.ts';

const outcome = (index: number, overruns: number): RoundOutcome => ({
  round: {
    version: 1,
    round: index,
    started_at: '2024-01-20T13:41:00.000Z',
    monotonic_ms: index,
    interval_ms: 10,
    companies: {},
    vantage: {},
    controls: [],
    platforms: {},
  },
  events: [],
  duration_ms: 1,
  overruns,
  dropped: {},
});

const monotonic = () => performance.now();
const every = (interval_ms: number) =>
  createSchedule({ interval_ms, jitter: 0, origin: performance.now(), random: () => 0 });

test('rounds go to every sink in order, and a failing sink keeps nobody else from them', async () => {
  const stop = new AbortController();
  const seen: string[] = [];
  const errors: string[] = [];
  const rounds: Rounds = { next: async (index, overruns) => outcome(index, overruns) };
  await runDaemon(
    {
      rounds,
      nextSlot: every(5),
      monotonic,
      sinks: [
        { name: 'full disk', accept: () => Promise.reject(new Error('ENOSPC')) },
        {
          name: 'metrics',
          accept: ({ round }) => {
            seen.push(`metrics ${round.round}`);
            if (seen.length === 3) stop.abort();
          },
        },
      ],
      onSinkError: (sink, error) => errors.push(`${sink}: ${(error as Error).message}`),
    },
    stop.signal,
  );
  expect(seen).toHaveLength(3);
  expect(errors).toEqual(['full disk: ENOSPC', 'full disk: ENOSPC', 'full disk: ENOSPC']);
});

test('a round that was cut short by the shutdown reaches no sink', async () => {
  const stop = new AbortController();
  const rounds: Rounds = {
    async next(_index, _overruns, signal) {
      stop.abort();
      return signal.aborted ? undefined : outcome(1, 0);
    },
  };
  let accepted = 0;
  const sink = { name: 'store', accept: () => void accepted++ };
  await runDaemon({ rounds, nextSlot: every(5), monotonic, sinks: [sink], onSinkError: () => {} }, stop.signal);
  expect(accepted).toBe(0);
});

test('a round that runs over is counted, and the next one waits for its own slot', async () => {
  const stop = new AbortController();
  const overruns: number[] = [];
  const rounds: Rounds = {
    async next(index, over) {
      overruns.push(over);
      if (overruns.length === 3) stop.abort();
      // Three slots and a half: far enough from the edges for a busy machine.
      if (index === 1) await new Promise((resolve) => setTimeout(resolve, 350));
      return outcome(index, over);
    },
  };
  await runDaemon({ rounds, nextSlot: every(100), monotonic, sinks: [], onSinkError: () => {} }, stop.signal);
  expect(overruns[0]).toBe(0);
  expect(overruns[1]).toBeGreaterThanOrEqual(2);
  expect(overruns[2]).toBeGreaterThanOrEqual(overruns[1]!);
});

test('told to stop while waiting, it stops at once', async () => {
  const stop = new AbortController();
  const rounds: Rounds = {
    async next(index, over) {
      setTimeout(() => stop.abort(), 10);
      return outcome(index, over);
    },
  };
  const start = performance.now();
  await runDaemon({ rounds, nextSlot: every(60_000), monotonic, sinks: [], onSinkError: () => {} }, stop.signal);
  expect(performance.now() - start).toBeLessThan(30_000);
});
