/**
 * A process that stores rounds as fast as it can and prints the number of each one that `record` acknowledged.
 * `node writer.ts DIRECTORY [PADDING [PAUSE_MS]]`; ends when it is killed or its stdout is closed.
 */
import { writeSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { openStore } from '../../src/store/store.ts';
import { event, outcome } from './outcomes.ts';

const [path = '', padding = '3000', pause = '0'] = process.argv.slice(2);
const store = openStore({
  path,
  keep_ms: 3650 * 24 * 3600 * 1000,
  max_size_bytes: 512 * 1024 * 1024,
  wall: () => Date.parse('2024-01-20T13:41:00Z'),
  warn: (message) => writeSync(1, `warning ${message}\n`),
});
// Bounded: nobody who forgets to kill this has it for ever.
for (let n = store.lastRound() + 1, end = n + 100_000; n < end; n += 1) {
  const events = n % 10 === 0 ? [event('opened', n, `x-${n}`)] : [];
  writeSync(1, store.record(outcome(n, { events }, Number(padding))) ? `stored ${n}\n` : `waiting ${n}\n`);
  await setTimeout(Number(pause));
}
