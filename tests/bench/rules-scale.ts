/**
 * How long Debian's Prometheus takes to evaluate the shipped rules for a large fleet: `node tests/bench/rules-scale.ts
 * [PROBES] [MINUTES]`, 10,000 and 5 if not given. Prints each group's and each slow rule's time, and the load beside it.
 *
 * One process here answers for all probes: in 40 countries of ten networks each, two versions, a week of history for what
 * looks back a week. Five countries are hit, so that nothing is fast for being empty. Each probe has the series that the
 * rules read, some 40 of its 300; the others cost memory and no evaluation.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { layOut } from '../rules/shipped.ts';
import { freePort, get, query, startPrometheus } from '../rules/stack.ts';

const probes = Number(process.argv[2] ?? 10_000);
const minutes = Number(process.argv[3] ?? 5);
const countries = 40;
const networks = 10;
/** Scrapes are answered in parts, each of some MB. */
const parts = 10;
const hit = 5;
const platforms = { x: 'x', facebook: 'meta', instagram: 'meta', youtube: 'google' };
const states = ['online', 'degraded', 'isolated', 'captive_portal', 'tls_intercepted', 'offline', 'asleep'];
const kinds = ['blocked', 'throttled', 'degraded', 'unreachable'];
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

interface Probe {
  /** Labels asserted at ingestion. */
  who: string;
  bad: boolean;
  version: string;
}

const fleet: Probe[] = Array.from({ length: probes }, (_, n) => {
  const country = n % countries;
  const network = Math.floor(n / countries) % networks;
  const code = `${letters[Math.floor(country / 26) + 16]}${letters[country % 26]}`;
  return {
    who: `vantage="v${n}",country="${code}",asn="AS${64_512 + country * networks + network}"`,
    bad: country < hit && network < 7,
    version: n % 3 === 0 ? '0.2.0' : '0.1.0',
  };
});

/** The part of a probe's exposition that the rules read. */
function exposition({ who, bad, version }: Probe, now_s: number): string {
  const lines = [
    `reachd_last_round_timestamp_seconds{${who}} ${now_s - 20}`,
    `reachd_controls_healthy{${who}} 1`,
    `reachd_disruption{${who}} ${bad ? 1 : 0}`,
    `reachd_budget_remaining_bytes{${who}} 1e8`,
    `reachd_config_last_reload_successful{${who}} 1`,
    `reachd_build_info{${who},version="${version}",revision="r",node="v26"} 1`,
    `reachd_vantage_info{${who},reported_vantage="x",${who.replace(/vantage="[^"]*",country/, 'reported_country').replace(',asn', ',reported_asn')},resolver_scope="isp"} 1`,
    ...states.map((state) => `reachd_vantage_state{${who},state="${state}"} ${state === 'online' ? 1 : 0}`),
  ];
  for (const [platform, company] of Object.entries(platforms)) {
    const labels = `${who},platform="${platform}",company="${company}"`;
    lines.push(`reachd_platform_suspect{${labels}} ${bad ? 1 : 0}`, `reachd_baseline_ready{${labels}} 1`);
    if (bad) {
      lines.push(`reachd_platform_suspect_kind{${labels},kind="throttled"} 1`);
      lines.push(`reachd_anomaly_confidence_level{${who},platform="${platform}"} 2`);
    }
    for (const kind of kinds) {
      lines.push(`reachd_anomaly{${labels},kind="${kind}"} ${bad && kind === 'throttled' ? 1 : 0}`);
    }
  }
  return lines.join('\n');
}

/** What the rules that look back a week find: credentials a week old, sleepers, the votes of every hour. */
function backfill(directory: string): void {
  const now = Math.floor(Date.now() / 1000);
  const file = path.join(directory, 'history.om');
  const out = openSync(file, 'w');
  const hours = Array.from({ length: 8 * 24 }, (_, n) => now - (n + 1) * 3600).reverse();
  const family = (name: string, rows: Iterable<[labels: string, value: number, at: readonly number[]]>) => {
    writeSync(out, `# TYPE ${name} gauge\n`);
    for (const [labels, value, at] of rows) {
      writeSync(out, at.map((time) => `${name}{${labels}} ${value} ${time}\n`).join(''));
    }
  };
  const weekAgo = hours.filter((at, n) => at < now - 7 * 86_400 && n % 6 === 0);
  family(
    'reachd_build_info',
    fleet.map(({ who, version }) => [`${who},version="${version}",revision="r",node="v26"`, 1, weekAgo] as const),
  );
  // One probe in ten is a laptop and slept an hour a day: every five minutes, as the rule records it.
  const asleep = Array.from({ length: 7 * 12 }, (_, n) => now - Math.floor(n / 12) * 86_400 - 7200 - (n % 12) * 300);
  family(
    'reachd:vantage_asleep',
    fleet.filter((_, n) => n % 10 === 0).map(({ who }) => [who, 1, asleep.toReversed()] as const),
  );
  const asns = new Set(fleet.map(({ who }) => who.slice(who.indexOf(',') + 1)));
  family(
    'reachd:asn_bad',
    [...asns].flatMap((asn) =>
      Object.entries(platforms).map(
        ([platform, company]) => [`${asn},platform="${platform}",company="${company}"`, 0, hours] as const,
      ),
    ),
  );
  writeSync(out, '# EOF\n');
  const { status, stderr } = spawnSync(
    'promtool',
    ['tsdb', 'create-blocks-from', 'openmetrics', file, path.join(directory, 'data')],
    {
      encoding: 'utf8',
      timeout: 540_000,
    },
  );
  rmSync(file);
  if (status !== 0) throw new Error(`backfill: ${stderr}`);
}

const server = createServer((request, response) => {
  const part = Number(request.url?.slice(1));
  const now = Date.now() / 1000;
  const own = fleet.filter((_, n) => n % parts === part);
  response.setHeader('content-type', 'text/plain; version=0.0.4');
  response.end(`${own.map((probe) => exposition(probe, now)).join('\n')}\n`);
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;

const directory = mkdtempSync(path.join(tmpdir(), 'reachd-scale-'));
const laid = layOut({ directory, alertmanager: '127.0.0.1:9', webhook: 'http://127.0.0.1:9' });
const config = parse(readFileSync(laid.prometheus, 'utf8'));
config.scrape_configs = Array.from({ length: parts }, (_, part) => ({
  job_name: `reachd-${part}`,
  metrics_path: `/${part}`,
  honor_labels: true,
  scrape_timeout: '25s',
  static_configs: [{ targets: [`127.0.0.1:${port}`] }],
}));
// There is nobody to send alerts to.
delete config.alerting;
writeFileSync(laid.prometheus, stringify(config));
mkdirSync(path.join(directory, 'data'));
backfill(directory);

interface Rule {
  name: string;
  type: string;
  health: string;
  lastError?: string;
  evaluationTime: number;
  lastEvaluation: string;
}
interface Group {
  name: string;
  interval: number;
  evaluationTime: number;
  lastEvaluation: string;
  rules: Rule[];
}

const seconds = new Map<string, number[]>();
const add = (name: string, value: number) => seconds.set(name, [...(seconds.get(name) ?? []), value]);
const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const row = (name: string, values: readonly number[]) =>
  `${name.padEnd(44)} ${median(values).toFixed(2).padStart(7)} ${Math.max(...values)
    .toFixed(2)
    .padStart(7)} ${String(values.length).padStart(4)}`;

const prometheus = await startPrometheus({
  config: laid.prometheus,
  storage: path.join(directory, 'data'),
  listen: `127.0.0.1:${await freePort()}`,
});
/** Processor time of Prometheus so far, seconds; its unit, USER_HZ, is 100 on every Linux (proc(5)). */
const cpu = () => {
  const fields = readFileSync(`/proc/${prometheus.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
};
const errors = new Set<string>();
const loads: number[] = [];
try {
  const seen = new Map<string, string>();
  // The first minute and a half fills the series that later rules read; it is not counted.
  const warm = Date.now() + 90_000;
  const end = warm + minutes * 60_000;
  let cpuBefore = 0;
  while (Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 3000));
    if (cpuBefore === 0 && Date.now() >= warm) cpuBefore = cpu();
    const answer = await get(`${prometheus.url}/api/v1/rules`);
    const groups: Group[] = JSON.parse(answer ?? '{"data":{"groups":[]}}').data.groups;
    for (const group of groups) {
      for (const rule of group.rules) {
        if (rule.health === 'err') errors.add(`${rule.name}: ${rule.lastError}`);
      }
      if (seen.get(group.name) === group.lastEvaluation) continue;
      seen.set(group.name, group.lastEvaluation);
      // A group that is looked up rarely counts from its first full evaluation on.
      if (Date.now() < warm && group.interval < 300) continue;
      add(group.name, group.evaluationTime);
      for (const [n, rule] of group.rules.entries()) add(`${group.name} ${n} ${rule.name}`, rule.evaluationTime);
      loads.push(loadavg()[0] ?? 0);
    }
  }
  console.log(
    `${probes} probes, ${countries} countries, ${countries * networks} networks; ${process.arch}, load ${median(loads).toFixed(1)}`,
  );
  const own = (await get(`${prometheus.url}/metrics`)) ?? '';
  const metric = (name: string) => Number(new RegExp(`^${name} (.*)$`, 'm').exec(own)?.[1]);
  const spent = (cpu() - cpuBefore) / ((Date.now() - warm) / 30_000);
  console.log(
    `${metric('prometheus_tsdb_head_series')} series; ${spent.toFixed(1)} s of processor time each 30 s, scrapes included\n`,
  );
  console.log(`${'seconds'.padEnd(44)}  median     max    n`);
  const names = [...seconds.keys()];
  for (const group of names.filter((name) => !name.includes(' '))) {
    console.log(row(group, seconds.get(group) ?? []));
    const rules = names.filter((name) => name.startsWith(`${group} `));
    for (const name of rules) {
      const values = seconds.get(name) ?? [];
      if (median(values) >= 0.05) console.log(row(`  ${name.split(' ')[2]}`, values));
    }
  }
  const missed = [...own.matchAll(/^prometheus_rule_group_iterations_missed_total\{.*\} (.*)$/gm)];
  console.log(`\nmissed evaluations: ${missed.reduce((sum, [, value]) => sum + Number(value), 0)}`);
  const restricted = await query(prometheus, 'count by (country) (reachd:platform_restricted == 1)');
  console.log(`restricted: ${restricted.length} countries (of ${hit} that are hit)`);
  for (const error of errors) console.log(`ERROR ${error}`);
  const slow = [...seconds].filter(([name]) => !name.includes(' ')).filter(([, values]) => median(values) >= 5);
  if (errors.size > 0 || restricted.length !== hit || slow.length > 0) process.exitCode = 1;
} finally {
  await prometheus.stop();
  server.close();
  rmSync(directory, { recursive: true, force: true });
}
