/**
 * The only proof that a name is slowed for being that name: the same bytes from the same machine of our own, once under a
 * neutral name and once under the platform's.
 */
import { isIP } from 'node:net';
import type { ExperimentFact } from '../model/round.ts';
import type { Beacon } from '../model/target.ts';
import type { Instruments } from './instruments.ts';
import { least_time_ms, transfer, transferFact } from './transfer.ts';

export interface BeaconInput {
  beacons: readonly Beacon[];
  /** The platform's name, as the observation ended with it. */
  host: string;
  neutral_name: string;
  bytes: number;
  /** Time for each of connect, TLS and the answer. */
  timeout_ms: number;
  /** The answers' time also ends here, ms of `network.monotonic`; what came by then counts. */
  ends_at?: number | undefined;
  /** Stop early after so much plateau. */
  plateau_ms: number;
  /** Seconds since this address last saw a platform's name from us; undefined when it never has. */
  rested_s(ip: string): number | undefined;
  /** The platform's name has now been said to this address. */
  touch(ip: string): void;
}

/**
 * Two facts of the first beacon that serves the neutral name, or one of each that does not. The neutral name goes first:
 * some filters slow an address for minutes once it has heard a listed name (Türkiye), which would slow the neutral name
 * too and hide the contrast. Nothing that a name causes can fake one. A download that our own late clock spoiled is made
 * once more: without both there is no contrast in this round.
 */
export async function beacon(
  input: BeaconInput,
  instruments: Instruments,
  signal: AbortSignal,
): Promise<ExperimentFact[]> {
  // Without a name there is nothing in the hello to be slowed for.
  if (isIP(input.host) !== 0) return [{ kind: 'beacon', outcome: 'skipped', skipped: 'not_measured' }];
  const facts: ExperimentFact[] = [];
  const isTimeLeft = () =>
    !signal.aborted && instruments.network.monotonic() + least_time_ms < (input.ends_at ?? Number.POSITIVE_INFINITY);
  const again = async (make: () => Promise<ExperimentFact>) => {
    const fact = await make();
    return fact.skipped === 'event_loop_lag' && isTimeLeft() ? make() : fact;
  };
  for (const helper of input.beacons) {
    if (signal.aborted) break;
    const neutral = await again(() => sample(input.neutral_name, helper, input, instruments, signal));
    facts.push(neutral);
    if (neutral.transfer === undefined || signal.aborted) continue;
    const named = async () => {
      const fact = await sample(input.host, helper, input, instruments, signal);
      input.touch(helper.address);
      return fact;
    };
    facts.push(await again(named));
    break;
  }
  return facts.length > 0 ? facts : [{ kind: 'beacon', outcome: 'skipped', skipped: 'round_deadline' }];
}

async function sample(
  name: string,
  { address: ip, port, spki }: Beacon,
  { bytes, timeout_ms, ends_at, plateau_ms, rested_s }: BeaconInput,
  instruments: Instruments,
  signal: AbortSignal,
): Promise<ExperimentFact> {
  const url = new URL(`https://${name}:${port}/${bytes}`);
  const rested = rested_s(ip);
  const done = await transfer(
    { url, ip, source: 'pinned', bytes, timeout_ms, ends_at, plateau_ms, spki },
    instruments,
    signal,
  );
  const fact = transferFact('beacon', done, rested);
  // It answered, and not with the bytes: it has given enough for today, or is no beacon.
  if (fact.outcome === 'ok' && fact.transfer === undefined) {
    return { ...fact, outcome: 'skipped', skipped: 'not_measured' };
  }
  return fact;
}
