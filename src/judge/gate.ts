/**
 * Which rounds count for comparisons, and what the controls say of the line.
 *
 * Same-round controls are worth more than the choice of statistic: skipping rounds whose controls failed took
 * "three failures in a row" from 27 to 2.5 false alarms a probe-month in the prototype.
 */
import type { Round } from '../model/round.ts';
import type { VantageState } from '../model/vocabulary.ts';
import type { Tick } from './clock.ts';
import { observeControl, repaired, type View, view } from './control.ts';
import { own } from './own.ts';
import type { JudgeParams } from './params.ts';
import { round6 } from './rounding.ts';
import { isAnyTwice, read } from './sample.ts';
import { slowness } from './slowness.ts';
import type { ControlState, GateState, Held } from './state.ts';

/** Weight of one round in the moving shares: failures of about 5 rounds, noise of about 10. */
const failingWeight = 0.2;
const noiseWeight = 0.1;
/** One lone spike of one control among three: less than this is no sign of a noisy line. */
const spike = 0.04;
/** Controls remembered at most; a record with more is hostile or misconfigured. */
const most = 32;
const ip6Seconds = 900;

export interface Gate {
  state: GateState;
  /** Comparisons of any kind count. */
  counts: boolean;
  /** Comparisons of speed count too. */
  speed: boolean;
  /** At most the allowed share of the controls failed; undefined when none was measured. */
  healthy: boolean | undefined;
  views: View[];
  ip6: boolean;
  impaired: string[];
  /** Bounds on the calm mean from the rounds before: share of failing controls, noise in connect + tls, in handshakes. */
  noise: { failing: number; slow: number; crawl: number };
}

/** Share of this round's controls that waited for lost packets from which the line is losing them: speed is not judged. */
const lossy = 1 / 3;

const newGate: GateState = { cooldown: 0, failing: 0, slow: 0, crawl: 0, closed: 0 };

/** Reads the controls of one round, moves `controls` on in place, and decides whether the round counts. */
export function gate(
  before: GateState = newGate,
  controls: Record<string, ControlState>,
  round: Round,
  tick: Tick,
  vantage: VantageState,
  params: JudgeParams,
): Gate {
  // Each of two results for one control is held against what was known before the round.
  const past = isAnyTwice(round.controls) ? structuredClone(controls) : undefined;
  const tally = count(round, controls, params.controls_may_fail);
  let slow = 0;
  let crawl = 0;
  let measured = 0;
  let waiting = 0;
  let dead = 0;
  let ip6: Held | undefined = before.ip6;
  for (const observation of round.controls) {
    const sample = read(observation);
    if (sample === undefined || sample.key === '__proto__') continue;
    if (observation.ip_protocol === 'ip6') ip6 = [sample.failed ? 0 : 1, tick.t];
    const known = past ? structuredClone(own(past, sample.key)) : own(controls, sample.key);
    if (known === undefined && Object.keys(controls).length >= most) continue;
    const alone = sample.failed && tally.failed === 1 && tally.measured >= 3;
    // A control that goes on failing while the others are fine is filtered or dead: it says nothing of the line.
    if (alone && known?.alone !== undefined) dead = 1;
    const waited = known !== undefined && repaired(known, sample);
    const control = observeControl(known, sample, tick, { alone, learn: tally.fit && vantage === 'online' });
    if (control !== known || past) controls[sample.key] = control;
    if (control.impaired || sample.failed) continue;
    measured++;
    if (waited) waiting++;
    if (control.slow?.[1] === tick.t) slow += slowness(control.slow[0]);
    if (waited) crawl++;
    else if (control.crawl?.[1] === tick.t) crawl += slowness(control.crawl[0]);
  }
  const fitVantage = vantage === 'online' || vantage === 'degraded';
  const fit = tally.fit && fitVantage;
  const counts = fit && before.cooldown === 0 && !tick.woke;
  const state: GateState = {
    cooldown: fit ? Math.max(0, before.cooldown - 1) : params.cooldown,
    failing: fit ? moved(before.failing, (tally.failed - dead) / tally.measured, failingWeight) : before.failing,
    slow: moved(before.slow, measured > 0 ? slow / measured : before.slow, noiseWeight),
    crawl: moved(before.crawl, measured > 0 ? crawl / measured : before.crawl, noiseWeight),
    closed: counts ? 0 : Math.min(1000, before.closed + 1),
  };
  if (ip6) state.ip6 = ip6;
  const views: View[] = [];
  const impaired: string[] = [];
  for (const name in controls) {
    const control = controls[name]!;
    if (control.impaired) impaired.push(name);
    else views.push(view(control, tick));
  }
  return {
    state,
    counts,
    speed: counts && vantage === 'online' && !losing(waiting, measured),
    healthy: tally.measured === 0 ? undefined : tally.fit,
    views,
    ip6: ip6 !== undefined && ip6[0] === 1 && tick.t - ip6[1] <= ip6Seconds,
    impaired: impaired.sort(),
    noise: {
      failing: before.failing,
      slow: Math.max(0, before.slow - spike),
      crawl: Math.max(0, before.crawl - spike),
    },
  };
}

/** Whether the line itself loses packets in this round: two controls waited, or the only one. */
function losing(waiting: number, measured: number): boolean {
  return waiting > 0 && waiting >= Math.min(2, measured) && waiting >= lossy * measured;
}

/** Counts the controls that gate. One counts once: over IPv6 it is a second try at the same host. */
function count(round: Round, controls: Record<string, ControlState>, allowed: number) {
  const seen: string[] = [];
  const failing: string[] = [];
  for (const { target, outcome, ip_protocol } of round.controls) {
    if (outcome !== 'ok' && (outcome !== 'failed' || ip_protocol === 'ip6')) continue;
    if (own(controls, target)?.impaired === 1) continue;
    if (!seen.includes(target)) {
      seen.push(target);
      if (outcome === 'failed') failing.push(target);
    } else if (outcome === 'ok' && failing.includes(target)) failing.splice(failing.indexOf(target), 1);
  }
  const measured = seen.length;
  return { measured, failed: failing.length, fit: measured > 0 && failing.length <= allowed * measured + 1e-9 };
}

function moved(before: number, now: number, weight: number): number {
  return round6(before + weight * (now - before));
}
