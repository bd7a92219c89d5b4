/**
 * `npm run bench:probe [CHECKS]`: the same check of the same local server by us and by Debian's prometheus-blackbox-exporter,
 * in turns, each kept on one processor; then our memory over 10,000 checks, and our clock against the kernel's over default
 * rounds at a round trip of 40 ms in the kernel lab. Installs what is missing (root on Debian) or says what it is. Prints a
 * table; the exit status is 1 where a target of the design is missed.
 */
import { loadavg } from 'node:os';
import { createScore } from '../lab/report.ts';
import { checkClocks } from './clocks.ts';
import { startFlags } from './flags.ts';
import { type Bench, build, type Prober, type Result, startBench } from './probers.ts';

const concurrency = 4;
const turns = 4;
/** Checks after which the memory is looked at (measurement of the design). */
const long = 10_000;

const { report, end } = createScore();
const perTurn = Math.max(10, Math.round(Number(process.argv[2] ?? 2000) / turns));
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
const mb = (bytes: number) => (bytes / 1e6).toFixed(0);
const load = () => `load ${loadavg()[0]!.toFixed(1)}`;

/** In turns, so that whatever else the machine does falls on both. */
async function compare(probers: readonly Prober[]): Promise<Map<string, Result[]>> {
  for (const prober of probers) await prober.check(perTurn / 2, concurrency); // warm
  const results = new Map<string, Result[]>(probers.map(({ name }) => [name, []]));
  for (let turn = 0; turn < turns; turn++)
    for (const prober of probers) results.get(prober.name)!.push(await prober.check(perTurn, concurrency));
  return results;
}

function tell(results: ReadonlyMap<string, Result[]>, missing: string | undefined): void {
  console.log(`node ${process.version} ${startFlags.join(' ')}; blackbox as Debian ships it`);
  console.log(`${perTurn} checks a turn, ${turns} turns, ${concurrency} at a time, on one processor; ${load()}`);
  console.log('                    CPU ms/check  checks/CPU s  checks/s   RSS MB');
  const cost = new Map<string, number>();
  for (const [name, all] of results) {
    const cpu = median(all.map(({ cpu_ms }) => cpu_ms / perTurn));
    const rate = median(all.map(({ ms }) => (1000 * perTurn) / ms));
    cost.set(name, cpu);
    const cells = [cpu.toFixed(2).padStart(12), (1000 / cpu).toFixed(0).padStart(14), rate.toFixed(0).padStart(10)];
    console.log(`${name.padEnd(20)}${cells.join('')}${mb(all.at(-1)!.rss).padStart(9)}`);
    const good = all.reduce((sum, one) => sum + one.good, 0);
    report(`${name}: every check`, 'ok', `${good} of ${perTurn * turns}`, good === perTurn * turns);
  }
  const [mine, theirs] = [cost.get('reachd')!, cost.get('blackbox_exporter')];
  if (theirs === undefined) console.log(`not compared with blackbox_exporter: ${missing}`);
  else report('CPU against blackbox', '≤ 1.5', (mine / theirs).toFixed(2), mine / theirs <= 1.5);
}

async function memory(us: Prober, before: number, rss_before: number): Promise<void> {
  const rss: [number, number][] = [[before, rss_before]];
  for (let done = before; done < long && perTurn >= 100; done += 1000)
    rss.push([done + 1000, (await us.check(1000, concurrency)).rss]);
  console.log(`RSS MB after so many checks: ${rss.map(([n, bytes]) => `${n}: ${mb(bytes)}`).join('  ')}`);
  const [last, half] = [rss.at(-1)![1], rss[Math.floor(rss.length / 2)]![1]];
  report('memory', '≤ 120 MB', `${mb(last)} MB`, last <= 120e6);
  report('memory is flat', 'second half grows ≤ 5 %', `${((last / half - 1) * 100).toFixed(1)} %`, last <= 1.05 * half);
}

const { directory, remove } = await build();
let bench: Bench | undefined;
try {
  bench = await startBench(directory, console.log);
  const { us, blackbox, missing } = bench;
  const results = await compare(blackbox ? [us, blackbox] : [us]);
  tell(results, missing);
  await memory(us, perTurn * turns + perTurn / 2, results.get('reachd')!.at(-1)!.rss);
} finally {
  await bench?.close();
  remove();
}
await checkClocks(report);
end();
