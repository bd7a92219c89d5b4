/** One probe's report out of its own store: the rounds as they were judged, and the incidents in the judge's own words. */
import type { Observation, Round } from '../model/round.ts';
import type { State } from '../model/vocabulary.ts';
import { everyRound, type RoundQuery, type StoredIncident, type StoredRound } from '../store/read.ts';
import { type Axis, axisFor, byOrder, type Finding, type Interval, middle, type Report, type Row } from './report.ts';
import { codeOf, troubleFrom } from './report-state.ts';

export interface ProbeRequest {
  since_ms: number;
  until_ms: number;
  timezone: string;
  now_ms: number;
  titles: Readonly<Record<string, string>>;
  /** The store's rounds and incidents. */
  rounds(query: RoundQuery): StoredRound[];
  incidents: readonly StoredIncident[];
}

/** What is gathered of one platform for one time of the axis. */
interface Cell {
  state?: State | undefined;
  goodput: number[];
  handshake: number[];
}

interface Gathered {
  cells: Map<string, Cell[]>;
  controls: { ok: number; all: number }[];
  /** Of rounds in which the platform was as usual: what its speed is held against, by target. */
  usual: Map<string, number[]>;
  /** QUIC handshakes that were tried, by platform. */
  quic: Map<string, { at: number; ok: boolean }[]>;
  last?: Round | undefined;
  rounds: number;
}

/** Samples that make a "usual" of a target; fewer say nothing. */
const enough = 5;

/** The report; undefined where not a single round is stored of that time. */
export function probeReport(request: ProbeRequest): Report | undefined {
  const { since_ms, until_ms, titles, timezone, now_ms, incidents } = request;
  const axis = axisFor(since_ms, until_ms, Math.max(4, Object.keys(titles).length));
  const gathered = gather(request, axis);
  const { last, controls } = gathered;
  if (last === undefined) return undefined;
  const { asn, country } = last.vantage;
  const network = asn ?? 'this line';
  const rows = [...gathered.cells.keys()].sort(byOrder(titles)).map((platform) => {
    const cells = gathered.cells.get(platform)!;
    const states = cells.map(({ state }) => state);
    return {
      network,
      platform,
      states,
      hit: states.map((state) => (state === undefined ? undefined : codeOf(state) >= troubleFrom)),
      goodput: cells.map(({ goodput }) => middle(goodput)),
      handshake: cells.map(({ handshake }) => middle(handshake)),
    } satisfies Row;
  });
  const own = incidents.filter((one) => overlaps(one, since_ms, until_ms));
  const lead = leading(own);
  const parts = lead === undefined ? [] : partsOf(lead, own);
  return {
    scope: 'probe',
    place: placeOf(asn, country),
    timezone,
    generated_ms: now_ms,
    axis,
    rows,
    omitted: 0,
    titles: Object.fromEntries(rows.map(({ platform }) => [platform, titles[platform] ?? platform])),
    controls: controls.map(({ ok, all }) => (all === 0 ? undefined : ok / all)),
    networks: 1,
    probes: 1,
    findings: parts
      .map((one) => finding(one, rows, gathered, titles))
      .sort((a, b) => byOrder(titles)(a.platform, b.platform)),
    controls_during: lead && during(controls, spanOf(lead, until_ms), axis),
    statement: lead?.latest.statement,
    standing: [],
    others: own
      .filter((one) => one !== lead && !parts.includes(one) && one.platform !== '*')
      .map((one) => ({
        span: spanOf(one, until_ms),
        platforms: [titles[one.platform] ?? one.platform],
        networks: 1,
      })),
    source: `${gathered.rounds} rounds as one probe measured and judged them, out of its own store`,
    remarks: [
      'Speeds are held against the middle of this report’s own quiet rounds; the statement against what the probe had learned before.',
    ],
  };
}

const placeOf = (asn: string | undefined, country: string | undefined): string => {
  const name = country === undefined ? undefined : (nameOf(country) ?? country);
  if (asn !== undefined) return name === undefined ? asn : `${asn} in ${name}`;
  return name === undefined ? 'one line' : `one network in ${name}`;
};

function nameOf(country: string): string | undefined {
  try {
    return new Intl.DisplayNames('en', { type: 'region' }).of(country);
  } catch {
    return undefined; // no country code, whatever it is
  }
}

function gather({ rounds, since_ms, until_ms }: ProbeRequest, axis: Axis): Gathered {
  const gathered: Gathered = {
    cells: new Map(),
    controls: Array.from({ length: axis.length }, () => ({ ok: 0, all: 0 })),
    usual: new Map(),
    quic: new Map(),
    rounds: 0,
  };
  const raw: { platform: string; at: number; key: string; value: number }[] = [];
  for (const { record, started_ms } of everyRound(rounds, { since_ms, until_ms })) {
    const round = JSON.parse(record) as Round;
    const at = Math.floor((started_ms - axis.since_ms) / axis.step_ms);
    const controls = gathered.controls[at];
    if (controls === undefined) continue;
    gathered.rounds += 1;
    gathered.last = round;
    for (const { outcome } of round.controls) {
      if (outcome === 'skipped') continue;
      controls.all += 1;
      if (outcome === 'ok') controls.ok += 1;
    }
    for (const [platform, looks] of Object.entries(round.platforms)) {
      const state = round.states?.[platform]?.state ?? round.verdicts?.[platform]?.state;
      const cell = cellOf(gathered, platform, at, axis);
      // Several rounds in one time: the worst of them, or a short event would not be seen.
      if (state !== undefined && (cell.state === undefined || codeOf(state) > codeOf(cell.state))) cell.state = state;
      for (const look of looks) {
        if (look.quic !== undefined && look.quic.outcome !== 'skipped') {
          const tried = { at, ok: look.quic.outcome === 'ok' };
          listOf(gathered.quic, platform).push(tried);
        }
        for (const [key, value] of speeds(look)) {
          raw.push({ platform, at, key, value });
          if (state === 'reachable') listOf(gathered.usual, key).push(value);
        }
      }
    }
  }
  const normal = new Map(
    [...gathered.usual].flatMap(([key, values]) => (values.length < enough ? [] : [[key, middle(values)!] as const])),
  );
  for (const { platform, at, key, value } of raw) {
    const usual = normal.get(key);
    if (usual === undefined) continue;
    const cell = cellOf(gathered, platform, at, axis);
    (key.startsWith('goodput') ? cell.goodput : cell.handshake).push(value / usual);
  }
  return gathered;
}

function listOf<T>(lists: Map<string, T[]>, key: string): T[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

function cellOf({ cells }: Gathered, platform: string, at: number, { length }: Axis): Cell {
  let list = cells.get(platform);
  if (list === undefined) {
    list = Array.from({ length }, () => ({ goodput: [], handshake: [] }));
    cells.set(platform, list);
  }
  return list[at]!;
}

/** What can be held against its own past: by target and IP protocol. */
function speeds({ target, ip_protocol = 'ip4', goodput_bps, phases }: Observation): [key: string, value: number][] {
  const found: [string, number][] = [];
  if (goodput_bps !== undefined && goodput_bps > 0) found.push([`goodput ${target} ${ip_protocol}`, goodput_bps]);
  if (phases?.tls !== undefined && phases.tls > 0) found.push([`handshake ${target} ${ip_protocol}`, phases.tls]);
  return found;
}

const beganAt = ({ latest, opened_at }: StoredIncident): number =>
  Date.parse(latest.onset_latest) || Date.parse(opened_at);

function spanOf(incident: StoredIncident, until_ms: number): Interval {
  const { latest, closed_at } = incident;
  return [beganAt(incident), closed_at === undefined ? until_ms : Date.parse(latest.ended_latest ?? closed_at)];
}

function overlaps(incident: StoredIncident, since_ms: number, until_ms: number): boolean {
  const [from, to] = spanOf(incident, until_ms);
  return from < until_ms && to >= since_ms;
}

/** The incident that the report is about: a joint one before one of a platform, then the gravest, then the latest. */
function leading(incidents: readonly StoredIncident[]): StoredIncident | undefined {
  return [...incidents].sort(
    (a, b) =>
      Number(b.platform === '*') - Number(a.platform === '*') ||
      codeOf(b.latest.state) - codeOf(a.latest.state) ||
      beganAt(b) - beganAt(a),
  )[0];
}

/** The incidents of single platforms that a joint one is made of; itself where it is one of them. */
function partsOf(lead: StoredIncident, all: readonly StoredIncident[]): StoredIncident[] {
  if (lead.platform !== '*') return [lead];
  const names = new Set(lead.events.flatMap(({ platforms = [] }) => platforms));
  const [from, to] = spanOf(lead, Number.POSITIVE_INFINITY);
  return all.filter((one) => {
    const [began, ended] = spanOf(one, Number.POSITIVE_INFINITY);
    return names.has(one.platform) && began <= to && ended >= from;
  });
}

function finding(
  { platform, latest, closed_at }: StoredIncident,
  rows: readonly Row[],
  { quic }: Gathered,
  titles: Readonly<Record<string, string>>,
): Finding {
  const row = rows.find((one) => one.platform === platform);
  const tried = (quic.get(platform) ?? []).filter(({ at }) => row?.hit[at] === true);
  const ratio = (which: 'goodput' | 'handshake') =>
    row && middle(row[which].flatMap((value, at) => (row.hit[at] === true && value !== undefined ? [value] : [])));
  const ended = latest.ended_latest ?? closed_at;
  const all = [...new Set([...(latest.mechanism ? [latest.mechanism] : []), ...(latest.mechanisms ?? [])])];
  return {
    platform,
    title: titles[platform] ?? platform,
    state: latest.state,
    onset: [Date.parse(latest.onset_earliest), Date.parse(latest.onset_latest)],
    end: ended === undefined ? undefined : [Date.parse(latest.ended_earliest ?? ended), Date.parse(ended)],
    mechanisms: all.map((mechanism) => ({ mechanism, networks: 1 })),
    confidence: latest.confidence,
    goodput: ratio('goodput'),
    handshake: ratio('handshake'),
    quic: tried.length === 0 ? undefined : tried.filter(({ ok }) => ok).length / tried.length,
  };
}

function during(controls: Gathered['controls'], [from, to]: Interval, { since_ms, step_ms }: Axis): number | undefined {
  const some = controls.filter((_, at) => since_ms + at * step_ms >= from && since_ms + at * step_ms <= to);
  const all = some.reduce((sum, one) => sum + one.all, 0);
  return all === 0 ? undefined : some.reduce((sum, one) => sum + one.ok, 0) / all;
}
