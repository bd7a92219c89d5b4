/**
 * A small Internet on loopback: the platforms, the controls, resolvers and a provider in between who can be told to
 * interfere. It stands behind the same `Network` seam as the real one, so everything above it is the real code.
 *
 * Servers and the provider's middlebox live in a worker thread: the clocks of the measuring side stay honest.
 */
import type { Network } from '../measure/network.ts';
import type { Censor } from './censor.ts';
import { openLink } from './link.ts';
import { seededRandom } from './random.ts';
import { type House, practiceNetwork } from './seam.ts';
import { ispResolver } from './world.ts';

export interface PracticeOptions {
  /** Round-trip time to every foreign server, ms. At 0 the noise of a busy CPU would look like a doubled latency. */
  rtt_ms?: number;
  /** Rate of the line for each flow and direction, bits per second; `Infinity`: as fast as this computer can. */
  line_bps?: number;
  /** Makes `network.random` and every loss repeatable. */
  seed?: number;
}

export interface PracticeInternet {
  network: Network;
  /** Switches a censor on; resolves once it is in force. */
  on(censor: Censor): Promise<void>;
  off(censor: Censor): Promise<void>;
  /** Switches all censors off. */
  clear(): Promise<void>;
  /** Makes it so much later than this computer's clock says, for the probe and for every server. */
  setTime(offset_ms: number): Promise<void>;
  /** Flows that the middlebox is carrying at this moment. */
  flows(): Promise<number>;
  /** Ends every server and the worker; idempotent. */
  close(): Promise<void>;
}

/** Base round trip: large against the noise of two busy cores, small enough for tests. */
const defaultRtt = 40;
/** A household's line; without a limit goodput would be this computer's and change with its load. */
const defaultLine = 20_000_000;

export async function createPracticeInternet(options: PracticeOptions = {}): Promise<PracticeInternet> {
  const line = options.line_bps ?? defaultLine;
  const link = await openLink({
    rtt_ms: options.rtt_ms ?? defaultRtt,
    seed: options.seed ?? 1,
    line_bps: Number.isFinite(line) ? line : undefined,
  });
  const calm = { servers: [ispResolver.ip4], stub: false };
  const house: House = { world_offset_ms: 0, wall_offset_ms: 0, slept_ms: 0, resolvers: calm };
  const censors = new Map<string, Censor>();

  const apply = async () => {
    const rules = [...censors.values()].flatMap((censor) => censor.rules);
    house.resolvers = calm;
    house.wall_offset_ms = 0;
    for (const rule of rules) {
      if (rule.on !== 'house') continue;
      if (rule.do.kind === 'resolver') house.resolvers = { servers: [rule.do.address], stub: rule.do.stub };
      if (rule.do.kind === 'clock') house.wall_offset_ms += rule.do.offset_ms;
    }
    await link.ask({ kind: 'rules', rules });
  };

  return {
    network: practiceNetwork(link, house, options.seed === undefined ? Math.random : seededRandom(options.seed)),
    on(censor) {
      if (!censors.has(censor.name)) {
        // A sleep is over once it has happened: switching it off does not turn the clocks back.
        for (const { on, do: act } of censor.rules)
          if (on === 'house' && act.kind === 'asleep') house.slept_ms += act.ms;
      }
      censors.set(censor.name, censor);
      return apply();
    },
    off(censor) {
      censors.delete(censor.name);
      return apply();
    },
    clear() {
      censors.clear();
      return apply();
    },
    async setTime(offset_ms) {
      house.world_offset_ms = offset_ms;
      await link.ask({ kind: 'time', offset_ms });
    },
    flows: async () => (await link.ask({ kind: 'count' })).count?.flows ?? 0,
    close: () => link.close(),
  };
}
