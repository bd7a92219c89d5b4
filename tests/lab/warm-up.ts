/**
 * What every history in the lab begins with: sixty clean rounds, each with a download from every platform. The full run
 * makes them afresh; the short one, which has no two minutes to spare, takes what `--keep-warm-up` has stored here.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Round } from '../../src/model/round.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import type { Lab } from './lab.ts';
import { configure, newDirectory } from './product.ts';

const stored = fileURLToPath(new URL('warm-up.ndjson', import.meta.url));
const child = fileURLToPath(new URL('warm-up-child.ts', import.meta.url));

/** A round every twelve seconds, a download from every platform in each. */
export const historyRounds = (interval_s: number) =>
  ({
    round: { interval: `${interval_s}s` },
    transfer: { every: `${interval_s}s`, timeout: '4s' },
    budget: { daily: '10GB', monthly: '300GB' },
    web: { listen_address: '127.0.0.1:7322' },
  }) as const;

/** What is kept of a warm-up: its last round, and what the judge knew after it. */
interface Kept {
  round: Round;
  judge_state: unknown;
}

const open = (path: string): Store =>
  openStore({ path, keep_ms: 86_400_000, max_size_bytes: 50_000_000, wall: () => Date.now() });

/** Makes a warm-up in the lab, in some two minutes; the directory of its store. Throws when a round was not calm. */
export async function makeWarmUp(lab: Lab): Promise<string> {
  const directory = newDirectory(lab);
  const { file, data } = configure(lab, historyRounds(12), directory);
  const { code, stderr } = await lab.exec([process.execPath, child, file, data], { timeout_ms: 400_000 });
  if (code !== 0) throw new Error(`the warm-up ended with ${code}: ${stderr}`);
  return data;
}

/** Keeps the warm-up in this directory for short runs to come. */
export function keepWarmUp(path: string): void {
  const store = open(path);
  const record = store.latest()?.record;
  const kept = { round: JSON.parse(record ?? 'null'), judge_state: store.judgeState() };
  store.close();
  writeFileSync(stored, `${JSON.stringify(kept)}\n`);
}

/** A store, in a directory of the lab's, that knows what the kept warm-up knew. */
export function keptWarmUp(lab: Lab): string {
  const path = `${newDirectory(lab)}/data`;
  mkdirSync(path, { recursive: true });
  const { round, judge_state } = JSON.parse(readFileSync(stored, 'utf8')) as Kept;
  const store = open(path);
  store.record({ round, judge_state, events: [], duration_ms: 0, overruns: 0, dropped: {} });
  store.close();
  return path;
}
