/** The sentence that can be quoted: what, where, since when, how much, how sure, and what it does not show. */
import type { AnomalyKind, Mechanism } from '../model/vocabulary.ts';
import { clockRange, localTime } from './clock-time.ts';
import type { JudgeParams } from './params.ts';
import type { Fingerprint, IncidentState } from './state.ts';

const be = (what: string, how: string): [string, string] => [`${what} are ${how}`, `${what} were ${how}`];

/** An event of the configuration is named when the onset lies within this many seconds of it. */
const coincidence = 3 * 3600;

const since: Record<AnomalyKind, [one: string, many: string]> = {
  blocked: ['has been blocked', 'have been blocked'],
  throttled: ['has been throttled', 'have been throttled'],
  degraded: ['has been slower than normal', 'have been slower than normal'],
  unreachable: ['has been unreachable', 'have been unreachable'],
};
const was: Record<AnomalyKind, [one: string, many: string]> = {
  blocked: ['was blocked', 'were blocked'],
  throttled: ['was throttled', 'were throttled'],
  degraded: ['was slower than normal', 'were slower than normal'],
  unreachable: ['was unreachable', 'were unreachable'],
};

/** How each mechanism reads in a sentence, now and afterwards. What is not here says nothing beyond its kind. */
const words: Partial<Record<Mechanism, [now: string, then: string]>> = {
  'dns.nxdomain': ['the resolver says that the name does not exist', 'the resolver said that the name did not exist'],
  'dns.refused': ['the resolver refuses the name', 'the resolver refused the name'],
  'dns.servfail': ['the resolver fails for the name only', 'the resolver failed for the name only'],
  'dns.timeout': ['the resolver never answers for the name', 'the resolver never answered for the name'],
  'dns.no_answer': ['the resolver gives no address for the name', 'the resolver gave no address for the name'],
  'dns.injection.bogon': be('DNS answers', 'forged with an address that nobody may use'),
  'dns.injection.blockpage': ['DNS answers lead to a block page', 'DNS answers led to a block page'],
  'dns.injection.other': be('DNS answers', 'forged'),
  'tcp.timeout': be('connections', 'never answered'),
  'tcp.reset': be('connections', 'reset'),
  'tcp.refused': be('connections', 'refused'),
  'ip.unreachable': [
    'the network says that the address cannot be reached',
    'the network said that the address could not be reached',
  ],
  'tls.timeout.sni': be('connections that carry the name', 'dropped'),
  'tls.reset.sni': be('connections that carry the name', 'reset'),
  'tls.eof.sni': be('connections that carry the name', 'closed'),
  'tls.timeout': be('handshakes', 'never answered'),
  'tls.reset': be('handshakes', 'reset'),
  'tls.eof': be('handshakes', 'closed'),
  'tls.mitm': ['another party answers with its own certificate', 'another party answered with its own certificate'],
  'http.blockpage': ['a block page is shown', 'a block page was shown'],
  'http.reset': be('requests', 'reset'),
  'http.timeout': be('requests', 'never answered'),
  'http.freeze': ['transfers freeze after the first kilobytes', 'transfers froze after the first kilobytes'],
  'throttle.sni': be('only connections that carry the name', 'slow'),
  'throttle.ip': ['every connection to the address is slow', 'every connection to the address was slow'],
  'ip6.only': ['over IPv6 only', 'over IPv6 only'],
};

export interface Place {
  asn?: string | undefined;
  country?: string | undefined;
}

/** What an incident is told with, beside itself. */
export interface Telling {
  platforms: readonly string[];
  place: Place;
  earlier: readonly Fingerprint[];
  params: JudgeParams;
}

/** The statement of an open or closed incident, in the probe's own time zone. */
export function statement(incident: IncidentState, telling: Telling): string {
  const { params, platforms } = telling;
  const zone = params.timezone;
  const many = platforms.length > 1 ? 1 : 0;
  const names = list(inOrder(platforms, params).map((name) => params.titles[name] ?? name));
  const from = clockRange(incident.onset, zone);
  const opening = incident.ended
    ? `From ${from} until ${clockRange(incident.ended, zone, localTime(incident.onset[1], zone).date)} ${names} ${was[incident.kind][many]}`
    : incident.notes.includes('since_start')
      ? `Since this probe began to measure at ${from}, and perhaps before, ${names} ${since[incident.kind][many]}`
      : `Since ${from} ${names} ${since[incident.kind][many]}`;
  const sentences = [`${opening} as seen from ${where(telling.place)}, over TCP${how(incident)}.`];
  if (incident.notes.includes('flapping')) sentences.push('It comes and goes.');
  if (incident.notes.includes('path_change')) sentences.push('It went with a longer route and is now taken as normal.');
  sentences.push(
    incident.compared
      ? `Control sites ${incident.ended ? 'were' : 'are'} unaffected.`
      : 'Control sites on a like path could not be compared.',
  );
  if (incident.notes.includes('down_elsewhere')) sentences.push('It fails elsewhere too.');
  if (incident.notes.includes('reachable_elsewhere')) sentences.push('It is reachable elsewhere.');
  const like = telling.earlier.map((print) => localTime(print.at, zone).date);
  if (like.length > 0) sentences.push(`This is consistent with ${list([...new Set(like)].slice(0, 3))}.`);
  for (const title of coinciding(incident, params)) sentences.push(`It coincides with ${title}.`);
  sentences.push(`Confidence: ${incident.confidence}.`, 'This does not show who ordered it.');
  return sentences.join(' ');
}

/** As the configuration lists them; what it does not know comes last, by name. */
function inOrder(platforms: readonly string[], params: JudgeParams): string[] {
  const order = Object.keys(params.titles);
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return [...platforms].sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
}

function where({ asn, country }: Place): string {
  if (asn) return country ? `${asn} (${country})` : asn;
  return country ? `one network in ${country}` : 'this network';
}

function how(incident: IncidentState): string {
  const parts: string[] = [];
  if (incident.kind !== 'unreachable') {
    if (incident.goodput_ratio !== undefined) parts.push(`downloads at ${percent(incident.goodput_ratio)} % of normal`);
    if (incident.handshake_ratio !== undefined) {
      parts.push(`handshakes ${Number(incident.handshake_ratio.toPrecision(2))}× slower`);
    }
  }
  const word = incident.mechanism ? words[incident.mechanism]?.[incident.ended ? 1 : 0] : undefined;
  if (word) parts.push(word);
  return parts.length > 0 ? `: ${parts.join(', ')}` : '';
}

function percent(ratio: number): string {
  const share = ratio * 100;
  return share >= 1 ? String(Math.round(share)) : share.toPrecision(1);
}

function coinciding(incident: IncidentState, params: JudgeParams): string[] {
  return params.events
    .filter(({ at }) => Math.abs(Date.parse(at) / 1000 - incident.onset[1]) <= coincidence)
    .map(({ title }) => title);
}

/** `X, Facebook, Instagram and YouTube`. */
function list(items: readonly string[]): string {
  if (items.length < 2) return items[0] ?? '';
  return `${items.slice(0, -1).join(', ')} and ${items[items.length - 1]}`;
}
