/** `/api/v1/events`: judged rounds and incidents' turns as server-sent events (WHATWG HTML, section 9.2), as they happen. */
import type { Sink } from '../model/outcome.ts';

export interface EventHub extends Sink {
  /** Calls `send` with every message until the returned function is called; undefined when there are too many already. */
  subscribe(send: (message: string) => void): (() => void) | undefined;
}

/** Open pages and scripts of one household; each costs a connection of the 64. */
const mostSubscribers = 16;

/** What a subscriber gets first: how soon to come back, ms, should the connection break. */
export const greeting = 'retry: 5000\n\n';

export function createEventHub(): EventHub {
  const subscribers = new Set<(message: string) => void>();
  return {
    name: 'events',
    accept({ round, events }) {
      if (subscribers.size === 0) return;
      const { vantage, states, verdicts, started_at } = round;
      const messages = [
        message('round', { round: round.round, started_at, vantage: vantage.state, states, verdicts }),
        ...events.map((event) => message('incident', event)),
      ].join('');
      for (const send of subscribers) send(messages);
    },
    subscribe(send) {
      if (subscribers.size >= mostSubscribers) return undefined;
      subscribers.add(send);
      return () => subscribers.delete(send);
    },
  };
}

/** JSON has no raw line break, so one data line is enough. */
const message = (event: string, data: unknown): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
