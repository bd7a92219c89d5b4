/** Rules 2, 3 and 11: what a target's own answer shows, also when it came slowly or stopped. */
import type { Case } from './case.ts';
import type { Context } from './context.ts';
import { isOfTheName } from './contrast.ts';
import { amount, entries, object, own } from './reading.ts';
import type { Rule } from './rule.ts';

/** Where freezes of 2025–26 bite (16–20 KB, about 25 packets; docs/methodology.md), with room on both sides. */
const freezeFrom = 12 * 1024;
const freezeTo = 40 * 1024;
/** Two stalls this close together are one threshold, not two accidents (docs/methodology.md, rule 2). */
const freezeApart = 4 * 1024;

/** A contrast must be this large in two rounds running (docs/methodology.md, rule 11). */
export const throttleRatio = 5;

function stallsOf({ observation }: Case): number[] {
  const transfers = [
    observation.transfer,
    ...entries(observation.experiments)
      .filter(({ kind }) => kind === 'transfer')
      .map(({ transfer }) => transfer),
  ];
  return transfers.map((transfer) => amount(object(transfer)?.stalled_at)).filter((bytes) => bytes !== undefined);
}

/** The stalls of this round that lie where freezes do; for the memory. */
export function freezesOf(one: Case): number[] {
  return stallsOf(one).filter((bytes) => bytes >= freezeFrom && bytes <= freezeTo);
}

/** Whether a download of this round went on beyond where freezes bite. One that was cut before says nothing of it. */
export function ranThrough({ observation }: Case): boolean {
  return (amount(object(observation.transfer)?.bytes) ?? 0) > freezeTo;
}

/** Once proved, a freeze is followed by one download a round: a control's beside each would be paid for nothing. */
function isFrozen(one: Case, { memory, controlTransferRan }: Context): boolean {
  const known = object(own(memory.platforms, one.platform));
  if (!controlTransferRan && known?.frozen !== 1) return false;
  const now = freezesOf(one);
  const before = entries0(known?.freezes);
  const all = [...now, ...before];
  return now.some((bytes, index) => all.some((other, at) => at !== index && Math.abs(other - bytes) <= freezeApart));
}

function entries0(value: readonly number[] | undefined): number[] {
  return Array.isArray(value) ? value.filter((bytes) => amount(bytes) !== undefined).slice(-2) : [];
}

/**
 * Statuses by which a server says no to us, not to the object: 404, 405, 410, 416 speak of the object or the method
 * (RFC 9110 section 15.5) and come from a server that serves.
 */
const aboutTheObject = new Set([404, 405, 410, 416]);

function refuses({ status }: Case): boolean {
  return status !== undefined && status >= 400 && !aboutTheObject.has(status);
}

/** The rule by which a round's finding is a freeze. */
export const frozenRule = 'freeze-same-size';

export const answerRules: readonly Rule[] = [
  {
    id: 'throttled-differential',
    because: 'for two rounds running this name was at least five times slower than another name on the same way',
    cites: 'Xue et al., Throttling Twitter, IMC 2021; docs/methodology.md rule 11',
    when: (one, { contrasts, memory }) =>
      one.answered &&
      (contrasts.get(one)?.ratio ?? 0) >= throttleRatio &&
      (amount(object(object(own(memory.platforms, one.platform))?.slowdown)?.ratio) ?? 0) >= throttleRatio,
    verdict: { state: 'throttled', basis: 'differential', ceiling: 3 },
    // The name is the trigger only where one address served both names.
    mechanisms: (one, { contrasts }) => {
      const contrast = contrasts.get(one);
      return [contrast && isOfTheName(contrast) ? 'throttle.sni' : 'throttle.unknown'];
    },
  },
  {
    id: frozenRule,
    because: 'two fresh connections stopped within 4 KiB of the same size, while a control’s download ran on',
    cites: 'net4people/bbs issue 490 (Russia, 2025); docs/methodology.md rule 2',
    when: isFrozen,
    verdict: { state: 'blocked', basis: 'artefact', ceiling: 3 },
    mechanisms: () => ['http.freeze'],
  },
  {
    id: 'answer-legal',
    because: 'the server itself, over verified TLS, says that the law forbids it',
    cites: 'RFC 7725; docs/methodology.md rule 3',
    when: ({ answered, status }) => answered && status === 451,
    verdict: { state: 'refused', ceiling: 3 },
    mechanisms: () => ['http.legal'],
  },
  {
    id: 'answer-refused',
    because: 'the server itself, over verified TLS, turns us away: a wall against robots, not against the country',
    cites: 'docs/methodology.md rule 3: of 170 real "down" flips in a year 167 carried a valid answer',
    when: (one) => one.answered && refuses(one),
    verdict: { state: 'refused', ceiling: 3 },
  },
  {
    id: 'answer-complete',
    because: 'a complete answer came from an address that the user’s own resolver gave',
    cites: 'docs/methodology.md rule 3; OONI df-015 (TLS success is proof)',
    when: ({ complete }) => complete,
    verdict: { state: 'reachable', basis: 'comparison', ceiling: 3 },
  },
  {
    id: 'answer-on-repeat',
    because: 'the first attempt failed, another one in the same round brought a complete answer',
    cites: 'docs/methodology.md rule 3; programs retry too (RFC 8305)',
    when: ({ answered, complete }) => answered && !complete,
    verdict: { state: 'reachable', basis: 'comparison', ceiling: 1 },
  },
  {
    id: 'large-hello',
    because: 'only a ClientHello that spans two segments is dropped',
    cites: 'tldr.fail; docs/methodology.md large_hello',
    when: ({ answered, observation }) => answered && largeHello(observation) === false,
    notes: () => ['large_hello'],
  },
  {
    id: 'quic-silent',
    because: 'QUIC to this name brings nothing',
    cites: 'RFC 9312 section 2; docs/methodology.md: QUIC never decides a state',
    when: ({ observation }) => quicReason(observation) === 'generic_timeout_error',
    mechanisms: () => ['quic.timeout'],
  },
  {
    id: 'quic-turned-away',
    because: 'QUIC to this name is turned away by ICMP or a reset',
    cites: 'RFC 9312 section 2; docs/methodology.md',
    when: ({ observation }) => turnedAway.has(quicReason(observation) ?? ''),
    mechanisms: () => ['quic.reset'],
  },
];

const turnedAway: ReadonlySet<string> = new Set([
  'connection_refused',
  'connection_reset',
  'connection_aborted',
  'host_unreachable',
  'eof_error',
]);

function quicReason({ quic }: Case['observation']): string | undefined {
  const fact = object(quic);
  return fact?.outcome === 'failed' ? (fact.reason ?? 'generic_timeout_error') : undefined;
}

/** What the two-segment hello brought: undefined when it was not sent. One success outweighs failures. */
export function largeHello({ experiments }: Case['observation']): boolean | undefined {
  const sent = entries(experiments).filter(({ kind, outcome }) => kind === 'large_hello' && outcome !== 'skipped');
  return sent.length === 0 ? undefined : sent.some(({ outcome }) => outcome === 'ok');
}
