/**
 * Proves the lab with independent witnesses: every censor does what it says and leaves no trace, the round-trip times
 * are true, nothing leads out, and a crashed run is cleaned up. `node tests/lab/selftest.ts [WORD…]` runs the checks
 * whose names contain a word.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { meets } from './expectation.ts';
import { expectations } from './expectations.ts';
import { type Lab, startLab } from './lab.ts';
import { namespaceOf, type Room, reap } from './namespaces.ts';
import { whyNot } from './packages.ts';
import { curl, https } from './witness.ts';

let passed = 0;
let failed = 0;

function report(name: string, expected: string, got: string, fine: boolean): void {
  if (fine) passed++;
  else failed++;
  console.log(`${fine ? 'ok  ' : 'FAIL'} ${name}: ${fine ? got : `expected ${expected}, got ${got}`}`);
}

/** The smallest half-width that a claim about milliseconds may have here: the timers of virtual machines fire late. */
export const tolerance = (ms: number) => Math.max(3, 0.03 * ms);

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

/** Whatever the rooms hold, no wire and no route leads to the machine's own network. */
async function nothingLeaks(lab: Lab): Promise<void> {
  const wires: string[] = [];
  for (const room of ['vantage', 'isp', 'inet'] satisfies Room[]) {
    const { stdout } = await lab.execIn(room, ['ip', '-o', 'link']);
    for (const line of stdout.split('\n').filter((text) => text && !text.includes(' lo: ')))
      wires.push(/link-netns (\S+)/.exec(line)?.[1] ?? `${room} leads out: ${line}`);
  }
  const inside = new Set((['vantage', 'isp', 'inet'] as const).map((room) => namespaceOf(lab.name, room)));
  report(
    'every wire ends inside the lab',
    '4 ends inside',
    `${wires.length} ends${wires.every((end) => inside.has(end)) ? ' inside' : `: ${wires}`}`,
    wires.length === 4 && wires.every((end) => inside.has(end)),
  );

  const own = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, scopeid }) => !internal && !scopeid);
  const outside = [
    ...own.map(({ address }) => address),
    '192.0.2.1',
    '93.184.215.14',
    '185.199.108.153',
    '2606:50c0:8000::153',
  ];
  for (const ip of outside) {
    const host = ip.includes(':') ? `[${ip}]` : ip;
    const { code } = await lab.exec([
      'curl',
      '-s',
      '-o',
      '/dev/null',
      '--noproxy',
      '*',
      '--max-time',
      '2',
      `http://${host}/`,
    ]);
    report(
      `${own.some(({ address }) => address === ip) ? "the machine's own address" : ip} cannot be reached`,
      'curl 7',
      `curl ${code}`,
      code === 7,
    );
  }
}

/** A run that is killed in the middle leaves processes and namespaces; the next one removes exactly those. */
async function crashesAreReaped(lab: Lab): Promise<void> {
  const script = `const { startLab } = await import(${JSON.stringify(new URL('./lab.ts', import.meta.url).href)}); console.log((await startLab()).name); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const left = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').once('data', (text: string) => resolve(text.trim()));
    child.once('exit', () => reject(new Error('the lab to be killed did not start')));
  });
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('close', resolve));
  const reaped = await reap();
  report('a killed run is reaped', left, reaped.join(' '), reaped.includes(left));
  report('a running lab is left alone', '200', await https('x.com').ask(lab), !reaped.includes(lab.name));
  report(
    'nothing of the killed run is left',
    'nothing',
    leftovers(left).join(' ') || 'nothing',
    leftovers(left).length === 0,
  );
}

const leftovers = (name: string) =>
  ['/run/netns', '/etc/netns', '/tmp']
    .flatMap((place) => (existsSync(place) ? readdirSync(place) : []))
    .filter((entry) => entry.startsWith(name));

/** Runs the self-test. Resolves with the counts; a lab that cannot be built is an error. */
export async function selftest(words: readonly string[]): Promise<{ passed: number; failed: number }> {
  const wanted = (name: string) => words.length === 0 || words.some((word) => name.includes(word));
  const before = performance.now();
  const lab = await startLab();
  console.log(`lab ${lab.name} up in ${Math.round(performance.now() - before)} ms`);
  try {
    if (wanted('round trips')) await roundTripsAreTrue(lab);
    if (wanted('leaks')) await nothingLeaks(lab);
    await censorsKeepTheirWord(lab, wanted);
    if (wanted('crash')) await crashesAreReaped(lab);
  } finally {
    await lab.close();
  }
  report(
    'nothing is left after close',
    'nothing',
    leftovers(lab.name).join(' ') || 'nothing',
    leftovers(lab.name).length === 0,
  );
  return { passed, failed };
}

if (import.meta.main) {
  const reason = await whyNot(console.log);
  if (reason) console.log(`lab: not run: ${reason}`);
  else await selftest(process.argv.slice(2));
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}
