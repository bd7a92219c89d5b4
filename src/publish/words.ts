/** The vocabularies in plain words, for people who have never read a specification: the page, the table, the log. */
import type { AnomalyKind, Basis, Mechanism, Note, Phase, State, VantageState } from '../model/vocabulary.ts';

/** A state in one word with a sign (colour alone would leave out who does not see it), and in one sentence. */
export const stateWords: Readonly<Record<State, { sign: string; sentence: string }>> = {
  reachable: { sign: '✓', sentence: 'It answers, completely and over a valid certificate.' },
  refused: { sign: '✓', sentence: 'It can be reached, but its own server turns us away. That is not a block.' },
  degraded: { sign: '~', sentence: 'It answers, but worse than usual from here.' },
  throttled: { sign: '≈', sentence: 'It is being slowed down, while other sites are not.' },
  blocked: { sign: '✕', sentence: 'Something between here and the platform keeps it from answering.' },
  unreachable: { sign: '!', sentence: 'It does not answer from here. Why cannot be told from here alone.' },
  inconclusive: {
    sign: '?',
    sentence: 'Nothing can be said about it from here at the moment.',
  },
};

/** What the condition of the line means for everything else on the page. */
export const vantageWords: Readonly<Record<VantageState, string>> = {
  online: 'This line works: the control sites answer.',
  degraded: 'This line is in trouble: speed is not judged until it recovers.',
  isolated: 'Sites in this country answer, everything abroad is gone.',
  captive_portal: 'A login page stands in the way (hotel, airport, café): nothing can be said about the platforms.',
  tls_intercepted:
    'Encrypted connections are opened on the way, those to the control sites too: nothing can be said about the platforms.',
  offline: 'This line is offline: nothing can be said about the platforms.',
  asleep: 'This computer was asleep: nothing can be said about that time.',
};

/** How it is done, as one would say it; `.sni` means that the same address answered another name. */
export const mechanismWords: Readonly<Record<Mechanism, string>> = {
  'dns.nxdomain': 'the resolver says that the name does not exist',
  'dns.refused': 'the resolver refuses the name',
  'dns.servfail': 'the resolver fails for this name',
  'dns.timeout': 'the resolver does not answer for this name',
  'dns.no_answer': 'the resolver gives no address for the name',
  'dns.injection.bogon': 'a false address is answered that leads nowhere',
  'dns.injection.blockpage': 'a false address is answered that leads to a block page',
  'dns.injection.other': 'a false address is answered',
  'dns.interception': 'questions to other resolvers are answered by the provider',
  'tcp.timeout': 'connections are not answered',
  'tcp.reset': 'connections are reset',
  'tcp.refused': 'connections are refused',
  'ip.unreachable': 'the network says that the address cannot be reached',
  'ip.international': 'everything abroad is cut off',
  'tls.timeout.sni': 'silence as soon as the name is seen',
  'tls.reset.sni': 'the connection is reset as soon as the name is seen',
  'tls.eof.sni': 'the connection is closed as soon as the name is seen',
  'tls.timeout': 'the encrypted handshake is not answered',
  'tls.reset': 'the encrypted handshake is reset',
  'tls.eof': 'the encrypted handshake is closed',
  'tls.mitm': "somebody else's certificate is shown",
  'http.blockpage': 'a block page is shown',
  'http.reset': 'the request is reset',
  'http.timeout': 'the request is not answered',
  'http.freeze': 'transfers freeze after a few kilobytes',
  'http.legal': 'the server itself cites a legal reason (451)',
  'throttle.sni': 'slowed down by name',
  'throttle.ip': 'slowed down by address',
  'throttle.unknown': 'slowed down, the trigger is not known',
  'quic.timeout': 'QUIC is not answered',
  'quic.reset': 'QUIC is refused',
  'ip6.only': 'over IPv6 only',
};

/** Why the verdict stands, to go behind "Confidence high:". */
export const basisWords: Readonly<Record<Basis, string>> = {
  artefact: 'it leaves a trace that only interference leaves',
  differential: 'in the same minute the same place answered another name',
  comparison: 'judged against its own past and the control sites',
};

export const noteWords: Readonly<Record<Note, string>> = {
  since_start: 'it has never worked since reachd was started here',
  slow_degradation: 'it has become worse slowly, over days',
  path_change: 'the path through the Internet has changed',
  persistent: 'it has lasted for more than a week',
  flapping: 'it comes and goes',
  reachable_elsewhere: 'a probe elsewhere reaches it',
  down_elsewhere: 'a probe elsewhere does not reach it either',
  residual_possible: 'an after-effect of an earlier look is possible',
  chronically_unreachable: 'it is never reachable from here',
  extra_trust: 'trusted only because of an added certificate authority',
  clock_skew: "this computer's clock is wrong",
  local_filter: 'a filter in this network may be the reason',
  control_impaired: 'a control site is itself blocked',
  large_hello: 'only larger handshakes are dropped',
};

/** What was going on in a phase, to go behind "while". */
export const phaseWords: Readonly<Record<Phase, string>> = {
  resolve: 'looking up the name',
  connect: 'connecting',
  tls: 'agreeing on encryption',
  processing: 'waiting for the answer',
  transfer: 'receiving the answer',
};

/** What is being done to a platform, to go behind "is being" or "is". */
export const anomalyWords: Readonly<Record<AnomalyKind, string>> = {
  blocked: 'being blocked',
  throttled: 'being throttled',
  degraded: 'working badly',
  unreachable: 'not reachable',
};

/** `X, Facebook and YouTube`. */
export function list(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

/** `45 s`, `12 min`, `2 h 5 min`, `3 d 4 h`: two units at most, rounded down. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}

/** `312 B`, `31.9 kB`, `4.2 MB`: powers of 1000, as data plans count. */
export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  for (; value >= 999.5 && unit < units.length - 1; unit += 1) value /= 1000;
  return `${unit === 0 || value >= 100 ? Math.round(value) : Math.round(value * 10) / 10} ${units[unit]}`;
}
