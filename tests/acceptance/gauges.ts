/**
 * What `/metrics` must say of a judged round: every series of the judge that the contract names, its value worked out anew
 * from the record and the incidents, and no series of these names besides.
 */
import type { PlatformDetail, RoundOutcome } from '../../src/model/outcome.ts';
import { type Stream, streams } from '../../src/model/outcome.ts';
import { anomalyKinds, confidences, states, vantageStates } from '../../src/model/vocabulary.ts';
import { find, parse } from '../publish/exposition.ts';

type Series = Map<string, number>;

/** Adds `name{labels} value`; labels in the order of the contract. */
function say(series: Series, name: string, labels: Record<string, string>, value: number): void {
  const inside = Object.entries(labels).map(([label, text]) => `${label}="${text}"`);
  series.set(inside.length > 0 ? `${name}{${inside.join(',')}}` : name, value);
}

/** Metrics whose every series follows from the round. */
const exact = [
  'reachd_platform_state',
  'reachd_platform_suspect',
  'reachd_anomaly',
  'reachd_anomaly_mechanism',
  'reachd_anomaly_confidence_level',
  'reachd_anomaly_onset_timestamp_seconds',
  'reachd_incidents_total',
  'reachd_disruption',
  'reachd_vantage_state',
  'reachd_controls_healthy',
  'reachd_detector_log_threshold',
  'reachd_baseline_ready',
] as const;

/** `opened`: incidents opened so far, by platform. */
function due({ round, detail }: RoundOutcome, opened: ReadonlyMap<string, number>): Series {
  const series: Series = new Map();
  for (const name of Object.keys(round.platforms)) {
    const platform = { platform: name, company: round.companies[name] ?? name };
    const judged = detail?.platforms[name];
    for (const state of states) {
      say(series, 'reachd_platform_state', { ...platform, state }, Number(round.states?.[name]?.state === state));
    }
    say(series, 'reachd_platform_suspect', platform, Number(judged?.suspect));
    say(series, 'reachd_baseline_ready', platform, Number(judged?.baseline_ready));
    for (const kind of anomalyKinds) {
      say(series, 'reachd_anomaly', { ...platform, kind }, Number(judged?.open?.state === kind));
    }
    const count = opened.get(name);
    if (count !== undefined) say(series, 'reachd_incidents_total', { platform: name }, count);
    incident(series, name, judged?.open);
  }
  for (const state of vantageStates) {
    say(series, 'reachd_vantage_state', { state }, Number(round.vantage.state === state));
  }
  say(series, 'reachd_disruption', {}, Number(detail?.disruption !== undefined));
  say(series, 'reachd_controls_healthy', {}, Number(detail?.controls_healthy));
  if (detail?.log_threshold !== undefined) say(series, 'reachd_detector_log_threshold', {}, detail.log_threshold);
  return series;
}

function incident(series: Series, platform: string, open: PlatformDetail['open']): void {
  if (open === undefined) return;
  for (const mechanism of open.mechanisms) say(series, 'reachd_anomaly_mechanism', { platform, mechanism }, 1);
  say(series, 'reachd_anomaly_confidence_level', { platform }, 1 + confidences.indexOf(open.confidence));
  say(series, 'reachd_anomaly_onset_timestamp_seconds', { platform }, Date.parse(open.onset_latest) / 1000);
}

/** What has been seen of a daemon so far. */
export interface Tally {
  /** Incidents opened, by platform. */
  opened: Map<string, number>;
  /** Streams whose evidence has been published: one that took no step yet has none. */
  streams: Set<Stream>;
}

/** Every way in which the page does not say what it must; empty when all is well. Counts into `tally`. */
export function checkGauges(text: string, outcome: RoundOutcome, tally: Tally): string[] {
  for (const { event, platform } of outcome.events) {
    if (event === 'opened' && platform !== '*') tally.opened.set(platform, (tally.opened.get(platform) ?? 0) + 1);
  }
  const page = parse(text);
  const wanted = due(outcome, tally.opened);
  const complaints: string[] = [];
  for (const [key, value] of wanted) {
    if (page.get(key) !== value) complaints.push(`${key} ${value}, got ${page.get(key) ?? 'no such series'}`);
  }
  for (const name of exact) {
    for (const [key, value] of find(page, name)) if (!wanted.has(key)) complaints.push(`no ${key}, got ${value}`);
  }
  for (const platform of Object.keys(outcome.round.platforms)) {
    complaints.push(...checkWorkings(page, platform, outcome.detail?.platforms[platform], tally));
  }
  return complaints;
}

/** After a warm-up every level is known; evidence over the threshold is an incident's. */
function checkWorkings(page: Series, platform: string, detail: PlatformDetail | undefined, tally: Tally): string[] {
  const of = `platform="${platform}"`;
  const complaints: string[] = [];
  const within = (name: string, low: number, high: number, label = '') => {
    const values = find(page, name, of, label).map(([, value]) => value);
    const fine = values.length === 1 && values.every((value) => value >= low && value <= high);
    if (!fine) complaints.push(`${name} ${of} ${label}: one of ${low} to ${high}, got ${values.join() || 'none'}`);
  };
  within('reachd_platform_badness_ratio', 0, 1);
  // The practice Internet's round trip is 40 ms abroad and 8 ms to the provider's own machines; its line has 20 Mbit/s.
  within('reachd_platform_baseline_seconds', 0.005, 0.2, 'phase="connect"');
  within('reachd_platform_baseline_seconds', 0.005, 0.4, 'phase="tls"');
  within('reachd_platform_baseline_bytes_per_second', 50_000, 20e6 / 8);
  let most = Number.NEGATIVE_INFINITY;
  for (const stream of streams) {
    const [found] = find(page, 'reachd_detector_log_evidence', of, `stream="${stream}"`);
    if (found === undefined) continue;
    tally.streams.add(stream);
    most = Math.max(most, found[1]);
    if (!Number.isFinite(found[1])) complaints.push(`${found[0]}: a number, got ${found[1]}`);
  }
  const threshold = page.get('reachd_detector_log_threshold') ?? 0;
  if (most > threshold && detail?.suspect !== true)
    complaints.push(`${platform}: evidence of ${most}, and not suspect`);
  return complaints;
}

/** Streams of which evidence ought to have been published and never was. */
export function missingStreams({ streams: seen }: Tally, without: readonly Stream[]): string[] {
  return streams
    .filter((stream) => !seen.has(stream) && !without.includes(stream))
    .map((stream) => `evidence of ${stream}, got none in any round`);
}
