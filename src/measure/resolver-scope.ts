/** Who runs the configured resolver: a Pi-hole, or 8.8.8.8 handed out by the router, is not the ISP. */
import type { DnsFact } from '../model/round.ts';
import type { ResolverScope } from '../model/vocabulary.ts';
import { isBogon } from './bogon.ts';
import { isPublicResolver } from './public-resolvers.ts';

/** From where public resolvers ask: Google, Cloudflare, Quad9 and its host, Cisco OpenDNS, AdGuard, Yandex. */
const public_asns: ReadonlySet<number> = new Set([15169, 13335, 19281, 42, 36692, 212772, 13238]);

export interface ScopeInput {
  /** The configured resolvers. */
  configured: readonly string[];
  /** Only a forwarder on loopback is known. */
  stub: boolean;
  /** What `whoami` brought. */
  facts: readonly DnsFact[];
}

/**
 * The scope, from the resolver's address and what it says.
 *
 * `local`: nothing but a stub is known, or a resolver within the house falsifies an advertisement name. `public`: a
 * well-known address, or the questions come out of such an operator's network. `isp`: they come out of any other
 * public network. `unknown`: no whoami was answered.
 */
export function resolverScope({ configured, stub, facts }: ScopeInput): ResolverScope {
  const [first] = configured;
  if (stub) return 'local';
  if (first === undefined) return 'unknown';
  if (isPublicResolver(first)) return 'public';
  if (isBogon(first) && falsifiesAds(facts)) return 'local';
  const egress = facts
    .filter(({ via, purpose }) => via === 'configured' && purpose === 'whoami')
    .flatMap(({ answers }) => answers)
    .filter(({ bogon }) => bogon !== true);
  if (egress.length === 0) return 'unknown';
  return egress.some(({ asn }) => asn !== undefined && public_asns.has(asn)) ? 'public' : 'isp';
}

/** The configured resolver denies a name, or gives it an address that cannot be, while a trusted one gives a real one. */
function falsifiesAds(facts: readonly DnsFact[]): boolean {
  const about = facts.filter(({ purpose }) => purpose === 'ad_list');
  const real = (fact: DnsFact) => fact.answers.some(({ bogon }) => bogon !== true);
  const own = about.filter(({ via, rcode }) => via === 'configured' && rcode !== 'timeout' && rcode !== 'garbage');
  const denied = own.some((fact) => !real(fact)) && !own.some(real);
  const truth = about.filter(({ via }) => via === 'trusted');
  return denied && (truth.length === 0 || truth.some(real) || truth.every(({ rcode }) => rcode === 'timeout'));
}
