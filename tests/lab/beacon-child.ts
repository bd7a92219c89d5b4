/**
 * Run inside the vantage by `beacon.ts`: the daemon's own rounds with a beacon configured, and the beacon's two downloads
 * by themselves. Its clock jumps from round to round; within a round time is real.
 *
 * `node beacon-child.ts CONFIG`; on standard input `warm N` (one clean round is measured and folded N times, as if N minutes
 * had been like it), `sample HOST` (both downloads, this name against the neutral one) or `rounds N`. JSON lines out, each
 * command ends with `{"done":true}`.
 */
import { createInterface } from 'node:readline';
import { readAnchors } from '../../src/commands/anchors.ts';
import { judgeParams } from '../../src/commands/judge-params.ts';
import { createStation } from '../../src/commands/station.ts';
import { load } from '../../src/config/load.ts';
import { judge } from '../../src/judge/judge.ts';
import type { JudgeState } from '../../src/judge/state.ts';
import { beacon } from '../../src/measure/beacon.ts';
import { createInstruments } from '../../src/measure/instruments.ts';
import { createRealNetwork } from '../../src/measure/real.ts';
import { createTrust } from '../../src/measure/trust.ts';
import type { RoundOutcome } from '../../src/model/outcome.ts';
import type { ExperimentFact } from '../../src/model/round.ts';

/** What `beacon.ts` reads of a round. */
export interface BeaconRound {
  verdict: string | undefined;
  state: string | undefined;
  /** Of the open incident, else of this round's verdict. */
  mechanism: string | undefined;
  beacon: BeaconSample[];
  /** What else the round tried on the platform. */
  others: string[];
}

export interface BeaconSample {
  host: string | undefined;
  outcome: string;
  reason?: string | undefined;
  kbit: number | undefined;
  stalled_at?: number | undefined;
}

const { config } = load({ flags: { 'config.file': process.argv[2] }, env: {}, terminal: false });
const { interval_ms } = config.round;
const real = createRealNetwork();
const ca_pem = readAnchors(config.tls.ca_file);
const never = new AbortController().signal;
let ahead = 0;
const network = {
  ...real,
  monotonic: () => real.monotonic() + ahead,
  uptime: () => real.uptime() + ahead,
  wall: () => real.wall() + ahead,
};
const stationFrom = (state: JudgeState | undefined) =>
  createStation({
    config,
    network,
    ca_pem,
    store: {
      judgeState: () => state,
      lastRound: () => state?.last.round ?? 0,
      validatedAddresses: () => [],
      bytesSince: () => 0,
    },
    vantage_id: 'lab',
    address_salt: '00',
  });
let station = stationFrom(undefined);
let slot = 0;

async function next(): Promise<RoundOutcome> {
  slot += 1;
  const began = real.monotonic();
  const outcome = await station.rounds.next(slot, 0, never);
  ahead += interval_ms - (real.monotonic() - began);
  if (outcome === undefined) throw new Error(`slot ${slot} was left out`);
  return outcome;
}

const say = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);

const rate = (bps: number | undefined) => (bps === undefined ? undefined : Math.round(bps / 1000));
const short = ({ host, outcome, failure, transfer, goodput_bps }: ExperimentFact): BeaconSample => ({
  host,
  outcome,
  reason: failure?.reason,
  kbit: rate(goodput_bps ?? transfer?.plateau_bps),
  stalled_at: transfer?.stalled_at,
});

/** As if `minutes` rounds had been like the one that is measured now. */
async function warm(minutes: number): Promise<void> {
  await next(); // the first round looks at everything
  const { round } = await next();
  const [wall, monotonic] = [Date.parse(round.started_at), round.monotonic_ms];
  let state: JudgeState | undefined;
  for (let n = 1; n <= minutes; n++) {
    const at = {
      started_at: new Date(wall + n * interval_ms).toISOString(),
      monotonic_ms: monotonic + n * interval_ms,
    };
    ({ state } = judge(
      state,
      { ...round, ...at, round: n, verdicts: undefined, states: undefined },
      judgeParams(config),
    ));
  }
  ahead += (minutes + 1) * interval_ms;
  await station.close();
  station = stationFrom(state);
}

async function sample(host: string): Promise<void> {
  const instruments = createInstruments({
    network,
    trust: createTrust({ ca_pem }),
    user_agent: config.user_agent,
    asnOf: () => undefined,
    addressId: () => 'lab',
  });
  const facts = await beacon(
    {
      beacons: config.beacons,
      host,
      neutral_name: 'example.org',
      bytes: config.transfer.bytes,
      timeout_ms: config.transfer.timeout_ms,
      plateau_ms: 2500,
      rested_s: () => undefined,
      touch: () => {},
    },
    instruments,
    never,
  );
  await instruments.close();
  say({ beacon: facts.map(short) });
}

async function rounds(howMany: number): Promise<void> {
  for (let n = 0; n < howMany; n++) {
    const { round, detail } = await next();
    const held = detail?.platforms['x'];
    const line: BeaconRound = {
      verdict: round.verdicts?.['x']?.state,
      state: round.states?.['x']?.state,
      mechanism: held?.open?.mechanism ?? round.verdicts?.['x']?.mechanism,
      beacon: (round.platforms['x'] ?? []).flatMap(({ experiments = [] }) =>
        experiments.filter(({ kind }) => kind === 'beacon').map(short),
      ),
      others: (round.platforms['x'] ?? []).flatMap(({ target, phases, experiments = [] }) => [
        `${target} tls ${phases?.tls ?? '-'}`,
        ...experiments
          .filter(({ kind }) => kind !== 'beacon')
          .map(({ kind, outcome, alert, phases: own }) => `${kind} ${alert ?? outcome} tls ${own?.tls ?? '-'}`),
      ]),
    };
    say(line);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const [command, word = ''] = line.split(' ');
  if (command === 'warm') await warm(Number(word));
  if (command === 'sample') await sample(word);
  if (command === 'rounds') await rounds(Number(word));
  say({ done: true });
}
await station.close();
