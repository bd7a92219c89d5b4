/**
 * What a simple detector sees of a round: per platform how many targets answered and how long they took. All rivals get
 * this same glance, computed once.
 */
import type { Observation, Round } from '../../../src/model/round.ts';
import { platforms } from '../world/vantage.ts';

export interface PlatformGlance {
  /** Targets measured over IPv4, and those without a complete answer. */
  seen: number;
  failed: number;
  /** Median over the targets of ln(connect + tls) in ln ms, a failure counting as the time-out; absent when none ran. */
  latency: number | undefined;
}

export interface Glance {
  /** More than a third of the controls failed: a gated detector skips the round. */
  gated: boolean;
  platforms: readonly PlatformGlance[];
}

/** The contract's `round.timeout`, ms: how long a failure takes a user. */
const LN_TIMEOUT = Math.log(10_000);

function glanceAt(seen: readonly Observation[]): PlatformGlance {
  const waits: number[] = [];
  let failed = 0;
  for (const one of seen) {
    if (one.ip_protocol === 'ip6' || one.outcome === 'skipped') continue;
    const { connect, tls } = one.phases ?? {};
    if (one.outcome === 'failed') failed++;
    waits.push(
      one.outcome === 'ok' && connect !== undefined && tls !== undefined ? Math.log(connect + tls) : LN_TIMEOUT,
    );
  }
  waits.sort((a, b) => a - b);
  const n = waits.length;
  return { seen: n, failed, latency: n === 0 ? undefined : (waits[(n - 1) >> 1]! + waits[n >> 1]!) / 2 };
}

export function glance(round: Round): Glance {
  let failing = 0;
  let n = 0;
  for (const control of round.controls) {
    if (control.ip_protocol === 'ip6' || control.outcome === 'skipped') continue;
    n++;
    if (control.outcome === 'failed') failing++;
  }
  return {
    gated: n === 0 || failing > n / 3,
    platforms: platforms.map((name) => glanceAt(round.platforms[name] ?? [])),
  };
}
