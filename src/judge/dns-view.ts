/** What the resolvers said of one name, and whether the user's own was right. docs/methodology.md, rule 5. */
import type { DnsFact, Exchange, Observation } from '../model/round.ts';
import type { IpProtocol, Mechanism } from '../model/vocabulary.ts';
import { networkOf, sameNetwork, sameOperator } from './address.ts';
import { type Attempt, isCleartext, provesAddress } from './attempt.ts';
import { amount, entries, text } from './reading.ts';

export interface DnsView {
  /**
   * The user's own resolver on this name. `good`: shares an address or an ASN with the trusted answer, or its address
   * completes TLS for the name. `wrong`: it does neither although there is something to compare with. `agrees`: it
   * fails, and so does the trusted one. `unknown`: nothing to compare with.
   */
  own: 'not_asked' | 'good' | 'wrong' | 'failed' | 'agrees' | 'unknown';
  /** How it failed or lied. */
  mechanism?: Mechanism | undefined;
  /** Separate askings that failed alike (getaddrinfo and the raw query are two). */
  failures: number;
  trusted: 'not_asked' | 'positive' | 'negative' | 'silent';
  /** Two differing answers to one query that was sent once, the first of them invalid: somebody in between answered. */
  injected?: { own: boolean; mechanism: Mechanism } | undefined;
  /** The name exists nowhere, resolves here, and a random sibling of it does not. */
  ghost: boolean;
  /** The configured resolver is a public one, and the same operator's encrypted service says otherwise. */
  operatorDiffers: boolean;
}

/** Nobody was asked. */
export const noDns: DnsView = {
  own: 'not_asked',
  failures: 0,
  trusted: 'not_asked',
  ghost: false,
  operatorDiffers: false,
};

/** `OTHER`, `FORMERR`, `NOTIMP` are failures of the server as seen from here; `garbage` gave no answer. */
const failureMechanism: Readonly<Record<string, Mechanism>> = {
  NXDOMAIN: 'dns.nxdomain',
  REFUSED: 'dns.refused',
  SERVFAIL: 'dns.servfail',
  FORMERR: 'dns.servfail',
  NOTIMP: 'dns.servfail',
  OTHER: 'dns.servfail',
  timeout: 'dns.timeout',
  garbage: 'dns.no_answer',
  NOERROR: 'dns.no_answer',
};

const hasAddresses = (fact: DnsFact) => fact.rcode === 'NOERROR' && entries(fact.answers).length > 0;
const allBogon = (fact: DnsFact) => hasAddresses(fact) && entries(fact.answers).every(({ bogon }) => bogon === true);

interface Known {
  ips: Set<string>;
  asns: Set<number>;
  networks: string[];
}

function isGood(fact: DnsFact, { ips, asns, networks }: Known): boolean {
  return (
    hasAddresses(fact) &&
    entries(fact.answers).some(
      ({ ip, asn }) =>
        ips.has(ip) ||
        (asn !== undefined && asns.has(asn)) ||
        (networks.length > 0 && networks.some((network) => sameNetwork(network, networkOf(ip)))),
    )
  );
}

/** A page stood at the wrong address: recognised, or served behind a certificate that no known root signed. */
function lieMechanism(fact: DnsFact, first: Attempt | undefined): Mechanism {
  const { http, tls } = first?.evidence ?? {};
  if (text(http?.blockpage) !== undefined) return 'dns.injection.blockpage';
  if (allBogon(fact)) return 'dns.injection.bogon';
  if (tls?.error === 'ssl_unknown_authority' && first?.status !== undefined) return 'dns.injection.blockpage';
  return 'dns.injection.other';
}

/** Answers to one query: same way, same server, same type, and not asked a second time. */
function injection(facts: readonly DnsFact[], known: Known, first: Attempt | undefined): DnsView['injected'] {
  const groups = new Map<string, DnsFact[]>();
  for (const fact of facts) {
    if (fact.via !== 'configured' && fact.via !== 'public') continue;
    if (fact.rcode === 'timeout' || fact.tcp === true) continue;
    const key = `${fact.via} ${fact.server ?? ''} ${fact.type ?? ''} ${fact.query ?? ''}`;
    const group = groups.get(key);
    if (group) group.push(fact);
    else groups.set(key, [fact]);
  }
  let found: DnsView['injected'];
  for (const group of groups.values()) {
    if (group.length < 2 || group.some(({ retransmitted }) => retransmitted === true)) continue;
    group.sort((a, b) => (amount(a.at_ms) ?? 0) - (amount(b.at_ms) ?? 0));
    const [early, ...late] = group as [DnsFact, ...DnsFact[]];
    const confirmed = late.some((fact) => isGood(fact, known) || (!allBogon(fact) && hasAddresses(fact)));
    const invalid = !isGood(early, known) && (allBogon(early) || late.some((fact) => isGood(fact, known)));
    if (!confirmed || !invalid) continue;
    const mechanism = hasAddresses(early)
      ? lieMechanism(early, early.via === 'configured' ? first : undefined)
      : (failureMechanism[early.rcode] ?? 'dns.injection.other');
    // The own resolver's path decides; of two paths it is also the one to be named.
    if (found === undefined || early.via === 'configured') found = { own: early.via === 'configured', mechanism };
  }
  return found;
}

export interface DnsInput {
  observation: Observation;
  last: Exchange;
  protocol: IpProtocol | undefined;
  attempts: readonly Attempt[];
  /** Facts of the vantage: random siblings may have been asked for there. */
  vantageDns: readonly DnsFact[];
}

/** Reads the DNS facts of one observation. Pure; unknown kinds of facts are passed over. */
export function viewDns({ observation, last, protocol, attempts, vantageDns }: DnsInput): DnsView {
  const all = [...entries(last.dns), ...entries(observation.experiments).flatMap(({ dns }) => entries(dns))];
  if (all.length === 0) return noDns;
  const host = text(last.host);
  const wantedType = protocol === 'ip6' ? 'AAAA' : 'A';
  const facts = all.filter(
    ({ name, type, purpose }) =>
      purpose === undefined && (name === undefined || name === host) && (type === undefined || type === wantedType),
  );
  const trustedFacts = facts.filter(({ via }) => via === 'trusted');
  const configured = facts.filter(({ via }) => via === 'configured');
  const ownFacts = facts.filter(({ via }) => via === 'configured' || via === 'system');
  const known: Known = { ips: new Set(), asns: new Set(), networks: [] };
  for (const { rcode, answers } of trustedFacts) {
    if (rcode !== 'NOERROR') continue;
    for (const { ip, asn } of entries(answers)) {
      known.ips.add(ip);
      if (asn !== undefined) known.asns.add(asn);
    }
  }
  // Over clear text anybody can answer: only TLS shows that an address is the site's.
  for (const attempt of isCleartext(last) ? [] : attempts) {
    if (attempt.network !== undefined && provesAddress(attempt)) known.networks.push(attempt.network);
  }
  const trusted = trustedVerdict(trustedFacts);
  const first = attempts[0];
  const comparable = trusted === 'positive' || known.networks.length > 0;
  const lies = ownFacts.filter(hasAddresses);
  const bad = (configured.length > 0 ? configured : ownFacts).filter((fact) => !hasAddresses(fact));

  let own: DnsView['own'] = 'unknown';
  let mechanism: Mechanism | undefined;
  const lie = lies.find(({ via }) => via === 'configured') ?? lies[0];
  if (ownFacts.length === 0) own = 'not_asked';
  else if (lies.some((fact) => isGood(fact, known))) own = 'good';
  else if (lie !== undefined) {
    mechanism = lieMechanism(lie, first);
    if (comparable || trusted === 'negative') own = 'wrong';
  } else if (trusted === 'negative') own = 'agrees';
  else {
    own = 'failed';
    mechanism = failureMechanism[bad[0]?.rcode ?? ''];
  }
  const randomDenied = [...all, ...vantageDns].some(
    (fact) =>
      fact.purpose === 'random_sibling' &&
      (fact.via === 'configured' || fact.via === 'system') &&
      (fact.rcode === 'NXDOMAIN' || (fact.rcode === 'NOERROR' && !hasAddresses(fact))),
  );
  const injected = injection(facts, known, first);
  const server = text(configured.find((fact) => fact.server !== undefined)?.server);
  return {
    own,
    mechanism,
    failures: ownFacts.length - lies.length,
    trusted,
    injected,
    ghost: lie !== undefined && own === 'wrong' && trusted === 'negative' && randomDenied,
    operatorDiffers:
      (own === 'wrong' || own === 'failed') &&
      trustedFacts.some((fact) => hasAddresses(fact) && sameOperator(server, text(fact.server))),
  };
}

function trustedVerdict(facts: readonly DnsFact[]): DnsView['trusted'] {
  if (facts.length === 0) return 'not_asked';
  if (facts.some(hasAddresses)) return 'positive';
  // Only a name that is known not to exist, or to have no address, is a "no"; a failing resolver is silence.
  const denied = facts.some(({ rcode }) => rcode === 'NXDOMAIN' || rcode === 'NOERROR');
  return denied ? 'negative' : 'silent';
}
