/**
 * `npm run lab`: the real program in the kernel lab. Prints name → expected → got for one round under every censor, the
 * phases at two round-trip times, and five rounds of the daemon with its metrics.
 * `--quick`: the rows that `npm test` has time for. Words: only the parts and rows whose names contain one.
 * The last line is `N passed, N failed`; the exit status is 1 when something failed.
 */
import { checkDaemon } from './daemon-check.ts';
import { type Lab, startLab } from './lab.ts';
import { whyNot } from './packages.ts';
import { checkPhases } from './phases-check.ts';
import { probe } from './product.ts';
import { type Row, rows } from './rows.ts';
import { describe, faults } from './verdict-check.ts';

const words = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const quick = process.argv.includes('--quick');
const wanted = (name: string) => words.length === 0 || words.some((word) => name.includes(word));

let passed = 0;
let failed = 0;

/** One line of the table; more lines where something is wrong. */
export type Report = (name: string, expected: string, got: string, wrong: readonly string[]) => void;

const report: Report = (name, expected, got, wrong) => {
  if (wrong.length === 0) passed++;
  else failed++;
  console.log(`${wrong.length === 0 ? 'ok  ' : 'FAIL'} ${name.padEnd(24)} ${expected.padEnd(44)} ${got}`);
  for (const fault of wrong) console.log(`     ${fault}`);
};

async function play(lab: Lab, row: Row): Promise<void> {
  const { on, against = ['x'], measured = ['x', 'youtube'] } = row;
  for (const censor of on) await lab.on(censor, against);
  const probed = await probe(lab, measured, row.settings);
  await lab.clear();
  const { expected, got } = describe(row, probed);
  report(row.name, expected, `${got}  ${(probed.ms / 1000).toFixed(1)} s`, faults(row, probed));
}

/** Two labs side by side: a round mostly waits. What is timed runs before, alone. */
async function playAll(first: Lab, chosen: readonly Row[]): Promise<void> {
  const queue = [...chosen];
  const work = async (lab: Lab) => {
    for (let row = queue.shift(); row; row = queue.shift()) await play(lab, row);
  };
  if (queue.length < 2) return work(first);
  const second = await startLab();
  try {
    await Promise.all([work(first), work(second)]);
  } finally {
    await second.close();
  }
}

const reason = await whyNot(console.log);
if (reason) {
  console.log(`kernel lab not run: ${reason}\n0 passed, 0 failed, 1 skipped`);
} else {
  const start = performance.now();
  const lab = await startLab();
  try {
    if (wanted('phases')) await checkPhases(lab, report);
    if (wanted('daemon')) await checkDaemon(lab, report);
    await playAll(
      lab,
      rows.filter((row) => (!quick || row.quick) && wanted(row.name)),
    );
  } finally {
    await lab.close();
  }
  console.log(`kernel lab: ${Math.round((performance.now() - start) / 1000)} s`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}
