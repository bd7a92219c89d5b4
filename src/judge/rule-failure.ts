/** Rules 7 and 10: a failure without artefact or differential, weighed against everybody else. */
import type { Failure } from '../model/round.ts';
import type { Mechanism, Note } from '../model/vocabulary.ts';
import { isForeignChain } from './attempt.ts';
import type { Case } from './case.ts';
import { type Context, confirmedFor, fitFor, othersAnswer } from './context.ts';
import type { Rule } from './rule.ts';
import { downElsewhere, plainCut } from './rule-tls.ts';

const connectMechanism: Readonly<Record<string, Mechanism>> = {
  generic_timeout_error: 'tcp.timeout',
  connection_reset: 'tcp.reset',
  connection_aborted: 'tcp.reset',
  connection_refused: 'tcp.refused',
  host_unreachable: 'ip.unreachable',
  network_unreachable: 'ip.unreachable',
};

const requestMechanism: Readonly<Record<string, Mechanism>> = {
  generic_timeout_error: 'http.timeout',
  http_body_stalled: 'http.timeout',
  connection_reset: 'http.reset',
  connection_aborted: 'http.reset',
  eof_error: 'http.reset',
};

const resolveMechanism: Readonly<Record<string, Mechanism>> = {
  dns_nxdomain_error: 'dns.nxdomain',
  dns_refused_error: 'dns.refused',
  dns_servfail_error: 'dns.servfail',
  dns_no_answer: 'dns.no_answer',
  dns_bogon_error: 'dns.injection.bogon',
  generic_timeout_error: 'dns.timeout',
};

function ofFailure({ phase, reason }: Failure, one: Case): readonly Mechanism[] {
  const pick = (table: Readonly<Record<string, Mechanism>>) => {
    const known = Object.hasOwn(table, reason) ? table[reason] : undefined;
    return known === undefined ? [] : [known];
  };
  if (phase === 'connect') return pick(connectMechanism);
  if (phase === 'processing' || phase === 'transfer') return pick(requestMechanism);
  // What every resolver says alike is the name's own state; with facts the DNS rules have named the rest.
  if (phase === 'resolve') return one.dns.own === 'not_asked' ? pick(resolveMechanism) : [];
  if (one.attempts.some(isForeignChain)) return one.dns.own === 'wrong' || downElsewhere(one) ? [] : ['tls.mitm'];
  return one.sni ? [] : plainCut(one);
}

/**
 * How the target's own failure looks, and how the trusted addresses fail where those were tried. What happened at an
 * address that DNS lied about says nothing of the way to the site.
 */
export function mechanismsOfFailure(one: Case): readonly Mechanism[] {
  const misled = one.dns.own === 'wrong' || one.dns.injected?.own === true;
  const ofAttempts = one.attempts.filter(({ own }) => !(misled && own)).map(({ failure }) => failure);
  return [misled ? undefined : one.failure, ...ofAttempts]
    .filter((failure) => failure !== undefined)
    .flatMap((failure) => ofFailure(failure, one));
}

function elsewhere({ elsewhere: known }: Case): readonly Note[] {
  if (known === undefined) return [];
  return known === 'down' ? ['down_elsewhere'] : ['reachable_elsewhere'];
}

/** An address that had seen a name of ours shortly before stays silent for any name: no proof of an address block. */
function residual(one: Case): readonly Note[] {
  return one.neutrals.some(({ answered, residual: tainted }) => !answered && tainted) ? ['residual_possible'] : [];
}

function comparable(one: Case, context: Context): boolean {
  const fit = fitFor(context, one);
  return fit.attempted > 0 ? fit.fit : othersAnswer(context, one);
}

export const failureRules: readonly Rule[] = [
  {
    id: 'confirmed-earlier',
    because: 'the same failure was shown to be interference a few rounds ago, and this round did not look again',
    cites: 'docs/methodology.md: while an incident is open experiments run every tenth round',
    when: (one, context) => !one.answered && confirmedFor(context, one) !== undefined && comparable(one, context),
    verdict: { state: 'blocked', basis: 'differential', ceiling: 2 },
    mechanisms: (one, context) => {
      const confirmed = confirmedFor(context, one);
      return confirmed === undefined ? [] : [confirmed.mechanism];
    },
  },
  {
    id: 'tcp-two-companies',
    because: 'two companies or more cannot be reached at TCP on any address tried, in one round, while controls answer',
    cites: 'docs/methodology.md rule 7; NetBlocks on Pakistan, January 2024',
    when: (one, context) =>
      one.attempted &&
      !one.answered &&
      context.silentCompanies.has(one.company) &&
      fitFor(context, one).fit &&
      !downElsewhere(one),
    verdict: { state: 'blocked', basis: 'comparison', ceiling: 2 },
    wantsRepeat: true,
    mechanisms: mechanismsOfFailure,
    notes: elsewhere,
  },
  {
    id: 'controls-failing',
    because: 'it fails, and so do too many of the controls, or there were none: it may be the line',
    cites: 'docs/methodology.md rule 4',
    when: (one, context) => !one.answered && !comparable(one, context),
    verdict: { state: 'inconclusive', ceiling: 2 },
    final: true,
  },
  {
    id: 'ip4-only-fails',
    because: 'it fails over IPv4 without artefact or differential, and answers over IPv6',
    cites: 'RFC 8305: programs on a line with both use what answers',
    when: ({ answered, protocol, twin }) => !answered && protocol !== 'ip6' && twin?.answered === true,
    verdict: { state: 'degraded', basis: 'comparison', ceiling: 1 },
    mechanisms: mechanismsOfFailure,
  },
  {
    id: 'fails-here',
    because: 'it fails here while controls answer; nothing shows who or what makes it fail',
    cites: 'docs/methodology.md rule 10',
    when: ({ answered }) => !answered,
    verdict: { state: 'unreachable', basis: 'comparison', ceiling: 1 },
    mechanisms: mechanismsOfFailure,
    notes: (one) => [...elsewhere(one), ...residual(one)],
  },
  {
    id: 'first-address-failed',
    because: 'the first attempt failed before another one answered',
    cites: 'docs/methodology.md: mechanisms are collected from everything seen',
    when: ({ answered, complete }) => answered && !complete,
    mechanisms: mechanismsOfFailure,
  },
];
