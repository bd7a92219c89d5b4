/**
 * The short evaluation: fixed seeds, less than a minute, the same code as `npm run evaluate`. A gate fails here only
 * when its whole 95 % interval lies on the wrong side: chance alone must not break a build.
 */
import { beforeAll, expect, test } from 'vitest';
import { type GateResult, holdGates } from './score/gates.ts';
import { runJobs } from './score/pool.ts';
import { shortRun } from './score/short.ts';
import { type DetectorSummary, summarise } from './score/summary.ts';

let summaries: DetectorSummary[];
let results: GateResult[];

beforeAll(async () => {
  const scores = await runJobs(shortRun(), 2, () => undefined);
  summaries = Object.keys(scores[0]!.detectors).map((name) => summarise(scores, name));
  results = holdGates(summaries[0]!, {});
}, 240_000);

test('no gate is missed with its whole interval', () => {
  expect(
    results
      .filter((result) => result.verdict === 'missed')
      .map(({ what, bound, value, interval }) => ({ what, bound, value, interval })),
  ).toEqual([]);
  expect(results.length).toBeGreaterThan(20);
});

test('no rival finds more kinds of interference with fewer false alarms', () => {
  const found = (of: DetectorSummary) =>
    Object.values(of.events)
      .flat()
      .filter((one) => one.recall.value > 0.5).length;
  const [ours, ...others] = summaries;
  for (const rival of others)
    expect(found(rival) > found(ours!) && rival.quiet.none.count < ours!.quiet.none.count, rival.name).toBe(false);
});
