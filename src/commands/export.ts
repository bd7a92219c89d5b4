/** `reachd export`: the evidence out of the store, as it is or in OONI's format, one JSON object a line. */

import { Complaint, exit } from '../model/errors.ts';
import type { Round } from '../model/round.ts';
import { ooniMeasurement } from '../publish/ooni.ts';
import { everyRound, type StoredRound } from '../store/read.ts';
import type { Command } from './command.ts';
import { ooniOptions } from './ooni-options.ts';
import { momentOf, withStore } from './stored.ts';
import { writeOut } from './write-out.ts';

export const command: Command = {
  name: 'export',
  describe: 'print the stored rounds, one JSON object a line: to keep, to share or to replay',
  options: {
    format: {
      type: 'string',
      choices: ['ndjson', 'ooni'],
      default: 'ndjson',
      describe: 'ndjson: the records as they are; ooni: as measurements in the data format of OONI',
    },
    since: { type: 'string', describe: 'From this time (RFC 3339) or so long ago (24h, 7d); otherwise from the first' },
    until: { type: 'string', describe: 'Up to this time, or so long ago; otherwise up to the last' },
  },
  examples: [
    ['reachd export --since 24h > day.ndjson', 'the last day'],
    ['reachd export --since 24h | reachd replay -', 'judge the last day again'],
    [
      'reachd export --format ooni --since 2024-01-20T13:00:00Z --until 2024-01-20T17:00:00Z',
      'one evening for people who work with the data of OONI',
    ],
  ],
  needsConsent: false,
  async run({ config, flags, stdout, stderr, signal, warnings }) {
    for (const warning of warnings) stderr.write(`warning: ${warning}\n`);
    const now = Date.now();
    const since_ms = momentOf('since', flags['since'], now);
    const until_ms = momentOf('until', flags['until'], now);
    if (since_ms !== undefined && until_ms !== undefined && since_ms >= until_ms) {
      throw new Complaint('usage', `--since ${flags['since']} is not before --until ${flags['until']}`);
    }
    return await withStore(config, async (store) => {
      const ooni = ooniOptions(config, store.addressSalt());
      const line = ({ record }: StoredRound) =>
        flags['format'] === 'ooni' ? JSON.stringify(ooniMeasurement(JSON.parse(record) as Round, ooni)) : record;
      for (const round of everyRound((query) => store.rounds(query), { since_ms, until_ms })) {
        if (signal.aborted) break;
        await writeOut(stdout, `${line(round)}\n`);
      }
      return exit.fine;
    });
  },
};
