/** Server-sent events over real connections, and what is told again to those who come back. */
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Verdict } from '../../src/model/verdict.ts';
import { createEventHub } from '../../src/publish/events.ts';
import { directory, open } from '../store/directory.ts';
import { event, outcome } from '../store/outcomes.ts';
import { serve } from './board.ts';

/** A store of so many rounds; `turns`: rounds in which an incident of X turned. */
function stored(rounds: number, turns: readonly number[] = [], padding = 0) {
  const { store } = open(directory());
  for (let n = 1; n <= rounds; n += 1) {
    const happened = outcome(n, { events: turns.includes(n) ? [event('opened', n, `x-${n}`)] : [] });
    // A record as large as a hostile network makes it.
    const verdicts = { x: { ...verdict, rule: 'r'.repeat(padding) } };
    store.record({ ...happened, round: { ...happened.round, verdicts } });
  }
  return store;
}

const verdict: Omit<Verdict, 'rule'> = {
  state: 'reachable',
  mechanisms: [],
  confidence: 'high',
  rules_version: '1',
  notes: [],
};

interface Told {
  id?: string;
  event: string;
  data: Record<string, unknown>;
}

/** What a reader of the specification makes of the text. */
const told = (text: string): Told[] =>
  text
    .split('\n\n')
    .filter((block) => block !== '')
    .map((block) => {
      const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s)));
      return { ...fields, data: JSON.parse(fields['data']) };
    });

describe('who comes back', () => {
  test('gets the rounds and turns after the last id that was seen, in order', () => {
    const hub = createEventHub({ stored: stored(20, [3, 18, 20]) });
    const messages = told(hub.missed('17'));
    expect(messages.map(({ event, id, data }) => [event, id ?? data['incident']])).toEqual([
      ['incident', 'x-18'],
      ['round', '18'],
      ['round', '19'],
      ['incident', 'x-20'],
      ['round', '20'],
    ]);
    expect(hub.missed('20')).toBe('');
  });

  test('after a long absence is told of the gap, and gets the last hundred', () => {
    const messages = told(createEventHub({ stored: stored(250) }).missed('7'));
    expect(messages[0]).toEqual({ event: 'gap', data: { after: 7, before: 151 } });
    expect(messages.slice(1).map(({ id }) => Number(id))).toEqual(Array.from({ length: 100 }, (_, n) => 151 + n));
  });

  test('never gets more than a client may fall behind, however large the rounds are', () => {
    const text = createEventHub({ stored: stored(100, [], 20_000) }).missed('1');
    expect(text.length).toBeLessThan(256 * 1024);
    const messages = told(text);
    expect(messages[0]).toMatchObject({ event: 'gap', data: { after: 1 } });
    expect(messages.at(-1)?.id).toBe('100');
  });

  test('with an id of a store that was replaced, gets everything that there is', () => {
    const messages = told(createEventHub({ stored: stored(3) }).missed('4711'));
    expect(messages.map(({ id }) => id)).toEqual(['1', '2', '3']);
  });

  test.each(['', 'abc', '-1', '1e3', '99999999999999999999', undefined])('with the id %j gets nothing again', (id) => {
    expect(createEventHub({ stored: stored(3) }).missed(id)).toBe('');
  });

  test('to an empty store gets nothing', () => {
    expect(createEventHub({ stored: stored(0) }).missed('4')).toBe('');
    expect(createEventHub().missed('4')).toBe('');
  });
});

/** Reads until the text so far fits. */
async function until(url: string, pattern: RegExp, headers: Record<string, string> = {}): Promise<string> {
  const aborted = new AbortController();
  onTestFinished(() => aborted.abort());
  const response = await fetch(`${url}api/v1/events`, { signal: aborted.signal, headers });
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (pattern.test(text)) return text;
  }
  throw new Error(`ended with ${text}`);
}

test('Last-Event-ID is read from the request, and what follows is live', async () => {
  const store = stored(20, [19]);
  const events = createEventHub({ stored: store });
  const { url } = await serve({ events });
  const reading = until(url, /"round":21,/, { 'last-event-id': '18' });
  // Stored first, then told, as the daemon does: whoever subscribes in between misses nothing.
  const next = outcome(21);
  store.record(next);
  const telling = setInterval(() => void events.accept(next), 50);
  onTestFinished(() => clearInterval(telling));
  const text = await reading;
  for (const part of ['retry: 5000', '"incident":"x-19"', 'id: 19', 'id: 20', 'id: 21']) expect(text).toContain(part);
  expect(text).not.toContain('id: 18');
});

test('a silent connection shows signs of life, so that no proxy takes it for dead', async () => {
  const { url } = await serve({ events: createEventHub({ heartbeat_ms: 20 }) });
  expect(await until(url, /(: still here\n\n){3}/)).toMatch(/^retry: 5000\n\n/);
});
