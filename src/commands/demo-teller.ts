/** Tells the demo's story: switches the provider's policer between rounds, skips the waiting, and says what happens. */
import type { Logger } from 'pino';
import type { RoundOutcome, Sink } from '../model/outcome.ts';
import type { PracticeInternet } from '../practice/internet.ts';
import type { StoryClock } from '../practice/story-clock.ts';
import { list } from '../publish/words.ts';
import { roundLine } from './demo-line.ts';
import type { Past } from './demo-past.ts';
import { calmRounds, interval_ms, provider, type Times } from './demo-script.ts';

/** Rounds for which it lasts, from the statement on: time to look at the page; with `--once` nobody looks. */
const lasting = { watched: 12, once: 0 } as const;
/** What has not been noticed, or not ended, after so many rounds never will be. */
const patience = 40;

/** Never less than this before a slot, ms: who comes a moment too late for it waits a whole minute for the next. */
const least_ms = 250;

export interface TellerOptions {
  internet: PracticeInternet;
  clock: StoryClock;
  times: Times;
  log: Logger;
  /** Story seconds per second, between rounds. */
  speed: number;
  once: boolean;
  /** Aborted when the story is over and `once` is set. */
  over: AbortController;
  /** Platform names to titles. */
  titles: ReadonlyMap<string, string>;
}

export interface Teller extends Sink {
  listening(url: string, path: string): void;
  /** It was noticed, named and seen to end. */
  told(): boolean;
}

const pakistan = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Karachi', dateStyle: 'long', timeStyle: 'short' });

const tell = (log: Logger) => (line: string) => log.info(`>>> ${line}`);

/** What it is that one is going to see. */
export function opening(log: Logger, speed: number): void {
  const say = tell(log);
  say('A small Internet on this computer: platforms, control sites, resolvers, and a provider in Pakistan in between.');
  say('Nothing leaves this machine. On the left: the time in the story (Pakistan), and how long it has been told.');
  say(
    `Between two looks time passes ${speed} times faster than in life. A look itself cannot be hurried: downloads at the provider's rate take seconds each.`,
  );
}

/** What the probe has in its store when the story begins. */
export function recollection(log: Logger, { rounds, closed }: Past): void {
  const say = tell(log);
  say(
    `The probe has a past: ${rounds} rounds, judged just now by the judge that will judge this evening. It remembers:`,
  );
  for (const { statement = '' } of closed) say(`“${statement}”`);
}

export function createTeller({ internet, clock, times, log, speed, once, over, titles }: TellerOptions): Teller {
  const say = tell(log);
  // A little before the daemon's first slot: the waiting that is left over ends at one of its slots, never after it.
  const origin = clock.network.monotonic();
  let place = { url: '', path: '' };
  let act: 'calm' | 'throttled' | 'restored' | 'over' | 'given up' = 'calm';
  let rounds = 0;
  /** The round in which it was named, later the one in which it ended. */
  let turned: number | undefined;
  let finished = false;
  const suspects = new Set<string>();
  const evidenceFrom = `${new Date(times.begins_ms - 8 * 60_000).toISOString().slice(0, 19)}Z`;
  const title = (name: string) => titles.get(name) ?? name;

  /** The rest of the minute, as long as `speed` leaves of it. */
  const skipWaiting = async (duration_ms: number) => {
    const now = clock.network.monotonic();
    const next = origin + Math.ceil((now - origin) / interval_ms) * interval_ms;
    await clock.moveTo(next - Math.max(least_ms, interval_ms / speed - duration_ms));
  };

  const finish = (line: string) => {
    finished = true;
    say(line);
    say(`What there is to look at: the page ${place.url} · ${place.url}metrics · ${place.url}api/v1/incidents`);
    say(`In a terminal: reachd incidents --data.path ${place.path}`);
    say(`The evidence:  reachd export --data.path ${place.path} --since ${evidenceFrom}`);
    if (once) over.abort();
    else say('It goes on calmly until Ctrl-C, which removes all of it.');
  };

  const tellSuspicion = ({ detail }: RoundOutcome) => {
    const fresh = Object.entries(detail?.platforms ?? {}).filter(
      ([name, { suspect }]) => suspect === true && !suspects.has(name),
    );
    if (fresh.length === 0) return;
    for (const [name] of fresh) suspects.add(name);
    say(`Suspicion: ${list(fresh.map(([name]) => title(name)))}. It looks more closely now, at all control sites too.`);
  };

  const tellEvents = ({ events }: RoundOutcome) => {
    const single = events.filter(({ platform }) => platform !== '*');
    for (const { event, platform, state, confidence } of single) {
      if (event === 'closed') say(`${title(platform)}: the incident is over.`);
      else say(`${title(platform)}: ${event === 'opened' ? 'an incident' : 'now'} ${state}, confidence ${confidence}.`);
    }
    for (const { event, platform, platforms = [], state, statement = '' } of events) {
      if (platform !== '*') continue;
      say(`${jointWords[event]} “${statement}”`);
      if (event !== 'closed' && state === 'throttled' && platforms.length === titles.size) turned ??= rounds;
      if (event === 'closed' && act === 'restored') act = 'over';
    }
  };

  const turn = async () => {
    if (act === 'calm' && rounds === calmRounds) {
      act = 'throttled';
      await internet.on(provider);
      say(`From now on ${provider.says}. Everything else is left alone.`);
    } else if (act === 'throttled' && turned !== undefined && rounds - turned >= lasting[once ? 'once' : 'watched']) {
      act = 'restored';
      turned = rounds;
      await internet.off(provider);
      say('The provider lets everything through again. In January 2024 that took hours.');
    }
    if (act === 'over') finish('The story is over.');
    else if (rounds - (turned ?? calmRounds) >= patience) {
      act = 'given up';
      finish(`Nothing more has happened in ${patience} rounds. That is not how the story goes: please report it.`);
    }
  };

  return {
    name: 'story',
    listening(url, path) {
      place = { url, path };
      say(`Open ${url} (metrics: ${url}metrics).`);
      say(`${pakistan.format(clock.network.wall())}. All is calm. The first look is at everything.`);
    },
    told: () => act === 'over',
    async accept(outcome) {
      rounds += 1;
      log.info(roundLine(outcome, titles));
      tellSuspicion(outcome);
      tellEvents(outcome);
      if (!finished) await turn();
      await skipWaiting(outcome.duration_ms);
    },
  };
}

const jointWords = {
  opened: 'A disruption of several companies. What may be quoted:',
  changed: 'The disruption has changed:',
  closed: 'The disruption is over:',
} as const;
