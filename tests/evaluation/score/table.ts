/** The report: one Markdown text, ours and the rivals' side by side, every number with its N and interval. */
import type { AnomalyKind } from '../../../src/model/vocabulary.ts';
import type { GateResult, Real } from './gates.ts';
import type { Interval } from './intervals.ts';
import { type Arm, arms, type ClassSummary, type DetectorSummary, type Rate, type Share } from './summary.ts';

const figure = (x: number | undefined, digits = 0): string =>
  x === undefined || Number.isNaN(x) ? '–' : x.toFixed(digits);
const percent = (x: number): string =>
  Number.isNaN(x) ? '–' : `${(100 * x).toFixed(x > 0.995 && x < 1 ? 1 : x < 0.1 && x > 0 ? 1 : 0)} %`;
const sharp = (x: number): string => (x >= 10 ? x.toFixed(0) : x >= 1 ? x.toFixed(1) : x.toFixed(2));
const rateText = ({ value, interval }: Rate): string =>
  `${sharp(value)} [${sharp(interval.low)}, ${sharp(interval.high)}]`;
const shareText = ({ value, n, interval }: Share): string =>
  n === 0 ? '–' : `${percent(value)} [${(100 * interval.low).toFixed(1)}, ${(100 * interval.high).toFixed(1)}]`;
const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [row(head), row(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(row)].join('\n');

/** Found and delay in one cell, as the prototype's table had them: `3` or `20, 97 %`. */
function cell(one: ClassSummary | undefined): string {
  if (!one || one.events === 0) return '–';
  if (one.recall.value === 0) return '0 %';
  return `${figure(one.median)}${one.recall.value < 1 ? `, ${percent(one.recall.value)}` : ''}`;
}

const kindsText = (kinds: Partial<Record<AnomalyKind, number>>): string =>
  Object.entries(kinds)
    .sort((a, b) => b[1] - a[1])
    .map(([kind, n]) => `${kind} ${n}`)
    .join(', ') || '–';

/** Columns of the side-by-side table: a title and the classes pooled in it. */
const columns: readonly (readonly [string, readonly string[]])[] = [
  ['full block', ['dns', 'reset', 'blackhole', 'blackhole, all four']],
  ['1 of 3', ['one of three']],
  ['128 kbit/s', ['128 kbit/s']],
  ['same, burst', ['128 kbit/s, burst']],
  ['1 Mbit/s', ['1 Mbit/s']],
  ['slow handshake', ['slow handshake']],
  ['latency ×4', ['latency ×4']],
  ['flapping 5/5', ['flapping 5/5']],
];

function pooledCell(summary: DetectorSummary, arm: Arm, classes: readonly string[]): string {
  const mine = (summary.events[arm] ?? []).filter((one) => classes.includes(one.class));
  if (mine.length === 0) return '–';
  if (mine.length === 1) return cell(mine[0]);
  const events = mine.reduce((sum, one) => sum + one.events, 0);
  const found = mine.reduce((sum, one) => sum + one.recall.value * one.events, 0);
  const medians = mine.map((one) => one.median).filter((one) => one !== undefined);
  if (medians.length === 0) return '0 %';
  const spread = [Math.min(...medians), Math.max(...medians)];
  const delay = spread[0] === spread[1] ? `${spread[0]}` : `${spread[0]}–${spread[1]}`;
  return `${delay}${found < events ? `, ${percent(found / events)}` : ''}`;
}

export function sideBySide(summaries: readonly DetectorSummary[]): string {
  const present = arms.filter((arm) => summaries.some((one) => one.events[arm]?.length));
  const parts = present.slice(0, 2).map((arm) => {
    const rows = summaries.map((one) => {
      const { none, short, slow } = one.quietByArm[arm]!;
      return [
        one.name,
        rateText(none),
        sharp(short.value),
        sharp(slow.value),
        ...columns.map(([, classes]) => pooledCell(one, arm, classes)),
      ];
    });
    const head = [
      'detector',
      'no cause, a probe-month',
      'true < 5 min',
      'path really slow',
      ...columns.map(([title]) => title),
    ];
    return `**${arm}** (${summaries[0]!.quietByArm[arm]!.none.months.toFixed(0)} probe-months)\n\n${table(head, rows)}`;
  });
  return parts.join('\n\n');
}

export function perClass(judge: DetectorSummary, arm: Arm): string {
  const rows = (judge.events[arm] ?? []).map((one) => [
    one.class,
    one.events,
    shareText(one.recall),
    `${figure(one.median)} ${interval(one.medianInterval)}`,
    figure(one.p95),
    shareText(one.right),
    kindsText(one.last),
    figure(one.incidents, 2),
    shareText(one.contains),
    figure(one.width, 1),
    `${figure(one.close)} / ${figure(one.closeP95)}${one.unclosed > 0 ? ` (${one.unclosed} open)` : ''}`,
    one.spilled,
  ]);
  const head = [
    'class',
    'N',
    'found',
    'median',
    'p95',
    'kind right',
    'kind at the end',
    'incidents',
    'onset holds',
    'width, min',
    'close, min: median / p95',
    'on others',
  ];
  return table(head, rows);
}

const interval = (of: Interval | undefined): string => (of ? `[${figure(of.low)}, ${figure(of.high)}]` : '');

export function rivalsPerClass(summaries: readonly DetectorSummary[], arm: Arm): string {
  const names = (summaries[0]!.events[arm] ?? []).map((one) => one.class);
  const of = (summary: DetectorSummary, name: string) => summary.events[arm]?.find((one) => one.class === name);
  return table(
    ['class', ...summaries.map((one) => one.name)],
    names.map((name) => [name, ...summaries.map((one) => cell(of(one, name)))]),
  );
}

export function troublesTable(summaries: readonly DetectorSummary[]): string {
  const judge = summaries[0]!;
  const head = [
    'trouble',
    'N',
    'silent',
    'states shown',
    'throttled or blocked',
    ...summaries.slice(1).map((one) => `${one.name}: silent`),
  ];
  return table(
    head,
    judge.troubles.map((one) => [
      one.class,
      one.runs,
      shareText(one.silent),
      kindsText(one.kinds),
      one.misnamed,
      ...summaries
        .slice(1)
        .map((rival) => percent(rival.troubles.find((other) => other.class === one.class)?.silent.value ?? Number.NaN)),
    ]),
  );
}

export function gatesTable(results: readonly GateResult[]): string {
  return table(
    ['gate', 'bound', 'measured', '95 % interval', 'N', 'verdict'],
    results.map((one) => {
      const digits = one.value < 2 ? 3 : 1;
      const text = (x: number) => (Number.isFinite(x) ? x.toFixed(digits) : '∞');
      const verdict = one.verdict === 'open' ? (one.reached ? 'reached' : 'not reached') : one.verdict;
      return [
        one.what,
        one.bound,
        text(one.value),
        `[${text(one.interval.low)}, ${text(one.interval.high)}]`,
        one.n,
        verdict,
      ];
    }),
  );
}

export function realTable(real: Real): string {
  const parts: string[] = [];
  const { shao, refusals, ndt } = real;
  if (shao)
    parts.push(
      `RIPE Atlas pings: ${shao.traces} traces, ${shao.months.toFixed(1)} probe-months, nobody interfering.\n\n${table(
        ['detector', 'alarms a month', 'of these not after time-outs'],
        Object.entries(shao.alarms).map(([name, { total, latency }]) => [
          name,
          sharp(total / shao.months),
          sharp(latency / shao.months),
        ]),
      )}`,
    );
  if (ndt)
    parts.push(
      `M-Lab tests of real homes: ${ndt.homes} homes, ${ndt.tests} tests, ${ndt.months.toFixed(1)} probe-months at one every five minutes.\n\n${table(
        ['detector', 'alarms a month', 'alarms'],
        Object.entries(ndt.alarms).map(([name, n]) => [name, sharp(n / ndt.months), n]),
      )}`,
    );
  if (refusals)
    parts.push(
      `Real refusals: ${refusals.refusals} episodes, ${refusals.rounds} rounds: ${refusals.blocked} called blocked, ${refusals.opened.length} incidents opened.`,
    );
  return parts.join('\n\n');
}
