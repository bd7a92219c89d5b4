/** The judge's parameters out of the configuration: daemon, probe and replay must judge by the same ones. */
import type { Config } from '../config/config.ts';
import { defaultParams, type JudgeParams } from '../judge/state.ts';

export function judgeParams(config: Config): JudgeParams {
  return defaultParams(config.round.interval_ms, {
    ready_after_ms: config.baseline.ready_after_ms,
    transfer_every_ms: config.transfer.every_ms,
    timezone: config.vantage.timezone,
    titles: Object.fromEntries(config.platforms.map(({ name, title }) => [name, title])),
    events: config.events,
    experiments: config.experiments,
  });
}
