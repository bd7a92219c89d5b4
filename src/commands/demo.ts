/**
 * `reachd demo`: the evening of 20 January 2024, told by the daemon on the practice Internet. No consent is needed: no
 * network is touched.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import type { Network } from '../measure/network.ts';
import { Complaint, exit } from '../model/errors.ts';
import { createPracticeInternet } from '../practice/internet.ts';
import { practiceRootPem } from '../practice/pki.ts';
import { type StoryClock, storyClock } from '../practice/story-clock.ts';
import { openStore } from '../store/store.ts';
import type { Command } from './command.ts';
import { createStoryLog } from './demo-log.ts';
import { livePast } from './demo-past.ts';
import { concurrency, downloads, interval_ms, readyAfter_ms, rtt_ms, type Times, timesFrom } from './demo-script.ts';
import { createTeller, opening, recollection } from './demo-teller.ts';
import { serve } from './service.ts';
import { createStation } from './station.ts';

/** Story seconds that pass in one of ours: a round every five seconds can be followed, and is over in some minutes. */
const defaultSpeed = 12;
/** Faster than anything can be measured. */
const mostSpeed = 3600;

/** Long enough for a look at nearly everything. */
const warm_ms = 4000;

/** Loopback costs nothing. */
const plentyBytes = 1e12;
/** Two evenings of December and January lie behind: no round of the story is too old to be kept. */
const keep_ms = 60 * 86_400_000;
/** Its past takes half of that, and where there is little room (a container's /tmp) a demo that goes on for days fits too. */
const most_bytes = 8 * 1024 * 1024;

export const command: Command = {
  name: 'demo',
  describe: 'the evening of 20 January 2024 in Pakistan, on a small Internet in this computer',
  options: {
    speed: {
      type: 'string',
      default: String(defaultSpeed),
      describe: 'How many times faster than in life the minutes between looks pass; a look itself takes its time',
    },
    now: {
      type: 'boolean',
      default: false,
      describe: 'Move the evening to the present, a minute a minute: for a Prometheus that scrapes it',
    },
    once: { type: 'boolean', default: false, describe: 'End when the story is over instead of going on' },
  },
  examples: [
    ['reachd demo', 'then open the page that it names'],
    ['reachd demo --once --speed 3600', 'as fast as can be measured, and end'],
    ['reachd demo --speed 1', 'a minute takes a minute'],
    ['reachd demo --now', 'the same, dated today: what dashboards and alerts expect'],
  ],
  needsConsent: false,
  async run({ config, flags, stdout, signal }) {
    const now = flags['now'] === true;
    const speed = now ? 1 : speedOf(flags['speed']);
    const once = flags['once'] === true;
    const path = mkdtempSync(join(tmpdir(), 'reachd-demo-'));
    const remove = () => rmSync(path, { recursive: true, force: true });
    // A second Ctrl-C ends the process without waiting for us.
    process.once('exit', remove);
    const over = new AbortController();
    const ended = AbortSignal.any([signal, over.signal]);
    const internet = await createPracticeInternet({ rtt_ms });
    try {
      // Until the past has been lived through the story's clock stands still.
      let clock: StoryClock | undefined;
      const times = timesFrom(now ? internet.network.wall() : undefined);
      const wall = () => clock?.network.wall() ?? times.begins_ms;
      const log = createStoryLog(config.log, stdout, wall);
      const warn = (line: string) => log.warn(line);
      const store = openStore({
        path,
        keep_ms,
        max_size_bytes: Math.min(config.store.max_size_bytes, most_bytes),
        wall,
        warn,
      });
      try {
        const mine = practised(config, path, times);
        opening(log, speed);
        const [past] = await Promise.all([livePast(mine, times, store, ended), warmUp(mine, internet.network, ended)]);
        recollection(log, past);
        clock = await storyClock(internet, times);
        const teller = createTeller({
          internet,
          clock,
          times,
          log,
          speed,
          once,
          over,
          titles: new Map(mine.platforms.filter(({ enabled }) => enabled).map(({ name, title }) => [name, title])),
        });
        if (!ended.aborted) {
          await serve(
            {
              config: mine,
              network: clock.network,
              anchors: practiceRootPem,
              store,
              // Rounds and incidents are the teller's to tell.
              log: log.child({}, { level: 'error' }),
              onListening: (url) => teller.listening(url, path),
              sinks: [teller],
            },
            ended,
          );
        }
        if (once && !signal.aborted && !teller.told()) throw new Error('the story did not come to its end');
        return exit.fine;
      } finally {
        store.close();
      }
    } finally {
      await internet.close();
      process.off('exit', remove);
      remove();
    }
  },
};

/**
 * Looks about for some seconds and forgets it: the first handshakes of a process wait for code that has never run, and
 * the judge, which takes this probe for one that has run for days, would take that for the platforms' doing.
 */
async function warmUp(config: Config, network: Network, signal: AbortSignal): Promise<void> {
  const station = createStation({
    config,
    network,
    ca_pem: practiceRootPem(),
    store: undefined,
    vantage_id: 'practice',
    address_salt: '',
  });
  await station.rounds.next(1, 0, AbortSignal.any([signal, AbortSignal.timeout(warm_ms)]));
  await station.close();
}

function speedOf(value: unknown): number {
  const speed = Number(value);
  if (speed > 0 && speed <= mostSpeed) return speed;
  throw new Complaint('usage', `--speed: expected a number above 0, up to ${mostSpeed}, got ${JSON.stringify(value)}`);
}

/** The operator's own lists would not be found on the practice Internet; place and time are the story's. */
function practised(config: Config, path: string, { rally }: Times): Config {
  return {
    ...config,
    profile: 'fixed',
    data: { ...config.data, path },
    // Not spread: the story's clock is moved on to the next slot, and has to know when that is.
    round: { ...config.round, interval_ms, jitter: 0, concurrency },
    transfer: { ...config.transfer, ...downloads },
    baseline: { ...config.baseline, ready_after_ms: readyAfter_ms },
    vantage: {
      ...config.vantage,
      name: 'practice',
      country: 'PK',
      asn: 'AS17557',
      network: undefined,
      timezone: 'Asia/Karachi',
      detect: false,
    },
    resolvers: { ...config.resolvers, servers: [] },
    references: [],
    beacons: [],
    events: [rally],
    // Downloads every minute are not in a household's plan for the day.
    budget: { ...config.budget, daily_bytes: plentyBytes, monthly_bytes: plentyBytes },
  };
}
