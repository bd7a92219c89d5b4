/**
 * The catalogue as other people's dashboards, rules and scripts know it: a renamed metric or label fails here first.
 * `UPDATE_GOLDEN=1 vitest run tests/publish/golden` writes the file anew; the diff is then what a reviewer looks at.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { catalogue, type Entry } from '../../src/publish/catalogue.ts';
import { parse } from './exposition.ts';
import { calm, incident, targets } from './outcomes.ts';
import { metrics, scope } from './scope.ts';

const file = join(import.meta.dirname, 'metrics.golden');

/** The exposition without what depends on the machine and the moment. */
const steady = (text: string): string =>
  text.replace(/^(process_cpu_seconds_total|process_resident_memory_bytes) .*$/gm, '$1 (varies)');

/** A calm start, then everything at once: the fullest that the metrics get with the built-in platforms. */
async function fullest() {
  const sink = metrics();
  await sink.accept(calm());
  const quiet = await sink.render();
  await sink.accept(incident());
  return { sink, quiet, busy: await sink.render() };
}

describe('golden', () => {
  test('names, types, help texts, labels and values are those of the file', async () => {
    const { quiet, busy } = await fullest();
    const now = `# ---- calm\n${steady(quiet)}# ---- incident\n${steady(busy)}`;
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, now);
    expect(now).toBe(readFileSync(file, 'utf8'));
  });

  test('every series follows the catalogue: no other names, no other labels', async () => {
    const { busy } = await fullest();
    const entries = new Map<string, Entry>(Object.values(catalogue).map((entry: Entry) => [entry.name, entry]));
    for (const key of parse(busy).keys()) {
      const [, name = '', block = ''] = /^(\w+)(?:\{(.*)\})?$/.exec(key)!;
      const labels = [...block.matchAll(/(\w+)="/g)].map(([, label]) => label);
      expect(entries.get(name)?.labels.toSorted(), key).toEqual(labels.toSorted());
    }
  });

  test('every metric of the catalogue is fed by a round, but for the histogram that has to be asked for', async () => {
    const { sink } = await fullest();
    const inconclusive = incident();
    inconclusive.inconclusive_cause = 'offline';
    await sink.accept(inconclusive);
    const text = await sink.render();
    const silent = Object.values(catalogue).filter(({ name }) => !text.includes(`# TYPE ${name} `));
    expect(silent.map(({ name }) => name)).toEqual(['reachd_target_phase_duration_seconds']);
  });
});

describe('cardinality with the built-in platforms, 12 controls and both IP protocols', () => {
  test('at most 300 series while calm', async () => {
    const { quiet } = await fullest();
    expect(parse(quiet).size).toBeLessThanOrEqual(300);
    expect(parse(quiet).size).toBeGreaterThan(250);
  });

  test('at most 420 in a long incident that has shown two faces at every target', async () => {
    const { sink } = await fullest();
    for (const [phase, reason] of [
      ['tls', 'generic_timeout_error'],
      ['connect', 'generic_timeout_error'],
    ] as const) {
      const worse = incident();
      for (const [platform, names] of Object.entries(targets)) {
        worse.round.platforms[platform] = names.flatMap((target) =>
          (['ip4', 'ip6'] as const).map((ip_protocol) => ({
            target,
            ip_protocol,
            outcome: 'failed' as const,
            failure: { phase, reason, after_ms: 10_000 },
            phases: { resolve: 3, connect: 42 },
          })),
        );
      }
      await sink.accept(worse);
    }
    // Then they come back one by one, and the phases with them.
    await sink.accept({ ...calm(4800), dropped: { event_loop_lag: 3, round_deadline: 4, resolver_busy: 1 } });
    await sink.accept({ ...incident(4801), dropped: { event_loop_lag: 3, round_deadline: 4, resolver_busy: 1 } });
    const series = parse(await sink.render());
    expect(series.size).toBeLessThanOrEqual(420);
    expect(series.size).toBeGreaterThan(330);
  });

  test('at most 250 go out by remote write', async () => {
    const { busy } = await fullest();
    const pushed = new Set(Object.values(catalogue).flatMap((entry) => (entry.push ? [entry.name as string] : [])));
    const count = [...parse(busy).keys()].filter((key) => pushed.has(key.split('{')[0]!)).length;
    expect(count).toBeLessThanOrEqual(250);
    expect(count).toBeGreaterThan(150);
  });
});

const promtool = spawnSync('promtool', ['--version']).status === 0;
if (!promtool) {
  console.warn(
    'NOT RUN: promtool check metrics. promtool is missing: apt-get install --no-install-recommends prometheus',
  );
}

describe.runIf(promtool)('promtool check metrics', () => {
  test.each(['quiet', 'busy'] as const)('has nothing to say about the %s scrape', async (which) => {
    const scraped = await fullest();
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: scraped[which],
      encoding: 'utf8',
    });
    expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: '' });
  });

  test('has nothing to say about the histograms', async () => {
    const sink = metrics();
    sink.reconfigure({ ...scope(), histograms: true });
    await sink.accept(calm());
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: await sink.render(),
      encoding: 'utf8',
    });
    expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: '' });
  });
});
