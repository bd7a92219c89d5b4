/** What the file says and what it leaves out, to the effective configuration. */
import type { Control } from '../model/target.ts';
import type { Builtins } from './builtin.ts';
import type { Config } from './config.ts';
import { packageVersion } from './package-root.ts';
import { mergePlatforms } from './platforms.ts';
import type { File } from './schema.ts';

/**
 * What the profile decides. `fixed`: rounds a minute apart, every platform transferring every five minutes. `mobile`:
 * bare handshakes every two minutes; 64 KiB from four platforms and a control every 2 h is 4 MB a day of the 25.
 */
export const roundDefaults = {
  fixed: { interval_ms: 60_000, every_ms: 300_000, daily_bytes: 200_000_000 },
  mobile: { interval_ms: 120_000, every_ms: 7_200_000, daily_bytes: 25_000_000 },
} as const;

/** Long enough for a handshake that is throttled rather than dead (Russia 2022: first TLS bytes after 4.8 s). */
const timeout_ms = 10_000;

/** The longest month. */
const days = 31;

/** The part of the configuration that no file can give. */
export type Outside = Pick<Config, 'data' | 'log'>;

/** Pure: the same file, built-ins and outside values give the same configuration. The result is frozen all the way. */
export function resolve(file: File, builtins: Builtins, outside: Outside): Config {
  const defaults = roundDefaults[file.profile];
  const interval_ms = file.round.interval ?? defaults.interval_ms;
  const shorter = Math.min(timeout_ms, Math.floor(interval_ms / 2));
  const { daily = Math.min(defaults.daily_bytes, file.budget.monthly ?? Number.POSITIVE_INFINITY) } = file.budget;
  return freeze({
    accept_risk: file.accept_risk,
    profile: file.profile,
    vantage: file.vantage,
    round: {
      interval_ms,
      jitter: file.round.jitter,
      timeout_ms: file.round.timeout ?? shorter,
      concurrency: file.round.concurrency,
    },
    transfer: {
      every_ms: file.transfer.every ?? Math.max(defaults.every_ms, interval_ms),
      bytes: file.transfer.bytes,
      timeout_ms: file.transfer.timeout ?? shorter,
    },
    budget: { daily_bytes: daily, monthly_bytes: file.budget.monthly ?? days * daily, reserve: file.budget.reserve },
    baseline: { ready_after_ms: file.baseline.ready_after },
    ip_protocols: file.ip_protocols,
    resolvers: file.resolvers,
    controls: file.controls ?? (builtins.controls satisfies readonly Control[]),
    references: file.references,
    beacons: file.beacons,
    experiments: file.experiments,
    platforms: mergePlatforms(file.platforms, file.siblings, builtins),
    asn: file.asn,
    tls: file.tls,
    web: file.web,
    metrics: file.metrics,
    store: { keep_ms: file.store.keep, max_size_bytes: file.store.max_size },
    push: {
      remote_write: file.push.remote_write.map(({ max_age, ...remote }) => ({ ...remote, max_age_ms: max_age })),
    },
    notify: file.notify,
    events: file.events,
    user_agent: file.user_agent ?? `reachd/${packageVersion()} (network reachability measurement)`,
    ...outside,
  });
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) freeze(inner);
  }
  return value;
}
