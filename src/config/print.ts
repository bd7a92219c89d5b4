/** The effective configuration as a file again: `check --print` and the page at `/config`. */
import { stringify } from 'yaml';
import type { Config } from './config.ts';
import { formatDuration, formatSize } from './units.ts';

/** What stands in the place of a secret. */
export const redacted = '<redacted>';

/**
 * YAML that `load` reads back to the same configuration, apart from what is secret: the values of push headers and of
 * query parameters in receivers' URLs. Files that hold secrets are named, never read.
 * What only flags and variables can set stands in the comment at the top.
 */
export function printConfig(config: Config): string {
  const { data, log, round, transfer, budget, baseline, store, push, platforms, ...rest } = config;
  const file = {
    accept_risk: rest.accept_risk,
    profile: rest.profile,
    vantage: rest.vantage,
    round: {
      interval: formatDuration(round.interval_ms),
      jitter: round.jitter,
      timeout: formatDuration(round.timeout_ms),
      concurrency: round.concurrency,
    },
    transfer: {
      every: formatDuration(transfer.every_ms),
      bytes: formatSize(transfer.bytes),
      timeout: formatDuration(transfer.timeout_ms),
    },
    budget: {
      daily: formatSize(budget.daily_bytes),
      monthly: formatSize(budget.monthly_bytes),
      reserve: budget.reserve,
    },
    baseline: { ready_after: formatDuration(baseline.ready_after_ms) },
    ip_protocols: rest.ip_protocols,
    resolvers: rest.resolvers,
    controls: rest.controls,
    siblings: Object.fromEntries(platforms.map(({ name, siblings }) => [name, siblings])),
    references: rest.references,
    beacons: rest.beacons,
    experiments: rest.experiments,
    platforms: platforms.map(({ siblings: _, ...platform }) => platform),
    asn: rest.asn,
    tls: rest.tls,
    web: rest.web,
    metrics: rest.metrics,
    store: { keep: formatDuration(store.keep_ms), max_size: formatSize(store.max_size_bytes) },
    push: {
      remote_write: push.remote_write.map(({ max_age_ms, headers, url, ...remote }) => ({
        url: withoutQuery(url),
        ...remote,
        headers: Object.fromEntries(Object.keys(headers).map((name) => [name, redacted])),
        max_age: formatDuration(max_age_ms),
      })),
    },
    notify: rest.notify,
    events: rest.events,
    user_agent: rest.user_agent,
  } satisfies Record<string, unknown>;
  const comment = `# --data.path ${data.path}\n# --log.level ${log.level} --log.format ${log.format}\n`;
  return comment + stringify(file, { lineWidth: 0, aliasDuplicateObjects: false });
}

function withoutQuery(url: string): string {
  const parsed = new URL(url);
  for (const name of new Set(parsed.searchParams.keys())) parsed.searchParams.set(name, redacted);
  return parsed.search === '' ? url : parsed.href;
}
