/** The daemon on a practice Internet of its own: real slots, real rounds, the real store and the real metrics. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runDaemon } from '../../src/agent/daemon.ts';
import { createSchedule } from '../../src/agent/schedule.ts';
import { createStation } from '../../src/commands/station.ts';
import type { Config } from '../../src/config/config.ts';
import { load } from '../../src/config/load.ts';
import type { RoundOutcome } from '../../src/model/outcome.ts';
import { createPracticeInternet, type PracticeInternet } from '../../src/practice/internet.ts';
import { practiceRootPem } from '../../src/practice/pki.ts';
import { createMetrics } from '../../src/publish/metrics.ts';
import { openStore, storeSink } from '../../src/store/store.ts';

/** Loopback costs nothing: what is planned for a day must not make rounds rarer that are seconds apart. */
const plentyBytes = 1e12;

/** The built-in platforms and controls as seen from Pakistan, every platform downloaded from in every round. */
export function configFor(interval_s: number, settings: (config: Config) => Config = (config) => config): Config {
  const { config } = load({ flags: { 'config.file': undefined }, env: {} });
  const interval_ms = interval_s * 1000;
  return settings({
    ...config,
    round: { ...config.round, interval_ms },
    transfer: { ...config.transfer, every_ms: interval_ms, timeout_ms: 4000 },
    budget: { ...config.budget, daily_bytes: plentyBytes, monthly_bytes: plentyBytes },
    vantage: { ...config.vantage, name: 'acceptance', country: 'PK', asn: 'AS17557', detect: false },
  });
}

export interface Watched {
  /** Rounds since the daemon started, from 1. */
  number: number;
  outcome: RoundOutcome;
  /** The page that Prometheus would have read after this round. */
  metrics: string;
  internet: PracticeInternet;
}

/**
 * Runs the daemon from what is stored in the directory `from` (nothing where absent) until `watch` says that it has seen
 * enough. Its store is kept in the directory `keep`, where one is given.
 */
export async function runOn(
  { config, from, keep }: { config: Config; from: string | undefined; keep?: string | undefined },
  watch: (seen: Watched) => Promise<'enough' | undefined>,
): Promise<void> {
  const path = mkdtempSync(join(tmpdir(), 'reachd-history-'));
  if (from !== undefined) cpSync(from, path, { recursive: true });
  const wall = () => Date.now();
  const store = openStore({ path, keep_ms: 86_400_000, max_size_bytes: 50_000_000, wall });
  const internet = await createPracticeInternet({ rtt_ms: 40, seed: 11 });
  const { network } = internet;
  const station = createStation({
    config,
    network,
    ca_pem: practiceRootPem(),
    store,
    vantage_id: store.vantageId(),
    address_salt: store.addressSalt(),
  });
  const metrics = createMetrics({
    scope: {
      platforms: config.platforms,
      controls: config.controls,
      transfer_every_ms: config.transfer.every_ms,
      histograms: false,
    },
    build: { version: '0', revision: '', node: process.version },
    wall,
    started_ms: wall(),
    store: () => store.health(),
  });
  const over = new AbortController();
  let number = 0;
  let failure: unknown;
  const watcher = {
    name: 'watch',
    async accept(outcome: RoundOutcome) {
      number += 1;
      if ((await watch({ number, outcome, metrics: await metrics.render(), internet })) === 'enough') over.abort();
    },
  };
  try {
    await runDaemon(
      {
        rounds: station.rounds,
        nextSlot: createSchedule({
          interval_ms: config.round.interval_ms,
          jitter: config.round.jitter,
          origin: network.monotonic(),
          random: () => network.random(),
        }),
        monotonic: () => network.monotonic(),
        sinks: [storeSink(store), metrics, watcher],
        onSinkError: (_sink, error) => {
          failure ??= error;
          over.abort();
        },
      },
      over.signal,
    );
    if (failure !== undefined) throw failure;
  } finally {
    await station.close();
    await internet.close();
    store.close();
    if (keep !== undefined) cpSync(path, keep, { recursive: true });
    rmSync(path, { recursive: true, force: true });
  }
}
