/** What a report says, before it is words, pictures or a table: a country's or a probe's platforms over a stretch of time. */
import type { AnomalyKind, Confidence, Mechanism, State } from '../model/vocabulary.ts';

/** Earliest and latest, ms since the epoch: when something began or ended is known as an interval. */
export type Interval = readonly [earliest: number, latest: number];

/** Times at equal distances; every list of a report has one entry a time, undefined where nothing is known. */
export interface Axis {
  since_ms: number;
  until_ms: number;
  step_ms: number;
  /** Number of times, the first at `since_ms`. */
  length: number;
}

/** One platform on one network. */
export interface Row {
  /** Such as AS17557. */
  network: string;
  platform: string;
  states: (State | undefined)[];
  /** Newly bad by the fleet's rules; where there are none, in trouble at all. */
  hit: (boolean | undefined)[];
  /** Downloads and handshakes over what is normal for them, 1 = as usual. */
  goodput: (number | undefined)[];
  handshake: (number | undefined)[];
}

/** What happened to one platform in the event. */
export interface Finding {
  platform: string;
  title: string;
  state: AnomalyKind;
  onset: Interval;
  /** Absent while it lasts. */
  end?: Interval | undefined;
  /** Networks hit out of those that were observed; absent for a single probe. */
  networks?: { hit: string[]; observed: number } | undefined;
  /** Share of the country's users behind the networks that were hit. */
  users?: number | undefined;
  /** With the number of networks that showed it. */
  mechanisms: { mechanism: Mechanism; networks: number }[];
  confidence: Confidence;
  goodput?: number | undefined;
  handshake?: number | undefined;
  /** Share of QUIC handshakes answered. */
  quic?: number | undefined;
}

export interface Report {
  scope: 'country' | 'probe';
  /** `Pakistan`, or `AS17557 in Pakistan`. */
  place: string;
  timezone: string;
  generated_ms: number;
  axis: Axis;
  rows: Row[];
  /** Networks left out of `rows` because there are too many. */
  omitted: number;
  /** Platform name to title, in order. */
  titles: Readonly<Record<string, string>>;
  /** Share of control sites that answered, 0 to 1. */
  controls: (number | undefined)[];
  /** Networks and probes that were heard at all. */
  networks: number;
  probes: number;
  /** The event that the headline is about, the platforms as they began; empty where nothing happened. */
  findings: Finding[];
  /** Whether the fleet's rules call it nation-scale: companies restricted at once, at most. */
  restricted_companies?: number | undefined;
  /** Networks of other countries on which the same platforms worked and failed in that time. */
  elsewhere?: { networks: number; hit: number; countries: number } | undefined;
  /** The share of control sites answering during the event. */
  controls_during?: number | undefined;
  /** The judge's own sentence, where there is one: it is quoted as it stands. */
  statement?: string | undefined;
  /** In trouble all the time, and nothing new: by platform, with the number of networks. */
  standing: { title: string; state: AnomalyKind; networks: number; observed: number }[];
  /** Further stretches with trouble in the same time. */
  others: { span: Interval; platforms: string[]; networks: number }[];
  /** Where the figures of users come from. */
  weights?: string | undefined;
  /** In a sentence: where the data comes from. */
  source: string;
  /** What the reader must know of the data, such as missing rules. */
  remarks: string[];
}

export const timeAt = ({ since_ms, step_ms }: Axis, index: number): number => since_ms + index * step_ms;

/** Most times on an axis: as many as a wide screen can tell apart. */
const mostTimes = 480;
/** Most cells of one kind: they stand in the file as text. */
const mostCells = 40_000;

/** An axis for so many rows: rounds are a minute apart, so nothing is gained by less. */
export function axisFor(since_ms: number, until_ms: number, rows: number): Axis {
  const times = Math.max(24, Math.min(mostTimes, Math.floor(mostCells / Math.max(1, rows))));
  const step_ms = Math.max(1, Math.ceil((until_ms - since_ms) / times / 60_000)) * 60_000;
  const since = Math.floor(since_ms / step_ms) * step_ms;
  return { since_ms: since, until_ms, step_ms, length: Math.floor((until_ms - since) / step_ms) + 1 };
}

/** A longer step than this can hide what newsrooms ask about. */
const coarseMs = 10 * 60_000;

/** What a reader must know of an axis on which much lies between two times. `near`: the axis on which the event was looked at again. */
export const coarse = ({ step_ms }: Axis, near?: Axis | undefined): string[] =>
  step_ms <= coarseMs
    ? []
    : [
        `Every point of this report stands for ${Math.round(step_ms / 60_000)} minutes, since it is of a long time: shorter trouble may be missing. ${
          near === undefined
            ? 'A report of that day alone shows it.'
            : `The event in the headline was looked at every ${near.step_ms === 60_000 ? 'minute' : `${near.step_ms / 60_000} minutes`}.`
        }`,
      ];

/** Of an unsorted list, the lower of the middle ones; undefined of none. */
export function middle(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[Math.ceil(values.length / 2) - 1];
}

/** Compares names of platforms: as configured, then what is not, by name. */
export function byOrder(titles: Readonly<Record<string, string>>): (a: string, b: string) => number {
  const order = Object.keys(titles);
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return (a, b) => place(a) - place(b) || a.localeCompare(b, 'en');
}
