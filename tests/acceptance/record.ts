/**
 * `node tests/acceptance/record.ts [DIRECTORY]`: keeps rounds of a warm-up (made in DIRECTORY where it is not there yet) in
 * `tests/fixtures/rounds/calm.ndjson`: those in which the event loop was least late, without what the fold does not read.
 */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Exchange, Round } from '../../src/model/round.ts';
import { openStoreForReading } from '../../src/store/store.ts';
import { fixture } from './recorded.ts';
import { warmUp } from './warm-up.ts';

const kept = 12;

/** Answers of resolvers and certificates are many and all alike. */
function slim<T extends Exchange>(exchange: T): T {
  const { dns: _dns, evidence, ...rest } = exchange;
  return { ...rest, evidence: { address_id: evidence?.address_id } } as T;
}

function lean(round: Round): Round {
  const { verdicts: _verdicts, states: _states, ...rest } = round;
  const platforms = Object.entries(round.platforms).map(([name, entries]) => [name, entries.map(slim)] as const);
  return { ...rest, controls: round.controls.map(slim), platforms: Object.fromEntries(platforms) };
}

const path = await warmUp(process.argv[2] ?? mkdtempSync(join(tmpdir(), 'reachd-record-')));
const store = openStoreForReading(path, () => Date.now());
const records = store?.rounds({ limit: 1000 }).map(({ record }) => JSON.parse(record) as Round) ?? [];
store?.close();
// The first rounds look at everything; those after them are what a calm day is made of.
const calm = records.slice(10);
const late = calm.map(({ lag_ms = 0 }) => lag_ms).toSorted((a, b) => a - b)[kept - 1] ?? 0;
const best = calm.filter(({ lag_ms = 0 }) => lag_ms <= late).slice(0, kept);
mkdirSync(dirname(fixture('calm')), { recursive: true });
writeFileSync(fixture('calm'), best.map((round) => `${JSON.stringify(lean(round))}\n`).join(''));
console.log(`${best.length} rounds, late by at most ${late} ms`);
