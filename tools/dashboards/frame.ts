/** What the dashboards share: variables, links to one another, the mark of an onset. */
import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { datasource } from './panel.ts';

export type Variable = 'country' | 'asn' | 'vantage' | 'platform';

const labels: Readonly<Record<Variable, string>> = {
  country: 'Country',
  asn: 'Network',
  vantage: 'Vantage',
  platform: 'Platform',
};

/**
 * A variable of the values that exist. One country or vantage at a time; a household whose series carry no such label
 * has an empty list, and `=~""` is then just what matches. "All" of the others is `.*`, for the same reason.
 */
function variable(name: Variable, chosen: readonly Variable[]): QueryVariableBuilder {
  const narrower = chosen.slice(0, chosen.indexOf(name)).map((one) => `${one}=~"$${one}"`);
  const series = narrower.length === 0 ? 'reachd_platform_state' : `reachd_platform_state{${narrower.join(', ')}}`;
  const query = `label_values(${series}, ${name})`;
  const single = name === 'country' || (name === 'vantage' && chosen.at(-1) === 'vantage');
  const builder = new QueryVariableBuilder(name)
    .label(labels[name])
    .datasource(datasource)
    .definition(query)
    // Kind 1 is "label values", and the id is the one that Grafana's own editor writes.
    .query({ qryType: 1, query, refId: 'PrometheusVariableQueryEditor-VariableQuery' })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.NaturalAsc)
    .multi(!single)
    .includeAll(!single);
  return single ? builder : builder.allValue('.*').current({ selected: true, text: ['All'], value: ['$__all'] });
}

/** Matchers for the chosen variables, without braces. */
export const chosen = (...names: readonly Variable[]): string => names.map((name) => `${name}=~"$${name}"`).join(', ');

export interface Frame {
  uid: string;
  title: string;
  description: string;
  variables: readonly Variable[];
  from: string;
}

/** A dashboard without panels yet. */
export function frame({ uid, title, description, variables, from }: Frame): DashboardBuilder {
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(['reachd'])
    .timezone('browser')
    .time({ from, to: 'now' })
    .refresh('30s')
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'))
    .link(
      new DashboardLinkBuilder('reachd')
        .type(DashboardLinkType.Dashboards)
        .tags(['reachd'])
        .asDropdown(false)
        .includeVars(true)
        .keepTime(true),
    )
    .annotation(
      new AnnotationQueryBuilder()
        .name('Onsets')
        .datasource(datasource)
        .enable(true)
        .iconColor('red')
        // One mark a platform and network: the first sample in which the incident is known there.
        .expr(
          `count by (country, asn, platform) (reachd_anomaly_onset_timestamp_seconds{country=~"$country"})
unless count by (country, asn, platform) (reachd_anomaly_onset_timestamp_seconds{country=~"$country"} offset 2m)`,
        ),
    );
  for (const name of variables) builder.withVariable(variable(name, variables));
  return builder;
}

export const row = (title: string): RowBuilder => new RowBuilder(title);
