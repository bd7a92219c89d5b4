/**
 * RIPE Atlas pings (shao-ripe-atlas-rtt) as one platform with one target: real jitter, real path changes, real runs of
 * time-outs over months in which nobody interfered. Three healthy controls stand beside it, so that nothing is excused
 * by the line. Every alarm is false, or a genuine run of time-outs.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { glance } from '../rivals/glance.ts';
import type { Alarm, Detector } from '../score/detector.ts';
import { MONTH } from '../world/weather.ts';
import { control, observation, record } from './record.ts';

export interface ShaoTrace {
  name: string;
  /** ms since the epoch, and the round trip in ms; undefined: time-out. */
  samples: { at: number; trip_ms: number | undefined }[];
}

const INTERVAL = 240_000;
/** A time-out of a ping is no proof that a connection would have failed: a second is the data set's own bound, ms. */
const TIMED_OUT = 1_000;

/** Two date formats occur, both UTC: `14/10/2016 21:17` and `2016-11-25 13:16:19`. */
function instant(text: string): number {
  const european = /^(\d+)\/(\d+)\/(\d+) (\d+):(\d+)$/.exec(text);
  if (european) {
    const [, day, month, year, hour, minute] = european.map(Number);
    return Date.UTC(year!, month! - 1, day!, hour!, minute!);
  }
  return Date.parse(`${text.replace(' ', 'T')}Z`);
}

export function readShao(directory: string): ShaoTrace[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.csv'))
    .sort()
    .map((name) => {
      const rows = readFileSync(join(directory, name), 'utf8').split(/\r?\n/).slice(1);
      const samples = rows
        .filter((row) => row !== '')
        .map((row) => {
          const [time, rtt] = row.split(';') as [string, string];
          const trip = Number(rtt.replace(',', '.'));
          // Time-outs are negative numbers here, whatever the repository's notes say of values above 1,000.
          return { at: instant(time), trip_ms: trip > 0 && trip < TIMED_OUT ? trip : undefined };
        });
      return { name, samples };
    });
}

export interface ShaoScore {
  traces: number;
  months: number;
  /** Alarms by detector, `latency` those that no run of time-outs explains. */
  alarms: Record<string, { total: number; latency: number }>;
}

/** Runs every trace through fresh detectors. */
export function scoreShao(traces: readonly ShaoTrace[], detectors: () => Detector[]): ShaoScore {
  const score: ShaoScore = { traces: traces.length, months: 0, alarms: {} };
  for (const trace of traces) {
    const first = trace.samples[0]!.at;
    score.months += (trace.samples.length * INTERVAL) / 60_000 / MONTH;
    const trips = trace.samples.flatMap(({ trip_ms }) => trip_ms ?? []).sort((a, b) => a - b);
    const usual = trips[trips.length >> 1]!;
    const running = detectors();
    const lost: boolean[] = [];
    trace.samples.forEach(({ at, trip_ms }, i) => {
      lost.push(trip_ms === undefined);
      const round = record(
        i,
        at,
        at - first,
        INTERVAL,
        { x: 'x' },
        { x: [observation('x/anchor', { trip_ms })] },
        [1, 2, 3].map((c) => control(`control-${c}`, { trip_ms: usual })),
      );
      const seen = glance(round);
      for (const one of running) one.step(round, seen, i);
    });
    for (const one of running) {
      score.alarms[one.name] ??= { total: 0, latency: 0 };
      const sum = score.alarms[one.name]!;
      const alarms = one.alarms.filter((alarm) => alarm.platform >= 0);
      sum.total += alarms.length;
      sum.latency += alarms.filter((alarm) => !afterTimeOuts(alarm, lost)).length;
    }
  }
  return score;
}

/** At least two of the five samples up to the opening were time-outs. */
function afterTimeOuts(alarm: Alarm, lost: readonly boolean[]): boolean {
  return lost.slice(Math.max(0, alarm.opened - 4), alarm.opened + 1).filter(Boolean).length >= 2;
}
