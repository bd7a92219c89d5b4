/** Tells the demo's story: switches the provider's policer between rounds, skips the waiting, and says what happens. */
import type { Logger } from 'pino';
import type { RoundOutcome, Sink } from '../model/outcome.ts';
import type { PracticeInternet } from '../practice/internet.ts';
import type { StoryClock } from '../practice/story-clock.ts';
import { list } from '../publish/words.ts';
import type { Past } from './demo-past.ts';
import { calmRounds, interval_ms, provider } from './demo-script.ts';

/** Rounds for which it lasts, from the statement on: time to look at the page; with `--once` nobody looks. */
const lasting = { watched: 12, once: 0 } as const;
/** What has not been noticed, or not ended, after so many rounds never will be. */
const patience = 40;

export interface TellerOptions {
  internet: PracticeInternet;
  clock: StoryClock;
  log: Logger;
  /** Story seconds per second, between rounds. */
  speed: number;
  once: boolean;
  /** Aborted when the story is over and `once` is set. */
  over: AbortController;
}

export interface Teller extends Sink {
  listening(url: string, path: string): void;
  /** It was noticed, named and seen to end. */
  told(): boolean;
}

const tell = (log: Logger) => (line: string) => log.info(`>>> ${line}`);

/** What it is that one is going to see. */
export function opening(log: Logger, speed: number): void {
  const say = tell(log);
  say('a small Internet on this computer: platforms, control sites, resolvers, and a provider in Pakistan in between');
  say(
    'nothing leaves this machine. On the left the time in the story (Pakistan), then how long we have been telling it',
  );
  say(`the minutes between looks pass ${speed} times faster than in life; what is measured takes as long as it takes,`);
  say("and at the provider's rate each download takes seconds");
}

/** What the probe has in its store when the story begins. */
export function recollection(log: Logger, { rounds, closed }: Past): void {
  const say = tell(log);
  say(`the probe looks back on ${rounds} rounds, judged just now by the judge that will judge this evening:`);
  for (const { statement = '' } of closed) say(`“${statement}”`);
}

export function createTeller({ internet, clock, log, speed, once, over }: TellerOptions): Teller {
  const say = tell(log);
  // A little before the daemon's first slot: the waiting that is left over ends at one of its slots, never after it.
  const origin = clock.network.monotonic();
  let place = { url: '', path: '' };
  let act: 'calm' | 'throttled' | 'restored' | 'told' | 'given up' = 'calm';
  let rounds = 0;
  let named: number | undefined;
  const titles = new Map<string, string>();
  const suspects = new Set<string>();

  /** The rest of the minute, as long as `speed` leaves of it. */
  const skipWaiting = async (duration_ms: number) => {
    const now = clock.network.monotonic();
    const next = origin + Math.ceil((now - origin) / interval_ms) * interval_ms;
    const wait = Math.min(next - now, Math.max(0, interval_ms / speed - duration_ms));
    await clock.skip(next - now - wait);
  };

  const finish = (line: string) => {
    say(line);
    say(`look: the page ${place.url}  numbers ${place.url}metrics  incidents ${place.url}api/v1/incidents`);
    say(`or:   reachd incidents --data.path ${place.path}   and reachd export --data.path ${place.path} --since 3h`);
    if (once) over.abort();
    else say('everything goes on calmly until Ctrl-C; then all of it is removed');
  };

  const tellSuspicion = ({ detail }: RoundOutcome) => {
    const fresh = Object.entries(detail?.platforms ?? {}).filter(
      ([name, { suspect }]) => suspect === true && !suspects.has(name),
    );
    for (const [name] of fresh) suspects.add(name);
    if (fresh.length === 0) return;
    const evidence = fresh.map(([name, { log_evidence = {} }]) => {
      const most = Math.max(...Object.values(log_evidence).filter((value) => value !== undefined));
      return `${titles.get(name) ?? name} (${most.toFixed(1)} of ${detail?.log_threshold?.toFixed(1)})`;
    });
    say(`suspicion: evidence against ${list(evidence)}; it looks more closely, and at all control sites`);
  };

  const tellEvents = ({ events, round }: RoundOutcome) => {
    for (const { event, platform, state, statement = '', confidence } of events) {
      const name = titles.get(platform) ?? platform;
      if (platform === '*') say(`${jointWords[event]}: “${statement}”`);
      else if (event === 'closed') say(`${name}: the incident is over`);
      else
        say(
          `${name}: an incident ${event === 'opened' ? 'is opened' : 'is now called'} ${state}, confidence ${confidence}`,
        );
      if (platform === '*' && event !== 'closed' && state === 'throttled') named ??= rounds;
      if (platform === '*' && event === 'closed' && act === 'restored') act = 'told';
    }
    const failing = round.controls.filter(({ outcome }) => outcome === 'failed').map(({ target }) => target);
    if (act === 'throttled' && failing.length > 0) say(`control sites that failed in this round: ${list(failing)}`);
  };

  const turn = async () => {
    if (act === 'calm' && rounds === calmRounds) {
      act = 'throttled';
      await internet.on(provider);
      say(`18:41. ${provider.says}. Other sites are left alone`);
    } else if (act === 'throttled' && named !== undefined && rounds - named >= lasting[once ? 'once' : 'watched']) {
      act = 'restored';
      named = rounds;
      await internet.off(provider);
      say('the provider lets everything through again (in January 2024 this took hours)');
    }
    if (act === 'told') finish('the story is over');
    else if (rounds - (named ?? calmRounds) === patience && act !== 'given up') {
      act = 'given up';
      finish(`nothing more has happened for ${patience} rounds; that is not how the story goes (please report)`);
    }
  };
  let finished = false;

  return {
    name: 'story',
    listening(url, path) {
      place = { url, path };
      say(`open ${url}  (metrics: ${url}metrics)`);
      say('18:38 on 20 January 2024. All is calm; the first look is at everything');
    },
    told: () => act === 'told',
    async accept(outcome) {
      rounds += 1;
      for (const name of Object.keys(outcome.round.platforms)) titles.set(name, titleOf(name));
      tellSuspicion(outcome);
      tellEvents(outcome);
      if (!finished) await turn();
      finished ||= act === 'told' || act === 'given up';
      await skipWaiting(outcome.duration_ms);
    },
  };
}

const jointWords = {
  opened: 'a disruption of two companies and more, in the words that can be quoted',
  changed: 'the disruption has changed',
  closed: 'the disruption is over',
} as const;

const titleOf = (name: string): string =>
  ({ x: 'X', facebook: 'Facebook', instagram: 'Instagram', youtube: 'YouTube' })[name] ?? name;
