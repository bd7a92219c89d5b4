/** The report's figures: bars of states, and lines of what was measured. */
import { type Html, html } from './html.ts';
import type { Report, Row } from './report.ts';
import { axisStrip, type Line, lineChart, ratios, shares, stateStrip } from './report-chart.ts';
import { colours, scale } from './report-state.ts';
import { plural, wholeOf } from './report-words.ts';
import { stateWords } from './words.ts';

/** The states of every platform on every network. */
export function timelines(report: Report): Html {
  const { rows, axis, timezone, titles, omitted, findings } = report;
  if (rows.length === 0) return html``;
  const used = scale.filter((state) => rows.some(({ states }) => states.includes(state)));
  const onset = wholeOf(findings)?.onset;
  const group = (platform: string, own: readonly Row[]) => html`<h3>${titles[platform] ?? platform}</h3>
${own.map(
  (
    row,
  ) => html`<div class="row"><span title="${row.network}">${row.network}</span>${stateStrip(row, axis, timezone, onset)}</div>
`,
)}`;
  return html`<h2>Platform by platform, network by network</h2>
<figure>
${Object.keys(titles).map((platform) =>
  group(
    platform,
    rows.filter((row) => row.platform === platform),
  ),
)}<div class="row"><span></span>${axisStrip(axis, timezone)}</div>
<ul class="legend">${used.map((state) => html`<li><svg width="14" height="14" aria-hidden="true"><rect width="14" height="14" rx="2" fill="${colours[state]}"/></svg>${stateWords[state].sign} ${state}</li>`)}</ul>
<figcaption>${report.scope === 'country' ? 'Each bar: the state that at least half of a network’s probes held, or worse.' : 'Each bar: the state that the probe held.'} Empty: nothing was heard.${onset !== undefined && ' Dashed line: the onset.'}${omitted > 0 && ` ${plural(omitted, 'further network')} on which less happened ${omitted === 1 ? 'is' : 'are'} left out.`}</figcaption>
</figure>
`;
}

/** Told apart by dashes as well as by colour. */
const looks = [
  ['#0072b2', ''],
  ['#d55e00', '7 3'],
  ['#b0508a', '2 3'],
  ['#007a5a', '9 3 2 3'],
  ['#8a6d00', '1 2'],
] as const;

/** The same time in numbers: who is affected, how fast, how slow. */
export function charts(report: Report): Html {
  const { axis, timezone, titles, rows, controls, scope } = report;
  if (rows.length === 0) return html``;
  const platforms = Object.keys(titles).slice(0, looks.length);
  const lines = (of: (own: readonly Row[]) => (number | undefined)[]): Line[] =>
    platforms.map((platform, index) => ({
      name: titles[platform]!,
      colour: looks[index]![0],
      dash: looks[index]![1],
      values: of(rows.filter((row) => row.platform === platform)),
    }));
  const fine = lines((own) =>
    overNetworks(own, axis.length, ({ hit }, at) => (hit[at] === undefined ? undefined : hit[at] ? 0 : 1), mean),
  );
  const control: Line = { name: 'control sites', colour: '#7a8590', dash: '', values: controls };
  const goodput = lines((own) => overNetworks(own, axis.length, (row, at) => row.goodput[at], median));
  const handshake = lines((own) => overNetworks(own, axis.length, (row, at) => row.handshake[at], median));
  const figure = (name: string, drawn: Line[], of: typeof shares, caption: string) =>
    drawn.some(({ values }) => values.some((value) => value !== undefined)) &&
    html`<h3>${name}</h3>
<figure>${lineChart(drawn, axis, of, name)}
<div class="row"><span></span>${axisStrip(axis, timezone)}</div>
<ul class="legend">${drawn.map(({ name, colour, dash }) => html`<li><svg width="28" height="10" aria-hidden="true"><line x1="0" x2="28" y1="5" y2="5" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}"/></svg>${name}</li>`)}</ul>
<figcaption>${caption}</figcaption></figure>
`;
  return html`<h2>The same time in figures</h2>
${
  scope === 'country'
    ? figure(
        'Networks on which it works as usual',
        [...fine, control],
        shares,
        'Share of the observed networks that are not newly affected, and the share of control sites that answered. When the platforms fall and the control sites do not, it is not the Internet that failed.',
      )
    : figure(
        'Control sites that answered',
        [control],
        shares,
        'Sites that have nothing to do with the platforms, looked at in the same rounds.',
      )
}${figure(
  'Download speed, against normal',
  goodput,
  ratios(0.01, 2, [
    { value: 0.01, text: '1 %' },
    { value: 0.1, text: '10 %' },
    { value: 1, text: '100 %' },
  ]),
  scope === 'country'
    ? 'The middle one of all networks, on a logarithmic scale; 100 % is what each probe has learned as usual for the platform and hour.'
    : 'On a logarithmic scale; 100 % is the middle of the quiet rounds of this report.',
)}${figure(
  'Encrypted handshake, against normal',
  handshake,
  ratios(0.5, 50, [
    { value: 1, text: '1×' },
    { value: 5, text: '5×' },
    { value: 50, text: '50×' },
  ]),
  'How many times as long as usual the TLS handshake takes, on a logarithmic scale. It grows where packets are dropped or held up.',
)}`;
}

function overNetworks(
  rows: readonly Row[],
  length: number,
  of: (row: Row, at: number) => number | undefined,
  together: (values: number[]) => number,
): (number | undefined)[] {
  return Array.from({ length }, (_, at) => {
    const values = rows.flatMap((row) => of(row, at) ?? []);
    return values.length === 0 ? undefined : together(values);
  });
}

const mean = (values: number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
const median = (values: number[]): number => values.sort((a, b) => a - b)[(values.length - 1) >> 1]!;
