/** What is served where: a table, one row a path. */
import type { IncomingHttpHeaders } from 'node:http';

import { type IpProtocol, ipProtocols } from '../model/vocabulary.ts';
import { everyRound, type RoundQuery, type StoredIncident, type StoredRound } from '../store/read.ts';
import type { Board } from './board.ts';
import { type EventHub, greeting } from './events.ts';
import { evidenceOf } from './evidence.ts';
import { page } from './page.ts';
import { readIncidents } from './page-incidents.ts';
import { icon, style } from './page-style.ts';
import { freshRounds, probeText } from './probe-text.ts';
import { reference } from './reference.ts';
import { type Answer, json, text } from './reply.ts';
import { parseSince } from './since.ts';

/** What the routes show; everything is handed in, nothing is looked up. */
export interface Sources {
  board: Board;
  metrics: { render(): Promise<string>; contentType: string };
  /** Undefined when ready, else why not. */
  notReady(): string | undefined;
  /** The stored rounds, absent where nothing is stored. */
  rounds?: ((query: RoundQuery) => StoredRound[]) | undefined;
  incidents?: ((query: { limit?: number | undefined }) => StoredIncident[]) | undefined;
  incident?: ((id: string) => StoredIncident | undefined) | undefined;
  /** The effective configuration as YAML, secrets redacted. */
  config?: (() => string) | undefined;
  /**
   * Loads the configuration again and gives the keys that wait for the next start; throws with the reason in its message.
   * Looked up at each request. Absent: POST /-/reload is not enabled.
   */
  readonly reload?: (() => readonly string[] | Promise<readonly string[]>) | undefined;
  /** Absent: /api/v1/events is not served. */
  events?: EventHub | undefined;
  /** Milliseconds since the epoch. */
  wall(): number;
}

/** Lines that are sent as they are read. */
export interface Stream {
  type: string;
  lines: Iterable<string>;
}

/** Messages that are sent as they happen, until the client goes. */
export interface Live {
  type: string;
  greeting: string;
  /** Begins to call `send`; the returned function ends that. */
  open(send: (message: string) => void): () => void;
}

export interface Route {
  method: 'GET' | 'POST';
  /** Whether the Host header must be one of ours; scrapers and health checks come under any name. */
  guarded: boolean;
  answer(
    query: URLSearchParams,
    sources: Sources,
    rest: string,
    headers: IncomingHttpHeaders,
  ): Answer | Stream | Live | Promise<Answer | Stream | Live>;
}

const get = (answer: Route['answer'], guarded = true): Route => ({ method: 'GET', guarded, answer });

/** Without `since`: what a person means by "the measurements". */
const defaultSince = '1h';

const ndjson = 'application/x-ndjson; charset=utf-8';
const document = (type: string, body: string): Answer => ({ status: 200, type: `${type}; charset=utf-8`, body });

const routes: Readonly<Record<string, Route>> = {
  '/': get((_query, { board, incidents }) =>
    document('text/html', page(board.status(), incidents?.({ limit: readIncidents }))),
  ),
  '/style.css': get(() => document('text/css', style)),
  '/icon.svg': get(() => document('image/svg+xml', icon)),
  '/metrics': get(
    async (_query, { metrics }) => ({ status: 200, type: metrics.contentType, body: await metrics.render() }),
    false,
  ),
  '/probe': get(probe, false),
  '/-/healthy': get(() => text(200, 'reachd is healthy.'), false),
  '/-/ready': get((_query, { notReady }) => {
    const why = notReady();
    return why === undefined ? text(200, 'reachd is ready.') : text(503, `reachd is not ready: ${why}.`);
  }, false),
  '/-/reload': { method: 'POST', guarded: true, answer: reload },
  '/config': get((_query, { config }) =>
    config === undefined ? notFound('/config') : document('text/plain', config()),
  ),
  '/api/v1/status': get((_query, { board }) => json(board.status())),
  '/api/v1/rounds': get(rounds),
  '/api/v1/incidents': get((_query, { incidents }) => json({ incidents: incidents?.({}) ?? [] })),
  '/api/v1/incidents/': get((_query, { incident, rounds: read = () => [] }, id) => {
    const found = incident?.(id);
    if (found === undefined) return json({ error: 'there is no incident of this name' }, 404);
    return json({ ...found, evidence: evidenceOf(found, read) });
  }),
  '/api/v1/events': get((_query, { events }, _rest, headers) => live(events, headers['last-event-id'])),
  '/api/v1/reference': get((_query, { board, wall }) => json(reference(board.results(), wall()))),
};

export const notFound = (path: string): Answer =>
  text(404, `Nothing is served at ${path.slice(0, 200)}; the status page is at /.`);

/** The route of a path, and what follows it where the route ends in a slash. */
export function findRoute(path: string): { route: Route; rest: string } | undefined {
  const exact = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (exact !== undefined && (path === '/' || !path.endsWith('/'))) return { route: exact, rest: '' };
  const cut = path.lastIndexOf('/') + 1;
  const parent = path.slice(0, cut);
  const rest = path.slice(cut);
  const route = parent !== '/' && rest !== '' && Object.hasOwn(routes, parent) ? routes[parent] : undefined;
  return route && { route, rest };
}

async function probe(query: URLSearchParams, { board, metrics }: Sources): Promise<Answer> {
  const target = query.get('target');
  const protocol = query.get('ip_protocol') ?? undefined;
  if (target === null) return text(400, 'Which target? /probe?target=x/website&ip_protocol=ip4');
  if (protocol !== undefined && !(ipProtocols as readonly string[]).includes(protocol)) {
    return text(400, `ip_protocol is ip4 or ip6.`);
  }
  if (!board.knows(target)) return text(404, 'No such target is configured: only configured ones are measured.');
  const kept = board.lastResult(target, protocol as IpProtocol | undefined);
  if (kept === undefined || kept.rounds_ago > freshRounds) {
    return text(503, `The target was not looked at in the last ${freshRounds} rounds.`);
  }
  return { status: 200, type: metrics.contentType, body: await probeText(kept) };
}

function rounds(query: URLSearchParams, sources: Sources): Answer | Stream {
  const since_ms = parseSince(query.get('since') ?? defaultSince, sources.wall());
  if (since_ms === undefined)
    return json({ error: 'since: expected a time such as "2024-01-20T13:41:00Z" or "24h"' }, 400);
  return { type: ndjson, lines: recordsSince(since_ms, sources.rounds ?? (() => [])) };
}

function* recordsSince(since_ms: number, read: (query: RoundQuery) => StoredRound[]): Generator<string> {
  for (const { record } of everyRound(read, { since_ms })) yield record;
}

function live(events: EventHub | undefined, last: string | string[] | undefined): Answer | Live {
  if (events === undefined) return notFound('/api/v1/events');
  // Subscribed before the answer begins, so that one too many is told so.
  let deliver = (_message: string) => {};
  const end = events.subscribe((message) => deliver(message));
  if (end === undefined) return text(503, 'Too many are listening already.');
  return {
    type: 'text/event-stream; charset=utf-8',
    greeting,
    open(send) {
      deliver = send;
      const missed = events.missed(last?.toString());
      if (missed !== '') send(missed);
      return end;
    },
  };
}

async function reload(_query: URLSearchParams, sources: Sources): Promise<Answer> {
  if (sources.reload === undefined)
    return text(403, 'Reloading by HTTP is not enabled: set web.enable_lifecycle, or send SIGHUP.');
  try {
    const late = await sources.reload();
    const but = late.length === 0 ? '' : `\nAt the next start only: ${late.join(', ')}.`;
    return text(200, `The configuration was loaded.${but}`);
  } catch (error) {
    return text(500, `The configuration was not loaded, the old one stays in force:\n${(error as Error).message}`);
  }
}
