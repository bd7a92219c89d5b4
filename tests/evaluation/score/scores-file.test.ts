/** An interrupted run goes on where it was, and never mixes two judges' scores. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { appendScore, fingerprint, openScores } from './scores-file.ts';
import { shortRun } from './short.ts';
import type { VantageScore } from './vantage-run.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'reachd-scores-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const score = (seed: number): VantageScore => ({
  seed,
  plan: 'calm',
  cadence: 'fifth',
  records: 'rich',
  access: 'fibre',
  months: 1,
  rounds: 40_000,
  slowMinutes: 0,
  occupied: {},
  unseen: 0,
  detectors: {},
});

test('scores come back by seed', () => {
  const file = join(directory, 'scores.ndjson');
  expect(openScores(file, 'a').size).toBe(0);
  appendScore(file, score(7));
  appendScore(file, score(9));
  expect([...openScores(file, 'a').keys()]).toEqual([7, 9]);
  expect(openScores(file, 'a').get(9)).toEqual(score(9));
  expect(() => openScores(file, 'b')).toThrow(/holds the scores of a, this is b/);
});

test('the fingerprint knows settings, and no seed', () => {
  const [one, two] = shortRun();
  expect(fingerprint(one!)).toMatch(/^[0-9a-f]{16}$/);
  expect(fingerprint(two!)).toBe(fingerprint(one!));
  expect(fingerprint({ ...one!, months: 2 })).not.toBe(fingerprint(one!));
  expect(fingerprint({ ...one!, variants: [{ name: 'reachd', overrides: { cooldown: 1 } }] })).not.toBe(
    fingerprint(one!),
  );
});
