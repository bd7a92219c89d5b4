/** Plays a row whose verdict needs history: the daemon, a censor that comes, and what is held from round to round. */
import { configFor, runOn, type Watched } from './daemon.ts';
import { checkGauges, missingStreams, type Tally } from './gauges.ts';
import type { History } from './history.ts';
import { checkAlways, checkReached, isReached, saidOf } from './history-check.ts';

export interface Played {
  complaints: readonly string[];
  /** The round under the censor in which what was waited for was held. */
  reached_in?: number;
  /** What was said last, in a few words. */
  said: string;
  seconds: number;
}

/** Enough to see what is wrong: a gauge that is wrong is wrong in every round. */
const mostComplaints = 12;

/**
 * Plays the row from the stored daemon in directory `from`; its own is kept in `keep`, where that is given.
 *
 * A daemon that begins with the warm-up has been stopped for a while: its first round is a clean one in which nothing is
 * concluded. Then the censor is switched on, and its rounds are counted.
 */
export async function playHistory(row: History, from: string, keep?: string): Promise<Played> {
  const began = performance.now();
  const lead = row.from === 'warm-up' ? 1 : 0;
  const complaints: string[] = [];
  const tally: Tally = { opened: new Map(), streams: new Set() };
  let reached_in: number | undefined;
  let said = 'nothing';

  const watch = async ({ number, outcome, metrics, internet }: Watched): Promise<'enough' | undefined> => {
    const n = number - lead;
    for (const complaint of [...checkAlways(row, outcome), ...checkGauges(metrics, outcome, tally)]) {
      complaints.push(`round ${n}: ${complaint}`);
    }
    if (n >= 1) {
      said = saidOf(row, outcome);
      if (reached_in === undefined && isReached(row, outcome)) {
        reached_in = n;
        complaints.push(...checkReached(row, outcome).map((complaint) => `round ${n}: ${complaint}`));
      }
    }
    const next = n + 1;
    if (row.only_in === undefined ? number === lead : next === row.only_in) {
      for (const censor of row.on) await internet.on(censor);
    } else if (n === row.only_in) await internet.clear();
    const seen = reached_in !== undefined && row.to_the_end !== true;
    return seen || n >= row.rounds ? 'enough' : undefined;
  };

  await runOn({ config: configFor(row.interval_s, row.settings), from, keep }, watch);
  if (reached_in === undefined) {
    const { state, mechanism = [], vantage } = row.expect;
    complaints.push(
      `expected ${[state].flat().join(' or ')} ${[mechanism].flat().join(' or ')} ${vantage ?? ''} within ${row.rounds} rounds, got ${said}`,
    );
  }
  complaints.push(...missingStreams(tally, row.without ?? []));
  return {
    complaints: complaints.slice(0, mostComplaints),
    ...(reached_in === undefined ? {} : { reached_in }),
    said,
    seconds: (performance.now() - began) / 1000,
  };
}
