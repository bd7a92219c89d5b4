/**
 * One exchange with one target under the conditions of the moment: phases, failure, and on failure the evidence that
 * the daemon's experiments would have brought. The hot loop of the generator: fine weather costs a handful of draws.
 */
import type { ExperimentFact, Failure, Observation, Phases } from '../../../src/model/round.ts';
import type { Reason } from '../../../src/model/vocabulary.ts';
import { type Air, failModes } from './air.ts';
import type { Rng } from './random.ts';
import type { Vantage } from './vantage.ts';

/** What an exchange depends on; `Trace` is one. */
export interface Conditions {
  vantage: Vantage;
  rng: Rng;
  air: Air;
  /** ln of each path's present level over its usual one; index of its present edge. */
  level: Float64Array;
  edge: Uint8Array;
  /** Queue on the line, ms, and loss on the line, this round. */
  queue_ms: number;
  loss: number;
  /** Minute in which the round started. */
  minute: number;
}

/** `round.timeout` of the contract, ms. */
const TIMEOUT = 10_000;
/** First retransmission of a SYN (RFC 6298: 1 s), least retransmission time-out of Linux, ms. */
const SYN_RTO = 1_000;
const RTO_MIN = 200;
/** Packets of a TLS handshake with its certificates, and octets of the server's flight. */
const HANDSHAKE_PACKETS = 7;
const HANDSHAKE_OCTETS = 4_500;
/** A round's exchanges happen within this share of a minute of its start. */
export const ROUND_SPAN = 0.15;

/** Milliseconds with one decimal, as the record has them. */
export const tenth = (ms: number): number => Math.round(ms * 10) / 10;

/** Round-trip time on a path now, without jitter, ms. */
export function roundTrip(now: Conditions, p: number): number {
  const path = now.vantage.paths[p]!;
  return path.base_ms * Math.exp(now.level[p]!) * path.edges[now.edge[p]!]!.factor * now.air.rtt[p]! + now.queue_ms;
}

/** One sample of it: jitter, and once in a while a spike. */
function sampleTrip(now: Conditions, trip: number): number {
  const { rng, vantage } = now;
  const { access } = vantage;
  let ms = trip * (1 + access.jitter * Math.abs(rng.normal()));
  if (rng.uniform() < access.spike) ms += rng.exponential(access.spike_ms);
  return ms;
}

/** Milliseconds lost to retransmissions when each of `packets` is lost with probability `loss`. */
function retransmissions(rng: Rng, loss: number, packets: number, rto: number): number {
  let waited = 0;
  let wait = rto;
  while (waited < TIMEOUT && rng.uniform() < 1 - (1 - loss) ** packets) {
    waited += wait;
    wait *= 2;
    packets = 1;
  }
  return waited;
}

function failed(now: Conditions, p: number, phases: Phases, failure: Failure, protocol: 'ip4' | 'ip6'): Observation {
  const path = now.vantage.paths[p]!;
  return {
    target: path.target,
    ip_protocol: protocol,
    network: path.edges[now.edge[p]!]!.network,
    outcome: 'failed',
    failure: { phase: failure.phase, reason: failure.reason, after_ms: tenth(failure.after_ms) },
    phases,
  };
}

const failure = (phase: Failure['phase'], reason: Reason, after_ms: number): Failure => ({ phase, reason, after_ms });

/** Measures one path once. Never throws; what went wrong is in the observation. */
export function exchange(now: Conditions, p: number, protocol: 'ip4' | 'ip6' = 'ip4'): Observation {
  const { rng, air, vantage } = now;
  const path = vantage.paths[p]!;
  if (air.down_from < now.minute + ROUND_SPAN && air.down_to > now.minute) {
    const at = now.minute + ROUND_SPAN * rng.uniform();
    if (at >= air.down_from && at < air.down_to)
      return rng.chance(0.5)
        ? failed(now, p, {}, failure('resolve', 'generic_timeout_error', 4_000), protocol)
        : failed(now, p, { resolve: 1.2 }, failure('connect', 'network_unreachable', 0.3), protocol);
  }
  const resolve = tenth(vantage.access.last_mile_ms + 1 + 3 * Math.abs(rng.normal()));
  const trip = roundTrip(now, p);
  const mode = failModes[air.fail[p]!]!;
  if (mode !== 'none' && rng.uniform() < air.fail_share[p]!) {
    const broken = interfered(now, p, mode, trip, resolve, protocol);
    if (broken) return broken;
  }
  const loss = now.loss + air.path_loss[p]!;
  let connect = sampleTrip(now, trip);
  // One draw decides whether anything unusual happens at all.
  const luck = rng.uniform();
  if (luck < (HANDSHAKE_PACKETS + 1) * loss + air.starved + path.flake + vantage.access.flake) {
    if (luck < air.starved)
      return failed(now, p, { resolve }, failure('connect', 'generic_timeout_error', TIMEOUT), protocol);
    if (luck < air.starved + path.flake + vantage.access.flake) return flake(now, p, resolve, connect, protocol);
    connect += retransmissions(rng, loss, 1, SYN_RTO);
    if (connect >= TIMEOUT)
      return failed(now, p, { resolve }, failure('connect', 'generic_timeout_error', TIMEOUT), protocol);
  }
  let tls =
    sampleTrip(now, trip) * air.handshake[p]! + path.tls_ms * (1 + 0.2 * Math.abs(rng.normal())) + air.handshake_ms[p]!;
  if (loss > 0.01) tls += retransmissions(rng, loss, HANDSHAKE_PACKETS, Math.max(RTO_MIN, 2 * trip));
  const limit = air.limit_bps[p]!;
  if (limit !== Number.POSITIVE_INFINITY && air.burst[p] === 0) tls += policed(rng, limit, trip);
  if (tls >= TIMEOUT)
    return failed(
      now,
      p,
      { resolve, connect: tenth(connect) },
      failure('tls', 'generic_timeout_error', TIMEOUT),
      protocol,
    );
  let processing = sampleTrip(now, trip) + path.processing_ms * (1 + 0.4 * Math.abs(rng.normal()));
  if (loss > 0.01) processing += retransmissions(rng, loss, 2, Math.max(RTO_MIN, 2 * trip));
  return {
    target: path.target,
    ip_protocol: protocol,
    network: path.edges[now.edge[p]!]!.network,
    outcome: 'ok',
    phases: { resolve, connect: tenth(connect), tls: tenth(tls), processing: tenth(Math.min(processing, TIMEOUT)) },
    status: air.status[p]!,
  };
}

/**
 * What a token bucket without a burst adds to a TLS handshake: the server's flight at the limit, and the losses that
 * policing makes (Xue et al., IMC 2021: about six times the loss of an unpoliced flow at 130–150 kbit/s).
 */
function policed(rng: Rng, bps: number, trip: number): number {
  const flight = (HANDSHAKE_OCTETS * 8_000) / bps;
  const loss = Math.min(0.35, 40_000 / bps);
  return flight + retransmissions(rng, loss, 4, Math.max(RTO_MIN, 2 * trip));
}

/** A failure of the moment: whatever the Internet does once in a thousand exchanges. */
function flake(now: Conditions, p: number, resolve: number, connect: number, protocol: 'ip4' | 'ip6'): Observation {
  const { rng } = now;
  const kind = rng.uniform();
  if (kind < 0.5) return failed(now, p, { resolve }, failure('connect', 'generic_timeout_error', TIMEOUT), protocol);
  const phases = { resolve, connect: tenth(connect) };
  if (kind < 0.7) return failed(now, p, phases, failure('tls', 'generic_timeout_error', TIMEOUT), protocol);
  if (kind < 0.85) return failed(now, p, phases, failure('tls', 'eof_error', 1.6 * connect), protocol);
  return failed(now, p, phases, failure('processing', 'connection_reset', 1.3 * connect), protocol);
}

/** An exchange that interference, or the platform's own fault, ends. Undefined: this mode spares this exchange. */
function interfered(
  now: Conditions,
  p: number,
  mode: (typeof failModes)[number],
  trip: number,
  resolve: number,
  protocol: 'ip4' | 'ip6',
): Observation | undefined {
  const { rng } = now;
  const connect = tenth(sampleTrip(now, trip));
  const phases = { resolve, connect };
  if (mode === 'ip6')
    return protocol === 'ip6'
      ? failed(now, p, { resolve }, failure('connect', 'generic_timeout_error', TIMEOUT), protocol)
      : undefined;
  if (mode === 'freeze' || mode === 'none') return undefined;
  if (mode === 'blackhole')
    return failed(now, p, { resolve }, failure('connect', 'generic_timeout_error', TIMEOUT), protocol);
  if (mode === 'refused') return failed(now, p, { resolve }, failure('connect', 'connection_refused', trip), protocol);
  if (mode === 'dns')
    return proven(now, p, failed(now, p, {}, failure('resolve', 'dns_nxdomain_error', resolve), protocol), trip, 'dns');
  if (mode === 'reset') {
    // The filter sits at the ISP's border: its reset overtakes the server when the server is far away.
    const after = Math.min(trip, now.vantage.access.last_mile_ms + 8) * rng.between(1, 1.3);
    return proven(now, p, failed(now, p, phases, failure('tls', 'connection_reset', after), protocol), trip, 'sni');
  }
  const kind = rng.uniform();
  if (kind < 0.5) return failed(now, p, { resolve }, failure('connect', 'generic_timeout_error', TIMEOUT), protocol);
  if (kind < 0.8) return failed(now, p, phases, failure('tls', 'eof_error', 2 * trip), protocol);
  return failed(now, p, { resolve }, failure('connect', 'connection_refused', trip), protocol);
}

/** Adds what the experiments beside a failing target find: only in `rich` records. */
function proven(now: Conditions, p: number, observation: Observation, trip: number, by: 'dns' | 'sni'): Observation {
  if (now.vantage.records === 'thin') return observation;
  const path = now.vantage.paths[p]!;
  const answering = { connect: tenth(sampleTrip(now, trip)), tls: tenth(sampleTrip(now, trip) + path.tls_ms) };
  const experiments: ExperimentFact[] = [];
  if (by === 'sni')
    experiments.push({
      kind: 'neutral_sni',
      host: 'example.org',
      ip_protocol: 'ip4',
      address_id: `a${p}`,
      rested_s: 600,
      outcome: 'ok',
      alert: 'unrecognized_name',
      phases: answering,
    });
  else {
    const answer = [{ ip: `151.${100 + p}.0.10` }];
    observation.dns = [
      { via: 'configured', rcode: 'NXDOMAIN', at_ms: 12, answers: [] },
      { via: 'trusted', server: '9.9.9.9', rcode: 'NOERROR', at_ms: 38, ttl_s: 120, answers: answer },
    ];
    experiments.push({
      kind: 'trusted_address',
      ip_protocol: 'ip4',
      address_id: `a${p}`,
      outcome: 'ok',
      phases: answering,
      status: 200,
    });
  }
  observation.experiments = experiments;
  observation.evidence = { address_id: `a${p}` };
  return observation;
}
