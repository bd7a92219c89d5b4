/** `reachd demo`: the daemon against the practice Internet. No consent is needed: no network is touched. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { exit } from '../model/errors.ts';
import type { Sink } from '../model/outcome.ts';
import { censorNamed } from '../practice/censors.ts';
import { createPracticeInternet, type PracticeInternet } from '../practice/internet.ts';
import { practiceRootPem } from '../practice/pki.ts';
import { openStore } from '../store/store.ts';
import type { Command } from './command.ts';
import { createLogger } from './logger.ts';
import { serve } from './service.ts';

/** Time between rounds: a minute would be true to life, and nobody would watch. */
const interval_ms = 5000;

/** Loopback costs nothing. */
const plentyBytes = 1e12;

/** What happens, by the round after which it does. Blocked by name, the commonest way; then all is as before. */
const story = [
  { after: 4, censor: 'sni-reset', on: true, says: 'the provider now resets connections that name X' },
  { after: 14, censor: 'sni-reset', on: false, says: 'the provider lets X through again' },
] as const;

/** The story ends when the incident has been closed again; should it not be, after so many rounds. */
const mostRounds = 40;

export const command: Command = {
  name: 'demo',
  describe: 'the daemon on a small Internet in this computer: a platform gets blocked and restored',
  options: {
    once: { type: 'boolean', default: false, describe: 'End when the story is over instead of going on' },
  },
  examples: [
    ['reachd demo', 'then open the page that it names'],
    ['reachd demo --once', 'see the story and end'],
  ],
  needsConsent: false,
  async run({ config, flags, stdout, signal, warnings }) {
    const log = createLogger(config.log, stdout);
    const path = mkdtempSync(join(tmpdir(), 'reachd-demo-'));
    const wall = () => Date.now();
    const over = new AbortController();
    const store = openStore({
      path,
      keep_ms: config.store.keep_ms,
      max_size_bytes: config.store.max_size_bytes,
      wall,
      warn: (line) => warnings.push(line),
    });
    const internet = await createPracticeInternet();
    try {
      await serve(
        {
          config: practised(config),
          network: internet.network,
          anchors: practiceRootPem,
          store,
          log,
          onListening: (url) => {
            log.info(`practice Internet: nothing leaves this computer. Status page ${url}  metrics ${url}metrics`);
            log.info(`a round every ${interval_ms / 1000} s; in ${story[0].after} rounds X gets blocked. Ctrl-C ends.`);
          },
          sinks: [teller(internet, (line) => log.info(line), flags['once'] === true ? over : undefined)],
        },
        AbortSignal.any([signal, over.signal]),
      );
      return exit.fine;
    } finally {
      await internet.close();
      store.close();
      rmSync(path, { recursive: true, force: true });
    }
  },
};

/** The operator's own lists would not be found on the practice Internet; its country is the story's. */
function practised(config: Config): Config {
  return {
    ...config,
    round: { ...config.round, interval_ms },
    vantage: {
      ...config.vantage,
      name: 'practice',
      country: 'PK',
      asn: 'AS17557',
      timezone: 'Asia/Karachi',
      detect: false,
    },
    resolvers: { ...config.resolvers, servers: [] },
    // A day's plan for rounds a minute apart would have these ones measured ever more seldom.
    budget: { ...config.budget, daily_bytes: plentyBytes, monthly_bytes: plentyBytes },
  };
}

/** Switches censors by the number of rounds seen, between rounds, and says so. */
function teller(internet: PracticeInternet, say: (line: string) => void, over: AbortController | undefined): Sink {
  let rounds = 0;
  return {
    name: 'story',
    async accept({ events }) {
      rounds += 1;
      for (const { censor, on, says } of story.filter(({ after }) => after === rounds)) {
        await (on ? internet.on(censorNamed(censor)) : internet.off(censorNamed(censor)));
        say(`>>> ${says}`);
      }
      if (events.some(({ event }) => event === 'closed') || rounds === mostRounds) {
        say('>>> the story is over');
        over?.abort();
      }
    },
  };
}
