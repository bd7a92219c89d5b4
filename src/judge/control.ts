/** One control: its own levels, how far this round lies from them, and whether it has left the gate. */

import { learn, memory } from './baseline.ts';
import type { Tick } from './clock.ts';
import { round4 } from './rounding.ts';
import { retransmitted, type Sample } from './sample.ts';
import { shortfall } from './shortfall.ts';
import type { ControlState, Held } from './state.ts';

/** Samples behind a level before anything is compared with it. */
const known = 10;
/** Of its transfers fewer, as for a target's: there is one in ten minutes. */
const knownGoodput = 5;
/** A control bad alone for an hour is censored or dead: a finding, no longer a yardstick (docs/methodology.md, controls). */
const impairedSeconds = 3600;
/** Successes in a row that bring an impaired control back. */
const recovery = 30;
/** How long a control's slowness speaks for the line, and its last transfer, seconds: twice their usual periods. */
const slowSeconds = 300;
const transferSeconds = 1200;

/** A control as platforms are compared with it: recent values only. */
export interface View {
  /** Usual connect, log ms: only a path of like length says something about a platform's. */
  connect: number | undefined;
  /** Usual connect + tls, log ms. */
  latency: number | undefined;
  /** Measured in this very round. */
  fresh: boolean;
  slow: number | undefined;
  crawl: number | undefined;
  short: number | undefined;
  /** Usual and last transfer, log bit/s. */
  goodput: number | undefined;
  rate: number | undefined;
  /** Fold second of that transfer. */
  rated: number | undefined;
}

/** The control after one more sample. `alone`: it failed while at least two others answered. */
export function observeControl(
  before: ControlState | undefined,
  sample: Sample,
  tick: Tick,
  { alone, learn: learning }: { alone: boolean; learn: boolean },
): ControlState {
  const next: ControlState = {
    at: tick.t,
    connect: before?.connect,
    latency: before?.latency,
    handshake: before?.handshake,
    goodput: before?.goodput,
    slow: before?.slow,
    crawl: before?.crawl,
    short: before?.short,
    rate: before?.rate,
    alone: before?.alone,
    impaired: before?.impaired,
    recovered: before?.recovered,
  };
  if (sample.failed) {
    next.recovered = undefined;
    if (alone) next.alone = (before?.alone ?? 0) + Math.min(600, tick.t - (before?.at ?? tick.t));
    if ((next.alone ?? 0) >= impairedSeconds) next.impaired = 1;
  } else {
    next.alone = undefined;
    if (next.impaired) {
      next.recovered = (next.recovered ?? 0) + 1;
      if (next.recovered >= recovery) {
        next.impaired = undefined;
        next.recovered = undefined;
      }
    }
  }
  const lost =
    sample.connect !== undefined &&
    before?.connect !== undefined &&
    before.connect[1] >= known &&
    retransmitted(sample.connect, before.connect[0]);
  const slow = lost ? undefined : above(sample.latency, before?.latency);
  const crawl = lost ? undefined : above(sample.handshake, before?.handshake);
  const short =
    sample.rate === undefined || before?.goodput === undefined || before.goodput[1] < knownGoodput
      ? undefined
      : shortfall(sample.rate, before.goodput[0], sample.connect, before.connect?.[0]);
  if (slow !== undefined) next.slow = [slow, tick.t];
  if (crawl !== undefined) next.crawl = [crawl, tick.t];
  if (short !== undefined) next.short = [round4(short), tick.t];
  if (sample.rate !== undefined) next.rate = [round4(sample.rate), tick.t];
  if (!learning || lost) return next;
  const most = memory(before ? Math.max(tick.interval, tick.t - before.at) : tick.interval);
  if (sample.connect !== undefined) next.connect = learn(before?.connect, sample.connect, most);
  if (sample.latency !== undefined) next.latency = learn(before?.latency, sample.latency, most);
  if (sample.handshake !== undefined) next.handshake = learn(before?.handshake, sample.handshake, most);
  if (sample.rate !== undefined) next.goodput = learn(before?.goodput, sample.rate, 300);
  return next;
}

/** Least retransmission time-out of Linux (200 ms) less what a quick repair saves, ms. */
const repairMs = 150;
/** A whole handshake shorter than that, ln ms, holds no repair: most are. */
const repairLog = Math.log(repairMs);

/**
 * Whether this control's exchange waited for a lost packet: a SYN's timer, or a handshake later than usual by a timer. In
 * milliseconds: what triples a handshake of 100 ms makes one of 10 ms twenty times as long, and a lossy line at home does
 * it to every path.
 */
export function repaired(before: ControlState, sample: Sample): boolean {
  const { connect, handshake } = before;
  if (sample.connect === undefined || !connect || connect[1] < known) return false;
  if (retransmitted(sample.connect, connect[0])) return true;
  if (sample.handshake === undefined || !handshake || handshake[1] < known) return false;
  if (sample.connect + sample.handshake < repairLog) return false;
  return Math.exp(sample.connect + sample.handshake) - Math.exp(connect[0] + handshake[0]) >= repairMs;
}

function above(x: number | undefined, level: ControlState['latency']): number | undefined {
  return x === undefined || level === undefined || level[1] < known ? undefined : round4(x - level[0]);
}

function recent(held: Held | undefined, t: number, seconds: number): number | undefined {
  return held !== undefined && t - held[1] <= seconds ? held[0] : undefined;
}

export function view(control: ControlState, { t, interval }: Tick): View {
  const seconds = Math.max(slowSeconds, 2.5 * interval);
  return {
    connect: control.connect?.[0],
    latency: control.latency?.[0],
    fresh: control.slow?.[1] === t,
    slow: recent(control.slow, t, seconds),
    crawl: recent(control.crawl, t, seconds),
    short: recent(control.short, t, Math.max(transferSeconds, seconds)),
    goodput: control.goodput?.[0],
    rate: recent(control.rate, t, Math.max(transferSeconds, seconds)),
    rated: control.rate?.[1],
  };
}
