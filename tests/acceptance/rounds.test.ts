/**
 * The rows that need history, live: the daemon's own rounds in real time, from a stored warm-up, in the practice Internet.
 * All are begun at once and play six side by side; each test waits for its own.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { histories } from './histories.ts';
import { playHistories } from './histories-play.ts';
import type { Played } from './history-play.ts';

/** All of them take some seven minutes; the rest is room for a busy machine. */
const patience_ms = 900_000;

let directory: string;
let played: Map<string, Promise<Played>>;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'reachd-rounds-'));
  played = playHistories(histories, directory);
});
afterAll(async () => {
  await Promise.allSettled(played.values());
  rmSync(directory, { recursive: true, force: true });
}, patience_ms);

test.each(histories.map((row) => [row.name, row] as const))('%s', { timeout: patience_ms }, async (name) => {
  const { complaints, said } = (await played.get(name)) ?? { complaints: ['was not played'], said: 'nothing' };
  expect(complaints, said).toEqual([]);
});

test('rows have names of their own, say why they exist, and begin where another ends', () => {
  const names = new Set(histories.map(({ name }) => name));
  expect(names.size).toBe(histories.length);
  for (const { why, from } of histories) {
    expect(why.length).toBeGreaterThan(10);
    if (from !== 'warm-up') expect(names).toContain(from);
  }
});
