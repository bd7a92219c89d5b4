/** Puts together what `run`, `probe` and `demo` share: network, instruments, judge and what the store remembers. */
import { createAccount } from '../agent/account.ts';
import { createFieldWork } from '../agent/field-work.ts';
import { meter } from '../agent/meter.ts';
import { createRounds, type Rounds } from '../agent/rounds.ts';
import type { Config } from '../config/config.ts';
import { migrate } from '../judge/migrate.ts';
import type { JudgeParams } from '../judge/state.ts';

import { createInstruments } from '../measure/instruments.ts';
import type { Network } from '../measure/network.ts';
import { createTrust } from '../measure/trust.ts';
import type { StoreReader } from '../store/store.ts';
import { addressIdWith } from './address-id.ts';
import { judgeParams } from './judge-params.ts';
import { openNetworks } from './networks.ts';

export interface Station {
  rounds: Rounds;
  params: JudgeParams;
  close(): Promise<void>;
}

/**
 * On a mobile line suspicion must not wait for two minutes: slots of at most half a minute, of which calm rounds use one
 * in so many. Elsewhere every slot is a round.
 */
const mobileSlotMs = 30_000;

export function slotOf({ profile, round }: Config): number {
  return profile === 'mobile' ? round.interval_ms / Math.ceil(round.interval_ms / mobileSlotMs) : round.interval_ms;
}

export interface StationParts {
  config: Config;
  network: Network;
  /** Extra trust anchors, PEM. */
  ca_pem: string | undefined;
  /** The store, or what of one can be read; absent: nothing was ever stored. */
  store: Pick<StoreReader, 'judgeState' | 'lastRound' | 'validatedAddresses' | 'bytesSince'> | undefined;
  vantage_id: string;
  address_salt: string;
}

export function createStation({ config, network, ca_pem, store, ...identity }: StationParts): Station {
  const platforms = config.platforms.filter(({ enabled }) => enabled);
  const params = judgeParams(config);
  const counted = meter(network, 'probe');
  const slot_ms = slotOf(config);
  const instruments = createInstruments({
    network: counted.network,
    trust: createTrust({ ca_pem }),
    user_agent: config.user_agent,
    asnOf: openNetworks(config),
    addressId: addressIdWith(identity.address_salt),
  });
  const work = createFieldWork(
    {
      slot_ms,
      timeout_ms: config.round.timeout_ms,
      ip_protocols: config.ip_protocols,
      resolvers: config.resolvers,
      country: config.vantage.country,
      asn: config.vantage.asn,
      detect_place: config.vantage.detect,
      references: config.references,
      transfer: config.transfer,
      beacons: config.beacons,
    },
    instruments,
    (host) => store?.validatedAddresses(host) ?? [],
    counted.during,
  );
  const account = createAccount({
    ...config.budget,
    slot_ms,
    interval_ms: config.round.interval_ms,
    meter: counted,
    bytesSince: (day) => store?.bytesSince(day) ?? 0,
    wall: () => network.wall(),
  });
  const rounds = createRounds({
    slot_ms,
    interval_ms: config.round.interval_ms,
    concurrency: config.round.concurrency,
    ip_protocols: config.ip_protocols,
    platforms,
    controls: config.controls,
    vantage: {
      id: config.vantage.name ?? identity.vantage_id,
      country: config.vantage.country,
      asn: config.vantage.asn,
    },
    params,
    state: migrate(store?.judgeState()),
    first_round: (store?.lastRound() ?? 0) + 1,
    work,
    account,
    transfer: config.transfer,
    beacons: config.beacons.length > 0,
  });
  return { rounds, params, close: () => instruments.close() };
}
