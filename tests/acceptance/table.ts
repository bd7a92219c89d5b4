/**
 * `npm run acceptance [name…]`: plays the scenarios and prints what was expected of each, what came out, and the rule
 * that said so. Exit status 1 where the two differ. `--json` prints the round records instead.
 */
import { parseArgs } from 'node:util';
import pLimit from 'p-limit';
import type { Round } from '../../src/model/round.ts';
import { check, got, told } from './check.ts';
import { play } from './play.ts';
import type { Scenario } from './scenario.ts';
import { scenarios } from './scenarios.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, together: { type: 'string', default: '3' } },
});

const chosen = scenarios.filter(
  ({ name }) => positionals.length === 0 || positionals.some((word) => name === word || name.split(' ')[0] === word),
);
if (chosen.length === 0) {
  console.error(`no scenario is named ${positionals.join(', ')}`);
  process.exit(2);
}

function row(scenario: Scenario, round: Round, seconds: number): string {
  const rules = (scenario.expect.platforms ?? ['x']).map((name) => round.verdicts?.[name]?.rule ?? '-');
  const columns: [string, number][] = [
    [scenario.name, 36],
    [told(scenario), 46],
    [got(scenario, round), 72],
    [[...new Set(rules)].join(' '), 30],
  ];
  return `${columns.map(([text, width]) => text.padEnd(width)).join(' ')} ${seconds.toFixed(1)} s`;
}

const limit = pLimit(Math.max(1, Number(values.together) || 1));
const start = performance.now();
let failed = 0;
if (!values.json) console.log(`    ${'scenario'.padEnd(36)} ${'expected'.padEnd(46)} ${'got'.padEnd(72)} rule`);
await Promise.all(
  chosen.map((scenario) =>
    limit(async () => {
      const began = performance.now();
      const round = await play(scenario);
      const complaints = check(scenario, round);
      if (complaints.length > 0) failed += 1;
      if (values.json) return console.log(JSON.stringify(round));
      console.log(
        `${complaints.length === 0 ? 'ok ' : 'BAD'} ${row(scenario, round, (performance.now() - began) / 1000)}`,
      );
      for (const complaint of complaints) console.log(`      expected ${complaint}`);
    }),
  ),
);
if (!values.json) {
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(`${chosen.length - failed} of ${chosen.length} scenarios came out as they must, in ${seconds} s`);
}
process.exitCode = failed === 0 ? 0 : 1;
