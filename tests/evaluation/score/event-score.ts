/**
 * What one detector made of one event. Matching is by event with overlap: an alarm on a hit platform that opens between
 * onset and end is the detection, once; nothing is adjusted point by point.
 */
import type { AnomalyKind } from '../../../src/model/vocabulary.ts';
import { MINUTE } from '../world/vantage.ts';
import type { Alarm } from './detector.ts';

/** A new incident this soon after the end, minutes, still belongs to the event. */
const RELAPSE = 30;

/** The truth of an event. */
export interface Happened {
  class: string;
  /** Seed of the vantage. */
  vantage: number;
  /** Indexes of the hit platforms. */
  hit: readonly number[];
  /** First minute with interference, and first without. */
  from: number;
  to: number;
  /** True onset, ms since the epoch. */
  truth: number;
  /** Minutes from the onset in which a round was recorded. */
  recorded: readonly number[];
  accepted: readonly AnomalyKind[];
}

export interface EventScore {
  class: string;
  /** Seed of the vantage: events of one share its line. */
  vantage: number;
  /** Share of the hit platforms that were found, and recorded rounds from the onset to each opening. */
  found: number;
  delays: number[];
  /** State at opening and last state before the end, of each found platform. */
  first: AnomalyKind[];
  last: AnomalyKind[];
  ever: AnomalyKind[];
  right: boolean[];
  /** Incidents per hit platform. */
  incidents: number;
  /** Minutes from the end to the close, of those closed while watched; and how many were not. */
  closes: number[];
  unclosed: number;
  /** The onset interval contains the truth; its width in minutes. */
  contains: boolean[];
  widths: number[];
  /** Alarms on platforms that nothing happened to. */
  spilled: number;
  joint: boolean;
}

/** Undefined when an alarm was open before: it is no detection of this event, and the trial is void for this detector. */
export function scoreEvent(alarms: readonly Alarm[], event: Happened): EventScore | undefined {
  const { hit, from, to } = event;
  const before = (alarm: Alarm) => alarm.opened < from && (alarm.closed === undefined || alarm.closed >= from);
  if (alarms.some((alarm) => hit.includes(alarm.platform) && before(alarm))) return undefined;
  const during = alarms.filter((alarm) => alarm.opened >= from && alarm.opened < to);
  const result: EventScore = {
    class: event.class,
    vantage: event.vantage,
    found: 0,
    delays: [],
    first: [],
    last: [],
    ever: [],
    right: [],
    incidents: 0,
    closes: [],
    unclosed: 0,
    contains: [],
    widths: [],
    spilled: during.filter((alarm) => alarm.platform >= 0 && !hit.includes(alarm.platform)).length,
    joint: during.some((alarm) => alarm.platform < 0),
  };
  for (const platform of hit) {
    const mine = alarms.filter((one) => one.platform === platform && one.opened >= from && one.opened < to + RELAPSE);
    if (mine[0] !== undefined && mine[0].opened < to) scorePlatform(result, mine[0], mine, event);
  }
  return result;
}

/** Adds one found platform: `alarm` is the detection, `mine` all alarms of the platform that belong to the event. */
function scorePlatform(result: EventScore, alarm: Alarm, mine: readonly Alarm[], event: Happened): void {
  const { hit, to, truth, recorded, accepted } = event;
  result.found += 1 / hit.length;
  result.incidents += mine.length / hit.length;
  result.delays.push(recorded.filter((minute) => minute <= alarm.opened).length);
  const told = mine.flatMap(({ kinds }) => kinds.filter(([minute]) => minute < to).map(([, state]) => state));
  const last = told.at(-1);
  if (last !== undefined) {
    result.first.push(told[0]!);
    result.last.push(last);
    result.ever.push(...told);
    result.right.push(accepted.includes(last));
  }
  const closed = mine.at(-1)!.closed;
  if (closed === undefined) result.unclosed++;
  else result.closes.push(Math.max(0, closed - to));
  if (alarm.onset) {
    const [earliest, latest] = alarm.onset;
    result.contains.push(earliest <= truth && truth <= latest);
    result.widths.push((latest - earliest) / MINUTE);
  }
}
