/** The text table that `reachd probe` and `reachd status` print: platforms, their targets, the line. Plain, or coloured. */
import { styleText } from 'node:util';
import type { ControlObservation, Observation, Round } from '../model/round.ts';
import type { Confidence, Mechanism, Phase, State, VantageState } from '../model/vocabulary.ts';
import { clockTrouble } from './clock-words.ts';
import type { Look, Status } from './status.ts';
import { duration, mechanismWords, stateWords, vantageWords } from './words.ts';

export interface TableOptions {
  colour: boolean;
  /** Columns of the terminal. */
  width: number;
}

/** From here on every phase has a column of its own. */
const wide = 100;

interface Row {
  title: string;
  state: State;
  mechanism?: Mechanism | undefined;
  confidence?: Confidence | undefined;
  /** Since when, in words. */
  since?: string | undefined;
  looks: readonly Look[];
}

interface Line {
  state?: VantageState | undefined;
  country?: string | undefined;
  asn?: string | undefined;
  resolver_scope?: string | undefined;
  controls: readonly { target: string; outcome: string }[];
}

type Colour = 'green' | 'yellow' | 'red' | 'magenta' | 'gray';

const stateColours: Readonly<Record<State, Colour>> = {
  reachable: 'green',
  refused: 'green',
  degraded: 'yellow',
  throttled: 'red',
  blocked: 'red',
  unreachable: 'magenta',
  inconclusive: 'gray',
};

/** One round: what it alone shows. `titles`: platform name to title. Ends with a newline. */
export function renderTable(
  round: Round,
  options: TableOptions & { titles: Readonly<Record<string, string>> },
): string {
  const rows = Object.entries(round.platforms).map(([name, observations]): Row => {
    const verdict = round.verdicts?.[name];
    return {
      title: options.titles[name] ?? name,
      state: verdict?.state ?? 'inconclusive',
      mechanism: verdict?.mechanism,
      confidence: verdict?.confidence,
      looks: looks(observations, round.started_at),
    };
  });
  return render(rows, { ...round.vantage, controls: ran(round.controls) }, options);
}

/** What a running daemon holds. Ends with a newline. */
export function renderStatus(status: Status, options: TableOptions): string {
  const now = Date.parse(status.generated_at);
  const rows = status.platforms.map(
    ({ title, state, since, verdict, incident, targets }): Row => ({
      title,
      state,
      mechanism: incident?.mechanism ?? (verdict?.state === state ? verdict.mechanism : undefined),
      confidence: incident?.confidence ?? verdict?.confidence,
      since: since === undefined ? undefined : `for ${duration(now - Date.parse(since))}`,
      looks: targets,
    }),
  );
  const { round } = status;
  const last =
    round === undefined
      ? 'no round yet'
      : `round ${round.round}, ${duration(now - Date.parse(round.started_at))} ago, took ${briefly(round.duration_ms)}`;
  const notes = [
    status.statement,
    clockTrouble(status.vantage.clock_skew_s),
    status.store_trouble && `not stored: ${status.store_trouble}`,
    last,
  ];
  return (
    render(rows, { ...status.vantage, controls: status.controls }, options) +
    notes.flatMap((one) => (one ? [`${one}\n`] : [])).join('')
  );
}

const ran = (controls: readonly ControlObservation[]) => controls.filter(({ outcome }) => outcome !== 'skipped');

const looks = (observations: readonly Observation[], at: string): Look[] =>
  observations.flatMap(({ target, ip_protocol = 'ip4', outcome, failure, status, phases = {}, goodput_bps }) =>
    outcome === 'skipped' ? [] : [{ target, ip_protocol, outcome, failure, status, phases, goodput_bps, at }],
  );

function render(rows: readonly Row[], line: Line, { colour, width }: TableOptions): string {
  const paint = (style: Colour | 'bold' | 'dim', text: string) =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  const head = ['PLATFORM', 'STATE', 'MECHANISM', 'CONFIDENCE', ''];
  const cells = rows.map(({ title, state, mechanism, confidence, since }) => [
    title,
    `${stateWords[state].sign} ${state}`,
    mechanism ?? '',
    // That nothing is known is known for certain: not worth a word.
    state === 'inconclusive' ? '' : (confidence ?? ''),
    since ?? '',
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...cells].map((row) => row[column]!.length)));
  const name = Math.max(0, ...rows.flatMap((row) => row.looks.map(({ target }) => target.length)));
  const out = [paint('bold', pad(head, widths))];
  for (const [index, row] of rows.entries()) {
    out.push(paintState(pad(cells[index]!, widths), row.state, widths, paint));
    for (const look of row.looks) {
      const failed = look.outcome === 'failed';
      out.push(paint(failed ? stateColours.blocked : 'dim', lookLine(look, name, width)));
    }
  }
  out.push('', ...lineText(line));
  const mechanisms = [...new Set(rows.flatMap(({ mechanism }) => mechanism ?? []))];
  for (const mechanism of mechanisms) out.push(`${mechanism}: ${mechanismWords[mechanism]}`);
  return `${out.join('\n')}\n`;
}

const pad = (cells: readonly string[], widths: readonly number[]) =>
  cells
    .map((cell, column) => cell.padEnd(widths[column]!))
    .join('  ')
    .trimEnd();

/** Only the state's own cell is coloured: a whole red line would shout the platform's name too. */
function paintState(
  text: string,
  state: State,
  [title = 0, cell = 0]: readonly number[],
  paint: (style: Colour, text: string) => string,
): string {
  const [from, to] = [title + 2, title + 2 + cell];
  return text.slice(0, from) + paint(stateColours[state], text.slice(from, to)) + text.slice(to);
}

/** `  x/website  ip4  200  connect 41.9  tls 44.2 …`, or the phase and reason where it ended. Milliseconds. */
function lookLine(
  { target, ip_protocol, failure, status, phases, goodput_bps }: Look,
  name: number,
  width: number,
): string {
  const start = `  ${target.padEnd(name)}  ${ip_protocol}  ${String(status ?? '-').padEnd(3)}`;
  const measured = Object.entries(phases).flatMap(([phase, ms]) =>
    ms === undefined ? [] : [[phase as Phase, ms] as const],
  );
  const times = measured.map(([phase, ms]) =>
    width >= wide ? `${phase} ${ms.toFixed(1).padStart(6)} ms` : `${shortPhases[phase]} ${Math.round(ms)}`,
  );
  const end = failure && `${failure.phase}: ${failure.reason} after ${briefly(failure.after_ms)}`;
  const line = `${start}  ${end ?? `${times.join(width >= wide ? '  ' : ' ')}${width >= wide || times.length === 0 ? '' : ' ms'}`}`;
  const rate = goodput_bps === undefined ? '' : `  ${(goodput_bps / 1e6).toFixed(2)} Mbit/s`;
  return (line.length + rate.length <= width ? line + rate : line).trimEnd();
}

/** In 80 columns five phases need short names: those that everybody knows. */
const shortPhases: Readonly<Record<Phase, string>> = {
  resolve: 'dns',
  connect: 'tcp',
  tls: 'tls',
  processing: 'http',
  transfer: 'body',
};

const briefly = (ms: number) => (ms < 1000 ? `${ms.toFixed(1)} ms` : `${(ms / 1000).toFixed(1)} s`);

function lineText({ state, country, asn, resolver_scope, controls }: Line): string[] {
  const failed = [...new Set(controls.filter(({ outcome }) => outcome === 'failed').map(({ target }) => target))];
  const all = new Set(controls.map(({ target }) => target)).size;
  const where = [country, asn, resolver_scope && `resolver: ${resolver_scope}`].filter(Boolean).join(', ');
  const answer = `${all - failed.length} of ${all} control sites answer${failed.length > 0 ? `, not: ${failed.join(', ')}` : ''}`;
  return [
    `${state ?? 'unknown'}${where && ` (${where})`}; ${answer}`,
    ...(state && state !== 'online' ? [vantageWords[state]] : []),
  ];
}
