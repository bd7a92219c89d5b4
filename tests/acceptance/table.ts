/**
 * `npm run acceptance [name…]`: plays the scenarios and prints what was expected of each, what came out, and the rule
 * that said so; then the rows that need history, with the round in which it was said. Exit status 1 where anything is
 * not as it must be. `--json` prints the scenarios' round records instead. `--warm-up=DIRECTORY` keeps the warm-up there, and
 * takes it from there the next time.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pLimit from 'p-limit';
import type { Round } from '../../src/model/round.ts';
import { check, got, told } from './check.ts';
import { histories } from './histories.ts';
import { playHistories } from './histories-play.ts';
import type { History } from './history.ts';
import { play } from './play.ts';
import type { Scenario } from './scenario.ts';
import { scenarios } from './scenarios.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    together: { type: 'string', default: '3' },
    'warm-up': { type: 'string' },
  },
});

const isChosen = ({ name }: { name: string }): boolean =>
  positionals.length === 0 || positionals.some((word) => name === word || name.split(' ')[0] === word);
const chosen = scenarios.filter(isChosen);
const chosenHistories = values.json ? [] : withWhatTheyBeginWith(histories.filter(isChosen));
if (chosen.length + chosenHistories.length === 0) {
  console.error(`no scenario is named ${positionals.join(', ')}`);
  process.exit(2);
}

function withWhatTheyBeginWith(rows: readonly History[]): History[] {
  return histories.filter((one) => rows.includes(one) || rows.some(({ from }) => from === one.name));
}

const padded = (columns: readonly (readonly [text: string, width: number])[]): string =>
  columns.map(([text, width]) => text.padEnd(width)).join(' ');

function row(scenario: Scenario, round: Round, seconds: number): string {
  const rules = (scenario.expect.platforms ?? ['x']).map((name) => round.verdicts?.[name]?.rule ?? '-');
  const columns = padded([
    [scenario.name, 36],
    [told(scenario), 46],
    [got(scenario, round), 72],
    [[...new Set(rules)].join(' '), 30],
  ]);
  return `${columns} ${seconds.toFixed(1)} s`;
}

let failed = 0;
function print(name: string, line: string, complaints: readonly string[]): void {
  if (complaints.length > 0) failed += 1;
  console.log(`${complaints.length === 0 ? 'ok ' : 'BAD'} ${line}`);
  for (const complaint of complaints) console.log(`      ${name}: expected ${complaint}`);
}

async function playScenarios(): Promise<void> {
  const limit = pLimit(Math.max(1, Number(values.together) || 1));
  if (!values.json && chosen.length > 0) {
    console.log(
      `    ${padded([
        ['scenario', 36],
        ['expected', 46],
        ['got', 72],
      ])} rule`,
    );
  }
  await Promise.all(
    chosen.map((scenario) =>
      limit(async () => {
        const began = performance.now();
        const round = await play(scenario);
        if (values.json) return console.log(JSON.stringify(round));
        print(scenario.name, row(scenario, round, (performance.now() - began) / 1000), check(scenario, round));
      }),
    ),
  );
}

async function playThroughHistories(): Promise<void> {
  if (chosenHistories.length === 0) return;
  const scratch = mkdtempSync(join(tmpdir(), 'reachd-rounds-'));
  const warm = values['warm-up'];
  if (warm !== undefined) mkdirSync(warm, { recursive: true });
  console.log(
    `    ${padded([
      ['history', 28],
      ['expected', 58],
      ['got', 66],
    ])} in round`,
  );
  const played = playHistories(chosenHistories, scratch, warm ?? scratch);
  await Promise.all(
    chosenHistories.map(async ({ name, expect, rounds }) => {
      const { said, reached_in, seconds, complaints } = await played.get(name)!;
      const { state, mechanism, disruption } = expect;
      const words = [[state].flat().join('|'), [mechanism ?? []].flat().join('|'), disruption ? 'disruption' : ''];
      const columns = padded([
        [name, 28],
        [words.filter(Boolean).join(' '), 58],
        [said, 66],
        [`${reached_in ?? '-'} of ${rounds}`, 9],
      ]);
      print(name, `${columns} ${seconds.toFixed(0)} s`, complaints);
    }),
  );
  rmSync(scratch, { recursive: true, force: true });
}

const start = performance.now();
await playScenarios();
await playThroughHistories();
if (!values.json) {
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  const all = chosen.length + chosenHistories.length;
  console.log(`${all - failed} of ${all} scenarios came out as they must, in ${seconds} s`);
}
process.exitCode = failed === 0 ? 0 : 1;
