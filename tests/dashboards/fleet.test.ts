/**
 * The dashboards against a real Prometheus that has lived through the evening of 20 January 2024: nine probes with the real
 * judge and the real metrics (lives.ts), and the shipped recording rules.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { catalogue } from '../../src/publish/catalogue.ts';
import { script } from '../cli/reachd.ts';
import { MINUTE } from '../evaluation/world/vantage.ts';
import { type Choice, fill, folder, names, panelsOf, read } from './grafana.ts';
import { exposition, home, identities, recorded, throttled } from './lives.ts';
import { hasPrometheus, type PastPrometheus, startPast } from './prometheus.ts';
import { recordingRules, recordPast, shippedRules } from './rules-past.ts';

if (!hasPrometheus) {
  console.warn('NOT RUN: dashboards. Prometheus is missing: apt-get install --no-install-recommends prometheus');
}

const root = path.resolve(import.meta.dirname, '../..');
const weights = path.join(import.meta.dirname, 'asn-weight.yaml');
/** Two hours and a quarter into the throttle: what somebody sees who opens the dashboards then. */
const now_s = (throttled.from + 135 * MINUTE) / 1000;
const from_s = recorded.from / 1000;

test('the dashboards are what `npm run dashboards` writes', () => {
  const scratch = mkdtempSync(path.join(tmpdir(), 'reachd-dashboards-'));
  onTestFinished(() => rmSync(scratch, { recursive: true, force: true }));
  const tool = path.join(root, 'tools', 'dashboards.ts');
  const { status, stderr } = spawnSync(process.execPath, [tool, scratch], { encoding: 'utf8', timeout: 60_000 });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  for (const name of names) {
    const file = `${name}.json`;
    expect(readFileSync(path.join(folder, file), 'utf8'), file).toBe(readFileSync(path.join(scratch, file), 'utf8'));
  }
});

describe.each(names)('%s', (name) => {
  const dashboard = read(name);
  const panels = panelsOf(dashboard);

  test('reads no series that neither the catalogue nor the rules have', () => {
    const known = new Set<string>([
      ...Object.values(catalogue).map((entry) => entry.name),
      ...recordingRules([...shippedRules, weights]).map(({ record }) => record),
    ]);
    const used = JSON.stringify(dashboard).match(/reachd[_:][a-z]\w*(?::\w+)*/g) ?? [];
    expect(used.length).toBeGreaterThan(10);
    expect([...new Set(used)].filter((one) => !known.has(one))).toEqual([]);
  });

  test('every panel has a title, teaches, and lies beside the others', () => {
    const cells = new Set<string>();
    for (const { title, description = '', gridPos } of panels) {
      expect(title).not.toBe('');
      expect(description.length, title).toBeGreaterThan(60);
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(cells.has(`${x} ${y}`), title).toBe(false);
          cells.add(`${x} ${y}`);
        }
      }
    }
  });
});

describe.runIf(hasPrometheus)('in the evening of 20 January 2024', () => {
  let prometheus: PastPrometheus;

  beforeAll(async () => {
    prometheus = await startPast(everybody());
    await recordPast(prometheus, [...shippedRules, weights], recorded);
  }, 480_000);
  afterAll(() => prometheus?.stop(), 60_000);

  test('the rules see a nation-scale disruption in Pakistan, and nothing of the kind elsewhere', async () => {
    const hit = await prometheus.instant('reachd:platform_restricted == 1', now_s);
    expect(hit.map(({ metric }) => `${metric['country']} ${metric['platform']}`).sort()).toEqual([
      'PK facebook',
      'PK instagram',
      'PK x',
      'PK youtube',
    ]);
  });

  /** What is chosen in the lists at the top: everything where that is possible, and one of each where not. */
  const everything: Choice = { country: ['PK'], asn: '$__all', vantage: '$__all', platform: '$__all' };
  const views: Record<(typeof names)[number], Choice[]> = {
    live: [everything, { ...everything, asn: ['AS17557', 'AS9541'], platform: ['x'] }],
    vantage: [{ ...everything, vantage: [home.vantage] }],
    incident: [
      everything,
      { ...everything, asn: ['AS45595'], vantage: ['peshawar-phone'], platform: ['x', 'youtube'] },
    ],
  };

  test.each(names)('%s: no query fails, no panel is empty', async (name) => {
    const dashboard = read(name);
    const rows: string[] = [];
    const empty: string[] = [];
    for (const [view, choice] of views[name].entries()) {
      for (const { title, type, targets = [], interval } of panelsOf(dashboard)) {
        // As many points as a screen has room for, never closer than the panel asks for or the scrapes are.
        const least = interval === undefined ? 30 : 60 * Number.parseInt(interval, 10);
        const step = Math.max(least, Math.ceil((now_s - from_s) / 600));
        let found = 0;
        for (const { refId, expr, instant } of targets) {
          const query = fill(expr, dashboard, choice, step);
          await prometheus.check(query);
          const result =
            instant === true
              ? (await prometheus.instant(query, now_s)).map(({ value }) => ({ values: [value] }))
              : await prometheus.range(query, from_s, now_s, step);
          const points = result.reduce((sum, { values }) => sum + values.filter(([, v]) => v !== 'NaN').length, 0);
          found += points;
          if (view === 0) {
            rows.push(`${type.padEnd(15)} ${title.padEnd(46)} ${refId} ${String(result.length).padStart(4)} ${points}`);
            if (points === 0) empty.push(`${title} ${refId}`);
          }
        }
        // One network alone may well have had no failure: that is what an empty panel of failures says.
        if (found === 0 && !title.startsWith('Failures')) empty.push(`${title} (choice ${view + 1})`);
      }
    }
    console.log(`${dashboard.title}: kind, panel, query, series, points\n${rows.join('\n')}`);
    expect(empty).toEqual([]);
  });

  test('the rows of the timeline come platform by platform, and the spared network is green throughout', async () => {
    const dashboard = read('live');
    const { targets = [] } = panelsOf(dashboard).find(({ type }) => type === 'state-timeline')!;
    const rows = await prometheus.range(fill(targets[0]!.expr, dashboard, everything, 60), from_s, now_s, 60);
    const platforms = rows.map(({ metric }) => metric['platform']!);
    expect(platforms).toEqual([...platforms].sort());
    expect(new Set(platforms).size).toBe(4);
    for (const { metric, values } of rows) {
      const last = values.at(-1)![1];
      expect(last, JSON.stringify(metric)).toBe(metric['asn'] === 'AS38264' ? '1' : '6');
    }
  });

  test.each(names)('%s: its lists have something to choose from, and its marks are there', async (name) => {
    const dashboard = read(name);
    for (const { type, query } of dashboard.templating.list) {
      if (type !== 'query') continue;
      const text = (query as { query: string }).query;
      const [, series, label] = /^label_values\((.+), (\w+)\)$/.exec(text)!;
      const filled = fill(series!, dashboard, views[name][0]!, 30);
      const groups = await prometheus.instant(`count by (${label}) (${filled})`, now_s);
      expect(groups.filter(({ metric }) => metric[label!]).length, text).toBeGreaterThan(0);
    }
    for (const { expr } of dashboard.annotations.list) {
      const marks = await prometheus.range(fill(expr!, dashboard, views[name][0]!, 60), from_s, now_s, 60);
      expect(marks.length).toBeGreaterThan(0);
    }
  });

  describe('the report of the country', { timeout: 300_000 }, () => {
    const window = ['--since', '2024-01-20T13:15:00Z', '--until', '2024-01-20T17:29:00Z'];
    // Fifteen questions over five hours: a second or two, and much more beside other tests on a small machine.
    const ask = (...args: string[]) =>
      spawnSync(
        process.execPath,
        [script, 'report', '--prometheus', prometheus.url, '--timezone', 'Asia/Karachi', '--out', '-', ...args],
        { encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: '/nowhere' }, timeout: 120_000 },
      );

    test('Pakistan: platforms, networks, share of users, an onset interval that holds the truth, and the control line', () => {
      const { stdout, stderr, status } = ask('--country', 'PK', ...window);
      expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
      expect(stdout).toContain(
        '<h1>Pakistan: X, Facebook, Instagram and YouTube throttled on 4 of 5 observed networks</h1>',
      );
      const lead = /<p class="lead">(.*?)<\/p>/s.exec(stdout)![1]!;
      // It began at 18:41 and ended at 22:00; the probes ask for a run of good rounds before they say so.
      expect(lead).toMatch(
        /^From 18:(39|40)–18:4[1-3] \(UTC\+5\) on 20 January 2024, X, Facebook, Instagram and YouTube were throttled on 4 of the 5 networks observed in Pakistan, which carry 68 % of its Internet users\. Recovery was confirmed by 22:[01]\d\. /,
      );
      expect(lead).toMatch(
        /Downloads ran at \d % of normal, and encrypted handshakes took \d+ times as long as usual\. /,
      );
      expect(lead).toMatch(/ (9\d(\.\d)?|100) % of the looks at unrelated control sites were answered meanwhile\. /);
      expect(lead).toMatch(/ Confidence: high\. This does not show who ordered it\.$/);
      expect(stdout).toContain('nation-scale by the fleet’s rules: 3 companies restricted at once');
      expect(stdout).toContain('worked as usual on all 3 networks in 3 other countries');
      expect(stdout).toContain('throttle.unknown (4)');
      // The one network that was spared.
      expect(stdout).toMatch(/aria-label="AS38264: from [\d:]+ reachable"/);
    });

    // Two of a month's points, 96 minutes apart, lie in the evening: of them alone it would have begun "between 17:36 and 19:12".
    test('Pakistan in a report of a month: the evening is told as exactly', () => {
      const until_ms = recorded.to;
      const month = [
        ...['--since', new Date(until_ms - 32 * 24 * 3_600_000).toISOString()],
        ...['--until', new Date(until_ms).toISOString()],
      ];
      const { stdout, stderr, status } = ask('--country', 'PK', ...month);
      expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
      expect(/<p class="lead">(.*?)<\/p>/s.exec(stdout)![1]!).toMatch(
        /^From 18:(39|40)–18:4[1-3] \(UTC\+5\) on 20 January 2024, X, Facebook, Instagram and YouTube were throttled on 4 of the 5 networks observed in Pakistan, which carry 68 % of its Internet users\. Recovery was confirmed by 22:[01]\d\. /,
      );
      expect(stdout).toContain('Every point of this report stands for 96 minutes');
    });

    test('Germany in the same hours: nothing', () => {
      const { stdout, status } = ask('--country', 'DE', ...window);
      expect(status).toBe(0);
      expect(stdout).toContain('<h1>Germany: no disruption of the observed platforms was seen</h1>');
    });

    test('a country without probes, and a time without samples: which countries there are', () => {
      const { stdout, stderr, status } = ask('--country', 'NZ', ...window);
      expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
      expect(stderr).toMatch(/^reachd: no probe in NZ was heard there between .*; there is of BR, DE, PK, RU\n$/);
      const early = ask('--country', 'PK', '--since', '2023-01-01T00:00:00Z', '--until', '2023-01-02T00:00:00Z');
      expect(early.stderr).toMatch(/^reachd: no probe in PK was heard there .*; nor of any other country\n$/);
    });
  });
});

async function* everybody(): AsyncGenerator<string> {
  for (const who of identities) yield* exposition(who);
}
