/**
 * `node tests/bench/replay.ts [FILE]`: rounds a second and memory of `reachd replay`, on three weeks of a home (the story of
 * January 2024, 28,423 rounds): with 4 platforms × 3 targets and 3 controls over IPv4, as most probes have them, and as it is
 * told, with a fourth control and every fifth round over IPv6 as well. Or on FILE.
 *
 * `JSON.parse` of every line, in the same run, is what to compare with. Rates are per second of processor time, all threads of
 * the process together (the collector and the compiler have theirs): on one core it cannot be faster than that. Best of eight
 * each, in turns: whoever else uses the machine only ever makes a figure worse. A process of its own tells the story:
 * what compiles for it and what it leaves on the heap makes the fold here a quarter slower, and replay has neither.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Batch, lines } from '../../src/commands/lines.ts';
import { readRounds } from '../../src/commands/replay.ts';
import { fold } from '../../src/judge/judge.ts';
import { defaultParams } from '../../src/judge/params.ts';
import { RoundReader } from '../../src/judge/record.ts';
import type { JudgeState } from '../../src/judge/state.ts';
import type { Observation } from '../../src/model/round.ts';
import { tell } from '../evaluation/world/story.ts';

if (process.argv[2] === '--tell') {
  tellInto(process.argv[3]!, process.argv[4]!);
  process.exit(0);
}

const repeats = 8;
const folder = mkdtempSync(join(tmpdir(), 'reachd-replay-'));
const reader = new RoundReader({ interval_ms: 60_000, companies: {} });
const params = defaultParams(60_000);

/** The story in two forms, a file each. */
function tellInto(narrow: string, wide: string): void {
  const narrowFile = openSync(narrow, 'w');
  const wideFile = openSync(wide, 'w');
  const over4 = <T extends Observation>(list: readonly T[]) => list.filter(({ ip_protocol }) => ip_protocol === 'ip4');
  for (const round of tell('full')) {
    writeSync(wideFile, `${JSON.stringify(round)}\n`);
    const platforms = Object.fromEntries(Object.entries(round.platforms).map(([name, list]) => [name, over4(list)]));
    writeSync(narrowFile, `${JSON.stringify({ ...round, controls: over4(round.controls).slice(0, 3), platforms })}\n`);
  }
}

function write(): [string, string] {
  const files: [string, string] = [join(folder, 'narrow.ndjson'), join(folder, 'wide.ndjson')];
  const { status } = spawnSync(process.execPath, [import.meta.filename, '--tell', ...files], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`the story's process ended with ${status}`);
  return files;
}

/** Processor time of this process so far, ms. */
function spent(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Rounds a second of processor time with this done to every batch of lines. */
async function rate(file: string, each: (batch: Batch, before: number) => unknown): Promise<number> {
  const start = spent();
  let rounds = 0;
  for await (const batch of lines(file, process.stdin)) {
    each(batch, rounds);
    rounds += batch.lines.length;
  }
  return (rounds / (spent() - start)) * 1000;
}

const whole = (x: number) => Math.round(x).toLocaleString('en').padStart(9);

async function compare(file: string): Promise<void> {
  const best = { parse: 0, read: 0, fold: 0 };
  for (let i = 0; i < repeats; i++) {
    const parse = await rate(file, ({ bytes, lines }) =>
      lines.map(({ from, end }) => JSON.parse(bytes.toString('latin1', from, end))),
    );
    const read = await rate(file, (batch, before) => readRounds(reader, batch, before, false));
    let state: JudgeState | undefined;
    const judged = await rate(file, (batch, before) => {
      for (const round of readRounds(reader, batch, before, false).read) state = fold(state, round, params).state;
    });
    best.parse = Math.max(best.parse, parse);
    best.read = Math.max(best.read, read);
    best.fold = Math.max(best.fold, judged);
  }
  console.log(
    `${basename(file)}, ${(statSync(file).size / 1e6).toFixed(0)} MB, load ${loadavg()[0]!.toFixed(1)}, best of ${repeats}`,
  );
  console.log(`rounds/s  JSON.parse alone          ${whole(best.parse)}`);
  console.log(`rounds/s  read and checked          ${whole(best.read)}`);
  console.log(
    `rounds/s  read, checked and judged  ${whole(best.fold)}  JSON.parse × ${(best.parse / best.fold).toFixed(2)}`,
  );
}

const files = process.argv[2] === undefined ? write() : [process.argv[2]];
for (const one of files) await compare(one);

/** The command itself, start and all; its memory as it comes past 10, 50 and 100 % of the file (Linux: /proc). */
const file = files.at(-1)!;
const size = statSync(file).size;
const start = performance.now();
const child = spawn(process.execPath, ['bin/reachd.js', 'replay', file], { stdio: ['ignore', 'ignore', 'inherit'] });
let running = true;
const ended = new Promise<number | null>((resolve) =>
  child.once('exit', (code) => {
    running = false;
    resolve(code);
  }),
);
const seen: [percent: number, kb: number][] = [];
while (running && seen.length < 100_000) {
  const now = look(child.pid!);
  if (now) seen.push(now);
  await sleep(10);
}
const code = await ended;
const seconds = (performance.now() - start) / 1000;
if (code !== 0) throw new Error(`replay ended with ${code}`);
const at = (percent: number) => seen.find(([done]) => done >= percent) ?? seen.at(-1);
const mb = (found: [number, number] | undefined) => (found ? `${(found[1] / 1024).toFixed(0)} MB` : 'unknown');
console.log(`the command, start and all: ${seconds.toFixed(2)} s`);
console.log(`RSS at 10 % ${mb(at(10))}, 50 % ${mb(at(50))}, 100 % ${mb(seen.at(-1))}`);
rmSync(folder, { recursive: true });

/** How far a process has read the file, percent, and its resident memory, kB; undefined when it has not opened it, or is gone. */
function look(pid: number): [number, number] | undefined {
  try {
    const fd = readdirSync(`/proc/${pid}/fd`).find((one) => readlinkSync(`/proc/${pid}/fd/${one}`) === file);
    if (fd === undefined) return undefined;
    const kb = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
    const pos = Number(/^pos:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'))?.[1]);
    return [(100 * pos) / size, kb];
  } catch {
    return undefined;
  }
}
