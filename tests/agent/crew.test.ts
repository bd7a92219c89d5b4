import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createCrew, type Job } from '../../src/agent/crew.ts';

/** Jobs that note when they begin and end. */
function watched(hosts: string[]) {
  const running = new Map<string, number>();
  let most = 0;
  let mostOnOneHost = 0;
  const began: string[] = [];
  const jobs: Job[] = hosts.map((host, i) => ({
    host,
    run: async () => {
      began.push(`${host}${i}`);
      running.set(host, (running.get(host) ?? 0) + 1);
      most = Math.max(
        most,
        [...running.values()].reduce((a, b) => a + b, 0),
      );
      mostOnOneHost = Math.max(mostOnOneHost, running.get(host)!);
      await sleep(5);
      running.set(host, running.get(host)! - 1);
    },
  }));
  return { jobs, began, most: () => most, mostOnOneHost: () => mostOnOneHost };
}

test('a few at a time, and never two on one host', async () => {
  const { jobs, began, most, mostOnOneHost } = watched(['a', 'a', 'a', 'b', 'c', 'd', 'e', 'f', 'g']);
  await createCrew(4, Math.random).run(jobs);
  expect(began).toHaveLength(9);
  expect(most()).toBe(4);
  expect(mostOnOneHost()).toBe(1);
});

test('waiting for a host takes no place from others', async () => {
  const { jobs, most } = watched(['a', 'a', 'a', 'a', 'b', 'c', 'd']);
  await createCrew(4, Math.random).run(jobs, { shuffle: false });
  expect(most()).toBe(4);
});

test('experiments keep the order that they were wished in', async () => {
  const { jobs, began } = watched(['a', 'b', 'c', 'd']);
  await createCrew(1, () => 0).run(jobs, { shuffle: false });
  expect(began).toEqual(['a0', 'b1', 'c2', 'd3']);
});

test('the order of a round follows the random source: no platform always waits for the same other', async () => {
  const { jobs, began } = watched(['a', 'b', 'c', 'd']);
  await createCrew(1, () => 0).run(jobs);
  expect(began).toEqual(['b1', 'c2', 'd3', 'a0']);
});

test('a job that throws is a bug: the others end first, then the crew says so', async () => {
  const { jobs, began } = watched(['a', 'b']);
  const broken: Job = { host: 'x', run: () => Promise.reject(new Error('bug')) };
  await expect(createCrew(1, Math.random).run([broken, ...jobs], { shuffle: false })).rejects.toThrow('bug');
  expect(began).toEqual(['a0', 'b1']);
});
