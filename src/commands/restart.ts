/** What a reload cannot change. */
import type { Config } from '../config/config.ts';

/**
 * The keys of which a configuration differs from the one that was started with, and which wait for the next start: what is
 * bound or opened once. Pure. `data.path`, `log.level` and `log.format` come from flags and environment, which a running
 * process does not get anew; TLS on or off and the policy for clients' certificates are told by the web server itself.
 */
export function waitsForStart(started: Config, next: Config): string[] {
  const fixed = {
    'web.listen_address': ({ web }: Config) => web.listen_address,
    'experiments.tcp_info': ({ experiments }: Config) => experiments.tcp_info,
  };
  return Object.entries(fixed).flatMap(([key, of]) => (of(started) === of(next) ? [] : [key]));
}
