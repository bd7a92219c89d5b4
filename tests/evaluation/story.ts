/**
 * Writes the story of January 2024 as NDJSON, one round a line, for `reachd replay`:
 *
 *   node tests/evaluation/story.ts > story.ndjson && npm run -s reachd -- replay story.ndjson
 *
 * `--plan full` writes rounds with every target; the default is the calm plan that a home would run.
 */
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { tell } from './world/story.ts';

const { values } = parseArgs({ options: { plan: { type: 'string', default: 'calm' } } });
for (const round of tell(values.plan === 'full' ? 'full' : 'calm'))
  if (!process.stdout.write(`${JSON.stringify(round)}\n`)) await once(process.stdout, 'drain');
