/**
 * Proves the lab with independent witnesses: every censor does what it says and leaves no trace, the round-trip times
 * are true, nothing leads out, and a crashed run is cleaned up. `node tests/lab/selftest.ts [WORD…]` runs the checks
 * whose names contain a word.
 */
import { meets } from './expectation.ts';
import { expectations } from './expectations.ts';
import { type Lab, startLab } from './lab.ts';
import { crashesAreReaped, leftovers, nothingLeaks } from './leak-check.ts';
import { whyNot } from './packages.ts';
import { createScore, tolerance } from './report.ts';
import { curl, https } from './witness.ts';

const score = createScore();
const { report } = score;

async function censorsKeepTheirWord(lab: Lab, wanted: (name: string) => boolean): Promise<void> {
  for (const { censor, platforms, sees } of expectations) {
    const name = censor ?? 'nothing';
    if (!wanted(name)) continue;
    if (censor) await lab.on(censor, platforms);
    const answers = await Promise.all(
      // one after the other only where a rate is measured: two downloads would share it
      sees.some(([question]) => question.label.startsWith('goodput'))
        ? await sees.reduce<Promise<string[]>>(
            async (so_far, [question]) => [...(await so_far), await question.ask(lab)],
            Promise.resolve([]),
          )
        : sees.map(([question]) => question.ask(lab)),
    );
    for (const [index, [question, expected]] of sees.entries()) {
      const answer = answers[index]!;
      report(`${name}: ${question.label}`, `${expected}`, answer, meets(answer, expected));
    }
    if (!censor) continue;
    await lab.clear();
    const after = await https('x.com', { at: 'x.com' }).ask(lab);
    if (after !== '200') report(`${name}: switched off`, '200', after, false);
  }
}

async function roundTripsAreTrue(lab: Lab): Promise<void> {
  for (const rtt of [0, 20, 80, 250]) {
    await lab.setRtt(rtt);
    for (const family of [4, 6] as const) {
      const samples = [];
      for (let i = 0; i < 7; i++) samples.push(await curl(lab, 'x.com', { at: 'x.com', family }));
      for (const phase of ['connect', 'first_byte'] as const) {
        // the best of seven: whatever else the machine does can only add to a round trip
        const got = Math.min(...samples.map((sample) => sample[phase]));
        report(
          `${phase} at ${rtt} ms RTT over IPv${family}`,
          `${rtt} ± ${tolerance(rtt)} ms`,
          `${got.toFixed(1)} ms`,
          Math.abs(got - rtt) <= tolerance(rtt),
        );
      }
    }
  }
  await lab.setRtt(40);
}

async function selftest(words: readonly string[]): Promise<void> {
  const wanted = (name: string) => words.length === 0 || words.some((word) => name.includes(word));
  const before = performance.now();
  const lab = await startLab();
  console.log(`lab ${lab.name} up in ${Math.round(performance.now() - before)} ms`);
  try {
    if (wanted('round trips')) await roundTripsAreTrue(lab);
    if (wanted('leaks')) await nothingLeaks(lab, report);
    await censorsKeepTheirWord(lab, wanted);
    if (wanted('crash')) await crashesAreReaped(lab, report);
  } finally {
    await lab.close();
  }
  report(
    'nothing is left after close',
    'nothing',
    leftovers(lab.name).join(' ') || 'nothing',
    leftovers(lab.name).length === 0,
  );
}

const reason = await whyNot(console.log);
if (reason) {
  console.log(`kernel lab not run: ${reason}\n0 passed, 0 failed, 1 skipped`);
} else {
  await selftest(process.argv.slice(2));
  score.end();
}
