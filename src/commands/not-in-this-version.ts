/** Keys that a file may already hold and that this version does not honour. */
import type { Config } from '../config/config.ts';

/** One line for each such key that is set. `run` does not start with them: what was to be sent would never arrive. */
export function notInThisVersion({ push, notify }: Config): string[] {
  return [
    ...(push.remote_write.length > 0 ? ['push.remote_write: have Prometheus scrape /metrics'] : []),
    ...(notify.webhooks.length > 0 ? ['notify.webhooks: have Alertmanager notify'] : []),
  ].map((line) => `not in this version: ${line}`);
}
