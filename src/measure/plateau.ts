/** From the curve of a download to numbers: the rate over its plateau, how steady it was, and whether it may be claimed. */
import type { Transfer } from '../model/round.ts';
import { rateBehind, type Stretch, slowStartMs } from './slow-start.ts';

/** A policer's burst and the first windows are over by then (docs/goodput.md; Xue et al., IMC 2021: bursts of 10–20 KB). */
export const burst_bytes = 20 * 1024;

/** A rate may be claimed after so much data (docs/goodput.md). */
const enough_ms = 1000;
const enough_trips = 8;
/**
 * Two readings of the clock on a busy machine disagree by up to so much, ms, and a path's round trip wanders by so
 * much (ms, and as a share). What changes the rate by more than `tolerated` within these is not claimed.
 */
const clock_ms = 3;
const trip_ms = 1;
const trip_share = 0.02;
const tolerated = 0.03;
/**
 * Shortest stretch over which the steadiness is looked at: at 130 kbit/s half a second is six segments, and in less the
 * grain of the segments would pass for unsteadiness.
 */
const least_bin_ms = 500;
const least_bins = 3;

/** What had arrived at one moment. `late`: the clock of the stretch before it was too late to be trusted. */
export interface Point {
  /** Since the request was sent, ms. */
  at_ms: number;
  /** Bytes of the connection since then, with everything around the body. */
  raw: number;
  /** Body bytes. */
  body: number;
  /** A sample of the timer; otherwise an arrival. */
  tick: boolean;
  late: boolean;
}

export interface Download {
  points: readonly Point[];
  /** Body bytes for each byte of the connection. */
  share: number;
  /** Round trip of this connection, ms; undefined where its clock was late. */
  rtt_ms: number | undefined;
  /** How it ended: as wanted, by the deadline while bytes still came, or by the deadline in silence. */
  ended: 'enough' | 'deadline' | 'stalled';
  /** When it ended, ms since the request. */
  ended_ms: number;
}

export interface Measured {
  transfer: Transfer;
  /** Bits per second, only where the data can carry it. */
  goodput_bps?: number | undefined;
}

/**
 * Numbers of a download; undefined when nothing arrived, or when it was too short to be told without the round trip and
 * that was not to be had. Pure.
 */
export function measure(download: Download): Measured | undefined {
  const { points, ended, ended_ms } = download;
  const arrivals = points.filter(({ tick }) => !tick);
  const last = points.at(-1);
  if (last === undefined || last.raw === 0) return undefined;
  const first = arrivals[0];
  const begun_ms = first?.at_ms ?? points.find(({ raw }) => raw > 0)!.at_ms;
  const body = arrivals.at(-1)?.body ?? 0;
  const start = arrivals.find((point) => point.body >= burst_bytes);
  const whole: Transfer = {
    bytes: body,
    ms: tenth((ended === 'enough' ? (arrivals.at(-1)?.at_ms ?? ended_ms) : ended_ms) - begun_ms),
    after_bytes: start?.body ?? body,
  };
  // A record that never came whole was never decrypted: what stopped is told in bytes of the connection.
  if (ended === 'stalled') return { transfer: { ...whole, stalled_at: Math.max(body, last.raw) } };
  const end = ended === 'enough' ? arrivals.at(-1) : last;
  if (start === undefined || end === undefined) return { transfer: whole, ...slow(whole, ended) };
  const bytes = (end.raw - start.raw) * download.share;
  const ms = end.at_ms - start.at_ms;
  const { rtt_ms } = download;
  if (rtt_ms === undefined && ms < enough_ms) return undefined;
  // Faster than the window can open no rate is shown: what comes in one burst would read as any rate.
  const shortest = rtt_ms === undefined ? 0 : slowStartMs({ from: start.body, to: body, rtt_ms });
  if (ms <= shortest) return { transfer: { ...whole, ...rate(body - start.body, shortest) } };
  const cov = steadiness(points.slice(points.indexOf(start), points.indexOf(end) + 1));
  const stretch = rtt_ms === undefined ? undefined : { from: start.body, to: start.body + bytes, rtt_ms };
  const goodput_bps = claimed(bytes, ms, stretch);
  return {
    transfer: { ...whole, ...rate(bytes, ms), ...(cov === undefined ? {} : { cov }) },
    ...(goodput_bps === undefined ? {} : { goodput_bps }),
  };
}

const rate = (bytes: number, ms: number): Pick<Transfer, 'plateau_bps'> =>
  bytes > 0 && ms > 0 ? { plateau_bps: Math.round((bytes * 8000) / ms) } : {};

/** Cut by its deadline before the plateau began: what came in that time is all that the line gave. */
function slow({ bytes, ms }: Transfer, ended: Download['ended']): Pick<Measured, 'goodput_bps'> {
  return ended === 'deadline' && ms >= enough_ms && bytes > 0 ? { goodput_bps: Math.round((bytes * 8000) / ms) } : {};
}

/** The rate that the data can carry: what slow start does not explain, or what went on for long enough. */
function claimed(bytes: number, ms: number, stretch: Stretch | undefined): number | undefined {
  const explained = stretch && resolved(stretch, ms);
  if (explained !== undefined) return Math.round(explained);
  const trips = stretch === undefined ? 0 : ms / stretch.rtt_ms;
  const long = ms >= enough_ms || (trips >= enough_trips && ms * tolerated >= clock_ms);
  return long ? Math.round((bytes * 8000) / ms) : undefined;
}

/** The rate behind this time, if it stays the same within what clock and path may be wrong about. */
function resolved(stretch: Stretch, ms: number): number | undefined {
  const rate = rateBehind(stretch, ms);
  if (rate === undefined) return undefined;
  const wander = trip_ms + trip_share * stretch.rtt_ms;
  const others = [
    rateBehind(stretch, ms - clock_ms),
    rateBehind({ ...stretch, rtt_ms: stretch.rtt_ms + wander }, ms),
    rateBehind({ ...stretch, rtt_ms: Math.max(0, stretch.rtt_ms - wander) }, ms),
  ];
  const same = others.every((other) => other !== undefined && Math.abs(other / rate - 1) <= tolerated);
  return same ? rate : undefined;
}

/** Coefficient of variation of the rate in stretches of half a second and more; undefined with fewer than three. */
function steadiness(points: readonly Point[]): number | undefined {
  const bins: { ms: number; rate: number }[] = [];
  let from = points[0];
  for (const point of points.slice(1)) {
    // A late look ends no stretch: what it missed comes with the next point.
    if (from === undefined || point.late || point.at_ms - from.at_ms < least_bin_ms) continue;
    const ms = point.at_ms - from.at_ms;
    bins.push({ ms, rate: (point.raw - from.raw) / ms });
    from = point;
  }
  if (bins.length < least_bins) return undefined;
  const time = bins.reduce((sum, { ms }) => sum + ms, 0);
  const mean = bins.reduce((sum, { ms, rate }) => sum + ms * rate, 0) / time;
  const variance = bins.reduce((sum, { ms, rate }) => sum + ms * (rate - mean) ** 2, 0) / time;
  return mean > 0 ? Math.round((Math.sqrt(variance) / mean) * 1000) / 1000 : undefined;
}

const tenth = (ms: number): number => Math.round(ms * 10) / 10;
