/** `reachd report` in a process of its own: out of a real store, and what it says where it cannot. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { IncidentEvent } from '../../src/model/verdict.ts';
import { round } from '../publish/ooni-round.ts';
import { directory, open } from '../store/directory.ts';
import { at, outcome, turn } from '../store/outcomes.ts';
import { reachd } from './reachd.ts';

/** As a hostile store would have it. */
const statement = 'Since 18:50–18:51 (UTC+5) X has been blocked. <b>This does not show who ordered it.</b>';

/** Forty minutes: X reset by name from minute 11 on, said in minute 13, over after minute 30. */
function stored(withIncident = true): string {
  const path = directory();
  const { store } = open(path);
  for (let n = 1; n <= 40; n += 1) {
    const bad = withIncident && n > 10 && n <= 30;
    const events: IncidentEvent[] = [];
    if (withIncident && n === 13) events.push(turn('opened', 13, { statement }));
    if (withIncident && n === 36)
      events.push(turn('closed', 36, { statement, ended_earliest: at(30), ended_latest: at(31) }));
    const plain = outcome(n, { events });
    store.record({
      ...plain,
      round: {
        ...plain.round,
        vantage: { ...plain.round.vantage, asn: 'AS17557', country: 'PK' },
        controls: round.controls,
        states: { x: { state: bad ? 'blocked' : 'reachable', since: at(1) } },
      },
    });
  }
  return path;
}

const window = ['--since', '2024-01-20T13:40:00Z', '--until', '2024-01-20T14:25:00Z'];
const run = (path: string, ...args: string[]) => reachd(['report', '--data.path', path, ...args]);

describe('out of the store', () => {
  test('a file with the statement, the interval of the onset, the bars, the data and its hash', () => {
    const path = stored();
    const out = join(path, 'x.html');
    const { stdout, stderr, status } = run(path, ...window, '--timezone', 'Asia/Karachi', '--out', out);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    const text = readFileSync(out, 'utf8');
    expect(text).toContain('<h1>X blocked, as seen from AS17557 in Pakistan</h1>');
    // The judge's own words, quoted as they stand; markup in a record is text.
    expect(text).toContain('X has been blocked. &lt;b&gt;This does not show who ordered it.&lt;/b&gt;</p>');
    expect(text).toContain('<dd>18:50–18:51 (UTC+5)');
    expect(text).toContain('<dd>19:10–19:11 (UTC+5)');
    expect(text).toContain(
      'aria-label="AS17557: from 18:41 reachable, 18:51 blocked, 19:11 reachable, 19:21 not heard"',
    );
    expect(text).toContain('<h2>What this does not show</h2>');

    const csv = Buffer.from(/data:text\/csv;base64,([^"]*)/.exec(text)![1]!, 'base64');
    expect(csv.toString()).toContain('2024-01-20T13:51:00.000Z,AS17557,x,blocked,1,,,1\r\n');
    expect(csv.toString().trim().split('\r\n')).toHaveLength(41);
    const hash = createHash('sha256').update(csv).digest('hex');
    expect(text).toContain(`<code>${hash}</code>`);
    expect(stdout).toContain(`SHA-256 of its data: ${hash}\n`);
  });

  test('the command that it prints computes the same hash, with a shell and what every Unix has', () => {
    const path = stored();
    const { stdout } = run(path, ...window, '--out', join(path, 'x.html'));
    const [, hash] = /of its data: (\w{64})/.exec(stdout)!;
    const [, command] = /compute it again: (.*)/.exec(stdout)!;
    const shell = spawnSync('sh', ['-c', command!], { cwd: path, encoding: 'utf8' });
    expect(shell).toMatchObject({ stdout: `${hash}  -\n`, stderr: '', status: 0 });
  });

  test('nothing happened: it says so, in calm words', () => {
    const { stdout, status } = run(stored(false), ...window, '--out', '-');
    expect(status).toBe(0);
    expect(stdout).toContain('AS17557 in Pakistan: no disruption of the observed platforms was seen');
    expect(stdout).toContain('the probe on AS17557 in Pakistan recorded no incident.');
  });

  test('nothing stored of that time', () => {
    const path = stored();
    expect(run(path, '--since', '2023-01-01T00:00:00Z', '--until', '2023-01-02T00:00:00Z', '--out', '-')).toEqual({
      stdout: '',
      stderr: `reachd: no round is stored in ${path} of the time between 2023-01-01T00:00:00.000Z and 2023-01-02T00:00:00.000Z\n`,
      status: 2,
    });
  });

  test('a place where no file can be written', () => {
    const path = stored();
    const out = join(path, 'no', 'such', 'folder.html');
    const { stderr, status } = run(path, ...window, '--out', out);
    expect({ stderr, status }).toEqual({
      stderr: `reachd: cannot write ${out}: ENOENT: no such file or directory, open '${out}'\n`,
      status: 2,
    });
    expect(existsSync(out)).toBe(false);
  });
});

test.each([
  [[], 'report needs --out (or REACHD_REPORT_OUT); see reachd report --help'],
  [['--out', '-', '--country', 'PK'], '--country needs --prometheus: this probe alone cannot speak for a country'],
  [['--out', '-', '--prometheus', 'http://127.0.0.1:1'], '--prometheus needs --country, such as --country PK'],
  [
    ['--out', '-', '--prometheus', 'http://127.0.0.1:1', '--country', 'XX'],
    '--country: expected a code of two letters (ISO 3166-1) such as "PK", got "XX"',
  ],
  [
    ['--out', '-', '--prometheus', 'localhost:9090', '--country', 'PK'],
    '--prometheus: expected an address such as "http://127.0.0.1:9090", got "localhost:9090"',
  ],
  [
    ['--out', '-', '--prometheus', 'http://127.0.0.1:1', '--country', 'pk'],
    'cannot ask Prometheus at http://127.0.0.1:1: bad port',
  ],
  [
    ['--out', '-', '--timezone', 'Mars/Olympus'],
    '--timezone: expected a name such as "Asia/Karachi" or "UTC", got "Mars/Olympus"',
  ],
  [['--out', '-', '--since', '1h', '--until', '2h'], '--since 1h is not before --until 2h'],
  [['--out', '-', '--since', '1m'], 'a report needs ten minutes at least'],
  [['--out', '-', '--since', '40d'], 'a report can be of 32 days at most'],
])('%j', (args, line) => {
  expect(reachd(['report', ...args])).toEqual({ stdout: '', stderr: `reachd: ${line}\n`, status: 2 });
});
