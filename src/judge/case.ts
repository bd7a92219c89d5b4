/** One target over one IP protocol in one round, read for the rules: every question that a rule asks, answered once. */
import type { Exchange, Failure, Observation, ReferenceFact, Round } from '../model/round.ts';
import type { IpProtocol, Reason } from '../model/vocabulary.ts';
import {
  type Attempt,
  attemptsOf,
  failureOf,
  isCleartext,
  isLocal,
  isTlsCut,
  lastExchange,
  type NeutralAnswer,
  neutralsOf,
  provesAddress,
  sameAddress,
} from './attempt.ts';
import { astray, isBlockPage } from './block-page.ts';
import { type DnsView, noDns, viewDns } from './dns-view.ts';
import { isPlainAnswer } from './plain.ts';
import { amount, entries, own, text } from './reading.ts';

export interface Case {
  platform: string;
  company: string;
  target: string;
  protocol: IpProtocol | undefined;
  host: string | undefined;
  observation: Observation;
  last: Exchange;
  cleartext: boolean;
  /** A complete answer and nothing else: `plain.ts`. */
  plain: boolean;
  /** Something was tried, and not cut short by ourselves. */
  attempted: boolean;
  /** The first attempt brought a complete answer from an address of the user's own resolver. */
  complete: boolean;
  /** Any attempt at such an address did. */
  answered: boolean;
  status: number | undefined;
  /** Absent when complete; synthetic (`resolve`) when only another resolver's address answered. */
  failure: Failure | undefined;
  attempts: Attempt[];
  neutrals: NeutralAnswer[];
  dns: DnsView;
  /** TLS was cut off, and the same address answered another name. */
  sni: boolean;
  /** What cut it. */
  cut: Reason | undefined;
  /** Addresses that a trusted resolver (or last week) gave: they work, they fail by the name alone, or they fail. */
  trusted: 'works' | 'sni' | 'fails' | 'untried';
  trustedRemembered: boolean;
  elsewhere: 'reachable' | 'down' | undefined;
  /** The same target over the other IP protocol. */
  twin: Case | undefined;
}

/** References older than this say nothing of now (contract: ten minutes). */
const referenceAgeS = 600;

/** An address of the user's own resolver that completes TLS, or no address at all: the failure then lies in DNS. */
const resolveReason: Readonly<Record<string, Reason>> = {
  'dns.nxdomain': 'dns_nxdomain_error',
  'dns.refused': 'dns_refused_error',
  'dns.servfail': 'dns_servfail_error',
  'dns.timeout': 'generic_timeout_error',
  'dns.no_answer': 'dns_no_answer',
  'dns.injection.bogon': 'dns_bogon_error',
};

function elsewhereOf(references: readonly ReferenceFact[], target: string): Case['elsewhere'] {
  let known: Case['elsewhere'];
  for (const { target: name, outcome, age_s } of references) {
    if (name !== target || (amount(age_s) ?? Number.POSITIVE_INFINITY) > referenceAgeS) continue;
    if (outcome === 'ok') return 'reachable';
    if (outcome === 'failed') known = 'down';
  }
  return known;
}

function trustedState(attempts: readonly Attempt[], neutrals: readonly NeutralAnswer[]): Case['trusted'] {
  const tried = attempts.filter(({ own: ownAddress }) => !ownAddress);
  if (tried.length === 0) return 'untried';
  if (tried.some(provesAddress)) return 'works';
  return tried.some(isTlsCut) && neutrals.some(({ answered }) => answered) ? 'sni' : 'fails';
}

/** What a plain answer comes to, without reading what is not there. */
function plainCase(round: Round, platform: string, observation: Observation): Case {
  return {
    platform,
    company: text(own(round.companies, platform)) ?? platform,
    target: observation.target,
    protocol: protocolOf(observation),
    host: text(observation.host),
    observation,
    last: observation,
    cleartext: false,
    plain: true,
    attempted: true,
    complete: true,
    answered: true,
    status: observation.status,
    failure: undefined,
    attempts: attemptsOf(observation, observation),
    neutrals: [],
    dns: noDns,
    sni: false,
    cut: undefined,
    trusted: 'untried',
    trustedRemembered: true,
    elsewhere: undefined,
    twin: undefined,
  };
}

/** The chain of redirects itself was the failure: another look at one of its links is no answer either. */
function leadsNowhere({ failure }: Observation): boolean {
  const reason = failureOf(failure)?.reason;
  return reason === 'http_too_many_redirects' || reason === 'http_invalid_redirect_location_host';
}

function isRedirect(status: number | undefined): boolean {
  return status !== undefined && status >= 300 && status < 400;
}

function protocolOf({ ip_protocol }: Observation): IpProtocol | undefined {
  return ip_protocol === 'ip6' || ip_protocol === 'ip4' ? ip_protocol : undefined;
}

/**
 * Where a forged answer comes first, programs take it and never hear the true one: what only our longer listening
 * brought is no address of the user's.
 */
function unheard(attempt: Attempt): Attempt {
  return attempt.kind === 'other_address' && attempt.source === 'configured' ? { ...attempt, own: false } : attempt;
}

function caseOf(round: Round, platform: string, observation: Observation): Case {
  if (isPlainAnswer(observation)) return plainCase(round, platform, observation);
  const last = lastExchange(observation);
  const protocol = protocolOf(observation);
  const tried = attemptsOf(observation, last);
  const neutrals = neutralsOf(observation);
  const cleartext = isCleartext(last);
  const dns = viewDns({ observation, last, protocol, attempts: tried, vantageDns: entries(round.vantage?.dns) });
  const attempts = dns.injected?.own ? tried.map(unheard) : tried;
  const first = attempts[0] as Attempt;
  const bad = cleartext && (isBlockPage(first) || dns.mechanism === 'dns.injection.bogon');
  const strayed = astray({ observation, last });
  const complete = first.ok && first.own && !bad && !strayed;
  const cuts = attempts.filter(isTlsCut);
  const sni = cuts.some((cut) => neutrals.some((neutral) => neutral.answered && sameAddress(cut, neutral)));
  let failure = failureOf(observation.failure) ?? first.failure;
  if (complete) failure = undefined;
  else if (first.ok && !first.own) {
    failure = { phase: 'resolve', reason: resolveReason[dns.mechanism ?? ''] ?? 'dns_no_answer', after_ms: 0 };
  }
  const reason = cuts[0]?.failure?.reason;
  const answer = complete
    ? undefined
    : attempts.find(
        ({ kind, ok, own: isOwn, evidence, status }) =>
          kind !== 'first' &&
          ok &&
          isOwn &&
          !(cleartext && isBlockPage({ evidence })) &&
          !(leadsNowhere(observation) && isRedirect(status)),
      );
  return {
    platform,
    company: text(own(round.companies, platform)) ?? platform,
    target: text(observation.target) ?? '',
    protocol,
    host: text(last.host),
    observation,
    last,
    cleartext,
    plain: false,
    attempted: (first.ok || observation.outcome === 'failed') && failure?.reason !== 'interrupted',
    complete,
    answered: complete || answer !== undefined,
    status: answer === undefined ? (amount(observation.status) ?? first.status) : answer.status,
    failure,
    attempts,
    neutrals,
    dns,
    sni,
    cut: reason === 'connection_aborted' ? 'connection_reset' : reason,
    trusted: trustedState(attempts, neutrals),
    trustedRemembered: attempts.every(({ own: isOwn, remembered }) => isOwn || remembered),
    elsewhere: elsewhereOf(entries(round.references), text(observation.target) ?? ''),
    twin: undefined,
  };
}

/** Every observation of a platform as a case, in an order that does not depend on the record's. */
export function casesOf(round: Round, platform: string): Case[] {
  const cases = entries(own(round.platforms, platform)).map((observation) => caseOf(round, platform, observation));
  cases.sort(byName);
  for (const one of cases) {
    if (one.protocol === undefined) continue;
    const twins = cases.filter(
      ({ target, protocol }) => target === one.target && protocol !== undefined && protocol !== one.protocol,
    );
    one.twin = twins.find(({ complete }) => complete) ?? twins[0];
  }
  return cases;
}

function byName(a: Case, b: Case): number {
  const left = `${a.target} ${a.protocol ?? ''}`;
  const right = `${b.target} ${b.protocol ?? ''}`;
  if (left !== right) return left < right ? -1 : 1;
  // The same target twice: told apart by content, so that the record's order does not show.
  const [one, other] = [JSON.stringify(a.observation), JSON.stringify(b.observation)];
  return one < other ? -1 : one > other ? 1 : 0;
}

/** The failure is ours, not the other side's. */
export function failsLocally({ failure }: Case): boolean {
  return isLocal(failure);
}
