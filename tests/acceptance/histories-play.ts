/** All rows that need history, six side by side: between their rounds they wait. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { History } from './history.ts';
import { type Played, playHistory } from './history-play.ts';
import { warmUp } from './warm-up.ts';

/** Each has a practice Internet in a thread of its own; with more on two cores, clocks are late and samples dropped. */
const together = 6;
/** The first ones begin one after the other: rounds in step would all want the processor at once. */
const apart_ms = 2000;

/**
 * Begins to play; the promise of a row's end by its name. The warm-up comes first, in `warm_directory`, if it is not there
 * already; what a row leaves behind is in `directory`, under its name. A row that begins where another ended is played
 * when that has ended, in its place.
 */
export function playHistories(
  rows: readonly History[],
  directory: string,
  warm_directory = directory,
): Map<string, Promise<Played>> {
  const warm = warmUp(warm_directory);
  const limit = pLimit(together);
  const played = new Map<string, Promise<Played>>();
  const placeOf = (name: string) => (name === 'warm-up' ? warm : join(directory, name));
  const play = async (row: History): Promise<Played> =>
    playHistory(row, await placeOf(row.from), join(directory, row.name));
  let begun = 0;
  for (const first of rows.filter(({ from }) => from === 'warm-up')) {
    const chain = [first, ...rows.filter(({ from }) => from === first.name)];
    const ends = chain.map(() => Promise.withResolvers<Played>());
    const delay_ms = begun < together ? begun * apart_ms : 0;
    begun += 1;
    chain.forEach(({ name }, index) => {
      const { promise } = ends[index]!;
      // Whoever waits for it hears of a failure; until somebody does, it is nobody's unhandled one.
      promise.catch(() => undefined);
      played.set(name, promise);
    });
    const run = async () => {
      await warm.then(
        () => sleep(delay_ms),
        () => undefined,
      );
      for (const [index, row] of chain.entries()) {
        const { resolve, reject } = ends[index]!;
        await play(row).then(resolve, reject);
      }
    };
    void limit(run);
  }
  return played;
}
