/**
 * One goodput sample: 64 KiB of which the first 20 KiB are a policer's burst and TCP's slow start, the rest the plateau.
 */
import type { Observation } from '../../../src/model/round.ts';
import { failModes } from './air.ts';
import { type Conditions, roundTrip, tenth } from './exchange.ts';
import { evening } from './weather.ts';

/** Octets of the object, and those before the plateau (docs/goodput.md). */
const OBJECT = 64 * 1024;
const BEFORE = 20 * 1024;
/** The agent stops after so much plateau (docs/methodology.md: 2.5 s before a kind is decided), ms; deadline of the contract. */
const PLATEAU_ENOUGH = 2_500;
const TIMEOUT = 10_000;
/** Mathis et al. 1997: the rate that a loss ratio allows one connection, bits per second, MSS 1460. */
export function lossLimit(trip_s: number, loss: number): number {
  return (1460 * 8 * 1.22) / (trip_s * Math.sqrt(loss));
}

/** Rate of the line for one transfer now, bits per second: evening, household, noise, and the tail of the NDT tests. */
function lineRate(now: Conditions): number {
  const { vantage, rng, air, minute } = now;
  const { access } = vantage;
  let rate = vantage.rate_bps * air.rate * (1 - access.evening_share * evening(vantage, minute));
  rate *= Math.exp(vantage.goodput_sigma * rng.normal());
  const tail = rng.uniform();
  if (tail < 0.0019) rate *= rng.between(0.02, 0.1);
  else if (tail < 0.0029) rate *= rng.between(0.1, 0.25);
  else if (tail < 0.019) rate *= rng.between(0.25, 0.5);
  return rate;
}

/** Downloads the object of a path and writes what was seen into its observation, which must be `ok`. */
export function transfer(now: Conditions, p: number, into: Observation): void {
  const { rng, air, vantage } = now;
  const trip_s = (roundTrip(now, p) * (1 + vantage.access.jitter * Math.abs(rng.normal()))) / 1000;
  if (failModes[air.fail[p]!] === 'freeze') {
    freeze(now, into);
    return;
  }
  const limit = air.limit_bps[p]!;
  const loss = now.loss + air.path_loss[p]!;
  let rate = lineRate(now) * air.path_rate[p]!;
  const limited = limit < rate;
  if (limited) rate = limit * rng.between(0.92, 1);
  const bits = (OBJECT - BEFORE) * 8;
  const serial = bits / rate;
  // Slow start: the window doubles each round trip; a narrow link is full long before the window matters.
  const wanted = (serial + trip_s / (1 + serial / (2 * trip_s)) + repairs(now, loss, trip_s)) * 1000;
  const plateau_ms = Math.min(wanted, PLATEAU_ENOUGH);
  const plateau = (bits / wanted) * 1000;
  const before_ms = 2 * trip_s * 1000 + (limited && !air.burst[p] ? (BEFORE * 8000) / rate : 0);
  into.goodput_bps = Math.round(plateau);
  if (vantage.records === 'thin') return;
  const cov = limited ? rng.lognormal(0.07, 0.4) : rng.lognormal(0.35, 0.35);
  into.transfer = {
    bytes: Math.round(BEFORE + ((OBJECT - BEFORE) * plateau_ms) / wanted),
    ms: tenth(Math.min(before_ms + plateau_ms, TIMEOUT)),
    after_bytes: BEFORE,
    plateau_bps: Math.round(plateau),
    cov: Math.round(cov * 1000) / 1000,
  };
}

/** Packets of the plateau, and the share of losses that no duplicate acknowledgement repairs: they wait for a timer. */
const PACKETS = Math.ceil((OBJECT - BEFORE) / 1460);
const TAIL = 0.2;
const RTO_S = 0.2;

/** Seconds that lost packets cost a transfer as short as this: a round trip each, or a retransmission timer. */
function repairs({ rng }: Conditions, loss: number, trip_s: number): number {
  let seconds = 0;
  for (let left = rng.exponential(1); left < PACKETS * loss; left += rng.exponential(1))
    seconds += rng.chance(TAIL) ? Math.max(RTO_S, 2 * trip_s) : trip_s;
  return seconds;
}

/** Russia 2025: the connection carries 16 to 20 KB and then nothing more, however long one waits. */
function freeze(now: Conditions, into: Observation): void {
  const stalled = 16_384 + now.rng.below(1_500);
  into.outcome = 'failed';
  into.failure = { phase: 'transfer', reason: 'http_body_stalled', after_ms: TIMEOUT };
  into.transfer = { bytes: stalled, ms: TIMEOUT, after_bytes: Math.min(stalled, BEFORE), stalled_at: stalled };
}
