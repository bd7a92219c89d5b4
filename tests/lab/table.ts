/**
 * `npm run lab`: the real program in the kernel lab. Prints name → expected → got for one round under every censor, the
 * phases at two round-trip times, five rounds of the daemon with its metrics, and what the daemon holds after some rounds
 * of what only history shows.
 * `--quick`: the rows that `npm test` has time for. Words: only the parts and rows whose names contain one.
 * `--records=DIRECTORY`: keeps every row's round record there. `--keep-warm-up`: keeps the warm-up for short runs.
 * The last line is `N passed, N failed`; the exit status is 1 when something failed.
 */
import { writeFileSync } from 'node:fs';
import { checkDaemon } from './daemon-check.ts';
import { playHistoryRow } from './history-check.ts';
import { historyRows } from './history-rows.ts';
import { type Lab, startLab } from './lab.ts';
import { nothingLeaks } from './leak-check.ts';
import { whyNot } from './packages.ts';
import { checkPhases } from './phases-check.ts';
import { daemon, newDirectory, page, probe, scrape, shortRounds, value } from './product.ts';
import { createScore } from './report.ts';
import { type Row, rows } from './rows.ts';
import { describe, faults } from './verdict-check.ts';
import { keepWarmUp, keptWarmUp, makeWarmUp } from './warm-up.ts';
import { reference as referenceName } from './world.ts';

const words = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const records = process.argv.find((word) => word.startsWith('--records='))?.slice('--records='.length);
const quick = process.argv.includes('--quick');
const keep = process.argv.includes('--keep-warm-up');
const wanted = (name: string) => words.length === 0 || words.some((word) => name.includes(word));

const { report, end } = createScore();

async function play(lab: Lab, row: Row): Promise<void> {
  const { on, against = ['x'], measured = ['x', 'youtube'], settings = {} } = row;
  const directory = newDirectory(lab);
  if (row.after_daemon) await live(lab, 'vantage', directory).then((server) => server.stop());
  const reference = row.with_reference ? await live(lab, 'inet', newDirectory(lab)) : undefined;
  for (const censor of on) await lab.on(censor, against);
  // what it says of the platform must be younger than the censor: a platform's own fault is everybody's
  if (reference) await scrape(lab, rounds((await roundsOf(lab, 'inet')) + 2), 60_000, 'inet');
  const asked = reference ? { ...settings, references: [`https://${referenceName}`] } : settings;
  const probed = await probe(lab, measured, asked, directory);
  await lab.clear();
  await reference?.stop();
  const { expected, got } = describe(row, probed);
  const wrong = faults(row, probed);
  report(row.name, expected, `${got}  ${(probed.ms / 1000).toFixed(1)} s`, wrong.length === 0, wrong);
  if (records && probed.round)
    writeFileSync(`${records}/${row.name}.json`, `${JSON.stringify(probed.round, null, 1)}\n`);
}

const roundsIn = (metrics: string) => value(metrics, 'reachd_rounds_total') ?? 0;
const rounds = (least: number) => (metrics: string) => roundsIn(metrics) >= least;
const roundsOf = async (lab: Lab, room: 'vantage' | 'inet') => roundsIn((await page(lab, '/metrics', room)) ?? '');

/** A daemon that has finished three rounds. */
async function live(lab: Lab, room: 'vantage' | 'inet', directory: string) {
  const server = daemon(lab, shortRounds, room, directory);
  await scrape(lab, rounds(3), 60_000, room);
  return server;
}

/** Labs side by side: a round mostly waits. What is timed runs before, alone. */
const together = 3;

type Task = (lab: Lab) => Promise<void>;

async function playAll(first: Lab, tasks: readonly Task[]): Promise<void> {
  const queue = [...tasks];
  const work = async (lab: Lab) => {
    for (let task = queue.shift(); task; task = queue.shift()) await task(lab);
  };
  const others: Lab[] = [];
  try {
    // one after the other: each looks for what crashed runs have left behind
    while (others.length + 1 < Math.min(together, queue.length)) others.push(await startLab());
    await Promise.all([first, ...others].map(work));
  } finally {
    await Promise.all(others.map((lab) => lab.close()));
  }
}

/** The rows that need history, the longest first; they begin with a warm-up that is made before them. */
async function historyTasks(lab: Lab): Promise<Task[]> {
  const chosen = historyRows.filter((row) => (!quick || row.quick) && wanted(row.name));
  if (chosen.length === 0) return [];
  let fresh: string | undefined;
  try {
    fresh = quick ? undefined : await makeWarmUp(lab);
  } catch (error) {
    report('warm-up of the histories', 'sixty calm rounds', 'failed', false, [String(error)]);
    return [];
  }
  if (fresh && keep) keepWarmUp(fresh);
  return chosen
    .toSorted((a, b) => b.rounds * b.interval_s - a.rounds * a.interval_s)
    .map((row) => (place) => playHistoryRow(place, row, fresh ?? keptWarmUp(place), report));
}

const reason = await whyNot(console.log);
if (reason) {
  console.log(`kernel lab not run: ${reason}\n0 passed, 0 failed, 1 skipped`);
} else {
  const start = performance.now();
  const lab = await startLab();
  try {
    if (wanted('leaks')) await nothingLeaks(lab, report);
    if (wanted('phases')) await checkPhases(lab, report);
    if (wanted('daemon')) await checkDaemon(lab, report);
    const chosen = rows.filter((row) => (!quick || row.quick) && wanted(row.name));
    await playAll(lab, [
      ...(await historyTasks(lab)),
      ...chosen.map(
        (row): Task =>
          (place) =>
            play(place, row),
      ),
    ]);
  } finally {
    await lab.close();
  }
  console.log(`kernel lab: ${Math.round((performance.now() - start) / 1000)} s`);
  end();
}
