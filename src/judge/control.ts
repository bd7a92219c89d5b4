/** One control: its own levels, how far this round lies from them, and whether it has left the gate. */

import { learn, memory } from './baseline.ts';
import type { Tick } from './clock.ts';
import { held } from './held-value.ts';
import { round4 } from './rounding.ts';
import { retransmitted, type Sample } from './sample.ts';
import { shortfall } from './shortfall.ts';
import type { ControlState, Held } from './state.ts';

/** Samples behind a level before anything is compared with it. */
const enough = 10;
/** Of its transfers fewer, as for a target's: there is one in ten minutes. */
const enoughGoodput = 5;
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

/** Every field every time: objects of one shape are read without a search. */
function newControl(t: number): ControlState {
  return {
    at: t,
    connect: undefined,
    latency: undefined,
    handshake: undefined,
    goodput: undefined,
    slow: undefined,
    crawl: undefined,
    short: undefined,
    rate: undefined,
    alone: undefined,
    impaired: undefined,
    recovered: undefined,
  };
}

/** The control after one more sample, `known` changed in place. `alone`: it failed while at least two others answered. */
export function observeControl(
  known: ControlState | undefined,
  sample: Sample,
  { t, interval }: Tick,
  { alone, learn: learning }: { alone: boolean; learn: boolean },
): ControlState {
  const control = known ?? newControl(t);
  const passed = t - control.at;
  control.at = t;
  if (sample.failed) {
    control.recovered = undefined;
    if (alone) control.alone = (control.alone ?? 0) + Math.min(600, passed);
    if ((control.alone ?? 0) >= impairedSeconds) control.impaired = 1;
  } else {
    control.alone = undefined;
    if (control.impaired) {
      control.recovered = (control.recovered ?? 0) + 1;
      if (control.recovered >= recovery) {
        control.impaired = undefined;
        control.recovered = undefined;
      }
    }
  }
  const { connect, goodput } = control;
  const lost =
    sample.connect !== undefined &&
    connect !== undefined &&
    connect[1] >= enough &&
    retransmitted(sample.connect, connect[0]);
  const slow = lost ? undefined : above(sample.latency, control.latency);
  const crawl = lost ? undefined : above(sample.handshake, control.handshake);
  if (slow !== undefined) control.slow = held(control.slow, slow, t);
  if (crawl !== undefined) control.crawl = held(control.crawl, crawl, t);
  if (sample.rate !== undefined) {
    if (goodput !== undefined && goodput[1] >= enoughGoodput) {
      control.short = held(control.short, round4(shortfall(sample.rate, goodput[0], sample.connect, connect?.[0])), t);
    }
    control.rate = held(control.rate, round4(sample.rate), t);
  }
  if (!learning || lost) return control;
  const most = memory(Math.max(interval, passed));
  if (sample.connect !== undefined) control.connect = learn(connect, sample.connect, most);
  if (sample.latency !== undefined) control.latency = learn(control.latency, sample.latency, most);
  if (sample.handshake !== undefined) control.handshake = learn(control.handshake, sample.handshake, most);
  if (sample.rate !== undefined) control.goodput = learn(goodput, sample.rate, 300);
  return control;
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
export function repaired({ connect, handshake }: ControlState, sample: Sample): boolean {
  if (sample.connect === undefined || !connect || connect[1] < enough) return false;
  if (retransmitted(sample.connect, connect[0])) return true;
  if (sample.handshake === undefined || !handshake || handshake[1] < enough) return false;
  if (sample.connect + sample.handshake < repairLog) return false;
  return Math.exp(sample.connect + sample.handshake) - Math.exp(connect[0] + handshake[0]) >= repairMs;
}

function above(x: number | undefined, level: ControlState['latency']): number | undefined {
  return x === undefined || level === undefined || level[1] < enough ? undefined : round4(x - level[0]);
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
