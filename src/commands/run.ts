/** `reachd run`: the daemon. */

import type { Config } from '../config/config.ts';
import { createRealNetwork } from '../measure/real.ts';
import { Complaint, exit } from '../model/errors.ts';
import { openStore } from '../store/store.ts';
import { readAnchors } from './anchors.ts';
import type { Command } from './command.ts';
import { createLogger } from './logger.ts';
import { notInThisVersion } from './not-in-this-version.ts';
import { serve } from './service.ts';

export const command: Command = {
  name: 'run',
  describe: 'the daemon: measure every minute, publish metrics and the status page',
  options: {},
  examples: [
    ['reachd run --accept-risk', 'the first time, after reading what it means'],
    ['reachd run --config.file my.yaml', 'with a configuration; SIGHUP loads it again'],
    ['reachd run --profile mobile', 'on a mobile line: at most 25 MB a day'],
  ],
  needsConsent: true,
  async run({ config, stdout, signal, warnings, reload }) {
    refuse(config);
    const log = createLogger(config.log, stdout);
    const warn = (line: string) => log.warn(line);
    for (const warning of warnings) warn(warning);
    const wall = () => Date.now();
    const store = openStore({ path: config.data.path, ...config.store, wall, warn, exclusive: true });
    try {
      await serve(
        {
          config,
          network: createRealNetwork(config.experiments),
          anchors: ({ tls }) => readAnchors(tls.ca_file),
          store,
          log,
          reload() {
            const again = reload();
            refuse(again.config);
            for (const warning of again.warnings) warn(warning);
            return again.config;
          },
          onListening: (url) => log.info(`status page ${url}  metrics ${url}metrics  data ${config.data.path}`),
        },
        signal,
      );
      log.info('stopped');
      return exit.fine;
    } finally {
      store.close();
    }
  },
};

/** Also on a reload: what was to be sent would never arrive. */
function refuse(config: Config): void {
  const lines = notInThisVersion(config);
  if (lines.length > 0) throw new Complaint('config', lines.join('\n'));
}
