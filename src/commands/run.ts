/** `reachd run`: the daemon. */
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
    const refused = notInThisVersion(config);
    if (refused.length > 0) throw new Complaint('config', refused.join('\n'));
    const log = createLogger(config.log, stdout);
    const warn = (line: string) => log.warn(line);
    for (const warning of warnings) warn(warning);
    const { keep_ms, max_size_bytes } = config.store;
    const wall = () => Date.now();
    const store = openStore({ path: config.data.path, keep_ms, max_size_bytes, wall, warn, exclusive: true });
    try {
      await serve(
        {
          config,
          network: createRealNetwork(config.experiments),
          anchors: ({ tls }) => readAnchors(tls.ca_file),
          store,
          log,
          reload,
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
