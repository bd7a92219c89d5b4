/** Rule 5: the user's own resolver on this name. */
import type { Mechanism } from '../model/vocabulary.ts';
import { networkOf } from './address.ts';
import type { Case } from './case.ts';
import { type Context, fitFor, othersAnswer } from './context.ts';
import { entries, text } from './reading.ts';
import type { Rule } from './rule.ts';

/**
 * Companies whose caches stand inside thousands of providers' networks (docs/methodology.md: Google ~4,247, Meta ~2,548):
 * an address of theirs that no table knows, and that fails only by the name, may well be an honest one.
 */
const embedsCaches: ReadonlySet<string> = new Set(['google', 'meta']);

/** The odd address may be a cache in the provider's network whose TLS is cut by name: then DNS told no lie. */
function maybeCache(one: Case): boolean {
  if (!one.sni || !embedsCaches.has(one.company) || one.dns.mechanism !== 'dns.injection.other') return false;
  const dialled = one.attempts[0]?.network;
  const answer = entries(one.last.dns)
    .flatMap(({ answers }) => entries(answers))
    .find(({ ip }) => dialled !== undefined && networkOf(ip) === dialled);
  return answer?.asn === undefined;
}

function lies(one: Case): boolean {
  return !one.answered && one.dns.own === 'wrong' && !maybeCache(one);
}

/**
 * A resolver that fails once is weather: silence and SERVFAIL must have been met on two askings (getaddrinfo and the
 * raw query, or a repeat). NXDOMAIN, REFUSED and an empty answer are said, not suffered.
 */
function failsOnPurpose({ answered, dns }: Case): boolean {
  if (answered || dns.own !== 'failed') return false;
  const suffered = dns.mechanism === 'dns.timeout' || dns.mechanism === 'dns.servfail';
  return !suffered || dns.failures >= 2;
}

/** The trusted answer works, or fails by nothing but the name. */
function trustedHolds({ trusted }: Case): boolean {
  return trusted === 'works' || trusted === 'sni';
}

/** The resolver answered other names in this round: the failure belongs to this one. */
function otherNamesResolve(one: Case, context: Context): boolean {
  return fitFor(context, one).ok > 0 || othersAnswer(context, one);
}

function fault(one: Case, context: Context): boolean {
  return (lies(one) || (failsOnPurpose(one) && otherNamesResolve(one, context))) && trustedHolds(one);
}

/** Failed, or led to an address that no public host has, with nothing to compare: a hint. */
const suspicious = ({ dns }: Case) =>
  dns.own === 'failed' || (dns.own === 'unknown' && dns.mechanism === 'dns.injection.bogon');

const scopeIs = ({ round }: Context, ...scopes: (string | undefined)[]) =>
  scopes.includes(round.vantage?.resolver_scope);

const named = ({ dns }: Case): readonly Mechanism[] => (dns.mechanism === undefined ? [] : [dns.mechanism]);
const injected = ({ dns }: Case): readonly Mechanism[] => (dns.injected === undefined ? [] : [dns.injected.mechanism]);

export const dnsRules: readonly Rule[] = [
  {
    id: 'dns-injected',
    because:
      'one query, sent once, brought two differing answers, the first of them invalid: somebody on the way answered',
    cites:
      'Anonymous, Towards a Comprehensive Picture of the Great Firewall’s DNS Censorship, FOCI 2014; docs/methodology.md rule 1',
    when: ({ answered, dns }) => !answered && dns.injected !== undefined && (dns.injected.own || dns.own === 'wrong'),
    verdict: { state: 'blocked', basis: 'artefact', ceiling: 3 },
    mechanisms: injected,
  },
  {
    id: 'dns-injection-seen',
    because: 'answers on the way to a resolver are forged, though what the user got was right',
    cites: 'as dns-injected',
    when: ({ dns }) => dns.injected !== undefined,
    mechanisms: injected,
  },
  {
    id: 'dns-ghost',
    because: 'the name exists nowhere, yet resolves here, and a random sibling of it does not',
    cites: 'OONI df-017; docs/methodology.md rule 5',
    when: (one, context) => !one.answered && one.dns.ghost && scopeIs(context, 'isp'),
    verdict: { state: 'blocked', basis: 'artefact', ceiling: 3 },
    mechanisms: named,
  },
  {
    id: 'dns-block-page',
    because: 'the provider’s resolver leads this name to a page that is known as a block page',
    cites: 'Jones et al., Automated Detection and Fingerprinting of Censorship Block Pages, IMC 2014',
    when: (one, context) =>
      lies(one) && text(one.last.evidence?.http?.blockpage) !== undefined && scopeIs(context, 'isp'),
    verdict: { state: 'blocked', basis: 'artefact', ceiling: 3 },
    mechanisms: named,
  },
  {
    id: 'dns-lie-isp',
    because: 'the provider’s resolver gives an address that is not the site’s, while the trusted answer works',
    cites:
      'OONI df-017 (dnsDiff); Pearce et al., Global Measurement of DNS Manipulation, USENIX Security 2017; docs/methodology.md rule 5',
    when: (one, context) => lies(one) && trustedHolds(one) && scopeIs(context, 'isp'),
    verdict: { state: 'blocked', basis: 'artefact', ceiling: 3 },
    mechanisms: named,
  },
  {
    id: 'dns-failure-isp',
    because: 'the provider’s resolver answers other names and fails for this one, while the trusted answer works',
    cites: 'OONI df-017; docs/methodology.md rule 5',
    when: (one, context) =>
      failsOnPurpose(one) && otherNamesResolve(one, context) && trustedHolds(one) && scopeIs(context, 'isp'),
    verdict: { state: 'blocked', basis: 'differential', ceiling: 3 },
    mechanisms: named,
  },
  {
    id: 'dns-public-differs',
    because:
      'a public resolver says otherwise in clear text than the same operator does encrypted: the way is poisoned',
    cites: 'docs/methodology.md rule 5',
    when: (one, context) => fault(one, context) && one.dns.operatorDiffers && scopeIs(context, 'public'),
    verdict: { state: 'blocked', basis: 'differential', ceiling: 2 },
    mechanisms: named,
  },
  {
    id: 'dns-public',
    because: 'a public resolver that somebody chose fails for this name: its operator’s filter, or the way to it',
    cites: 'docs/methodology.md rule 5',
    when: (one, context) => fault(one, context) && scopeIs(context, 'public'),
    verdict: { state: 'inconclusive', ceiling: 2 },
    mechanisms: named,
    final: true,
  },
  {
    id: 'dns-local-filter',
    because:
      'a resolver in the house, or one of unknown owner, fails for this name: a Pi-hole, a family filter, a stub',
    cites: 'docs/methodology.md rule 5',
    when: (one, context) =>
      (fault(one, context) || (!one.answered && one.dns.ghost)) && scopeIs(context, 'local', 'unknown'),
    verdict: { state: 'inconclusive', ceiling: 2 },
    mechanisms: named,
    notes: () => ['local_filter'],
    final: true,
  },
  {
    id: 'dns-fault-seen',
    because: 'the resolver fails for this name; whose it is, or whether the site is up, is not known',
    cites: 'docs/methodology.md rule 5: without a working trusted answer and a known owner it is no proof',
    when: (one) => !one.answered && (lies(one) || suspicious(one)),
    mechanisms: named,
  },
];
