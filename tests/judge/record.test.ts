/** One line of a recording: every mistake is named by field, with what was expected and what was there. */
import { expect, test } from 'vitest';
import { parseRound } from '../../src/judge/record.ts';

const defaults = { interval_ms: 60_000, companies: { x: 'x' } };
const thin = {
  started_at: '2024-01-20T13:41:00.000Z',
  monotonic_ms: 282_660_000,
  controls: [{ target: 'wikipedia', outcome: 'ok', phases: { connect: 41.9, tls: 44.2 }, status: 200 }],
  platforms: { x: [{ target: 'x/website', outcome: 'failed', failure: { phase: 'tls', reason: 'connection_reset' } }] },
};
const line = (change: object) => JSON.stringify({ ...thin, ...change });

test('a thin record is enough, and gets what it lacks', () => {
  expect(parseRound(line({}), 7, defaults)).toMatchObject({
    version: 1,
    round: 7,
    interval_ms: 60_000,
    companies: { x: 'x' },
    vantage: {},
    platforms: thin.platforms,
  });
});

test('what a record says of itself wins', () => {
  const round = parseRound(line({ round: 4711, interval_ms: 30_000, companies: { x: 'corp' } }), 7, defaults);
  expect(round).toMatchObject({ round: 4711, interval_ms: 30_000, companies: { x: 'corp' } });
});

test('opinions in a record are not read', () => {
  const round = parseRound(line({ verdicts: { x: { state: 'blocked' } }, states: { x: {} } }), 1, defaults);
  expect(round.verdicts).toBeUndefined();
  expect(round.states).toBeUndefined();
});

test.each([
  ['{"a":', /^not JSON: /],
  ['[]', /^the line: expected an object, got \[\]$/],
  [line({ version: 2 }), /^version: expected 1, the only one that this program knows, got 2$/],
  [
    line({ started_at: 'yesterday' }),
    /^started_at: expected a date and time such as "2024-01-20T13:41:00.000Z", got "yesterday"$/,
  ],
  [line({ monotonic_ms: '12' }), /^monotonic_ms: expected a number of milliseconds, got "12"$/],
  [line({ interval_ms: 0 }), /^interval_ms: expected milliseconds, at least 1, got 0$/],
  [line({ controls: {} }), /^controls: expected a list, got \{\}$/],
  [line({ platforms: [] }), /^platforms: expected an object of lists by platform, got \[\]$/],
  [line({ platforms: { x: [7] } }), /^platforms\.x\[0\]: expected an object, got 7$/],
  [line({ platforms: { x: [{ outcome: 'ok' }] } }), /^platforms\.x\[0\]\.target: expected a name, got nothing$/],
  [
    line({ controls: [{ target: 'a', outcome: 'fine' }] }),
    /^controls\[0\]\.outcome: expected one of ok, failed, skipped, got "fine"$/,
  ],
  [
    line({ controls: [{ target: 'a', outcome: 'failed', failure: 'tls' }] }),
    /^controls\[0\]\.failure: expected an object with phase and reason, got "tls"$/,
  ],
  [
    line({ controls: [{ target: 'a', outcome: 'ok', phases: [1, 2] }] }),
    /^controls\[0\]\.phases: expected an object of milliseconds by phase, got \[1,2\]$/,
  ],
  [line({ vantage: 'PK' }), /^vantage: expected an object, got "PK"$/],
  [line({ companies: ['x'] }), /^companies: expected an object of company names by platform, got \["x"\]$/],
])('%s', (text, message) => {
  expect(() => parseRound(text, 1, defaults)).toThrow(message);
});
