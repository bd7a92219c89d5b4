/** Some hours of a fleet, put through the shipped rules by promtool: which alerts fired, and where. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { companies, platforms } from '../../evaluation/world/vantage.ts';
import { groupOrder, ruleFiles } from '../files.ts';
import type { Series } from '../promtool.ts';
import { type Hit, networks } from './causes.ts';
import { type Pool, type Scrape, windowLength } from './probes.ts';

/** Codes that ISO 3166 leaves to users (AA, QM to QZ, XA to XY): a fleet of 40. */
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
export const fleet: readonly string[] = [
  'AA',
  ...[...letters.slice(12)].map((l) => `Q${l}`),
  ...[...letters.slice(0, 25)].map((l) => `X${l}`),
];
/** Those that are looked at where a cause strikes single countries, or all alike. */
export const countries: readonly string[] = fleet.slice(0, 8);
export type Country = string;
const probesPerNetwork = 2;

/** What a probe says besides and what overrides it: a release that says bad where all is well. */
export interface Release {
  version: string;
  /** Platforms that it suspects from this minute on. */
  suspects: readonly string[];
  from: number;
}

export interface World {
  /** `countries`, if not given. */
  among?: readonly string[] | undefined;
  /** By country; a country without an entry has an ordinary day. */
  hits: ReadonlyMap<Country, Hit>;
  release?: (country: Country, network: number, probe: number) => Release | undefined;
  seed: number;
}

/** An alert that fired within the window. */
export interface Fired {
  alertname: string;
  country?: string | undefined;
  platform?: string | undefined;
}

/** Lives a world and evaluates the rules each minute. Throws where promtool does not answer as expected. */
export async function evaluate(pool: Pool, { hits, release, seed, among = countries }: World): Promise<Fired[]> {
  const input = among.flatMap((country, c) =>
    Array.from({ length: networks * probesPerNetwork }, (_, n): Series[] => {
      const network = Math.floor(n / probesPerNetwork);
      // Every world draws its own probes, never one twice.
      const index = (seed * 37 + c * networks * probesPerNetwork + n) % pool.size;
      const make = hits.get(country)?.(network, n % probesPerNetwork);
      const scrapes = pool.live(index, (seed * 1009 + c * 101 + n) | 0, make);
      const who = `vantage="${country}-${n}", country="${country}", asn="AS${64_500 + c * networks + network}"`;
      return seriesOf(who, scrapes, release?.(country, network, n % probesPerNetwork));
    }).flat(),
  );
  return fired(input);
}

function seriesOf(who: string, scrapes: readonly (Scrape | undefined)[], release: Release | undefined): Series[] {
  const series = (
    name: string,
    more: string,
    value: (scrape: Scrape, minute: number) => number | undefined,
  ): Series => ({
    series: `${name}{${who}${more && `, ${more}`}}`,
    values: notation(scrapes.map((scrape, minute) => (scrape ? value(scrape, minute) : undefined))),
  });
  const version = release?.version ?? '0.1.0';
  return [
    series('reachd_last_round_timestamp_seconds', '', ({ round }) => round * 60),
    // The fleet is grown up: every credential is older than a week.
    { series: `reachd:vantage_known{${/vantage="[^"]*"/.exec(who)?.[0]}}`, values: `1x${windowLength - 1}` },
    series('reachd_controls_healthy', '', ({ controls }) => controls),
    series('reachd_vantage_state', 'state="isolated"', ({ isolated }) => isolated),
    series('reachd_build_info', `version="${version}", revision="r", node="v26"`, () => 1),
    ...platforms.flatMap((platform, p) => {
      const labels = `platform="${platform}", company="${companies[platform]}"`;
      const wrong = release?.suspects.includes(platform) ? release.from : Number.POSITIVE_INFINITY;
      return [
        series('reachd_platform_suspect', labels, ({ suspect }, minute) => (minute >= wrong ? 1 : suspect[p])),
        series('reachd_baseline_ready', labels, ({ ready }) => ready[p]),
        // Absent while there is nothing to name, as the product has it.
        series('reachd_platform_suspect_kind', `${labels}, kind="degraded"`, ({ slow }) => slow[p] || undefined),
        series('reachd_anomaly_confidence_level', `platform="${platform}"`, ({ open }) => open[p] || undefined),
      ];
    }),
  ];
}

/** Promtool's notation. Prometheus marks what it can no longer scrape as stale at once. */
export function notation(values: readonly (number | undefined)[]): string {
  const words: string[] = [];
  let n = 0;
  while (n < values.length) {
    const value = values[n];
    let end = n + 1;
    if (value === undefined) {
      while (end < values.length && values[end] === undefined) end++;
      const rest = end - n - 1;
      words.push('stale', ...(rest > 0 ? [`_x${rest}`] : []));
    } else {
      const step = (values[end] ?? Number.NaN) - value;
      while (end < values.length && values[end] === value + step * (end - n)) end++;
      words.push(end - n === 1 ? `${value}` : `${value}${step < 0 ? '-' : '+'}${Math.abs(step)}x${end - n - 1}`);
    }
    n = end;
  }
  return words.join(' ');
}

/** Far above what a world takes on a busy machine. */
const patienceMs = 900_000;

async function fired(input: readonly Series[]): Promise<Fired[]> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'reachd-years-'));
  const file = path.join(scratch, 'world.yaml');
  const alerts = `ALERTS{alertstate="firing", severity=~"critical|warning"}[${windowLength}m]`;
  const world = {
    rule_files: ruleFiles,
    group_eval_order: groupOrder,
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: input,
        promql_expr_test: [
          // Always there, so that an empty answer is no silence of promtool's.
          { expr: 'vector(1)', eval_time: '0m', exp_samples: [{ labels: '{}', value: 1 }] },
          {
            expr: `group by (alertname, country, platform) (max_over_time(${alerts}))`,
            eval_time: `${windowLength - 1}m`,
            exp_samples: [],
          },
        ],
      },
    ],
  };
  try {
    writeFileSync(file, JSON.stringify(world));
    const said = await run('promtool', ['test', 'rules', file]);
    if (said.status === 0) return [];
    // What was not expected stands behind "got": label sets, each with its value.
    const [, got] = /got:\s*(.+)/.exec(said.text) ?? [];
    if (got === undefined) throw new Error(`promtool: ${said.text.slice(0, 2000)}`);
    return [...got.matchAll(/\{(.*?)\} 1E\+00/g)].map(([, labels = '']) => {
      const of = (name: string) => new RegExp(`${name}=\\\\?"(.*?)\\\\?"`).exec(labels)?.[1];
      return { alertname: of('alertname') ?? '', country: of('country'), platform: of('platform') };
    });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function run(program: string, args: readonly string[]): Promise<{ status: number | null; text: string }> {
  return new Promise((resolve, reject) => {
    // Little is kept for long: collecting garbage less often saves a quarter of the time.
    const env = { ...process.env, GOGC: '1000' };
    const child = spawn(program, args, { env, timeout: patienceMs, killSignal: 'SIGKILL' });
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
    });
    child.stderr.on('data', (chunk) => {
      text += chunk;
    });
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, text }));
  });
}
