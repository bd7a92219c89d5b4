import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStoreForReading } from '../../src/store/store.ts';
import { directory } from './directory.ts';

// A real full disk: a tmpfs of 2 MiB in a mount namespace of our own, which needs root or user namespaces.
const namespace = [['-m'], ['-Urm']].find((flags) => spawnSync('unshare', [...flags, 'true']).status === 0);
if (namespace === undefined) {
  console.warn('NOT RUN: a full disk. unshare(1) makes no mount namespace here: neither root nor user namespaces.');
}

test.runIf(namespace !== undefined)(
  'a full disk stops neither the process nor the counting, is said once, and is over when there is room again',
  { timeout: 60_000 },
  async () => {
    const base = directory();
    const path = join(base, 'data');
    const kept = join(base, 'kept');
    const writer = `${process.execPath} ${join(import.meta.dirname, 'writer.ts')}`;
    const script = `
      mkdir "${path}" "${kept}"
      mount -t tmpfs -o size=2m tmpfs "${path}"
      head -c 1000000 /dev/zero > "${path}/somebody-elses-file"
      ${writer} "${path}" 20000 5 & pid=$!
      while read -r command; do
        case $command in
          free) rm "${path}/somebody-elses-file" ;;
          stop) kill -9 $pid; cp "${path}/"* "${kept}/"; exit 0 ;;
        esac
      done`;
    const child = spawn('unshare', [...namespace!, 'sh', '-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
    let output = '';
    let wake = () => {};
    child.stdout.on('data', (data) => {
      output += data;
      wake();
    });
    const seen = async (pattern: RegExp, from = 0) => {
      while (!pattern.test(output.slice(from))) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return output.length;
    };
    const fullAt = await seen(/(waiting \d+\n){5}/);
    child.stdin.write('free\n');
    await seen(/warning the store works again[^\n]*\n(stored \d+\n){3}/, fullAt);
    child.stdin.end('stop\n');
    await ended;

    const warnings = output.match(/^warning .*$/gm)!;
    expect(warnings[0]).toMatch(
      /cannot store rounds in .*reachd\.db: the disk is full.*; measuring goes on, rounds wait in memory/,
    );
    expect(warnings.filter((line) => line.includes('cannot store')).length).toBe(1);
    // What waited was stored when there was room: no round is missing.
    const store = openStoreForReading(kept, Date.now)!;
    const rounds = store.rounds({ limit: 10_000 }).map(({ round }) => round);
    store.close();
    const waited = Number(/waiting (\d+)/.exec(output)![1]);
    expect(rounds).toContain(waited);
    expect(rounds).toEqual(rounds.map((_, index) => index + 1));
  },
);
