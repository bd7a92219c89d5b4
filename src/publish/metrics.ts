/** The metrics: a sink that turns every judged round into series, and the text that Prometheus scrapes. */
import type { RoundOutcome, Sink } from '../model/outcome.ts';
import type { Control, Platform } from '../model/target.ts';
import { observePlatforms } from './platform-series.ts';
import { createRegistry, type Families } from './registry.ts';
import { observeProcess, observeSelf, observeStore, type StoreWord } from './self-series.ts';
import { expireGoodput, type GoodputTimes, observeTargets } from './target-series.ts';
import { observeVantage } from './vantage-series.ts';

export interface Build {
  version: string;
  /** Commit, or empty where it is not known. */
  revision: string;
  /** Version of Node. */
  node: string;
}

/** What of the configuration decides which series may exist. */
export interface MetricsScope {
  platforms: readonly Pick<Platform, 'name' | 'targets' | 'enabled'>[];
  controls: readonly Pick<Control, 'name'>[];
  transfer_every_ms: number;
  histograms: boolean;
}

export interface MetricsOptions {
  scope: MetricsScope;
  build: Build;
  /** Milliseconds since the epoch. */
  wall(): number;
  /** Start of the process, ms since the epoch. */
  started_ms: number;
  /** Asked when scraped. */
  store?: (() => StoreWord) | undefined;
}

export interface Metrics extends Sink {
  /** The text exposition format 0.0.4. */
  render(): Promise<string>;
  contentType: string;
  /** After a reload: series of what is no longer configured go. */
  reconfigure(scope: MetricsScope): void;
  /** An attempt to load the configuration ended. Creating the metrics counts as a first success. */
  reloaded(success: boolean): void;
  /** From now on every sample says that silence will be meant. */
  stopping(): void;
}

/** Metrics of a daemon that has just loaded its configuration; no series of any platform exists before its first round. */
export function createMetrics(options: MetricsOptions): Metrics {
  const { wall } = options;
  const { families, render, contentType } = createRegistry();
  const goodput: GoodputTimes = new Map();
  let scope = options.scope;

  const reloaded = (success: boolean) => {
    families.reloadSuccessful.set({}, Number(success));
    if (success) families.reloadTimestamp.set({}, wall() / 1000);
  };
  families.buildInfo.set({ ...options.build }, 1);
  families.startTime.set({}, options.started_ms / 1000);
  families.stopping.set({}, 0);
  families.rounds.add({}, 0);
  families.roundOverruns.follow({}, 0);
  reloaded(true);

  return {
    name: 'metrics',
    contentType,
    accept(outcome: RoundOutcome) {
      observeTargets(outcome, families, goodput, { histograms: scope.histograms });
      observePlatforms(outcome, families);
      observeVantage(outcome, families);
      observeSelf(outcome, families);
      // A round that was under way during a reload still speaks of what is no longer configured.
      removeUnconfigured(families, scope);
    },
    async render() {
      // Twice its period: one missed transfer is normal, two are not.
      expireGoodput(families, goodput, wall() - 2 * scope.transfer_every_ms);
      observeProcess(families);
      if (options.store) observeStore(options.store(), families);
      return render();
    },
    reloaded,
    reconfigure(next) {
      scope = next;
      removeUnconfigured(families, scope);
    },
    stopping: () => families.stopping.set({}, 1),
  };
}

/** Removes the series of platforms, targets and controls that are not (or no longer) configured. */
function removeUnconfigured(families: Families, { platforms, controls }: MetricsScope): void {
  const enabled = platforms.filter((platform) => platform.enabled);
  const known = {
    platform: new Set(enabled.map(({ name }) => name)),
    target: new Set(enabled.flatMap(({ targets }) => targets.map(({ name }) => name))),
    control: new Set(controls.map(({ name }) => name)),
  };
  for (const family of Object.values(families)) {
    family.clear((labels: Partial<Record<keyof typeof known, string>>) =>
      (['platform', 'target', 'control'] as const).some((label) => {
        const value = labels[label];
        return value !== undefined && !known[label].has(value);
      }),
    );
  }
}
