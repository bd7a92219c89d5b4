/** A report in sentences that can be quoted, each of them no stronger than what stands behind it. */
import type { AnomalyKind } from '../model/vocabulary.ts';
import type { Finding, Interval, Report } from './report.ts';
import { middle } from './report.ts';
import { codeOf } from './report-state.ts';
import { list, mechanismWords } from './words.ts';

const was: Readonly<Record<AnomalyKind, string>> = {
  blocked: 'blocked',
  throttled: 'throttled',
  degraded: 'slower or worse than usual',
  unreachable: 'unreachable',
};

/** Times in the report's own zone. */
export interface Clock {
  /** `18:41` */
  time(ms: number): string;
  /** `20 January 2024` */
  date(ms: number): string;
  /** `UTC+5` */
  zone(ms: number): string;
}

export function clockOf(timeZone: string): Clock {
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-GB', { timeZone, ...options });
  const time = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const date = format({ day: 'numeric', month: 'long', year: 'numeric' });
  const zone = format({ timeZoneName: 'shortOffset' });
  return {
    time: (ms) => time.format(ms),
    date: (ms) => date.format(ms),
    zone: (ms) =>
      (zone.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value ?? 'UTC').replace(
        /^GMT(\+0$)?/,
        'UTC',
      ),
  };
}

/** `18:40–18:41`; one time where both are the same minute. */
export function range([from, to]: Interval, clock: Clock): string {
  const [a, b] = [clock.time(from), clock.time(to)];
  return a === b ? a : `${a}–${b}`;
}

/** The same with the day behind it, where that is another one than the given. */
export function rangeOn(interval: Interval, clock: Clock, day?: string): string {
  const own = clock.date(interval[1]);
  return own === day ? range(interval, clock) : `${range(interval, clock)}, ${own}`;
}

/** `68 %`; small shares and those just short of all keep a digit, so that neither reads as nothing or as everything. */
export function percent(share: number): string {
  const value = share * 100;
  if (value <= 0 || value >= 100) return `${Math.round(value)} %`;
  if (value < 1) return `${value.toPrecision(1)} %`;
  if (value > 99) return `${Math.min(99.9, Number(value.toFixed(1)))} %`;
  return `${Math.round(value)} %`;
}

/** Everything of the event in one piece: earliest onset, last end, what all have. */
export interface Whole {
  onset: Interval;
  end?: Interval | undefined;
  /** Platforms by what was done to them, the gravest first. */
  kinds: [AnomalyKind, Finding[]][];
  /** Networks hit, by the platform with the fewest and the one with the most; and observed. */
  hit: readonly [fewest: number, most: number];
  observed: number;
  users?: number | undefined;
  goodput?: number | undefined;
  handshake?: number | undefined;
  confidence: Finding['confidence'];
}

/** The whole of an event; of the platforms only those that were hit about as widely as the widest, or too much would be said. */
export function wholeOf(all: readonly Finding[]): Whole | undefined {
  if (all.length === 0) return undefined;
  const breadth = ({ networks }: Finding) => networks?.hit.length ?? 1;
  const widest = Math.max(...all.map(breadth));
  const findings = all.filter((one) => breadth(one) * 2 >= widest);
  const kinds = new Map<AnomalyKind, Finding[]>();
  for (const one of findings) kinds.set(one.state, [...(kinds.get(one.state) ?? []), one]);
  const ends = findings.map(({ end }) => end);
  const last = ends.every((end) => end !== undefined)
    ? ([Math.max(...ends.map(([a]) => a)), Math.max(...ends.map(([, b]) => b))] as const)
    : undefined;
  const users = findings.flatMap(({ users }) => users ?? []);
  const order = ['low', 'medium', 'high'] as const;
  return {
    onset: [Math.min(...findings.map(({ onset }) => onset[0])), middle(findings.map(({ onset }) => onset[1]))!],
    end: last,
    kinds: [...kinds].sort(([a], [b]) => codeOf(b) - codeOf(a)),
    hit: [Math.min(...findings.map(breadth)), widest],
    observed: Math.max(0, ...findings.map(({ networks }) => networks?.observed ?? 0)),
    // The smallest: what is said of all of them together must hold for each.
    users: users.length === findings.length ? Math.min(...users) : undefined,
    goodput: middle(findings.flatMap(({ goodput }) => goodput ?? [])),
    handshake: middle(findings.flatMap(({ handshake }) => handshake ?? [])),
    confidence: order[Math.min(...findings.map(({ confidence }) => order.indexOf(confidence)))]!,
  };
}

/** `4 of 5`, or `3 to 4 of 5` where platforms differ. */
export const countOf = ({ hit: [fewest, most], observed }: Whole, article = ''): string =>
  `${fewest === most ? most : `${fewest} to ${most}`} of ${article}${observed}`;

const done = (kinds: Whole['kinds']): string =>
  kinds
    .map(([kind, of]) => `${list(of.map(({ title }) => title))} ${of.length === 1 ? 'was' : 'were'} ${was[kind]}`)
    .join('; ');

/** The headline: what happened, and where. */
export function titleOf({ place, findings, scope, standing }: Report): string {
  const whole = wholeOf(findings);
  if (whole === undefined) {
    return standing.length === 0
      ? `${place}: no disruption of the observed platforms was seen`
      : `${place}: nothing new; ${standingWords(standing)}`;
  }
  const what = whole.kinds.map(([kind, of]) => `${list(of.map(({ title }) => title))} ${was[kind]}`).join('; ');
  return scope === 'country'
    ? `${place}: ${what} on ${countOf(whole)} observed networks`
    : `${what}, as seen from ${place}`;
}

const standingWords = (standing: Report['standing']): string =>
  standing
    .map(
      ({ title, state, networks, observed }) =>
        `${title} ${was[state]} on ${networks} of ${observed} networks all along`,
    )
    .join('; ');

/** What went on from before, as a sentence; a new event does not make it go away. */
const old = ({ standing }: Report): string =>
  standing.length === 0 ? '' : ` Not counted as new by the fleet’s rules: ${standingWords(standing)}.`;

/** The sentences under it. A probe's own statement is quoted instead, where there is one. */
export function leadOf(report: Report): string {
  const { findings, statement, scope, place, timezone, axis, controls_during } = report;
  const clock = clockOf(timezone);
  const whole = wholeOf(findings);
  if (whole === undefined) {
    const span = `${clock.date(axis.since_ms)}, ${clock.time(axis.since_ms)}, to ${clock.date(axis.until_ms)}, ${clock.time(axis.until_ms)} (${clock.zone(axis.until_ms)})`;
    return scope === 'country'
      ? `From ${span}, ${report.probes === 1 ? 'the probe' : `up to ${report.probes} probes`} on ${plural(report.networks, 'network')} in ${place} saw no disruption that began in that time.${old(report)}`
      : `From ${span}, the probe on ${place} recorded no incident.`;
  }
  if (statement !== undefined) return statement;
  const zone = clock.zone(whole.onset[1]);
  const began = `${range(whole.onset, clock)} (${zone}) on ${clock.date(whole.onset[1])}`;
  const opening = whole.end === undefined ? `Since ${began}, and still at the end of this report,` : `From ${began},`;
  const where =
    scope === 'country'
      ? ` on ${countOf(whole, 'the ')} networks observed in ${place}${whole.users === undefined ? '' : `, which carry ${percent(whole.users)} of its Internet users`}`
      : ` as seen from ${place}`;
  const speed = speedWords(whole);
  const controls =
    controls_during === undefined
      ? ''
      : ` ${percent(controls_during)} of the looks at unrelated control sites were answered meanwhile.`;
  const sameDay = whole.end !== undefined && clock.date(whole.end[1]) === clock.date(whole.onset[1]);
  // The probes ask for a run of good rounds: the recovery itself lies before its confirmation.
  const back =
    whole.end === undefined
      ? ''
      : ` Recovery was confirmed by ${clock.time(whole.end[1])}${sameDay ? '' : ` on ${clock.date(whole.end[1])}`}.`;
  return `${opening} ${done(whole.kinds)}${where}.${back}${speed}${controls} Confidence: ${whole.confidence}. This does not show who ordered it.${old(report)}`;
}

function speedWords({ goodput, handshake }: Whole): string {
  const parts = [
    ...(goodput !== undefined && goodput < 0.5 ? [`downloads ran at ${percent(goodput)} of normal`] : []),
    ...(handshake !== undefined && handshake > 2
      ? [`encrypted handshakes took ${Math.round(handshake)} times as long as usual`]
      : []),
  ];
  const [first = ''] = parts;
  return first === ''
    ? ''
    : ` ${first.charAt(0).toUpperCase()}${first.slice(1)}${parts[1] ? `, and ${parts[1]}` : ''}.`;
}

export const plural = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`;

/** How it was done, in a line: the commonest mechanism in words first. */
export function howOf(findings: readonly Finding[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { mechanisms } of findings) {
    for (const { mechanism, networks } of mechanisms) counts.set(mechanism, (counts.get(mechanism) ?? 0) + networks);
  }
  const [first] = [...counts].sort(([, a], [, b]) => b - a);
  return first && mechanismWords[first[0] as keyof typeof mechanismWords];
}

/** Over which transport it was seen. */
export function transportOf(findings: readonly Finding[]): string {
  const quic = findings.flatMap(({ quic }) => quic ?? []);
  const share = middle(quic);
  const said =
    share === undefined
      ? 'Whether QUIC (UDP) was treated alike is not in this data.'
      : `QUIC (UDP) handshakes were answered ${percent(share)} of the time.`;
  return `TCP with TLS, as a browser without QUIC uses it. ${said}`;
}

/** The limits of what was found. They belong to the report as much as the findings do. */
export function notShown({ scope, findings, weights, networks }: Report): string[] {
  const throttled = findings.some(({ state }) => state === 'throttled');
  return [
    'Who ordered it, or why. It shows what arrived at the probes, not what was decided.',
    ...(scope === 'country'
      ? [
          `What networks without a probe saw: ${plural(networks, 'network')} of the country ${networks === 1 ? 'was' : 'were'} observed.${weights === undefined ? '' : ' Shares of users are estimates of that source, not counts of people affected.'}`,
          'Whether every customer of a network was treated alike: a network is judged by the probes that happen to be on it.',
        ]
      : ['What other networks saw: this is one line. Ask probes elsewhere.']),
    ...(throttled ? ['How the slowing down is done inside the network: only its effect is measured.'] : []),
    'Apps, logged-in pages and live video: small public objects of each platform are fetched, without an account.',
    'Anything that lasts a minute or two: the probes look once a minute, and one odd look is no finding.',
  ];
}
