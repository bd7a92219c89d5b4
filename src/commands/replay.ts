/** `reachd replay`: recorded rounds through the very same judge. Reads files, writes lines, never touches the network. */
import { statSync } from 'node:fs';
import { fold, type Judgement } from '../judge/judge.ts';
import { RecordError, RoundReader } from '../judge/record.ts';
import type { JudgeState } from '../judge/state.ts';
import { Complaint, exit } from '../model/errors.ts';
import type { Round } from '../model/round.ts';
import type { Command, Invocation } from './command.ts';
import { judgeParams } from './judge-params.ts';
import { type Batch, lines, name } from './lines.ts';
import { createProgress } from './progress.ts';
import { writeOut } from './write-out.ts';

export const command: Command = {
  name: 'replay',
  describe: 'feed recorded rounds through the judge and print what it would have said',
  positional: {
    name: 'file',
    describe: 'round records, one JSON object a line; - is standard input',
    required: true,
    many: true,
  },
  options: {
    states: { type: 'boolean', describe: 'Also print the state held for every platform, every round', default: false },
    'keep-going': {
      type: 'boolean',
      describe: 'Skip a bad line, and say so, instead of stopping at it',
      default: false,
    },
  },
  examples: [
    ['reachd replay rounds.ndjson', 'print the incidents in a recording'],
    ['reachd export --since 24h | reachd replay -', 'judge the last day again'],
    ['reachd replay --states --keep-going *.ndjson', 'every state of every round, bad lines skipped'],
  ],
  needsConsent: false,
  run: replay,
};

async function replay({ config, flags, stdout, stderr, signal, warnings }: Invocation): Promise<number> {
  for (const warning of warnings) stderr.write(`warning: ${warning}\n`);
  const files = (flags['file'] as string[]).map(String);
  const params = judgeParams(config);
  const companies = Object.fromEntries(config.platforms.map((platform) => [platform.name, platform.company]));
  const reader = new RoundReader({ interval_ms: config.round.interval_ms, companies });
  const withStates = flags['states'] === true;
  const keepGoing = flags['keep-going'] === true;
  const progress = createProgress(stderr, sizes(files));
  let state: JudgeState | undefined;
  let rounds = 0;
  let skipped = 0;
  try {
    for (const file of files) {
      for await (const batch of lines(file, process.stdin)) {
        const { read, broken } = readRounds(reader, batch, rounds, keepGoing);
        let out = '';
        for (const round of read) {
          rounds++;
          const judgement = fold(state, round, params);
          state = judgement.state;
          for (const event of judgement.events) out += `${JSON.stringify(event)}\n`;
          if (withStates) out += states(round, judgement);
        }
        await writeOut(stdout, out);
        for (const { number, message } of broken) {
          const where = `${name(file)}:${number}: ${message}`;
          if (!keepGoing) throw new Complaint('record_invalid', where);
          skipped++;
          progress.aside(`${where}; skipped\n`);
        }
        progress.advance(file, batch.offset, rounds);
        if (signal.aborted) return exit.fine;
      }
      progress.finish(file);
    }
  } finally {
    progress.end();
  }
  if (skipped > 0)
    stderr.write(`${skipped} bad ${skipped === 1 ? 'line' : 'lines'} skipped, ${rounds} rounds judged\n`);
  return exit.fine;
}

interface Broken {
  /** Of the line, from 1. */
  number: number;
  message: string;
}

/**
 * The rounds of some lines, read before any of them is judged: reader and judge are much code each, and in turns they push
 * each other out of the processor's caches (a tenth slower, measured). `before`: rounds read so far. Stops at the first
 * broken line unless it is to `keepGoing`.
 */
export function readRounds(
  reader: RoundReader,
  batch: Batch,
  before: number,
  keepGoing: boolean,
): { read: Round[]; broken: Broken[] } {
  const read: Round[] = [];
  const broken: Broken[] = [];
  for (const { from, end, number } of batch.lines) {
    try {
      read.push(reader.read(batch.bytes, from, end, before + read.length + 1));
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      broken.push({ number, message: error.message });
      if (!keepGoing) break;
    }
  }
  return { read, broken };
}

/** One line a platform: what is held, and what this round alone showed. */
function states(round: Round, { states, verdicts, vantage, detail }: Judgement): string {
  let out = '';
  for (const platform of Object.keys(states).sort()) {
    const { state, since } = states[platform]!;
    const verdict = verdicts[platform];
    out += `${JSON.stringify({
      at: round.started_at,
      round: round.round,
      platform,
      state,
      since,
      verdict: verdict?.state,
      rule: verdict?.rule,
      vantage,
      suspect: detail.platforms[platform]?.suspect === true,
    })}\n`;
  }
  return out;
}

/** Sizes of the files in bytes; undefined for standard input, and for what cannot be looked at. */
function sizes(files: readonly string[]): Map<string, number | undefined> {
  return new Map(
    files.map((file) => [file, file === '-' ? undefined : statSync(file, { throwIfNoEntry: false })?.size]),
  );
}
