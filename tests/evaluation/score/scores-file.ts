/**
 * The scores of a long run, one vantage a line, so that it can be interrupted and taken up again. A file belongs to one
 * judge, one world and one set of settings: its first line names them, and another's scores are never mixed in.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Job } from './pool.ts';
import type { VantageScore } from './vantage-run.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** What a score depends on. */
const sources = ['src/judge/*.ts', 'src/model/*.ts', 'tests/evaluation/{world,rivals,score}/*.ts'];

/** SHA-256, first 16 digits, over the sources and everything of the job but its seed and way of sampling. */
export function fingerprint(job: Job): string {
  const hash = createHash('sha256');
  for (const file of globSync(sources, { cwd: root }).sort())
    if (!file.endsWith('.test.ts')) hash.update(file).update(readFileSync(`${root}/${file}`));
  const { seed: _seed, options: _options, ...settings } = job;
  return hash.update(JSON.stringify(settings)).digest('hex').slice(0, 16);
}

/** Scores already in the file, by seed; creates it when missing. Throws when it belongs to another judge or setting. */
export function openScores(file: string, of: string): Map<number, VantageScore> {
  if (!existsSync(file)) {
    writeFileSync(file, `${JSON.stringify({ fingerprint: of })}\n`);
    return new Map();
  }
  const [head, ...lines] = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  const found = (JSON.parse(head ?? '{}') as { fingerprint?: string }).fingerprint;
  if (found !== of)
    throw new Error(`${file} holds the scores of ${found}, this is ${of}: the judge, the world or a setting differs`);
  return new Map(lines.map((line) => JSON.parse(line) as VantageScore).map((score) => [score.seed, score]));
}

export function appendScore(file: string, score: VantageScore): void {
  appendFileSync(file, `${JSON.stringify(score)}\n`);
}
