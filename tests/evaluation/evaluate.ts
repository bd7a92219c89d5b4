/**
 * `npm run evaluate`: our judge and the rivals on the same traces, one table. See docs/evaluation.md.
 *
 *   --seeds report|tune|N   first seed (report: 900001, tune: 1): parameters are chosen on `tune` only
 *   --months N              quiet probe-months, one vantage each (200)
 *   --events N              forks into every event class a vantage (5), --troubles N the same for troubles (2)
 *   --classes 'a; b'        only these classes; --no-rivals; --workers N (2)
 *   --ln 11,13,15           the curve over the threshold: one judge for each
 *   --params JSON           overrides of the judge's parameters, e.g. '{"floors":{"reach":0.02}}'
 *   --variants JSON         several judges side by side: {"name": overrides, …}
 *   --data DIR              full real data sets: DIR/shao-ripe-atlas-rtt, upptime-social, ndt-raspberrypi-brazil
 *   --scores FILE           keep each vantage's scores there; run again, it goes on where it was interrupted
 *   --short                 the run of `npm test`; --json FILE writes the summaries; --quiet: no progress
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { holdGates } from './score/gates.ts';
import { type Job, optionsFor, runJobs, type Variant } from './score/pool.ts';
import { measureReal } from './score/real.ts';
import { report } from './score/report.ts';
import { appendScore, fingerprint, openScores } from './score/scores-file.ts';
import { shortRun } from './score/short.ts';
import { summarise } from './score/summary.ts';
import type { VantageScore } from './score/vantage-run.ts';

/**
 * First seeds of the two sets. They lie far apart: no vantage of one is ever in the other. A report set is given up when
 * what it showed leads to a change (700001 and 800001 were).
 */
const SEEDS: Readonly<Record<string, number>> = { report: 900_001, tune: 1 };

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: 'report' },
    months: { type: 'string', default: '200' },
    events: { type: 'string', default: '5' },
    troubles: { type: 'string', default: '2' },
    classes: { type: 'string', default: '' },
    'no-rivals': { type: 'boolean', default: false },
    workers: { type: 'string', default: '2' },
    ln: { type: 'string', default: '' },
    params: { type: 'string', default: '{}' },
    variants: { type: 'string' },
    data: { type: 'string' },
    short: { type: 'boolean', default: false },
    json: { type: 'string' },
    scores: { type: 'string' },
    quiet: { type: 'boolean', default: false },
  },
});

const overrides = JSON.parse(values.params) as Record<string, unknown>;
const lns = values.ln === '' ? [] : values.ln.split(',').map(Number);
const variants = chosen();

function chosen(): Variant[] {
  if (values.variants !== undefined) {
    const named = JSON.parse(values.variants) as Record<string, Record<string, unknown>>;
    return Object.entries(named).map(([name, more]) => ({ name, overrides: { ...overrides, ...more } }));
  }
  return lns.length === 0 ? [{ name: 'reachd', overrides }] : lns.map((ln) => atThreshold(ln, overrides));
}

/** LN follows from a budget of alarms; the curve turns that round. 20 streams, 43,200 rounds a month. */
function atThreshold(ln: number, others: Record<string, unknown>): Variant {
  return { name: `reachd, LN ${ln}`, overrides: { ...others, alarms_per_month: (20 * 43_200) / Math.exp(ln) } };
}

const first = SEEDS[values.seeds] ?? Number(values.seeds);
const months = Number(values.months);
const jobs: Job[] = values.short
  ? shortRun()
  : Array.from({ length: Math.ceil(months) }, (_, i) => ({
      seed: first + i,
      options: optionsFor(i),
      months: months / Math.ceil(months),
      eventForks: Number(values.events),
      troubleForks: Number(values.troubles),
      classes: values.classes === '' ? [] : values.classes.split(';').map((name) => name.trim()),
      troubles: true,
      variants,
      rivals: !values['no-rivals'],
    }));

const started = performance.now();
const kept = values.scores === undefined ? new Map() : openScores(values.scores, fingerprint(jobs[0]!));
const todo = jobs.filter((job) => !kept.has(job.seed));
const fresh = await runJobs(todo, Number(values.workers), (done, score) => {
  if (values.scores !== undefined) appendScore(values.scores, score);
  if (values.quiet || !process.stderr.isTTY) return;
  const seconds = (performance.now() - started) / 1000;
  const left = (seconds / done) * (todo.length - done);
  process.stderr.write(`\r${done} of ${todo.length} vantages, ${seconds.toFixed(0)} s, ${left.toFixed(0)} s left `);
});
if (!values.quiet && process.stderr.isTTY) process.stderr.write('\n');
const scores: VantageScore[] = [...jobs.flatMap((job) => kept.get(job.seed) ?? []), ...fresh].sort(
  (a, b) => a.seed - b.seed,
);
const names = Object.keys(scores[0]!.detectors);
const summaries = names.map((name) => summarise(scores, name));
const real = measureReal(jobs[0]!.variants, jobs[0]!.rivals, values.data);
const results = holdGates(summaries[0]!, real);
const seconds = (performance.now() - started) / 1000;
process.stdout.write(
  `${report({ summaries, real, results, scores, seconds, first: jobs[0]!.seed, curve: variants.length > 1 })}\n`,
);
if (values.json)
  writeFileSync(
    values.json,
    `${JSON.stringify({ first: jobs[0]!.seed, seconds, summaries, real, gates: results }, undefined, 1)}\n`,
  );
process.exitCode = results.some((one) => one.verdict === 'missed') ? 1 : 0;
