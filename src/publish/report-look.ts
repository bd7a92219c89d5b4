/** One look at a country through its fleet's Prometheus: everything that a report asks for, on one axis, and the rows of it. */
import type { State } from '../model/vocabulary.ts';
import { type Axis, byOrder, type Row } from './report.ts';
import type { Prometheus, Series } from './report-prometheus.ts';
import type { Span } from './report-spans.ts';
import { codeOf, stateOf, stateQuery, troubleFrom } from './report-state.ts';

/** Platforms looked at; more than anybody configures. */
const mostPlatforms = 16;

/** Everything that is asked for, by name. `c`: the country's matcher. */
const queries = (c: string) => ({
  states: stateQuery(['asn', 'platform'], c),
  acute: `max by (asn, platform) (reachd:asn_acute{${c}})`,
  goodput: `quantile by (asn, platform) (0.5, max by (asn, vantage, platform) (reachd_target_goodput_bytes_per_second{${c}}) / max by (asn, vantage, platform) (reachd_platform_baseline_bytes_per_second{${c}}))`,
  handshake: `quantile by (asn, platform) (0.5, max by (asn, vantage, platform) (reachd_target_phase_seconds{phase="tls", ${c}}) / max by (asn, vantage, platform) (reachd_platform_baseline_seconds{phase="tls", ${c}}))`,
  controls: `avg(avg by (asn) (reachd_control_success{${c}}))`,
  probes: `count(count by (asn, vantage, instance) (reachd_platform_state{${c}}))`,
  onsets: `min by (asn, platform) (reachd_anomaly_onset_timestamp_seconds{${c}})`,
  mechanisms: `max by (asn, platform, mechanism) (reachd_anomaly_mechanism{${c}})`,
  confidence: `quantile by (asn, platform) (0.5, reachd_anomaly_confidence_level{${c}})`,
  quic: `avg by (platform) (reachd_platform_quic_success{${c}})`,
  restricted: `count(count by (company) (reachd:platform_restricted{${c}} == 1))`,
  users: `max by (platform) (reachd:country_acute:users{${c}})`,
  weights: `max by (source, date) (reachd:asn_weight{${c}})`,
  elsewhere: `max by (country, asn, platform) (reachd:asn_acute{${c.replace('=', '!=')}})`,
});
export type Answers = Record<keyof ReturnType<typeof queries>, Series[]>;

/** Everything that was asked for on one axis. */
export interface Look {
  axis: Axis;
  answers: Answers;
  /** The fleet's rules have recorded. */
  ruled: boolean;
  all: Row[];
}

/** A look, and the stretch of it that a report is about. */
export interface Event extends Look {
  main: Span;
}

/** `c`: the country's matcher, without braces. Throws a `Complaint` as `Prometheus.range` does. */
export async function look(
  prometheus: Prometheus,
  c: string,
  axis: Axis,
  titles: Readonly<Record<string, string>>,
): Promise<Look> {
  const answers = {} as Answers;
  for (const [name, query] of Object.entries(queries(c)) as [keyof Answers, string][]) {
    answers[name] = await prometheus.range(query, axis);
  }
  const ruled = answers.acute.length > 0;
  return { axis, answers, ruled, all: rowsOf(answers, axis, ruled, titles) };
}

const keyOf = ({ labels }: Series): string => JSON.stringify([labels['asn'] ?? '', labels['platform'] ?? '']);

function rowsOf(answers: Answers, axis: Axis, ruled: boolean, titles: Readonly<Record<string, string>>): Row[] {
  const by = (list: Series[]) => new Map(list.map((series) => [keyOf(series), series.values]));
  const [acute, goodput, handshake] = [by(answers.acute), by(answers.goodput), by(answers.handshake)];
  const none: (number | undefined)[] = new Array(axis.length).fill(undefined);
  // Our own first: names that a probe invents must not crowd them out.
  const named = [...new Set(answers.states.map(({ labels }) => labels['platform'] ?? ''))].sort(byOrder(titles));
  const platforms = named.slice(0, mostPlatforms);
  return answers.states.flatMap((series) => {
    const { asn = '', platform = '' } = series.labels;
    if (!platforms.includes(platform)) return [];
    const states = series.values.map((code): State | undefined => (code === undefined ? undefined : stateOf(code)));
    const key = keyOf(series);
    const hit = ruled
      ? (acute.get(key) ?? none).map((value) => (value === undefined ? undefined : value === 1))
      : states.map((state) => (state === undefined ? undefined : codeOf(state) >= troubleFrom));
    const network = asn === '' ? 'unknown network' : asn;
    return [
      { network, platform, states, hit, goodput: goodput.get(key) ?? none, handshake: handshake.get(key) ?? none },
    ];
  });
}
