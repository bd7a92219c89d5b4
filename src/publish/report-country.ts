/** A country's report out of the series that a fleet's Prometheus keeps, and out of what its rules have recorded. */
import { Complaint } from '../model/errors.ts';
import { type Confidence, confidences, type Mechanism, mechanisms } from '../model/vocabulary.ts';
import { type Axis, axisFor, byOrder, coarse, type Finding, middle, type Report, type Row, timeAt } from './report.ts';
import { type Event, type Look, look } from './report-look.ts';
import type { Prometheus, Series } from './report-prometheus.ts';
import {
  closer,
  commonState,
  endOf,
  eventOf,
  indexes,
  longestState,
  onsetOf,
  ownOnsets,
  type Span,
  standing,
  wasHit,
} from './report-spans.ts';

export interface CountryRequest {
  /** ISO 3166-1 alpha-2. */
  country: string;
  since_ms: number;
  until_ms: number;
  timezone: string;
  now_ms: number;
  /** Platform name to title, in the order in which they are told. */
  titles: Readonly<Record<string, string>>;
}

/** Networks that get rows of their own; those that were hit most come first. */
const mostNetworks = 60;
/** Asks and puts together. Throws a `Complaint` where there is nothing to report on. */
export async function countryReport(prometheus: Prometheus, request: CountryRequest): Promise<Report> {
  const { country, since_ms, until_ms, titles } = request;
  const c = `country="${country}"`;
  const asns = await known(prometheus, request, c);
  const axis = axisFor(since_ms, until_ms, asns * Math.max(4, Object.keys(titles).length));
  const whole = await look(prometheus, c, axis, titles);
  const { answers, ruled, all } = whole;
  if (all.length === 0) throw nothing(request);
  const { main: far, others } = eventOf(all, axis);
  const { rows, omitted } = most(all, titles);
  // Of a long time the event is looked at again from near: an evening has two of a month's points.
  const near = far && closer(axis, far, all.length);
  const close = near && (await look(prometheus, c, near, titles));
  const seen = close && eventOf(close.all, close.axis);
  const again = seen?.main;
  const event: Event | undefined = again ? { ...close!, main: again } : far && { ...whole, main: far };
  const ended = far === undefined || !again ? [] : findingsOf({ ...whole, main: far }, titles);
  const findings = event === undefined ? [] : findingsOf(event, titles).map((one) => endedBy(one, ended));
  return {
    scope: 'country',
    place: new Intl.DisplayNames('en', { type: 'region' }).of(country) ?? country,
    timezone: request.timezone,
    generated_ms: request.now_ms,
    axis,
    rows,
    omitted,
    titles: orderedTitles(rows, titles),
    controls: answers.controls[0]?.values ?? [],
    networks: new Set(all.map(({ network }) => network)).size,
    probes: Math.max(0, ...(answers.probes[0]?.values ?? []).map((value) => value ?? 0)),
    findings,
    restricted_companies: event?.ruled ? (highest(event.answers.restricted[0]?.values, event.main) ?? 0) : undefined,
    elsewhere: event?.ruled ? elsewhere(event.answers.elsewhere, event.main, findings) : undefined,
    controls_during: event && mean(event.answers.controls[0]?.values, event.main),
    standing: standingOf(all, axis, titles),
    others: [
      ...stretches(others, whole, titles),
      // From far several stretches may look like one: those that the near look saw beside the event.
      ...(again === undefined
        ? []
        : stretches(seen!.others, close!, titles).filter(({ span }) => isWithin(span, far!, axis))),
    ].sort((a, b) => a.span[0] - b.span[0]),
    weights: findings.some(({ users }) => users !== undefined) ? weightSource(answers.weights) : undefined,
    source: `Series of reachd probes in ${country}, as kept by the Prometheus of their fleet`,
    remarks: [
      ...(ruled
        ? []
        : [
            'The recording rules of a fleet have recorded nothing there in that time: every network in trouble is counted, old trouble too, and nothing is said about the nation as a whole.',
          ]),
      ...coarse(axis, again && near),
    ],
  };
}

/** Stretches of trouble as the report lists them; blips are none. */
const stretches = (spans: readonly Span[], { all, axis }: Look, titles: CountryRequest['titles']): Report['others'] =>
  spans
    .filter((span) => all.some((row) => wasHit(row, span)))
    .map((span) => {
      const hit = all.filter((row) => wasHit(row, span));
      return {
        span: [timeAt(axis, span.from), timeAt(axis, span.to)] as const,
        platforms: [...new Set(hit.map(({ platform }) => titles[platform] ?? platform))],
        networks: new Set(hit.map(({ network }) => network)).size,
      };
    });

/** Whether the times lie in a stretch of an axis, within one of its steps. */
const isWithin = ([from, to]: readonly [number, number], { from: first, to: last }: Span, axis: Axis): boolean =>
  from <= timeAt(axis, last) + axis.step_ms && to >= timeAt(axis, first) - axis.step_ms;

/** From near only the neighbourhood is seen: what was not over there ended when the far look says so. */
const endedBy = (one: Finding, far: readonly Finding[]): Finding => ({
  ...one,
  end: one.end ?? far.find(({ platform }) => platform === one.platform)?.end,
});

/** How many networks of the country there are in that time. */
async function known(prometheus: Prometheus, request: CountryRequest, c: string): Promise<number> {
  const axis = axisFor(request.since_ms, request.until_ms, 1);
  const asns = await prometheus.labelValues('asn', `reachd_platform_state{${c}}`, axis);
  if (asns.length > 0) return asns.length;
  const countries = await prometheus.labelValues('country', 'reachd_platform_state', axis);
  throw nothing(
    request,
    countries.filter((one) => /^[A-Z]{2}$/.test(one)),
  );
}

function nothing({ country, since_ms, until_ms }: CountryRequest, others: readonly string[] = []): Complaint {
  const time = `between ${new Date(since_ms).toISOString()} and ${new Date(until_ms).toISOString()}`;
  const hint = others.length === 0 ? 'nor of any other country' : `there is of ${others.slice(0, 40).join(', ')}`;
  return new Complaint('not_found', `no probe in ${country} was heard there ${time}; ${hint}`);
}

/** Rows in order: platforms as they are configured, networks that were hit longest first. */
function most(rows: readonly Row[], titles: Readonly<Record<string, string>>): { rows: Row[]; omitted: number } {
  const hits = new Map<string, number>();
  for (const { network, hit } of rows) {
    hits.set(network, (hits.get(network) ?? 0) + hit.filter((one) => one === true).length);
  }
  const networks = [...hits]
    .sort(([a, m], [b, n]) => n - m || a.localeCompare(b, 'en', { numeric: true }))
    .map(([name]) => name);
  const kept = networks.slice(0, mostNetworks);
  const order = byOrder(titles);
  const sorted = rows
    .filter(({ network }) => kept.includes(network))
    .sort((a, b) => order(a.platform, b.platform) || kept.indexOf(a.network) - kept.indexOf(b.network));
  return { rows: sorted, omitted: networks.length - kept.length };
}

const orderedTitles = (rows: readonly Row[], titles: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(rows.map(({ platform }) => [platform, titles[platform] ?? platform]));

function findingsOf(
  { all: rows, main: span, axis, answers }: Event,
  titles: Readonly<Record<string, string>>,
): Finding[] {
  const platforms = [...new Set(rows.map(({ platform }) => platform))].sort(byOrder(titles));
  return platforms.flatMap((platform) => {
    const own = rows.filter((row) => row.platform === platform);
    const hit = own.filter((row) => wasHit(row, span));
    if (hit.length === 0) return [];
    const networks = hit.map(({ network }) => network);
    const observed = own.filter((row) => indexes(span).some((at) => row.hit[at] !== undefined)).length;
    const of = (list: Series[]) =>
      list.filter(
        ({ labels }) => labels['platform'] === platform && networks.includes(labels['asn'] || 'unknown network'),
      );
    const states = hit.flatMap((row) => longestState(row, span) ?? []);
    const began = timeAt(axis, span.from);
    const onsets = of(answers.onsets).flatMap(({ values }) => {
      const known = within(values, span);
      return known.length === 0 ? [] : [Math.min(...known) * 1000];
    });
    const ratios = (which: 'goodput' | 'handshake') =>
      middle(hit.flatMap((row) => indexes(span).flatMap((at) => (row.hit[at] === true ? (row[which][at] ?? []) : []))));
    return [
      {
        platform,
        title: titles[platform] ?? platform,
        state: commonState(states),
        onset: onsetOf(ownOnsets(onsets, began, axis.step_ms), began, axis.step_ms),
        end: endOf(hit, span, axis),
        networks: { hit: networks, observed },
        users: highest(answers.users.find(({ labels }) => labels['platform'] === platform)?.values, span),
        mechanisms: mechanismsOf(of(answers.mechanisms), span),
        confidence: confidenceOf(of(answers.confidence), span),
        goodput: ratios('goodput'),
        handshake: ratios('handshake'),
        quic: mean(answers.quic.find(({ labels }) => labels['platform'] === platform)?.values, span),
      },
    ];
  });
}

/** What was wrong before and went on: platform by platform. */
function standingOf(rows: readonly Row[], axis: Axis, titles: Readonly<Record<string, string>>): Report['standing'] {
  const whole: Span = { from: 0, to: axis.length - 1 };
  const old = standing(rows);
  return [...new Set(old.map(({ platform }) => platform))].sort(byOrder(titles)).map((platform) => {
    const own = old.filter((row) => row.platform === platform);
    return {
      title: titles[platform] ?? platform,
      state: commonState(own.flatMap((row) => longestState(row, whole, false) ?? [])),
      networks: own.length,
      observed: rows.filter((row) => row.platform === platform).length,
    };
  });
}

/** Mechanisms by the number of networks that showed them, the commonest first; words that are not ours are left out. */
function mechanismsOf(list: readonly Series[], span: Span): Finding['mechanisms'] {
  const counts = new Map<Mechanism, number>();
  for (const { labels, values } of list) {
    const mechanism = mechanisms.find((one) => one === labels['mechanism']);
    if (mechanism === undefined || !indexes(span).some((at) => values[at] !== undefined)) continue;
    counts.set(mechanism, (counts.get(mechanism) ?? 0) + 1);
  }
  return [...counts].map(([mechanism, networks]) => ({ mechanism, networks })).sort((a, b) => b.networks - a.networks);
}

/** The confidence that at least half of the networks reach. */
function confidenceOf(list: readonly Series[], span: Span): Confidence {
  const levels = list.flatMap(({ values }) => highest(values, span) ?? []);
  return confidences[Math.max(0, Math.min(2, Math.floor(middle(levels) ?? 1) - 1))] ?? 'low';
}

function elsewhere(list: readonly Series[], span: Span, findings: readonly Finding[]): Report['elsewhere'] {
  const same = list.filter(
    ({ labels, values }) =>
      findings.some(({ platform }) => platform === labels['platform']) &&
      indexes(span).some((at) => values[at] !== undefined),
  );
  if (same.length === 0) return undefined;
  const key = ({ labels }: Series) => JSON.stringify([labels['country'], labels['asn']]);
  // Half of the time or more: a blip there is no company in misfortune.
  const bad = same.filter(({ values }) => (mean(values, span) ?? 0) >= 0.5);
  return {
    networks: new Set(same.map(key)).size,
    hit: new Set(bad.map(key)).size,
    countries: new Set(same.map(({ labels }) => labels['country'])).size,
  };
}

const within = (values: readonly (number | undefined)[] | undefined, span: Span): number[] =>
  values === undefined ? [] : indexes(span).flatMap((at) => values[at] ?? []);

function highest(values: readonly (number | undefined)[] | undefined, span: Span): number | undefined {
  const known = within(values, span);
  return known.length === 0 ? undefined : Math.max(...known);
}

function mean(values: readonly (number | undefined)[] | undefined, span: Span): number | undefined {
  const known = within(values, span);
  return known.length === 0 ? undefined : known.reduce((sum, one) => sum + one, 0) / known.length;
}

function weightSource(list: readonly Series[]): string | undefined {
  const [first] = list;
  const { source, date } = first?.labels ?? {};
  return source === undefined ? undefined : `${source}${date === undefined ? '' : `, ${date}`}`;
}
