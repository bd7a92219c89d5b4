/** A daemon whose clocks jump from slot to slot: within a round time is real, between rounds nobody waits. */
import { createStation } from '../../src/commands/station.ts';
import type { Config } from '../../src/config/config.ts';
import type { Network } from '../../src/measure/network.ts';
import type { RoundOutcome } from '../../src/model/outcome.ts';
import type { Censor } from '../../src/practice/censor.ts';
import { createPracticeInternet } from '../../src/practice/internet.ts';
import { practiceRootPem } from '../../src/practice/pki.ts';
import { openStore } from '../../src/store/store.ts';

/** Plays so many rounds under the censors, from what is stored in the directory and into it. The last slot of them is now. */
export async function playJumping(
  { config, path, rounds, on = [] }: { config: Config; path: string; rounds: number; on?: readonly Censor[] },
  see: (outcome: RoundOutcome) => void,
): Promise<void> {
  const { interval_ms } = config.round;
  const internet = await createPracticeInternet({ rtt_ms: 40, seed: 11 });
  for (const censor of on) await internet.on(censor);
  const real = internet.network;
  let ahead = 0;
  const network: Network = {
    ...real,
    monotonic: () => real.monotonic() + ahead,
    uptime: () => real.uptime() + ahead,
    wall: () => real.wall() - rounds * interval_ms + ahead,
  };
  const store = openStore({ path, keep_ms: 86_400_000, max_size_bytes: 50_000_000, wall: () => Date.now() });
  const station = createStation({
    config,
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
      if (outcome === undefined) throw new Error(`slot ${slot} was left out`);
      store.record(outcome);
      see(outcome);
      ahead += Math.max(0, interval_ms - (real.monotonic() - began));
    }
  } finally {
    await station.close();
    await internet.close();
    store.close();
  }
}
