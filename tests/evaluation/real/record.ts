/** Round records out of real series: what a probe would have written had it measured them. */
import type { ControlObservation, Observation, Round } from '../../../src/model/round.ts';

/** One measured value: a round trip in ms (undefined: no answer), a status, a rate in bit/s. */
export interface Sample {
  trip_ms: number | undefined;
  status?: number;
  goodput_bps?: number;
}

export function observation(target: string, { trip_ms, status = 200, goodput_bps }: Sample): Observation {
  if (trip_ms === undefined)
    return {
      target,
      ip_protocol: 'ip4',
      outcome: 'failed',
      failure: { phase: 'connect', reason: 'generic_timeout_error', after_ms: 10_000 },
      phases: { resolve: 2 },
    };
  const ms = Math.round(trip_ms * 10) / 10;
  return {
    target,
    ip_protocol: 'ip4',
    outcome: 'ok',
    // A ping series has one round trip: the handshake takes one as well, and a little computing.
    phases: { resolve: 2, connect: ms, tls: ms + 6, processing: ms + 20 },
    status,
    ...(goodput_bps === undefined ? {} : { goodput_bps: Math.round(goodput_bps) }),
  };
}

export function control(name: string, sample: Sample): ControlObservation {
  return { ...observation(name, sample), scope: 'foreign' };
}

/** A round at `at_ms` since the epoch, `since_ms` after the first one. */
export function record(
  index: number,
  at_ms: number,
  since_ms: number,
  interval_ms: number,
  companies: Record<string, string>,
  platforms: Record<string, Observation[]>,
  controls: ControlObservation[],
): Round {
  return {
    version: 1,
    round: index,
    started_at: new Date(at_ms).toISOString(),
    monotonic_ms: since_ms + interval_ms,
    interval_ms,
    companies,
    vantage: { resolver_scope: 'isp' },
    controls,
    platforms,
  };
}
