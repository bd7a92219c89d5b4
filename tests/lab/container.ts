/**
 * `node tests/lab/container.ts`: the shipped image, built from the Dockerfile and run where the user sits in the lab, and the
 * files of docker/ and config/systemd. Words: only the parts whose names contain one (files, refusals, demo, conditions, stack).
 * `--tree=DIRECTORY`: builds the image of another tree than this one. The last line is `N passed, N failed[, N skipped]`; the exit status is 1 when something failed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { checkConditions } from './container-conditions.ts';
import { checkFiles } from './container-files.ts';
import { checkDemo, checkHealthOverTls, checkRefusals } from './container-life.ts';
import { buildImage, haveBase, image, isOffline, mustPodman, whyNoPodman } from './container-podman.ts';
import { checkStack } from './container-stack.ts';
import { type Lab, startLab } from './lab.ts';
import { whyNot } from './packages.ts';
import type { Report } from './report.ts';

const words = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const tree = process.argv.find((word) => word.startsWith('--tree='))?.slice('--tree='.length);
const wanted = (name: string) => words.length === 0 || words.some((word) => name.includes(word));

const tally = { passed: 0, failed: 0, skipped: 0 };
const report: Report = (name, expected, got, fine, details = []) => {
  tally[fine ? 'passed' : 'failed'] += 1;
  console.log(`${fine ? 'ok  ' : 'FAIL'} ${name.padEnd(38)} ${expected.padEnd(34)} ${got}`);
  if (!fine) for (const detail of details) console.log(detail.replace(/^/gm, '     '));
};
const skip = (what: string, why: string) => {
  tally.skipped += 1;
  console.log(`SKIPPED ${what}: ${why}`);
};

/** What throws is a failure of its part, not the end of the others. */
async function part(name: string, run: () => Promise<void>): Promise<void> {
  if (!wanted(name)) return;
  try {
    await run();
  } catch (error) {
    report(name, 'runs to its end', error instanceof Error ? error.message : String(error), false);
  }
}

async function withLab(run: (lab: Lab) => Promise<void>): Promise<void> {
  const lab = await startLab();
  try {
    await run(lab);
  } finally {
    await lab.close();
  }
}

/** What is in the image, layer by layer, the base's own included. */
async function tellSize(): Promise<void> {
  const layers = await mustPodman(['history', '--no-trunc', '--format', '{{.Size}}\t{{.CreatedBy}}', image]);
  for (const line of layers.split('\n').filter((text) => text !== '' && !text.startsWith('0 B')))
    console.log(`     ${line.replace(/#\(nop\) +/, '').slice(0, 100)}`);
  const size = Number(await mustPodman(['image', 'inspect', '--format', '{{.Size}}', image]));
  console.log(`     image: ${(size / 1e6).toFixed(0)} MB uncompressed`);
}

const scratch = mkdtempSync(`${tmpdir()}/reachd-container-`);
const start = performance.now();
const seconds = () => `${Math.round((performance.now() - start) / 1000)} s`;
try {
  await part('files', async () => {
    for (const one of await checkFiles(scratch, report)) skip(one, 'the program is not installed');
  });
  const reason = (await whyNot(console.log)) ?? (await whyNoPodman(console.log));
  if (reason) skip('THE CONTAINER IS NOT TESTED', reason);
  else {
    const base = await haveBase();
    const commit = await buildImage(tree);
    console.log(`image built, base image ${base}: ${seconds()}`);
    await tellSize();
    await part('refusals', async () => {
      await checkRefusals(scratch, report);
      await checkHealthOverTls(scratch, report);
    });
    await part('demo', () => checkDemo(scratch, commit, report));
    // What is timed has the machine for itself, as far as it is ours to say.
    await Promise.all([
      part('conditions', () => withLab((lab) => checkConditions(lab, report))),
      part('stack', () => withLab((lab) => checkStack(lab, report))),
    ]);
  }
} catch (error) {
  if (isOffline(error))
    skip('THE CONTAINER IS NOT TESTED', `packages cannot be had: ${(error as Error).message.slice(-300)}`);
  else report('container', 'runs to its end', error instanceof Error ? error.message : String(error), false);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(`containers: ${seconds()}`);
const { passed, failed, skipped } = tally;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 ? 1 : 0;
