/**
 * Binds the plan to the measuring steps: what to ask whom, with which deadlines, and what to remember of addresses.
 */
import { experiment } from '../measure/experiment.ts';
import type { Instruments } from '../measure/instruments.ts';
import type { Network } from '../measure/network.ts';
import { type Aim, type Observed, observe } from '../measure/observe.ts';
import type { ExperimentFact, Round, VantageFacts } from '../model/round.ts';
import type { TrustedResolver } from '../model/target.ts';
import type { ExperimentKind, IpProtocol } from '../model/vocabulary.ts';
import { Contacts } from './contacts.ts';
import { methodFor, type PlannedControl, type PlannedTarget } from './plan.ts';

/** Enough for a title and for a block page's marks; more would be paid for on every page fetched. */
const pageBytes = 4096;

/** Resolvers answer in milliseconds or not at all; getaddrinfo's own patience is 5 s and more. */
const dnsTimeoutMs = 4000;

/** A name that nobody blocks and everybody serves (RFC 2606). */
const neutralName = 'example.org';

/** The base plan may use half the time until the round's deadline, so that a short interval leaves room for questions. */
const baseShare = 0.5 * 0.75;

export interface FieldWorkSettings {
  interval_ms: number;
  timeout_ms: number;
  ip_protocols: readonly IpProtocol[];
  resolvers: {
    system: boolean;
    /** The configured resolver's addresses where they cannot be seen; empty: ask the system. */
    servers: readonly string[];
    public: readonly string[];
    trusted: readonly TrustedResolver[];
  };
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
  /** Who resolves for us, what country this is: asked seldom. */
  vantageFacts(round: Round, signal: AbortSignal): Promise<VantageFacts>;
  /** Samples dropped since the start, by cause. */
  dropped(): Record<string, number>;
  /** Worst lateness of the event loop while a phase was open, since the last call, ms. */
  takeLag(): number;
}

export function createFieldWork(settings: FieldWorkSettings, instruments: Instruments, book: AddressBook): FieldWork {
  const { network } = instruments;
  const contacts = new Contacts();
  const timeout_ms = Math.min(settings.timeout_ms, settings.interval_ms * baseShare);
  const dns_timeout_ms = Math.min(dnsTimeoutMs, timeout_ms);

  /** Read anew each round: a laptop changes networks. */
  const configured = async () => {
    const { servers } = settings.resolvers;
    return servers.length > 0 ? { configured: servers, stub: false } : seen(await network.systemResolvers());
  };
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
    timeout_ms,
    dns_timeout_ms,
  });
  const aimAt = ({ target, ip_protocol, method, ...ask }: PlannedTarget) =>
    aim({ target: target.name, url: target.url, ip_protocol, addresses: target.addresses, method }, ask);

  return {
    network,
    async observeTarget(planned, hurry, signal) {
      const observed = await observe(paced(await aimAt(planned), hurry), instruments, signal);
      for (const { ip } of observed.dialled) contacts.touch(ip, network.monotonic());
      return observed;
    },
    async observeControl({ control, ip_protocol }, hurry, signal) {
      const { name: target, url, addresses } = control;
      const method = methodFor(url, false);
      const plain = await aim({ target, url, ip_protocol, addresses, method }, { public: false, trusted: false });
      return observe(paced(plain, hurry), instruments, signal);
    },
    async observeSibling(url, ip_protocol, signal) {
      const target = new URL(url).hostname;
      const method = methodFor(url, false);
      return observe(
        await aim({ target, url, ip_protocol, addresses: [], method }, { public: false, trusted: true }),
        instruments,
        signal,
      );
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
      return experiment(input, instruments, signal);
    },
    vantageFacts: async () => ({}),
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
