import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { eventLine, logSink, roundLine } from '../../src/publish/log-line.ts';
import { renderStatus, renderTable } from '../../src/publish/table.ts';
import { board } from './board.ts';
import { calm, incident, opened } from './outcomes.ts';

const titles = { x: 'X', facebook: 'Facebook', instagram: 'Instagram', youtube: 'YouTube' };

describe('the table of a round', () => {
  test('in 80 columns: state, mechanism, confidence, and of each look its phases or where it ended', () => {
    const text = renderTable(incident().round, { titles, colour: false, width: 80 });
    const lines = text.split('\n');
    expect(lines[0]).toBe('PLATFORM   STATE        MECHANISM         CONFIDENCE');
    expect(lines[1]).toBe('X          ✕ blocked    tls.reset.sni     high');
    expect(lines[2]).toBe('  x/website           ip4  -    tls: connection_reset after 3.9 ms');
    expect(text).toContain('  facebook/cdn        ip4  200  dns 2 tcp 42 tls 44 http 43 body 121 ms\n');
    expect(text).toContain('online (PK, AS17557, resolver: isp); 12 of 12 control sites answer\n');
    expect(text).toContain('tls.reset.sni: the connection is reset as soon as the name is seen\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test('in a wide terminal: every phase under its name, and the goodput', () => {
    const text = renderTable(incident().round, { titles, colour: false, width: 160 });
    expect(text).toContain(
      '  facebook/cdn        ip4  200  resolve    2.0 ms  connect   41.9 ms  tls   44.2 ms  processing   43.2 ms  transfer  120.5 ms  8.00 Mbit/s\n',
    );
  });

  test('colours only on request, and they change nothing but the colour', () => {
    const plain = renderTable(incident().round, { titles, colour: false, width: 80 });
    const coloured = renderTable(incident().round, { titles, colour: true, width: 80 });
    expect(plain).toBe(stripVTControlCharacters(plain));
    expect(coloured).not.toBe(plain);
    expect(stripVTControlCharacters(coloured)).toBe(plain);
  });

  test('of a line that is offline: says so, and names the controls that failed', () => {
    const { round } = calm();
    round.vantage = { state: 'offline' };
    round.controls = round.controls.slice(0, 2).map((control) => ({ ...control, outcome: 'failed' }));
    round.verdicts = { x: { ...round.verdicts!['x']!, state: 'inconclusive', confidence: 'high' } };
    const text = renderTable(round, { titles, colour: false, width: 80 });
    expect(text).toContain('X          ? inconclusive\n');
    expect(text).toContain('offline; 0 of 2 control sites answer, not: wikipedia, debian\n');
    expect(text).toContain('This line is offline: nothing can be said about the platforms.\n');
  });
});

test('the table of a running daemon adds since when, the last round and what is wrong with the store', async () => {
  const sink = board({ storeTrouble: () => 'the disk is full' });
  const outcome = calm();
  outcome.round.states!['x']!.since = '2024-01-20T11:41:42.000Z';
  await sink.accept(outcome);
  const text = renderStatus(sink.status(), { colour: false, width: 80 });
  expect(text).toContain('X          ✓ reachable             high        for 2 h\n');
  expect(text).toContain('round 4711, 42 s ago, took 2.1 s\n');
  expect(text).toContain('not stored: the disk is full\n');
  outcome.round.vantage.clock_skew_s = -600;
  await sink.accept(outcome);
  const skewed = renderStatus(sink.status(), { colour: false, width: 80 });
  expect(skewed).toContain("This computer's clock is 10 min behind: a fleet does not count this probe");
  expect(renderStatus(board().status(), { colour: false, width: 80 })).toContain('no round yet\n');
});

describe('the log line of a round', () => {
  test('platforms of the same state stand together, the exception first', () => {
    const { round } = calm();
    round.states!['x'] = { state: 'blocked', since: round.started_at };
    round.verdicts!['x'] = incident().round.verdicts!['x']!;
    expect(roundLine(round)).toBe('round 4711: x blocked (tls.reset.sni), facebook instagram youtube reachable');
  });

  test('one odd round is told apart from what is held', () => {
    const { round } = calm();
    round.verdicts!['x'] = incident().round.verdicts!['x']!;
    expect(roundLine(round)).toBe(
      'round 4711: x reachable, this round blocked (tls.reset.sni), facebook instagram youtube reachable',
    );
  });

  test('a line that is not online is said first', () => {
    const { round } = calm();
    round.vantage.state = 'offline';
    for (const name of Object.keys(round.states!))
      round.states![name] = { state: 'inconclusive', since: round.started_at };
    round.verdicts = {};
    expect(roundLine(round)).toBe('round 4711: vantage offline, x facebook instagram youtube inconclusive');
  });

  test("an incident's turn", () => {
    expect(eventLine(opened('x', 'blocked', 'tls.reset.sni'))).toBe(
      'incident x-20240120T1341 opened: x blocked (tls.reset.sni), confidence high, since 13:40:02–13:41:00 UTC',
    );
  });

  // A fleet's rules go by the probe's own clock: one that is wrong by more than three minutes is never counted.
  test('a wrong clock is said once, and once that it is right again', async () => {
    const said: string[] = [];
    const sink = logSink({ info: (_, text) => said.push(text), warn: (_, text) => said.push(`! ${text}`) });
    // At the bound it is neither called right nor wrong anew.
    for (const skew of [2, 180, -181, undefined, -200, 4000, 179, undefined, 181, 3, 2]) {
      const one = calm();
      one.round.vantage.clock_skew_s = skew;
      await sink.accept(one);
    }
    const told = said.filter((line) => !line.startsWith('round '));
    expect(told).toEqual([
      "! This computer's clock is 3 min behind: a fleet does not count this probe, or not always, and the times of incidents are wrong. Set the clock.",
      'the clock is right again',
    ]);
    expect(said.indexOf(told[0]!)).toBe(3);
    expect(said.indexOf(told[1]!)).toBe(11);
  });

  test('the sink: one info a round with its own bytes, one warning an event', async () => {
    const said: [string, Record<string, unknown>, string][] = [];
    const sink = logSink({
      info: (fields, message) => said.push(['info', fields, message]),
      warn: (fields, message) => said.push(['warn', fields, message]),
    });
    await sink.accept(calm());
    const second = calm(4712);
    second.bytes!.spent.probe = { sent: 1500, received: 21_000 };
    second.events = [{ ...opened('x', 'blocked', 'tls.reset.sni'), statement: 'Since 18:41 X has been blocked.' }];
    await sink.accept(second);
    expect(said).toEqual([
      ['info', { ms: 2140, bytes: 84_000 }, 'round 4711: x facebook instagram youtube reachable'],
      ['info', { ms: 2140, bytes: 1500 }, 'round 4712: x facebook instagram youtube reachable'],
      ['warn', { incident: 'x-20240120T1341' }, 'Since 18:41 X has been blocked.'],
    ]);
  });
});
