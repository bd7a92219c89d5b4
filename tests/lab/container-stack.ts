/**
 * An update of the image over the volume of the version before, a policer, and the alert: Debian's Prometheus and
 * Alertmanager run with the very files that docker/compose.monitoring.yaml mounts, at the places it mounts them.
 */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import type { Round } from '../../src/model/round.ts';
import { migrations } from '../../src/store/schema.ts';
import { missing, query, type Running, startAlertmanager, startPrometheus, until } from '../rules/stack.ts';
import { dataDirectory } from './container-life.ts';
import { startProbe } from './container-probe.ts';
import { configPlace, schemaOf, storedRounds, writeConfig, writePreviousVolume } from './container-settings.ts';
import type { Lab } from './lab.ts';
import { inRoom } from './namespaces.ts';
import { page, scrape, value } from './product.ts';
import type { Report } from './report.ts';
import { control } from './unbound.ts';

const docker = path.resolve(import.meta.dirname, '../../docker');
const inside = (lab: Lab) => inRoom(lab.name, 'vantage', []);
/** Times that a test cannot wait for. Nothing else in the files is touched. */
const shortened: Readonly<Record<string, string>> = {
  scrape_interval: '2s',
  evaluation_interval: '2s',
  interval: '2s',
  refresh_interval: '2s',
  for: '2s',
  keep_firing_for: '2s',
  group_wait: '1s',
  group_interval: '1s',
};

function hasten(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(hasten);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(Object.entries(node).map(([key, below]) => [key, shortened[key] ?? hasten(below)]));
}

/** Lays a service's mounted files out below `root`, at the paths that the container sees. */
export function layOut(service: string, root: string, quick: boolean): void {
  const { volumes } = parse(readFileSync(`${docker}/compose.monitoring.yaml`, 'utf8'), { merge: true }).services[
    service
  ];
  for (const volume of (volumes as string[]).filter((text) => text.startsWith('.'))) {
    const [from = '', to = ''] = volume.split(':');
    const target = `${root}${to}`;
    mkdirSync(path.dirname(target), { recursive: true });
    cpSync(path.join(docker, from), target, { recursive: true });
    if (quick && to.endsWith('.yaml')) writeFileSync(target, stringify(hasten(parse(readFileSync(target, 'utf8')))));
  }
}

/** Rounds of ten seconds leave room for a download at 130 kbit/s. */
const settings = {
  round: { interval: '10s', timeout: '3s' },
  transfer: { every: '10s', timeout: '4s' },
  budget: { daily: '10GB' },
  baseline: { ready_after: '1h' },
};
/** A throttle has to be named by then; the acceptance table allows eight rounds, a busy machine gets more. */
const patience_ms = 150_000;

/** First a look at this line, from an empty volume: what the probe measures here becomes the past of the next. */
async function measureHere(lab: Lab) {
  const data = dataDirectory(lab.directory, 'first');
  const look = { ...settings, round: { interval: '5s', timeout: '2s' }, transfer: { every: '5s', timeout: '2s' } };
  const probe = await startProbe({
    lab,
    data,
    mounts: { [configPlace]: writeConfig(lab, 'first', look) },
    command: ['run', '--accept-risk'],
  });
  try {
    await scrape(lab, (metrics) => (value(metrics, 'reachd_rounds_total') ?? 0) >= 5, 60_000);
    await probe.stop();
    // The first round looks at everything; those after it are the ordinary ones.
    return storedRounds(data).slice(1);
  } finally {
    await probe.remove();
  }
}

export async function checkStack(lab: Lab, report: Report): Promise<void> {
  const measured = await measureHere(lab);
  const data = dataDirectory(lab.directory, 'upgraded');
  const before = writePreviousVolume(data, measured);
  const running: Pick<Running, 'stop'>[] = [];
  // No consent is given here: it stands in the volume.
  const probe = await startProbe({ lab, data, mounts: { [configPlace]: writeConfig(lab, 'upgraded', settings) } });
  try {
    // The first round comes after a pause, as after a night without power, and says nothing of the baseline.
    const two = await scrape(lab, (metrics) => (value(metrics, 'reachd_rounds_total') ?? 0) >= 2, 60_000);
    const kept = ((await page(lab, '/api/v1/rounds?since=24h')) ?? '').split('\n').filter(Boolean).length;
    const vantage = JSON.parse((await page(lab, '/api/v1/status')) ?? '{}');
    const schema = schemaOf(data);
    const whole =
      schema === migrations.length &&
      kept > before.rounds &&
      JSON.stringify(vantage).includes(before.vantage) &&
      !(await probe.logs()).includes('cannot be used');
    report(
      'container: update over an old volume',
      `schema ${before.schema} to ${migrations.length}, nothing lost`,
      `schema ${schema}, ${kept} rounds of which ${before.rounds} old, the same vantage`,
      whole && value(two, 'reachd_baseline_ready', 'platform="x"') === 1,
      [await probe.logs()],
    );

    const lacking = missing();
    if (lacking.length > 0) report('monitoring stack', 'runs', `missing ${lacking.join(' ')}`, false);
    else await deliver(lab, report, running);
    const { code, ms } = await probe.stop();
    report(
      'container: SIGTERM while throttled',
      'exit 0 within 5 s',
      `exit ${code} after ${ms} ms`,
      code === 0 && ms <= 5000,
      [await probe.logs()],
    );
  } finally {
    for (const one of running.reverse()) await one.stop();
    await probe.remove();
  }
}

/** What the last rounds downloaded, to understand a throttle that was not named: a busy machine drops samples. */
async function downloads(lab: Lab): Promise<string[]> {
  const lines = ((await page(lab, '/api/v1/rounds?since=5m')) ?? '').split('\n').filter(Boolean).slice(-14);
  return lines.map((line) => {
    const { round, lag_ms, platforms, controls } = JSON.parse(line) as Round;
    const made = [...Object.values(platforms).flat(), ...controls].filter(({ transfer }) => transfer);
    const each = made.map(({ target, transfer, goodput_bps }) =>
      [
        target,
        transfer?.bytes,
        transfer?.ms,
        transfer?.after_bytes,
        transfer?.plateau_bps,
        transfer?.cov,
        goodput_bps,
      ].join(' '),
    );
    return `round ${round} lag ${lag_ms}: ${each.join(' | ')}`;
  });
}

async function deliver(lab: Lab, report: Report, running: Pick<Running, 'stop'>[]): Promise<void> {
  // What Docker's resolver says of the services; here all of them share the vantage's loopback.
  for (const name of ['reachd', 'alertmanager'])
    await control(lab.directory, 'isp', `local_data ${name}. 5 IN A 127.0.0.1`);
  const root = `${lab.directory}/stack`;
  for (const service of ['prometheus', 'alertmanager', 'alerts']) layOut(service, root, true);
  const printer = lab.spawn([process.execPath, `${root}/print-alerts.js`]);
  running.push(printer);
  await printer.hear((line) => line === 'alerts are printed here').catch(() => {});
  const etc = `${root}/etc`;
  const place = { inside: inside(lab) };
  running.push(
    await startAlertmanager({
      ...place,
      config: `${etc}/alertmanager/alertmanager.yaml`,
      storage: `${root}/alertmanager`,
      listen: '127.0.0.1:9093',
    }),
  );
  const prometheus = await startPrometheus({
    ...place,
    config: `${etc}/prometheus/prometheus.yaml`,
    storage: `${root}/data`,
    listen: '127.0.0.1:9090',
  });
  running.push(prometheus);
  const scraped = await until(
    'the container is scraped',
    async () => (await query(prometheus, 'up{job="reachd", instance="reachd", vantage="home"} == 1', place.inside))[0],
  ).catch(() => undefined);
  report(
    'stack: the container is scraped',
    'up 1, vantage home',
    JSON.stringify(scraped?.metric ?? {}),
    scraped !== undefined,
    [prometheus.log()],
  );

  await lab.on('sni-police-130k', ['x']);
  const began = performance.now();
  const anomaly = (metrics: string) => value(metrics, 'reachd_anomaly', 'platform="x"', 'kind="throttled"') === 1;
  const rounds = (metrics: string) => value(metrics, 'reachd_rounds_total') ?? 0;
  const first = rounds((await page(lab, '/metrics')) ?? '');
  const slow = await scrape(lab, anomaly, patience_ms);
  const rate = value(slow, 'reachd_target_goodput_bytes_per_second', 'platform="x"') ?? 0;
  const facebook = value(slow, 'reachd_platform_state', 'platform="facebook"', 'state="reachable"') === 1;
  report(
    'container: 130 kbit/s policer',
    'x throttled, facebook reachable',
    `${anomaly(slow) ? 'throttled' : 'not throttled'} at ${Math.round((rate * 8) / 1000)} kbit/s after ${rounds(slow) - first} rounds`,
    anomaly(slow) && facebook,
    [
      ...(await downloads(lab)),
      ...slow.split('\n').filter((line) => /^reachd_(anomaly|samples_dropped|round_o)/.test(line)),
    ],
  );
  const told = await until(
    'the alert is delivered',
    () =>
      printer
        .log()
        .split('\n')
        .find((line) => line.includes(' firing ') && line.includes('x is throttled')),
    { within_ms: 60_000 },
  ).catch(() => undefined);
  report('stack: the alert as delivered', 'x is throttled at home', told ?? 'nothing', told !== undefined, [
    prometheus.log(),
    printer.log(),
  ]);
  console.log(`     policer to delivery: ${Math.round((performance.now() - began) / 1000)} s`);
}
