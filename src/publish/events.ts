/** `/api/v1/events`: judged rounds and incidents' turns as server-sent events (WHATWG HTML, section 9.2), as they happen. */
import type { Sink } from '../model/outcome.ts';
import type { Round } from '../model/round.ts';
import type { IncidentEvent } from '../model/verdict.ts';
import type { RoundQuery, StoredIncident, StoredRound } from '../store/read.ts';

export interface EventHub extends Sink {
  /** Calls `send` with every message until the returned function is called; undefined when there are too many already. */
  subscribe(send: (message: string) => void): (() => void) | undefined;
  /** What has been missed since the round of that id, as text to be sent first; empty for an id that is none. */
  missed(lastEventId: string | undefined): string;
}

export interface EventHubOptions {
  /** Where rounds can be read again; without it nothing is replayed. */
  stored?:
    | {
        rounds(query: RoundQuery): StoredRound[];
        incidents(query: { limit?: number | undefined }): StoredIncident[];
      }
    | undefined;
  /** Time between two signs of life, ms. */
  heartbeat_ms?: number | undefined;
}

/** Open pages and scripts of one household; each costs a connection of the 64. */
const mostSubscribers = 16;

/** What a subscriber gets first: how soon to come back, ms, should the connection break. */
export const greeting = 'retry: 5000\n\n';

/** The specification advises a comment "every 15 seconds or so", against proxies that drop a silent connection. */
const usualHeartbeatMs = 15_000;
const heartbeat = ': still here\n\n';

/**
 * Missed rounds that are sent again: an hour and a half of them, well below what a client may fall behind. Who has been
 * away longer is told so, and finds the rest under /api/v1/rounds.
 */
const mostReplayed = 100;
const mostReplayedBytes = 128 * 1024;
/** Incidents among which missed turns are looked for. */
const recentIncidents = 16;

export function createEventHub({ stored, heartbeat_ms = usualHeartbeatMs }: EventHubOptions = {}): EventHub {
  const subscribers = new Set<(message: string) => void>();
  let beating: NodeJS.Timeout | undefined;
  const sendAll = (messages: string) => {
    for (const send of subscribers) send(messages);
  };
  return {
    name: 'events',
    accept({ round, events }) {
      if (subscribers.size > 0) sendAll(messagesOf(round, events));
    },
    subscribe(send) {
      if (subscribers.size >= mostSubscribers) return undefined;
      subscribers.add(send);
      // Nobody's heart beats where nobody listens: an idle daemon has no timer of ours.
      beating ??= setInterval(() => sendAll(heartbeat), heartbeat_ms).unref();
      return () => {
        subscribers.delete(send);
        if (subscribers.size > 0) return;
        clearInterval(beating);
        beating = undefined;
      };
    },
    missed(lastEventId) {
      if (stored === undefined || lastEventId === undefined || !/^\d{1,15}$/.test(lastEventId)) return '';
      return missedSince(Number(lastEventId), stored);
    },
  };
}

function missedSince(last: number, stored: NonNullable<EventHubOptions['stored']>): string {
  const newest = stored.rounds({ newest: true, limit: mostReplayed });
  // Numbers begin anew where the store was replaced: then the id is of another life, and everything is new.
  const after = last > (newest[0]?.round ?? 0) ? 0 : last;
  const turns = stored.incidents({ limit: recentIncidents }).flatMap(({ events }) => events);
  const messages: string[] = [];
  let bytes = 0;
  let first: number | undefined;
  for (const { round, record } of newest) {
    if (round <= after || bytes > mostReplayedBytes) break;
    const text = messagesOf(
      JSON.parse(record) as Round,
      turns.filter((event) => event.round === round),
    );
    bytes += text.length;
    first = round;
    messages.unshift(text);
  }
  if (first !== undefined && first > after + 1) messages.unshift(message('gap', { after, before: first }));
  return messages.join('');
}

/**
 * The turns of a round come before the round itself, and only the round has an id: whoever lost the connection in between
 * is told of the turns again, never of none.
 */
function messagesOf(round: Round, events: readonly IncidentEvent[]): string {
  const { vantage, states, verdicts, started_at } = round;
  return [
    ...events.map((event) => message('incident', event)),
    `id: ${round.round}\n${message('round', { round: round.round, started_at, vantage: vantage.state, states, verdicts })}`,
  ].join('');
}

/** JSON has no raw line break, so one data line is enough. */
const message = (event: string, data: unknown): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
