/** A daemon whose clocks jump from slot to slot: within a round time is real, between rounds nobody waits. */
import { createStation } from '../../src/commands/station.ts';
import type { Config } from '../../src/config/config.ts';
import type { Network } from '../../src/measure/network.ts';
import type { RoundOutcome } from '../../src/model/outcome.ts';
import { openStore } from '../../src/store/store.ts';

export interface Jumping {
  config: Config;
  network: Network;
  /** Extra trust anchors, PEM. */
  ca_pem: string | undefined;
  /** Directory of the store. */
  path: string;
  rounds: number;
}

/** Plays so many rounds from what is stored and into it. The last slot of them is now. */
export async function playJumping(
  { config, network: real, ca_pem, path, rounds }: Jumping,
  see: (outcome: RoundOutcome) => void,
): Promise<void> {
  const { interval_ms } = config.round;
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
    ca_pem,
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
    store.close();
  }
}
