/**
 * The report's pictures as inline SVG. Widths are per cent and there is no view box, so that bars stretch with the page
 * and texts do not; a picture also says in words what it shows.
 */
import { type Html, html } from './html.ts';
import { type Axis, type Interval, type Row, timeAt } from './report.ts';
import { colours } from './report-state.ts';
import { type Clock, clockOf } from './report-words.ts';

const round = (value: number): number => Math.round(value * 1000) / 1000;

/** Runs of equal values; undefined is a run too. */
export function runsOf<T>(values: readonly T[]): { value: T; from: number; to: number }[] {
  const runs: { value: T; from: number; to: number }[] = [];
  for (const [at, value] of values.entries()) {
    const last = runs.at(-1);
    if (last !== undefined && last.value === value) last.to = at;
    else runs.push({ value, from: at, to: at });
  }
  return runs;
}

/** Where a time lies, per cent of the width, which is as wide as all times with their distance behind them. */
const place = (ms: number, { since_ms, step_ms, length }: Axis): number =>
  round(Math.min(100, Math.max(0, (100 * (ms - since_ms)) / (step_ms * length))));

/** Distances of the marks on the axis, minutes: the first that gives at most six. */
const distances = [5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080];

/** Marks at round times of the report's own zone. */
export function ticksOf(axis: Axis, timezone: string): { ms: number; text: string }[] {
  const clock = clockOf(timezone);
  const minutes = (axis.until_ms - axis.since_ms) / 60_000;
  const distance = distances.find((one) => minutes / one <= 6) ?? 10_080;
  const days = distance >= 1440;
  const first = Math.ceil(axis.since_ms / 60_000);
  const ticks: { ms: number; text: string }[] = [];
  for (let minute = first; minute * 60_000 <= axis.until_ms && ticks.length < 12; minute++) {
    const ms = minute * 60_000;
    if (minuteOfDay(clock, ms) % Math.min(distance, 1440) !== 0) continue;
    const [last] = ticks.slice(-1);
    if (days && last !== undefined && ms - last.ms < distance * 60_000) continue;
    ticks.push({ ms, text: days ? clock.date(ms).replace(/ \d+$/, '') : clock.time(ms) });
    // To the next candidate at once: months have many minutes.
    minute += Math.min(distance, 60) - 1;
  }
  return ticks;
}

const minuteOfDay = (clock: Clock, ms: number): number => {
  const [hours = 0, minutes = 0] = clock.time(ms).split(':').map(Number);
  return 60 * hours + minutes;
};

/** The hours under or over a picture. */
export function axisStrip(axis: Axis, timezone: string): Html {
  const marks = ticksOf(axis, timezone).map(({ ms, text }) => {
    const x = place(ms, axis);
    const anchor = x < 5 ? 'start' : x > 95 ? 'end' : 'middle';
    return html`<text x="${x}%" y="12" text-anchor="${anchor}">${text}</text>`;
  });
  return html`<svg class="axis" width="100%" height="16" aria-hidden="true">${marks}</svg>`;
}

/** The states of one row as a bar. `onset`: where the event begins, drawn as a line through all bars. */
export function stateStrip(row: Row, axis: Axis, timezone: string, onset: Interval | undefined): Html {
  const width = 100 / axis.length;
  const bars = runsOf(row.states).flatMap(({ value, from, to }) =>
    value === undefined
      ? []
      : [
          html`<rect class="${value}" x="${round(from * width)}%" width="${round((to - from + 1) * width)}%" height="18" fill="${colours[value]}"/>`,
        ],
  );
  const mark =
    onset && html`<line class="onset" x1="${place(onset[1], axis)}%" x2="${place(onset[1], axis)}%" y1="0" y2="18"/>`;
  return html`<svg class="strip" width="100%" height="18" role="img" aria-label="${words(row, axis, timezone)}">${bars}${mark}</svg>`;
}

/** The row in words: at most eight changes, or a reader would drown in it. */
function words({ network, states }: Row, axis: Axis, timezone: string): string {
  const clock = clockOf(timezone);
  const runs = runsOf(states).filter(({ to, from }) => to > from);
  const said = runs
    .slice(0, 8)
    .map(({ value, from }) => `${clock.time(timeAt(axis, from))} ${value ?? 'not heard'}`)
    .join(', ');
  return `${network}: from ${said}${runs.length > 8 ? ', and further changes' : ''}`;
}

export interface Line {
  name: string;
  colour: string;
  /** Lengths of dashes, or none. */
  dash: string;
  values: readonly (number | undefined)[];
}

export interface Scale {
  /** From value to share of the height, 0 at the bottom. */
  height(value: number): number;
  marks: readonly { value: number; text: string }[];
}

/** 0 to 100 %. */
export const shares: Scale = {
  height: (value) => Math.min(1, Math.max(0, value)),
  marks: [
    { value: 0, text: '0 %' },
    { value: 0.5, text: '50 %' },
    { value: 1, text: '100 %' },
  ],
};

/** Ratios on a logarithmic scale between two of them; what lies outside is drawn at the edge. */
export const ratios = (least: number, most: number, marks: Scale['marks']): Scale => ({
  height: (value) => {
    const share = Math.log(Math.max(value, 1e-9) / least) / Math.log(most / least);
    return Math.min(1, Math.max(0, share));
  },
  marks,
});

const plotHeight = 130;

/** Lines over time with their scale; a gap of more than a few times is drawn as a gap. */
export function lineChart(lines: readonly Line[], axis: Axis, scale: Scale, title: string): Html {
  const y = (value: number) => round((1 - scale.height(value)) * (plotHeight - 12) + 6);
  const grid = scale.marks.map(
    ({ value }) => html`<line class="grid" x1="0" x2="100%" y1="${y(value)}" y2="${y(value)}"/>`,
  );
  // A drawing of its own with a view box, stretched: only there can a path follow the width of the page.
  const paths = lines.map(
    ({ colour, dash, values }) =>
      html`<path d="${pathOf(values, axis.length, y)}" fill="none" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}" vector-effect="non-scaling-stroke"/>`,
  );
  const labels = scale.marks.map(
    ({ value, text }) => html`<text x="100%" y="${y(value) + 4}" text-anchor="end">${text}</text>`,
  );
  const summary = `${title}: ${lines.map(({ name, values }) => `${name} ${extremes(values)}`).join('; ')}`;
  return html`<div class="row plot"><svg class="scale" width="100%" height="${plotHeight}" aria-hidden="true">${labels}</svg><svg width="100%" height="${plotHeight}" role="img" aria-label="${summary}">${grid}<svg width="100%" height="${plotHeight}" viewBox="0 0 1000 ${plotHeight}" preserveAspectRatio="none">${paths}</svg></svg></div>`;
}

/** Times without a value that a line bridges: goodput is sampled every few rounds. */
const bridged = 12;

function pathOf(values: readonly (number | undefined)[], length: number, y: (value: number) => number): string {
  let path = '';
  let last = Number.NEGATIVE_INFINITY;
  for (const [at, value] of values.entries()) {
    if (value === undefined) continue;
    path += `${at - last > bridged ? 'M' : 'L'}${round((1000 * (at + 0.5)) / length)} ${y(value)}`;
    last = at;
  }
  return path;
}

function extremes(values: readonly (number | undefined)[]): string {
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0) return 'not measured';
  const text = (value: number) => Number(value.toPrecision(2));
  return `between ${text(Math.min(...known))} and ${text(Math.max(...known))}`;
}
