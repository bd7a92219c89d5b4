/** The few kinds of panels that the dashboards are made of, each with its looks decided once. */
import {
  AxisPlacement,
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as LinesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { codeOf, colours, scale } from '../../src/publish/report-state.ts';

/** Chosen by the dashboard's own variable, so that a copy works with any data source. */
export const datasource = { type: 'prometheus', uid: '$datasource' };

export interface Query {
  expr: string;
  /** `{{label}}` as Grafana has it. */
  legend: string;
}

interface About {
  title: string;
  /** What it shows, how to read it, and what it cannot show. */
  description: string;
  queries: readonly Query[];
  /** Columns of 24, and rows. */
  span: number;
  height: number;
}

const target = ({ expr, legend }: Query, index: number) =>
  new DataqueryBuilder()
    .refId(String.fromCharCode(65 + index))
    .datasource(datasource)
    .expr(expr)
    .legendFormat(legend);

const tooltip = () => new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending);
const bottomLegend = () =>
  new VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom)
    .showLegend(true)
    .calcs([]);

/** Codes of the scale in words and colours. */
export const stateMapping: ValueMapping = {
  type: MappingType.ValueToText,
  options: Object.fromEntries(
    scale.map((state) => [String(codeOf(state)), { text: state, color: colours[state], index: codeOf(state) }]),
  ),
};

/** Numbers in words and colours, from the given table. */
export const mapping = (table: Readonly<Record<number, readonly [text: string, color: string]>>): ValueMapping => ({
  type: MappingType.ValueToText,
  options: Object.fromEntries(
    Object.entries(table).map(([value, [text, color]], index) => [value, { text, color, index }]),
  ),
});

/** Steps of a threshold: the first colour is that of everything below. */
export const steps = (first: string, ...more: readonly (readonly [from: number, color: string])[]): Threshold[] => [
  { value: null, color: first },
  ...more.map(([value, color]) => ({ value, color })),
];

const thresholds = (list: Threshold[]) => new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(list);

/** One large value, or a few: what it is at the end of the time range. */
export function stat(
  about: About & {
    unit?: string;
    mappings?: ValueMapping[];
    steps?: Threshold[];
    /** Said while there is nothing to show. */
    noValue?: string;
    background?: boolean;
    decimals?: number;
    /** Shows names beside values: where there are several. */
    named?: boolean;
  },
): StatBuilder {
  const panel = new StatBuilder()
    .title(about.title)
    .description(about.description)
    .datasource(datasource)
    .span(about.span)
    .height(about.height)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false))
    .graphMode(BigValueGraphMode.None)
    .textMode(about.named === true ? BigValueTextMode.ValueAndName : BigValueTextMode.Value)
    .colorMode(about.background === true ? BigValueColorMode.Background : BigValueColorMode.Value)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .thresholds(thresholds(about.steps ?? steps('text')))
    .unit(about.unit ?? 'none')
    .mappings(about.mappings ?? []);
  if (about.noValue !== undefined) panel.noValue(about.noValue);
  if (about.decimals !== undefined) panel.decimals(about.decimals);
  // An instant query: a stat of what is true now must not show what was true at the start of the range.
  about.queries.forEach((query, index) => {
    panel.withTarget(target(query, index).instant());
  });
  return panel;
}

/** Lines over time. `dashed`: names of lines that are a normal or a bound, not a measurement. */
export function lines(
  about: About & {
    unit?: string;
    min?: number;
    max?: number;
    log?: boolean;
    stacked?: boolean;
    dashed?: string;
    colour?: Readonly<Record<string, string>>;
    /** Shortest distance of points: a rate over less than a few scrapes shows nothing. */
    interval?: string;
  },
): LinesBuilder {
  const panel = new LinesBuilder()
    .title(about.title)
    .description(about.description)
    .datasource(datasource)
    .span(about.span)
    .height(about.height)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName))
    .lineWidth(about.stacked === true ? 1 : 2)
    .fillOpacity(about.stacked === true ? 60 : 0)
    .showPoints(VisibilityMode.Never)
    // Rounds are a minute apart, and partial: a gap of ten minutes is a gap.
    .spanNulls(600_000)
    .axisPlacement(AxisPlacement.Left)
    .unit(about.unit ?? 'short')
    .tooltip(tooltip())
    .legend(bottomLegend());
  if (about.min !== undefined) panel.min(about.min);
  if (about.max !== undefined) panel.max(about.max);
  if (about.interval !== undefined) panel.interval(about.interval);
  if (about.stacked === true) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
  if (about.log === true) panel.overrideByRegexp('.*', [logScale]);
  if (about.dashed !== undefined) {
    panel.overrideByRegexp(about.dashed, [
      { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 8] } },
      { id: 'custom.lineWidth', value: 1 },
    ]);
  }
  for (const [name, color] of Object.entries(about.colour ?? {})) {
    panel.overrideByRegexp(name, [{ id: 'color', value: { mode: 'fixed', fixedColor: color } }]);
  }
  about.queries.forEach((query, index) => {
    panel.withTarget(target(query, index).range());
  });
  return panel;
}

const logScale = { id: 'custom.scaleDistribution', value: { type: 'log', log: 10 } };

/**
 * Rows come in the order of their labels' names, which would put the network before the platform: a label that comes before
 * both sorts them by platform.
 */
export const byPlatform = (expr: string): string => `label_replace(\n${expr}\n, "about", "$1", "platform", "(.*)")`;

/** States over time, one row a series. */
export function timeline(about: About & { mappings: ValueMapping[]; interval?: string }): TimelineBuilder {
  const panel = new TimelineBuilder()
    .title(about.title)
    .description(about.description)
    .datasource(datasource)
    .span(about.span)
    .height(about.height)
    .mappings(about.mappings)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .thresholds(thresholds(steps('text')))
    .mergeValues(true)
    .showValue(VisibilityMode.Never)
    .rowHeight(0.85)
    .lineWidth(0)
    .fillOpacity(90)
    .perPage(40)
    // A gap is drawn as one: silence is no state.
    .insertNulls(300_000)
    .legend(bottomLegend())
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Single));
  if (about.interval !== undefined) panel.interval(about.interval);
  about.queries.forEach((query, index) => {
    panel.withTarget(target(query, index).range());
  });
  return panel;
}

/** What is true now, one row a combination of labels; several queries are merged on the labels they share. */
export function table(
  about: About & {
    /** Columns in order: field and heading. What is not named is hidden. */
    columns: Readonly<Record<string, string>>;
    hidden?: readonly string[];
    units?: Readonly<Record<string, string>>;
    mappings?: Readonly<Record<string, ValueMapping[]>>;
    noValue?: string;
  },
): TableBuilder {
  const names = Object.keys(about.columns);
  const panel = new TableBuilder()
    .title(about.title)
    .description(about.description)
    .datasource(datasource)
    .span(about.span)
    .height(about.height)
    .filterable(true)
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: Object.fromEntries(['Time', ...(about.hidden ?? [])].map((name) => [name, true])),
        indexByName: Object.fromEntries(names.map((name, index) => [name, index])),
        renameByName: about.columns,
      },
    });
  if (about.noValue !== undefined) panel.noValue(about.noValue);
  for (const [column, unit] of Object.entries(about.units ?? {})) {
    panel.overrideByName(column, [{ id: 'unit', value: unit }]);
  }
  for (const [column, mappings] of Object.entries(about.mappings ?? {})) {
    panel.overrideByName(column, [
      { id: 'mappings', value: mappings },
      { id: 'custom.cellOptions', value: { type: 'color-text' } },
    ]);
  }
  about.queries.forEach((query, index) => {
    panel.withTarget(target(query, index).instant().format(PromQueryFormat.Table));
  });
  return panel;
}
