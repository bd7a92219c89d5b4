/** What `reachd incidents` prints: the list, and one incident with everything that stands behind it. */
import type { ExperimentFact, Observation } from '../model/round.ts';
import type { IncidentEvent } from '../model/verdict.ts';
import type { StoredIncident } from '../store/read.ts';
import type { EvidenceRound } from './evidence.ts';
import { basisWords, duration, list, mechanismWords, noteWords } from './words.ts';

export interface IncidentTextOptions {
  /** Platform name to title. */
  titles: Readonly<Record<string, string>>;
  /** IANA time zone in which times are told. */
  timezone: string;
  /** Milliseconds since the epoch. */
  now: number;
}

/** One line an incident, the last opened first. Ends with a newline. */
export function incidentList(incidents: readonly StoredIncident[], options: IncidentTextOptions): string {
  if (incidents.length === 0) return 'No incident has been recorded here.\n';
  const { timezone } = options;
  const rows = incidents.map((one) => [
    one.incident,
    who(one, options),
    what(one.latest),
    date(one.latest.onset_latest, timezone),
    lasted(one, options.now),
    one.latest.confidence,
  ]);
  const table = [['INCIDENT', 'PLATFORMS', 'STATE', `SINCE (${timezone})`, 'LASTED', 'CONFIDENCE'], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const lines = table.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join('  '));
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

/** Everything about one incident. `earlier`: stored incidents that it was said to be like. Ends with a newline. */
export function incidentText(
  incident: StoredIncident,
  evidence: readonly EvidenceRound[],
  earlier: readonly StoredIncident[],
  options: IncidentTextOptions,
): string {
  const { latest, events } = incident;
  const { timezone } = options;
  const facts: [string, string][] = [
    ['state', what(latest)],
    ['onset', `${span(latest.onset_earliest, latest.onset_latest, timezone)}: the last good and the first bad sample`],
    ['end', ending(incident, timezone)],
    ['lasted', lasted(incident, options.now)],
    ...(latest.mechanisms ?? []).map((one): [string, string] => ['mechanism', `${one}: ${mechanismWords[one]}`]),
    ['basis', `${latest.basis}: ${basisWords[latest.basis]}`],
    ['confidence', latest.confidence],
    ...(latest.notes ?? []).map((one): [string, string] => ['note', `${one}: ${noteWords[one]}`]),
    ...(latest.seen_before ?? []).map((id): [string, string] => ['like', seenBefore(id, earlier, timezone)]),
  ];
  const sections = [
    `${who(incident, options)}: ${incident.incident}`,
    ...(latest.statement === undefined ? [] : [latest.statement]),
    facts.map(([name, value]) => `  ${name.padEnd(11)} ${value}`).join('\n'),
    `What was said, and when (${timezone})\n${events.map((event) => `  ${said(event, timezone)}`).join('\n')}`,
    `What was measured (${timezone})\n${measured(evidence, timezone)}`,
    `What this does not show\n${notShown(latest)
      .map((line) => `  ${line}`)
      .join('\n')}`,
  ];
  return `${sections.join('\n\n')}\n`;
}

function who({ platform, latest }: StoredIncident, { titles }: IncidentTextOptions): string {
  const names = platform === '*' ? (latest.platforms ?? []) : [platform];
  return list(names.map((name) => titles[name] ?? name));
}

const what = ({ state, mechanism }: IncidentEvent): string => (mechanism ? `${state} (${mechanism})` : state);

function lasted({ latest, closed_at, opened_at }: StoredIncident, now: number): string {
  const began = Date.parse(latest.onset_latest) || Date.parse(opened_at);
  if (closed_at === undefined) return `${duration(now - began)}, still open`;
  return duration(Date.parse(latest.ended_latest ?? closed_at) - began);
}

function ending({ latest, closed_at }: StoredIncident, timezone: string): string {
  if (closed_at === undefined) return 'none yet: it is open';
  const { ended_earliest = closed_at, ended_latest = closed_at } = latest;
  return `${span(ended_earliest, ended_latest, timezone)}: the last bad and the first good sample`;
}

function seenBefore(id: string, earlier: readonly StoredIncident[], timezone: string): string {
  const known = earlier.find(({ incident }) => incident === id);
  return known === undefined ? id : `${id}: ${what(known.latest)}, ${date(known.latest.onset_latest, timezone)}`;
}

const said = (event: IncidentEvent, timezone: string): string =>
  `${date(event.at, timezone)}  ${event.event.padEnd(7)}  ${what(event)}, ${event.basis}, confidence ${event.confidence} (round ${event.round})`;

function measured(evidence: readonly EvidenceRound[], timezone: string): string {
  if (evidence.length === 0) return '  The rounds of that time are no longer stored.';
  return evidence.flatMap((round) => roundLines(round, timezone)).join('\n');
}

function roundLines({ round, started_at, verdicts, platforms, controls, vantage }: EvidenceRound, timezone: string) {
  const fine = controls.filter(({ outcome }) => outcome === 'ok').length;
  const lines = [
    `  ${date(started_at, timezone)}  round ${round}, ${vantage ?? 'vantage unknown'}, controls fine: ${fine} of ${controls.length}`,
  ];
  for (const [name, observations] of Object.entries(platforms)) {
    const verdict = verdicts[name];
    if (verdict !== undefined) lines.push(`    ${name}: ${verdict.state} by rule ${verdict.rule}`);
    for (const observation of observations) {
      if (observation.outcome !== 'skipped') lines.push(`      ${lookText(observation)}`);
      for (const fact of observation.experiments ?? []) {
        if (fact.outcome !== 'skipped') lines.push(`        ${experimentText(fact)}`);
      }
    }
  }
  return lines;
}

function lookText({ target, ip_protocol = 'ip4', status, failure, phases = {}, transfer, goodput_bps }: Observation) {
  const durations = Object.entries(phases).flatMap(([phase, ms]) => (ms === undefined ? [] : [`${phase} ${ms} ms`]));
  const end = failure ? [`${failure.phase}: ${failure.reason} after ${failure.after_ms} ms`] : [];
  const rate = goodput_bps === undefined ? [] : [`${(goodput_bps / 1e6).toFixed(2)} Mbit/s`];
  const stall = transfer?.stalled_at === undefined ? [] : [`stalled at ${transfer.stalled_at} bytes`];
  return `${target} ${ip_protocol} ${status ?? '-'}  ${[...durations, ...end, ...rate, ...stall].join(', ')}`;
}

function experimentText({ kind, host, outcome, failure, alert, goodput_bps }: ExperimentFact): string {
  const end = failure && `${failure.phase}: ${failure.reason} after ${failure.after_ms} ms`;
  const rate = goodput_bps === undefined ? undefined : `${(goodput_bps / 1e6).toFixed(2)} Mbit/s`;
  const more = [end, alert && `alert ${alert}`, rate].filter((part) => part !== undefined);
  return `${kind}${host === undefined ? '' : ` with ${host}`}: ${[outcome, ...more].join(', ')}`;
}

/** The limits of one vantage point, and of this incident's basis. */
function notShown({ basis, state }: IncidentEvent): string[] {
  return [
    'Who ordered it, or why.',
    'What other networks see: this is one line. Ask probes elsewhere.',
    ...(basis === 'comparison'
      ? ['That nothing but interference can explain it: a fault of the platform or on the way to it looks much alike.']
      : []),
    ...(state === 'throttled' ? ['How it is done inside the network: only what arrives here is measured.'] : []),
  ];
}

/** `2024-01-20 18:41:00`: sortable, in the given zone. */
function date(at: string, timeZone: string): string {
  const ms = Date.parse(at);
  if (Number.isNaN(ms)) return at;
  // Sweden writes dates as ISO 8601 has them.
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(ms);
}

function span(from: string, to: string, timezone: string): string {
  const [a, b] = [date(from, timezone), date(to, timezone)];
  return `between ${a} and ${a.slice(0, 10) === b.slice(0, 10) ? b.slice(11) : b}`;
}
