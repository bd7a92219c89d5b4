/** What every history begins with: sixty clean rounds, each with a download from every platform, in a store of their own. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createStation } from '../../src/commands/station.ts';
import type { Network } from '../../src/measure/network.ts';
import { createPracticeInternet } from '../../src/practice/internet.ts';
import { practiceRootPem } from '../../src/practice/pki.ts';
import { openStore } from '../../src/store/store.ts';
import { configFor } from './daemon.ts';

const rounds = 60;
const interval_s = 12;

/**
 * The directory of the warm-up's store under `directory`; made where it is not there yet, in some two minutes.
 *
 * Within a round time is real: a round of downloads takes about two seconds. Then the clocks jump to the next slot, of
 * which the last is now: to the rows that follow the daemon has been running for twelve minutes and been stopped.
 */
export async function warmUp(directory: string): Promise<string> {
  const path = join(directory, 'warm-up');
  if (existsSync(join(path, 'done'))) return path;
  mkdirSync(path, { recursive: true });
  const internet = await createPracticeInternet({ rtt_ms: 40, seed: 11 });
  const real = internet.network;
  let ahead = 0;
  const network: Network = {
    ...real,
    monotonic: () => real.monotonic() + ahead,
    uptime: () => real.uptime() + ahead,
    wall: () => real.wall() - rounds * interval_s * 1000 + ahead,
  };
  const store = openStore({ path, keep_ms: 86_400_000, max_size_bytes: 50_000_000, wall: () => Date.now() });
  const station = createStation({
    config: configFor(interval_s),
    network,
    ca_pem: practiceRootPem(),
    store,
    vantage_id: store.vantageId(),
    address_salt: store.addressSalt(),
  });
  try {
    for (let slot = 1; slot <= rounds; slot += 1) {
      const began = real.monotonic();
      const outcome = await station.rounds.next(slot, 0, new AbortController().signal);
      if (outcome === undefined || outcome.events.length > 0)
        throw new Error(`round ${slot} of the warm-up was not calm`);
      store.record(outcome);
      ahead += Math.max(0, interval_s * 1000 - (real.monotonic() - began));
    }
  } finally {
    await station.close();
    await internet.close();
    store.close();
  }
  mkdirSync(join(path, 'done'));
  return path;
}
