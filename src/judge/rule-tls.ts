/** Rules 1 and 6: what was done to the handshake. */
import type { Mechanism, Reason } from '../model/vocabulary.ts';
import { siteOf } from './address.ts';
import { isForeignChain, isTlsCut, type NeutralAnswer, sameAddress } from './attempt.ts';
import type { Case } from './case.ts';
import { impostorMarks, nearResets } from './context.ts';
import { text } from './reading.ts';
import type { Rule } from './rule.ts';
import { largeHello } from './rule-answer.ts';

/** Down elsewhere as well: then a difference between names may be the server's own doing. */
export function downElsewhere({ elsewhere, trusted }: Case): boolean {
  return elsewhere === 'down' && trusted !== 'works';
}

const cutBy = (reason: Reason) => (one: Case) => !one.answered && one.sni && one.cut === reason && !downElsewhere(one);

/**
 * The address serves other names as the site's own server would: with an alert, with a chain that verifies, or with a
 * publicly trusted chain of its own. The impostor would have shown its own chain again.
 */
function servesProperly(neutral: NeutralAnswer, one: Case): boolean {
  const foreign = one.attempts.find(isForeignChain);
  if (foreign === undefined || !neutral.answered || !sameAddress(foreign, neutral)) return false;
  const { tls } = neutral.evidence;
  if (tls === undefined || text(tls.fingerprint) === undefined) return neutral.alert && tls?.error === undefined;
  if (tls.error === undefined) return true;
  const other = tls.fingerprint !== foreign.evidence.tls?.fingerprint && tls.issuer !== foreign.evidence.tls?.issuer;
  return other && tls.error === 'ssl_invalid_hostname';
}

/**
 * A chain of unknown root under the name. A publicly trusted chain of another name is as often the server's own
 * mistake, and counts only where the address shows the site's own certificate for other names.
 */
function isImpostor(one: Case): boolean {
  const foreign = one.attempts.find(isForeignChain);
  if (foreign === undefined) return false;
  const error = foreign.evidence.tls?.error ?? foreign.failure?.reason;
  if (error === 'ssl_unknown_authority') return true;
  const site = siteOf(one.host);
  return one.neutrals.some(({ evidence }) => {
    const subject = text(evidence.tls?.subject)?.toLowerCase();
    return (
      site !== undefined &&
      subject?.includes(site) === true &&
      evidence.tls?.fingerprint !== foreign.evidence.tls?.fingerprint
    );
  });
}

function isReplaced(one: Case): boolean {
  return !one.answered && isImpostor(one) && one.neutrals.some((neutral) => servesProperly(neutral, one));
}

/** DNS led to the impostor: that is rule 5's matter, and the chain only its consequence. */
const dnsIsRight = ({ dns }: Case) => dns.own !== 'wrong' && dns.own !== 'failed';

function nearMechanism({ attempts }: Case): readonly Mechanism[] {
  const [cut] = attempts.filter(({ failure }) => failure !== undefined);
  if (cut?.failure?.phase === 'processing') return ['http.reset'];
  // Clear text in the server's place: somebody answered, nothing was cut.
  if (cut?.failure?.reason === 'ssl_failed_handshake' && !attempts.some(({ alert }) => alert)) return ['tls.mitm'];
  return [cut?.failure?.reason === 'eof_error' ? 'tls.eof' : 'tls.reset'];
}

/** What came was not TLS, every time, and the address speaks TLS with other names. An alert would have been TLS. */
function isGarbled({ answered, attempts, neutrals }: Case): boolean {
  const garbled = attempts.filter(
    ({ failure, alert }) => failure?.phase === 'tls' && failure.reason === 'ssl_failed_handshake' && !alert,
  );
  return (
    !answered &&
    garbled.length >= 2 &&
    garbled.some((attempt) => neutrals.some((neutral) => neutral.answered && sameAddress(attempt, neutral))) &&
    attempts.every(({ alert }) => !alert)
  );
}

export const tlsRules: readonly Rule[] = [
  {
    id: 'tls-reset-sni-differential',
    because: 'the handshake with this name was reset, and the same address answered another name',
    cites:
      'Bock et al., Iran’s protocol filter, FOCI 2020; net4people/bbs issue 80 (Turkmenistan); docs/methodology.md rule 6',
    when: cutBy('connection_reset'),
    verdict: { state: 'blocked', basis: 'differential', ceiling: 3 },
    wantsRepeat: true,
    mechanisms: () => ['tls.reset.sni'],
  },
  {
    id: 'tls-eof-sni-differential',
    because: 'the handshake with this name was closed, and the same address answered another name',
    cites: 'docs/methodology.md rule 6',
    when: cutBy('eof_error'),
    verdict: { state: 'blocked', basis: 'differential', ceiling: 3 },
    wantsRepeat: true,
    mechanisms: () => ['tls.eof.sni'],
  },
  {
    id: 'tls-timeout-sni-differential',
    because: 'the handshake with this name met silence, and the same address answered another name',
    cites: 'Xue et al., TSPU: Russia’s Decentralized Censorship System, IMC 2022; docs/methodology.md rule 6',
    when: cutBy('generic_timeout_error'),
    verdict: { state: 'blocked', basis: 'differential', ceiling: 3 },
    wantsRepeat: true,
    mechanisms: () => ['tls.timeout.sni'],
  },
  {
    id: 'tls-hello-differential',
    because: 'the same name at the same address passes in a hello of two segments and not in a hello of one',
    cites:
      'Niere et al., Encrypted Client Hello and TLS record fragmentation, FOCI 2023 (filters that do not reassemble)',
    when: (one) =>
      !one.answered &&
      one.attempts.some(isTlsCut) &&
      one.attempts.every((attempt) => !attempt.ok) &&
      one.attempts.filter(isTlsCut).length >= 2 &&
      largeHello(one.observation) === true &&
      !downElsewhere(one),
    verdict: { state: 'blocked', basis: 'differential', ceiling: 2 },
    mechanisms: (one) => plainCut(one),
    notes: () => ['large_hello'],
  },
  {
    id: 'tls-mitm-name',
    because: 'a foreign certificate chain stood under this name, and the same address serves other names properly',
    cites:
      'Raman et al., Investigating Large Scale HTTPS Interception in Kazakhstan, IMC 2020; docs/methodology.md rule 1',
    when: (one) => isReplaced(one) && dnsIsRight(one) && !downElsewhere(one),
    verdict: { state: 'blocked', basis: 'artefact', ceiling: 3 },
    wantsRepeat: true,
    mechanisms: () => ['tls.mitm'],
  },
  {
    id: 'tls-mitm-companies',
    because: 'two companies or more show the same foreign certificate or issuer, and controls show their own',
    cites: 'docs/methodology.md rule 1',
    when: (one, { sharedImpostors }) =>
      !one.answered && dnsIsRight(one) && impostorMarks(one).some((mark) => sharedImpostors.has(mark)),
    verdict: { state: 'blocked', basis: 'artefact', ceiling: 3 },
    mechanisms: () => ['tls.mitm'],
  },
  {
    id: 'tls-mitm-block-page',
    because: 'behind a foreign certificate chain stood a page that is known as a block page',
    cites: 'Jones et al., IMC 2014; docs/methodology.md rule 1',
    when: (one) =>
      !one.answered &&
      dnsIsRight(one) &&
      one.attempts.some((attempt) => isForeignChain(attempt) && text(attempt.evidence.http?.blockpage) !== undefined),
    verdict: { state: 'blocked', basis: 'artefact', ceiling: 3 },
    wantsRepeat: true,
    mechanisms: () => ['tls.mitm'],
  },
  {
    id: 'tls-garbled-name',
    because: 'what came in answer to this name was not TLS, and the same address speaks TLS with another name',
    cites: 'OONI df-007 (ssl_failed_handshake); filters that answer a ClientHello with a page in clear text',
    when: (one) => isGarbled(one) && dnsIsRight(one) && !downElsewhere(one),
    verdict: { state: 'blocked', basis: 'differential', ceiling: 2 },
    mechanisms: () => ['tls.mitm'],
  },
  {
    id: 'reset-nearer-than-path',
    because: 'the connection was cut sooner than the server’s answer could have come',
    cites: 'Weaver, Sommer, Paxson, Detecting Forged TCP Reset Packets, NDSS 2009; docs/methodology.md rule 1',
    when: (one, context) => !one.answered && !downElsewhere(one) && nearResets(one, context) > 0,
    verdict: { state: 'blocked', basis: 'artefact', ceiling: 3 },
    wantsRepeat: true,
    mechanisms: nearMechanism,
  },
];

/** The mechanism of a cut handshake where no other name was answered. */
export function plainCut({ cut }: Case): readonly Mechanism[] {
  if (cut === 'connection_reset') return ['tls.reset'];
  if (cut === 'eof_error') return ['tls.eof'];
  return cut === 'generic_timeout_error' ? ['tls.timeout'] : [];
}
