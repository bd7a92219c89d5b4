/** The daemon put together: rounds, sinks, web server, reload. `run` and `demo` differ in what they hand in. */
import type { Logger } from 'pino';
import { runDaemon } from '../agent/daemon.ts';
import { createSchedule, type Slot } from '../agent/schedule.ts';
import type { Config } from '../config/config.ts';
import { packageVersion } from '../config/package-root.ts';
import { printConfig } from '../config/print.ts';
import { revision } from '../config/revision.ts';
import type { Network } from '../measure/network.ts';
import { createTrust } from '../measure/trust.ts';
import type { Sink } from '../model/outcome.ts';
import { createBoard } from '../publish/board.ts';
import { createEventHub } from '../publish/events.ts';
import { logSink } from '../publish/log-line.ts';
import { createMetrics } from '../publish/metrics.ts';
import { startWeb } from '../publish/web.ts';
import { type Store, storeSink } from '../store/store.ts';
import { openNetworks } from './networks.ts';
import { waitsForStart } from './restart.ts';
import { createStation, type Station, slotOf } from './station.ts';
import { readWebSecurity } from './web-security.ts';

export interface ServiceParts {
  config: Config;
  network: Network;
  /** Extra trust anchors of a configuration, PEM; throws a `Complaint` when they cannot be read. */
  anchors: (config: Config) => string | undefined;
  store: Store;
  log: Logger;
  /** Reads the configuration again; throws a `Complaint`. Absent: nothing to reload. */
  reload?: (() => Config) | undefined;
  /** Called with the base URL once the page can be opened. */
  onListening?: ((url: string) => void) | undefined;
  /** After the others. */
  sinks?: readonly Sink[] | undefined;
}

/** Serves and measures until `signal` is aborted; everything is closed when it returns. */
export async function serve(parts: ServiceParts, signal: AbortSignal): Promise<void> {
  const { network, store, log, config: first } = parts;
  let config = first;
  const build = { version: packageVersion(), revision: revision(), node: process.version };
  const wall = () => network.wall();
  const started_ms = wall();
  let judged = false;

  const stationFor = (next: Config, ca_pem: string | undefined): Station =>
    createStation({
      config: next,
      network,
      ca_pem,
      store,
      vantage_id: store.vantageId(),
      address_salt: store.addressSalt(),
    });
  let station = stationFor(config, parts.anchors(config));
  /** Makes the station of a configuration that was loaded again, between two rounds: it takes up the state where they are. */
  let pending: (() => Station) | undefined;
  let nextSlot = scheduleFor(config, network);

  const metrics = createMetrics({ scope: scopeOf(config), build, wall, started_ms, store: () => store.health() });
  const board = createBoard({
    scope: boardScopeOf(config),
    build,
    wall,
    started_ms,
    storeTrouble: () => store.health().message,
  });

  const hub = createEventHub({ stored: store });

  /**
   * Parse, validate, prepare, swap: whatever fails before the swap leaves the old configuration running. Gives the keys that
   * differ from what was bound at the start.
   */
  const reload = (): string[] => {
    try {
      const next = parts.reload?.() ?? config;
      const ca_pem = parts.anchors(next);
      createTrust({ ca_pem });
      openNetworks(next);
      const late = [...waitsForStart(first, next), ...web.reconfigure(webRules(next))];
      pending = () => stationFor(next, ca_pem);
      if (slotOf(next) !== slotOf(config)) nextSlot = scheduleFor(next, network);
      config = next;
      store.retain(next.store);
      metrics.reconfigure(scopeOf(next));
      board.reconfigure(boardScopeOf(next));
      metrics.reloaded(true);
      for (const key of late) log.warn(`${key} takes effect at the next start`);
      log.info('configuration loaded again');
      return late;
    } catch (error) {
      metrics.reloaded(false);
      log.error(`configuration not loaded, the old one stays: ${error instanceof Error ? error.message : error}`);
      throw error;
    }
  };
  const onHangup = () => {
    try {
      reload();
    } catch {
      // Said in the log, and the old configuration goes on.
    }
  };

  const web = await startWeb({
    listen_address: config.web.listen_address,
    ...webRules(config),
    onError: (error) => log.error({ err: error }, 'web server'),
    sources: {
      board,
      metrics,
      notReady: () => (judged ? undefined : 'no round has been judged yet'),
      rounds: (query) => store.rounds(query),
      incidents: (query) => store.incidents(query),
      incident: (id) => store.incident(id),
      events: hub,
      config: () => printConfig(config),
      get reload() {
        return config.web.enable_lifecycle && parts.reload ? reload : undefined;
      },
      wall,
    },
  });
  if (parts.reload) process.on('SIGHUP', onHangup);
  parts.onListening?.(web.url);

  try {
    await runDaemon(
      {
        rounds: {
          async next(...args) {
            if (pending) {
              await station.close();
              station = pending();
              pending = undefined;
            }
            const outcome = await station.rounds.next(...args);
            judged ||= outcome !== undefined;
            return outcome;
          },
        },
        nextSlot: (now) => nextSlot(now),
        monotonic: () => network.monotonic(),
        sinks: [storeSink(store), metrics, board, logSink(log), hub, ...(parts.sinks ?? [])],
        onSinkError: (sink, error) => log.error({ err: error }, `${sink} did not take the round`),
      },
      signal,
    );
  } finally {
    metrics.stopping();
    process.off('SIGHUP', onHangup);
    await web.close();
    await station.close();
  }
}

const scheduleFor = (config: Config, network: Network): ((now: number) => Slot) =>
  createSchedule({
    interval_ms: slotOf(config),
    jitter: config.round.jitter,
    origin: network.monotonic(),
    random: () => network.random(),
  });

const scopeOf = ({ platforms, controls, transfer, metrics }: Config) => ({
  platforms,
  controls,
  transfer_every_ms: transfer.every_ms,
  histograms: metrics.histograms,
});

const webRules = (config: Config) => ({
  external_url: config.web.external_url,
  allowed_hosts: config.web.allowed_hosts,
  security: readWebSecurity(config),
});

const boardScopeOf = ({ platforms, controls, vantage }: Config) => ({
  platforms,
  controls,
  vantage_name: vantage.name,
  timezone: vantage.timezone,
});
