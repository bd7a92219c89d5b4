/** Rule 8: clear text, in which anybody on the way can answer. */
import type { Mechanism } from '../model/vocabulary.ts';
import { sameAddress } from './attempt.ts';
import { astray, isBlockPage } from './block-page.ts';
import type { Case } from './case.ts';
import type { Rule } from './rule.ts';
import { downElsewhere } from './rule-tls.ts';

const dnsIsRight = ({ dns }: Case) => dns.own !== 'wrong' && dns.own !== 'failed';

/** The request with this Host came to nothing, and another Host at the same address was answered. */
function hostDiffers(one: Case): boolean {
  return (
    !one.answered &&
    one.cleartext &&
    one.attempts.some(
      (attempt) =>
        (attempt.failure?.phase === 'processing' || attempt.failure?.phase === 'transfer') &&
        one.neutrals.some((neutral) => neutral.answered && sameAddress(attempt, neutral)),
    ) &&
    !downElsewhere(one)
  );
}

const ending = ({ failure }: Case): readonly Mechanism[] =>
  failure?.reason === 'generic_timeout_error' || failure?.reason === 'http_body_stalled'
    ? ['http.timeout']
    : ['http.reset'];

export const httpRules: readonly Rule[] = [
  {
    id: 'http-host-differential',
    because: 'the request for this host was cut off, and the same address answered another one',
    cites: 'VanderSloot et al., Quack, USENIX Security 2018; docs/methodology.md rule 8',
    when: hostDiffers,
    verdict: { state: 'blocked', basis: 'differential', ceiling: 3 },
    wantsRepeat: true,
    mechanisms: ending,
  },
  {
    id: 'http-block-page',
    because: 'in clear text a page stood in the site’s place that says so, or is known to',
    cites: 'Jones et al., IMC 2014; OONI df-007 and blockpage fingerprints; docs/methodology.md rule 8',
    when: (one) => !one.answered && one.cleartext && dnsIsRight(one) && one.attempts.some(isBlockPage),
    verdict: { state: 'blocked', basis: 'artefact', ceiling: 3 },
    mechanisms: () => ['http.blockpage'],
  },
  {
    id: 'http-led-astray',
    because: 'clear text led to another site’s host, which nobody vouches for',
    cites: 'docs/methodology.md rule 8',
    when: (one) => !one.answered && dnsIsRight(one) && astray(one),
    verdict: { state: 'blocked', basis: 'artefact', ceiling: 2 },
    mechanisms: () => ['http.blockpage'],
  },
];
