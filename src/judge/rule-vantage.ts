/** Rule 0: the vantage's own artefacts; and what was not measured at all. */
import type { Case } from './case.ts';
import { type Context, fitFor } from './context.ts';
import type { Rule } from './rule.ts';
import { clockSkewed } from './skew.ts';
import type { VantageView } from './vantage.ts';

const because =
  (cause: VantageView['cause']) =>
  (_one: Case, { vantage }: Context) =>
    vantage.cause === cause;

const inconclusive = { state: 'inconclusive', ceiling: 3 } as const;

export const firstRules: readonly Rule[] = [
  {
    id: 'not-measured',
    because: 'nothing was tried, or the attempt was cut short by the probe itself',
    cites: 'docs/methodology.md: what has not run is skipped and enters no stream',
    when: ({ attempted }) => !attempted,
    verdict: { state: 'inconclusive', ceiling: 1 },
    final: true,
    silent: true,
  },
  {
    id: 'captive-portal',
    because: 'cleartext controls are led to another host, or one self-made certificate answers for every name',
    cites: 'RFC 8952 section 2; docs/methodology.md rule 0',
    when: because('captive_portal'),
    verdict: inconclusive,
    final: true,
  },
  {
    id: 'tls-intercepted',
    because: 'controls show a foreign certificate chain too: somebody re-signs everything, a company or an antivirus',
    cites: 'Durumeric et al., The Security Impact of HTTPS Interception, NDSS 2017; docs/methodology.md rule 0',
    when: because('tls_intercepted'),
    verdict: inconclusive,
    final: true,
  },
  {
    id: 'clock-skew',
    because: 'certificates of controls look expired too: our clock is wrong',
    cites:
      'Acer et al., Where the Wild Warnings Are, CCS 2017 (client clocks cause a third of certificate errors); docs/methodology.md rule 0',
    when: because('clock_skew'),
    verdict: inconclusive,
    notes: () => ['clock_skew'],
    final: true,
  },
  {
    id: 'clock-skew-one',
    because: 'this certificate looks expired, and our clock is known to be wrong',
    cites: 'as clock-skew; the skew is read from a control’s Date header',
    when: ({ failure, answered }, { round }) =>
      !answered && failure?.reason === 'ssl_invalid_certificate' && clockSkewed(round),
    verdict: inconclusive,
    notes: () => ['clock_skew'],
    final: true,
  },
];

/** Rule 4: states of the line in which a failing platform says nothing about the platform. */
export const lineRules: readonly Rule[] = [
  {
    id: 'offline',
    because: 'no host at all answered completely',
    cites: 'docs/methodology.md rule 4',
    when: because('offline'),
    verdict: inconclusive,
    final: true,
  },
  {
    id: 'isolated',
    because: 'controls in the country answer, and everything foreign is gone',
    cites:
      'Dainotti et al., Analysis of Country-wide Internet Outages Caused by Censorship, IMC 2011; docs/methodology.md rule 4',
    when: because('isolated'),
    verdict: inconclusive,
    mechanisms: () => ['ip.international'],
    final: true,
  },
  {
    id: 'resolver-dead',
    because: 'the configured resolver fails for every name, while addresses of other origin work',
    cites: 'docs/methodology.md rule 4',
    when: because('resolver_dead'),
    verdict: inconclusive,
    final: true,
  },
  {
    id: 'local-failure',
    because: 'this machine refused to send: a local firewall, or no network',
    cites: 'connect(2): EPERM, EACCES, ENETDOWN',
    when: ({ failure, answered }) =>
      !answered && (failure?.reason === 'permission_denied' || failure?.reason === 'network_down'),
    verdict: { state: 'inconclusive', ceiling: 2 },
    notes: () => ['local_filter'],
    final: true,
  },
];

/** Rule 9: what fails over IPv6 alone. */
export const protocolRules: readonly Rule[] = [
  {
    id: 'ip6-no-address',
    because: 'the name has no IPv6 address as seen from here',
    cites: 'docs/methodology.md rule 5: a missing AAAA says nothing',
    when: ({ protocol, answered, failure, twin }) =>
      protocol === 'ip6' &&
      !answered &&
      failure?.phase === 'resolve' &&
      (twin !== undefined || failure.reason === 'dns_no_answer'),
    verdict: { state: 'inconclusive', ceiling: 1 },
    final: true,
    silent: true,
  },
  {
    id: 'ip6-only',
    because: 'it fails over IPv6 and answers over IPv4, while IPv6 controls answer',
    cites: 'RFC 8305 (why users hardly notice); docs/methodology.md rule 9',
    when: (one, context) =>
      one.protocol === 'ip6' && !one.answered && one.twin?.answered === true && fitFor(context, one).fit,
    verdict: { state: 'degraded', basis: 'comparison', ceiling: 2 },
    mechanisms: () => ['ip6.only'],
    final: true,
  },
  {
    id: 'ip6-not-judged',
    because: 'it fails over IPv6, and no IPv6 control shows that IPv6 works here',
    cites: 'docs/methodology.md rule 9: broken local IPv6 is never a verdict',
    when: (one, context) => one.protocol === 'ip6' && !one.answered && !fitFor(context, one).fit,
    verdict: { state: 'inconclusive', ceiling: 1 },
    final: true,
    silent: true,
  },
];
