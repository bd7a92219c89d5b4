/** What one observation says in the judge's own numbers: answered or not, how slow, how fast. Trusts no field. */
import type { Observation, Transfer } from '../model/round.ts';
import { positive } from './rounding.ts';

/** A minute and more is no phase of ours; 1 Tbit/s is no line of ours. */
const longest = 600_000;
const fastest = 1e12;
/** A plateau that may be named needs this many seconds and at most this coefficient of variation. */
const plateauSeconds = 2;
const plateauCov = 0.15;
/** A policer drops in lumps: half-second bins of a real one at 130 kbit/s vary by .24 to .29 (docs/goodput.json). */
const evenCov = 0.35;
/**
 * RFC 6298: a SYN that is lost is sent again after 1 s, then 3 s, then 7 s in all. A connect that took its usual time
 * plus one of these measured a lost packet, not a slow path.
 */
const retransmissions = [1000, 3000, 7000] as const;

export interface Sample {
  /** Target name, `|6` appended for IPv6. */
  key: string;
  failed: boolean;
  /** log ms of connect, of connect + tls, and log of tls over connect; absent where the phase did not happen. */
  connect?: number | undefined;
  latency?: number | undefined;
  handshake?: number | undefined;
  /** log bit/s. */
  rate?: number | undefined;
  /** Bit/s of a plateau steady and long enough to be named; of one that long, and as even as a policer's. */
  plateau?: number | undefined;
  even?: number | undefined;
  /** Hash of the address block. */
  block?: number | undefined;
}

/** Bits per second of a transfer; one that was cut after some progress counts with what it got. */
function rateOf(observation: Observation): number | undefined {
  const stated = positive(observation.goodput_bps, fastest);
  if (stated !== undefined) return stated;
  const transfer = observation.transfer;
  if (transfer === null || typeof transfer !== 'object') return undefined;
  const ms = positive(transfer.ms, longest);
  if (ms === undefined) return undefined;
  if (transfer.stalled_at === undefined) {
    const plateau = positive(transfer.plateau_bps, fastest);
    if (plateau !== undefined) return plateau;
  }
  return positive(((positive(transfer.bytes, fastest) ?? 1) * 8000) / ms, fastest);
}

function plateauOf(transfer: Transfer | null | undefined, most: number): number | undefined {
  if (transfer === null || typeof transfer !== 'object') return undefined;
  const bps = positive(transfer.plateau_bps, fastest);
  const cov = transfer.cov;
  if (bps === undefined || typeof cov !== 'number' || !(cov < most)) return undefined;
  const seconds = ((transfer.bytes - transfer.after_bytes) * 8) / bps;
  return seconds >= plateauSeconds ? bps : undefined;
}

/** FNV-1a, 20 bits of it: tells four blocks of one target apart without keeping an address. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length && i < 64; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h & 0xfffff;
}

/** Reads one observation; undefined when it was skipped. */
export function read(observation: Observation): Sample | undefined {
  if (observation.outcome !== 'ok' && observation.outcome !== 'failed') return undefined;
  const sample: Sample = {
    key: observation.ip_protocol === 'ip6' ? `${observation.target}|6` : observation.target,
    failed: observation.outcome === 'failed',
    connect: undefined,
    latency: undefined,
    handshake: undefined,
    rate: undefined,
    plateau: undefined,
    even: undefined,
    block: undefined,
  };
  const connect = positive(observation.phases?.connect, longest);
  const tls = positive(observation.phases?.tls, longest);
  if (connect !== undefined) {
    sample.connect = Math.log(connect);
    if (tls !== undefined) {
      sample.latency = Math.log(connect + tls);
      sample.handshake = Math.log(tls / connect);
    } else if (!sample.failed) sample.latency = sample.connect; // clear-text target: connect is all there is
  }
  const rate = rateOf(observation);
  if (rate !== undefined) {
    sample.rate = Math.log(rate);
    sample.plateau = plateauOf(observation.transfer, plateauCov);
    sample.even = plateauOf(observation.transfer, evenCov);
  }
  if (typeof observation.network === 'string') sample.block = hash(observation.network);
  return sample;
}

/** Whether one target or control was measured twice over one protocol. */
export function isAnyTwice(observations: readonly Observation[]): boolean {
  for (let i = 1; i < observations.length; i++) {
    const { target, ip_protocol } = observations[i]!;
    for (let k = 0; k < i; k++) {
      const other = observations[k]!;
      if (other.target === target && (other.ip_protocol === 'ip6') === (ip_protocol === 'ip6')) return true;
    }
  }
  return false;
}

/** Two plateaus within 15 % of each other are one set rate (docs/methodology.md). */
const sameRate = 1.15;

export function isSameRate(one: number, other: number): boolean {
  return one > 0 && other > 0 && Math.max(one, other) / Math.min(one, other) <= sameRate;
}

/** No timer is met below this, ln ms: the shortest one less its slack is 750 ms. Most connects need no more of a look. */
const beforeAnyTimer = Math.log(750);

/** Whether a connect of e^`connect` ms is e^`usual` ms plus a retransmission timer, within half of either. */
export function retransmitted(connect: number, usual: number): boolean {
  if (connect < beforeAnyTimer) return false;
  const normal = Math.exp(usual);
  const extra = Math.exp(connect) - normal;
  const slack = Math.max(25, normal / 2);
  return retransmissions.some((timer) => extra > timer - slack && extra < timer + slack && normal < timer / 2);
}
