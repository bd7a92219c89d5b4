/**
 * Where we look from: who resolves our names, which country this is, and what probes elsewhere say. Asked seldom: at the
 * start, hourly, and when names fail.
 */
import type { Instruments } from '../measure/instruments.ts';
import { detectPlace } from '../measure/place.ts';
import { readReference } from '../measure/reference.ts';
import { resolverScope } from '../measure/resolver-scope.ts';
import { askRandomSibling, whoami } from '../measure/whoami.ts';
import type { DnsFact, Observation, ReferenceFact, Round, VantageFacts } from '../model/round.ts';
import type { TrustedResolver } from '../model/target.ts';
import type { IpProtocol, ResolverScope } from '../model/vocabulary.ts';
import type { Meter } from './meter.ts';

/** A household changes its resolver seldom, a laptop its network more often; changed addresses are noticed at once. */
const askEveryMs = 3_600_000;

export interface SurroundingsOptions {
  /** Set by the operator: not found out. */
  scope: 'auto' | ResolverScope;
  /** Set by the operator; else found out where `detect_place` allows. */
  country: string | undefined;
  asn: string | undefined;
  detect_place: boolean;
  ip_protocol: IpProtocol;
  system: boolean;
  public: readonly string[];
  trusted: readonly TrustedResolver[];
  /** Base URLs of probes on unfiltered networks. */
  references: readonly string[];
  timeout_ms: number;
  dns_timeout_ms: number;
  during: Meter['during'];
}

export interface Resolvers {
  configured: readonly string[];
  stub: boolean;
}

export interface Surroundings {
  /** What this round can say of the vantage: always the scope and the country, answers only when they were asked for. */
  vantage(round: Round, resolvers: Resolvers, signal: AbortSignal): Promise<VantageFacts>;
  /** What references say, when something failed here. */
  references(round: Round, resolvers: Resolvers, signal: AbortSignal): Promise<ReferenceFact[] | undefined>;
}

export function createSurroundings(options: SurroundingsOptions, instruments: Instruments): Surroundings {
  const { network } = instruments;
  const { timeout_ms, dns_timeout_ms } = options;
  let { country, asn } = options;
  let placeAsked = Number.NEGATIVE_INFINITY;
  let scope: ResolverScope = options.scope === 'auto' ? 'unknown' : options.scope;
  let scopeAsked = Number.NEGATIVE_INFINITY;
  let scopeOf = '';

  const due = (asked: number) => network.monotonic() - asked >= askEveryMs;

  async function askResolvers({ configured, stub }: Resolvers, names: boolean, signal: AbortSignal) {
    const servers = configured.join(' ');
    const known = scope !== 'unknown' && servers === scopeOf;
    // The same household and the same question: a name that fails again tells nothing new about who resolves.
    if (known && !due(scopeAsked)) return [];
    if (!known && !names && !due(scopeAsked)) return [];
    scopeAsked = network.monotonic();
    const facts = await whoami(
      { configured, public: options.public, trusted: options.trusted, timeout_ms: dns_timeout_ms },
      instruments,
      signal,
    );
    if (options.scope === 'auto') {
      const found = resolverScope({ configured, stub, facts });
      // Silence does not unsay what the same resolver said before.
      if (found !== 'unknown' || servers !== scopeOf) scope = found;
    }
    scopeOf = servers;
    return facts;
  }

  async function askPlace({ configured }: Resolvers, signal: AbortSignal) {
    const known = options.country !== undefined && options.asn !== undefined;
    if (!options.detect_place || known || !due(placeAsked)) return;
    placeAsked = network.monotonic();
    const { ip_protocol, system } = options;
    const how = { ip_protocol, configured, system, timeout_ms, dns_timeout_ms };
    const place = await detectPlace(how, instruments, signal);
    country = options.country ?? place.country ?? country;
    asn = options.asn ?? place.asn ?? asn;
    // Unanswered at the start is no answer for an hour: the line may just be down.
    if (country === undefined) placeAsked = Number.NEGATIVE_INFINITY;
  }

  return {
    vantage: (round, resolvers, signal) =>
      options.during('dns', async () => {
        const failing = failingNames(round);
        const online = round.controls.some(({ outcome }) => outcome === 'ok');
        const [asked, siblings] = await Promise.all([
          askResolvers(resolvers, failing.length > 0, signal),
          askSiblings(failing, resolvers, signal),
          online ? askPlace(resolvers, signal) : undefined,
        ]);
        const dns = [...asked, ...siblings];
        return { country, asn, resolver_scope: scope, ...(dns.length > 0 ? { dns } : {}) };
      }),
    references: (round, { configured }, signal) =>
      options.during('experiment', async () => {
        if (options.references.length === 0 || !somethingFailed(round)) return undefined;
        const targets = new Set(
          Object.values(round.platforms).flatMap((entries) => entries.map(({ target }) => target)),
        );
        const { ip_protocol, system } = options;
        const how = { ip_protocol, configured, system, timeout_ms, dns_timeout_ms, targets };
        const readings = await Promise.all(
          options.references.map((base) => readReference({ ...how, base }, instruments, signal)),
        );
        return readings.flatMap(({ facts }) => facts);
      }),
  };

  /** One name that cannot exist beside each kind of failing one: does the resolver answer whatever it is asked? */
  async function askSiblings(hosts: readonly string[], { configured }: Resolvers, signal: AbortSignal) {
    const byLastLabel = new Map(hosts.map((host) => [host.split('.').at(-1), host]));
    const asked = [...byLastLabel.values()].map((host) =>
      askRandomSibling({ host, configured, timeout_ms: dns_timeout_ms }, instruments, signal),
    );
    return (await Promise.all(asked)).flat();
  }
}

const observations = ({ platforms }: Round): Observation[] => Object.values(platforms).flat();

const somethingFailed = (round: Round): boolean => observations(round).some(({ outcome }) => outcome === 'failed');

/** Hosts whose look-up failed, or whose answers a trusted resolver does not know. */
function failingNames(round: Round): string[] {
  const hosts = observations(round).flatMap((observation) => {
    if (observation.outcome !== 'failed') return [];
    const last = observation.hops?.at(-1) ?? observation;
    const dns: DnsFact[] = [
      ...(last.dns ?? []),
      ...(observation.experiments ?? []).flatMap((experiment) => experiment.dns ?? []),
    ];
    const denied = dns.some(({ via, answers }) => via === 'trusted' && answers.length === 0);
    return last.host !== undefined && (last.failure?.phase === 'resolve' || denied || dns.some(isSuspect))
      ? [last.host]
      : [];
  });
  return [...new Set(hosts)];
}

/** An answer that no public host can have. */
const isSuspect = ({ answers }: DnsFact): boolean => answers.length > 0 && answers.every(({ bogon }) => bogon === true);
