/**
 * Binds the plan to the measuring steps: what to ask whom, with which deadlines, and what to remember of addresses.
 */
import { experiment } from '../measure/experiment.ts';
import type { Instruments } from '../measure/instruments.ts';
import type { Network } from '../measure/network.ts';
import { type Aim, type Observed, observe } from '../measure/observe.ts';
import { seedsFor } from '../measure/seeds.ts';
import type { ExperimentFact, Round } from '../model/round.ts';
import type { Beacon, TrustedResolver } from '../model/target.ts';
import type { ExperimentKind, IpProtocol, ResolverScope } from '../model/vocabulary.ts';
import { Contacts } from './contacts.ts';
import type { Meter } from './meter.ts';
import { methodFor, type PlannedControl, type PlannedTarget } from './plan.ts';
import { createSurroundings } from './surroundings.ts';
import { createTransferWork, type TransferWork } from './transfer-work.ts';

/** Enough for a title and for a block page's marks; more would be paid for on every page fetched. */
const pageBytes = 4096;

/** Resolvers answer in milliseconds or not at all; getaddrinfo's own patience is 5 s and more. */
const dnsTimeoutMs = 4000;

/** A name that nobody blocks and everybody serves (RFC 2606). */
const neutralName = 'example.org';

/** The base plan may use half the time until the round's deadline, so that a short interval leaves room for questions. */
const baseShare = 0.5 * 0.75;

export interface FieldWorkSettings {
  slot_ms: number;
  timeout_ms: number;
  ip_protocols: readonly IpProtocol[];
  resolvers: {
    system: boolean;
    /** The configured resolver's addresses where they cannot be seen; empty: ask the system. */
    servers: readonly string[];
    scope: 'auto' | ResolverScope;
    public: readonly string[];
    trusted: readonly TrustedResolver[];
  };
  /** Set by the operator; else found out where `detect_place` allows. */
  country: string | undefined;
  asn: string | undefined;
  detect_place: boolean;
  references: readonly string[];
  transfer: { bytes: number; timeout_ms: number };
  /** Helpers of our own, first choice first. */
  beacons: readonly Beacon[];
}

/** Addresses that completed TLS for a host within the last 7 days, best first. */
export type AddressBook = (host: string) => string[];

export interface FieldWork {
  network: Network;
  /** `hurry`: with half the deadlines, for what has been mute already. */
  observeTarget(planned: PlannedTarget, hurry: boolean, signal: AbortSignal): Promise<Observed>;
  observeControl(planned: PlannedControl, hurry: boolean, signal: AbortSignal): Promise<Observed>;
  observeSibling(url: string, ip_protocol: IpProtocol, signal: AbortSignal): Promise<Observed>;
  /** `observed` is the target's own, as `observeTarget` gave it. */
  experiment(
    kind: ExperimentKind,
    planned: PlannedTarget,
    observed: Observed,
    signal: AbortSignal,
  ): Promise<ExperimentFact[]>;
  transfers: TransferWork;
  /** Where we look from, and what probes elsewhere say: see `surroundings.ts`. */
  lookRound(round: Round, signal: AbortSignal): Promise<Pick<Round, 'vantage' | 'references'>>;
  /** Samples dropped since the start, by cause. */
  dropped(): Record<string, number>;
  /** Worst lateness of the event loop while a phase was open, since the last call, ms. */
  takeLag(): number;
}

export function createFieldWork(
  settings: FieldWorkSettings,
  instruments: Instruments,
  book: AddressBook,
  during: Meter['during'],
): FieldWork {
  const { network } = instruments;
  const contacts = new Contacts();
  const timeout_ms = Math.min(settings.timeout_ms, settings.slot_ms * baseShare);
  const dns_timeout_ms = Math.min(dnsTimeoutMs, timeout_ms);

  const around = createSurroundings(
    {
      ...settings.resolvers,
      country: settings.country,
      asn: settings.asn,
      detect_place: settings.detect_place,
      references: settings.references,
      ip_protocol: settings.ip_protocols[0] ?? 'ip4',
      timeout_ms,
      dns_timeout_ms,
      during,
    },
    instruments,
  );

  /** Read anew each round: a laptop changes networks. */
  const configured = async () => {
    const { servers } = settings.resolvers;
    return servers.length > 0 ? { configured: servers, stub: false } : seen(await network.systemResolvers());
  };
  const transfers = createTransferWork(
    {
      ...settings.transfer,
      step_timeout_ms: timeout_ms,
      dns_timeout_ms,
      system: settings.resolvers.system,
      beacons: settings.beacons,
      neutral_name: neutralName,
    },
    async () => (await configured()).configured,
    contacts,
    instruments,
    during,
  );
  const aim = async (
    what: Pick<Aim, 'target' | 'url' | 'ip_protocol' | 'addresses' | 'method'>,
    ask: { public: boolean; trusted: boolean },
  ): Promise<Aim> => ({
    ...what,
    body_cap: pageBytes,
    resolve: {
      ...(await configured()),
      system: settings.resolvers.system,
      public: ask.public ? settings.resolvers.public : [],
      trusted: ask.trusted ? settings.resolvers.trusted : [],
    },
    fallback_addresses: book(new URL(what.url).hostname),
    seed_addresses: seedsFor(new URL(what.url).hostname),
    timeout_ms,
    dns_timeout_ms,
  });
  const aimAt = ({ target, ip_protocol, method, ...ask }: PlannedTarget) =>
    aim({ target: target.name, url: target.url, ip_protocol, addresses: target.addresses, method }, ask);

  return {
    network,
    transfers,
    async observeTarget(planned, hurry, signal) {
      const mine = paced(await aimAt(planned), hurry);
      const observed = await during('probe', () => observe(mine, instruments, signal));
      for (const { ip } of observed.dialled) contacts.touch(ip, network.monotonic());
      return observed;
    },
    async observeControl({ control, ip_protocol }, hurry, signal) {
      const { name: target, url, addresses } = control;
      const method = methodFor(url, false);
      const plain = await aim({ target, url, ip_protocol, addresses, method }, { public: false, trusted: false });
      return during('control', () => observe(paced(plain, hurry), instruments, signal));
    },
    async observeSibling(url, ip_protocol, signal) {
      const target = new URL(url).hostname;
      const method = methodFor(url, false);
      const plain = await aim({ target, url, ip_protocol, addresses: [], method }, { public: false, trusted: true });
      return during('experiment', () => observe(plain, instruments, signal));
    },
    async experiment(kind, planned, observed, signal) {
      const mine = await aimAt({ ...planned, trusted: true });
      const rested_s = (ip: string) => contacts.rested_s(ip, network.monotonic());
      const input = {
        kind,
        aim: paced(mine, true),
        observed,
        rested_s,
        neutral_name: neutralName,
      };
      return during('experiment', () => experiment(input, instruments, signal));
    },
    async lookRound(round, signal) {
      const resolvers = await configured();
      const [vantage, references] = await Promise.all([
        around.vantage(round, resolvers, signal),
        around.references(round, resolvers, signal),
      ]);
      return { vantage: { ...round.vantage, ...vantage }, ...(references ? { references } : {}) };
    },
    dropped: () => ({ event_loop_lag: instruments.lag.dropped() }),
    takeLag: () => instruments.lag.takeWorst(),
  };
}

/**
 * Half the deadlines for what is asked again: a connection that is not there after 5 s did not come in 10 s either, and
 * a round in which everything is mute must still have time for its questions.
 */
const paced = (aim: Aim, hurry: boolean): Aim => (hurry ? { ...aim, timeout_ms: aim.timeout_ms / 2 } : aim);

const seen = ({ servers, stub }: { servers: string[]; stub: boolean }) => ({ configured: servers, stub });
