/** `reachd incidents` in a process of its own, beside a store that is open. */
import { describe, expect, test } from 'vitest';
import type { RoundOutcome } from '../../src/model/outcome.ts';
import type { IncidentEvent } from '../../src/model/verdict.ts';
import { round } from '../publish/ooni-round.ts';
import { directory, open } from '../store/directory.ts';
import { at, outcome, turn } from '../store/outcomes.ts';
import { reachd } from './reachd.ts';

const seen_before = ['x-20240107T1410'];

/** Forty minutes: X reset by name from minute 11 on, said in minute 13, over after minute 30. */
function stored(): string {
  const path = directory();
  const { store } = open(path);
  const blocked = round.platforms['x']!;
  for (let n = 1; n <= 40; n += 1) {
    const bad = n > 10 && n <= 30;
    const events: IncidentEvent[] = [];
    if (n === 2)
      events.push({
        ...turn('opened', 2, { seen_before }),
        incident: 'x-20240107T1410',
        onset_latest: '2024-01-07T14:10:00.000Z',
      });
    if (n === 13) events.push(turn('opened', 13, { seen_before }));
    if (n === 36) events.push(turn('closed', 36, { seen_before, ended_earliest: at(30), ended_latest: at(31) }));
    const extra: Partial<RoundOutcome> = { events };
    const plain = outcome(n, extra);
    store.record({
      ...plain,
      round: {
        ...plain.round,
        controls: round.controls,
        ...(bad ? { platforms: { x: blocked, youtube: round.platforms['youtube']! }, verdicts: round.verdicts } : {}),
      },
    });
  }
  return path;
}

const run = (path: string, ...args: string[]) => reachd(['incidents', '--data.path', path, ...args]);

describe('with incidents', () => {
  test('the list: the last opened first, when and how long', () => {
    const { stdout, stderr, status } = run(stored());
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout.split('\n').map((line) => line.replace(/ {2,}/g, ' | '))).toEqual([
      'INCIDENT | PLATFORMS | STATE | SINCE (UTC) | LASTED | CONFIDENCE',
      'x-20240120T1341 | X | blocked (tls.reset.sni) | 2024-01-20 13:51:00 | 20 min | high',
      expect.stringMatching(
        /^x-20240107T1410 \| X \| blocked \(tls\.reset\.sni\) \| 2024-01-07 14:10:00 \| \d+ d.*, still open \| high$/,
      ),
      '',
    ]);
  });

  test('one: statement, onset interval, mechanism, basis, what it is like, and what it does not show', () => {
    const { stdout, status } = run(stored(), 'x-20240120T1341');
    expect(status).toBe(0);
    for (const line of [
      'X: x-20240120T1341',
      'Since 18:50–18:51 (UTC+5) X has been blocked. This does not show who ordered it.',
      '  onset       between 2024-01-20 13:50:00 and 13:51:00: the last good and the first bad sample',
      '  end         between 2024-01-20 14:10:00 and 14:11:00: the last bad and the first good sample',
      '  mechanism   tls.reset.sni: the connection is reset as soon as the name is seen',
      '  basis       differential: in the same minute the same place answered another name',
      '  like        x-20240107T1410: blocked (tls.reset.sni), 2024-01-07 14:10:00',
      '  2024-01-20 13:53:00  opened   blocked (tls.reset.sni), differential, confidence high (round 13)',
      '      x/website ip4 -  resolve 3.1 ms, connect 42 ms, tls: connection_reset after 3.9 ms',
      '        neutral_sni with example.org: ok, alert unrecognized_name',
      '  Who ordered it, or why.',
    ]) {
      expect(stdout).toContain(`${line}\n`);
    }
  });

  test('as data: the events in order, and the rounds around onset, opening and end, with the incident’s platform only', () => {
    const { stdout, status } = run(stored(), 'x-20240120T1341', '--output', 'json');
    expect(status).toBe(0);
    const found = JSON.parse(stdout);
    expect(found.events.map(({ event }: IncidentEvent) => event)).toEqual(['opened', 'closed']);
    expect(found.evidence.map(({ round }: { round: number }) => round)).toEqual([9, 10, 11, 12, 13, 30, 31]);
    const [good, , bad] = found.evidence;
    expect(good.platforms.x[0].outcome).toBe('ok');
    expect(Object.keys(bad.platforms)).toEqual(['x']);
    expect(bad).toMatchObject({
      verdicts: { x: { state: 'blocked', rule: 'tls-reset-sni' } },
      controls: [{ target: 'wikipedia', outcome: 'ok' }],
    });
    expect(bad.platforms.x[0].experiments[1]).toMatchObject({ kind: 'neutral_sni', outcome: 'ok' });
  });

  test('one that is not there', () => {
    expect(run(stored(), 'x-1')).toEqual({
      stdout: '',
      stderr: 'reachd: there is no incident "x-1"; reachd incidents lists them\n',
      status: 2,
    });
  });
});

test('a store without incidents says so', () => {
  const path = directory();
  open(path);
  expect(run(path)).toEqual({ stdout: 'No incident has been recorded here.\n', stderr: '', status: 0 });
});
