/**
 * Kills a storing process with SIGKILL at a random moment, again and again, and looks whether every round that it had
 * acknowledged is still there, with the judge state and the events of the same transaction.
 * `node tests/store/kill.ts [TIMES]` prints the count; `kill.test.ts` does it a few times.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { fileName, openStoreForReading } from '../../src/store/store.ts';

export interface Killed {
  times: number;
  acknowledged: number;
  /** Acknowledged rounds that were not there afterwards. */
  lost: number;
  /** What was wrong with the file or with the tables' agreement. */
  defects: string[];
}

/** Lets one writer run for `ms` after its first acknowledged round, kills it, returns the rounds that it acknowledged. */
export async function killWriter(path: string, ms: number): Promise<number[]> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'writer.ts'), path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  const started = new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (data) => {
      output += data;
      if (output.includes('stored')) resolve();
    });
    child.once('exit', () => reject(new Error(`the writer ended by itself: ${output}`)));
  });
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await started;
  await setTimeout(ms);
  child.kill('SIGKILL');
  await gone;
  // The last line may be cut: a number without its newline was not acknowledged to anybody.
  return [...output.matchAll(/^stored (\d+)\n/gm)].map(([, n]) => Number(n));
}

export async function killRepeatedly(times: number, random: () => number = Math.random): Promise<Killed> {
  const path = mkdtempSync(join(tmpdir(), 'reachd-kill-'));
  const acknowledged: number[] = [];
  const defects: string[] = [];
  let lost = 0;
  try {
    for (let time = 0; time < times; time += 1) {
      acknowledged.push(...(await killWriter(path, Math.floor(random() * 120))));
      const store = openStoreForReading(path, Date.now);
      if (store === undefined) throw new Error('no store');
      const present = new Set<number>();
      let page = store.rounds({ limit: 5000 });
      while (page.length > 0) {
        for (const { round } of page) present.add(round);
        page = store.rounds({ after_id: page.at(-1)?.id, limit: 5000 });
      }
      lost += acknowledged.filter((n) => !present.has(n)).length;
      const state = store.judgeState() as { rounds: number };
      if (state.rounds !== Math.max(...present))
        defects.push(`judge state of ${state.rounds}, last round ${Math.max(...present)}`);
      for (const n of present) {
        if (n % 10 === 0 && store.incident(`x-${n}`) === undefined) defects.push(`round ${n} without its event`);
      }
      store.close();
      const db = new DatabaseSync(join(path, fileName));
      const integrity = db.prepare('PRAGMA integrity_check').get()?.['integrity_check'];
      if (integrity !== 'ok') defects.push(String(integrity));
      db.close();
    }
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
  return { times, acknowledged: acknowledged.length, lost, defects };
}

if (import.meta.main) {
  const result = await killRepeatedly(Number(process.argv[2] ?? 50));
  console.log(
    `killed ${result.times} times: ${result.acknowledged} rounds acknowledged, ${result.lost} lost, ${result.defects.length} defects`,
  );
  for (const defect of result.defects) console.log(defect);
  process.exitCode = result.lost + result.defects.length === 0 ? 0 : 1;
}
