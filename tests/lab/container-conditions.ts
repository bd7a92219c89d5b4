/** The container through the day of a volunteer: nothing wrong, X reset by name, YouTube denied by DNS, the line down. */
import { riskVersion } from '../../src/commands/consent.ts';
import { dataDirectory } from './container-life.ts';
import { startProbe } from './container-probe.ts';
import { configPlace, writeConfig } from './container-settings.ts';
import type { Lab } from './lab.ts';
import { page, scrape, shortRounds, value } from './product.ts';
import type { Report } from './report.ts';

/** Until a change of state is seen, ms: some five rounds on a busy machine. */
const patience_ms = 75_000;

export async function checkConditions(lab: Lab, report: Report): Promise<void> {
  const { web: _, ...settings } = shortRounds; // it listens where the image says
  const data = dataDirectory(lab.directory, 'conditions');
  const probe = await startProbe({
    lab,
    data,
    mounts: { [configPlace]: writeConfig(lab, 'conditions', settings) },
    env: { REACHD_ACCEPT_RISK: riskVersion },
  });
  const state = (metrics: string, platform: string, name: string) =>
    value(metrics, 'reachd_platform_state', `platform="${platform}"`, `state="${name}"`) === 1;
  const vantage = (metrics: string, name: string) => value(metrics, 'reachd_vantage_state', `state="${name}"`) === 1;
  const stateOf = (metrics: string, platform: string) =>
    /state="([a-z]+)"\} 1$/m.exec(
      metrics
        .split('\n')
        .filter(
          (line) => line.startsWith('reachd_platform_state{') && line.includes(`"${platform}"`) && line.endsWith(' 1'),
        )
        .join('\n'),
    )?.[1];
  const mechanisms = (metrics: string, platform: string) =>
    [...metrics.matchAll(/^reachd_anomaly_mechanism\{platform="(\w+)",mechanism="([\w.]+)"\} 1$/gm)]
      .filter(([, of]) => of === platform)
      .map(([, , mechanism]) => mechanism);
  const said = (metrics: string, ...platforms: string[]) =>
    `${platforms.map((name) => [name, stateOf(metrics, name), ...mechanisms(metrics, name)].join(' ')).join(', ')} after ${value(metrics, 'reachd_rounds_total')} rounds`;
  const all = ['x', 'facebook', 'instagram', 'youtube'];
  try {
    const calm = await scrape(lab, (metrics) => (value(metrics, 'reachd_rounds_total') ?? 0) >= 3, patience_ms);
    const fine = all.every((name) => state(calm, name, 'reachable')) && vantage(calm, 'online');
    report('container: none', 'all four reachable, online', said(calm, ...all), fine, [await probe.logs()]);

    const health = await probe.healthy();
    report('container: health', 'exit 0', `exit ${health}`, health === 0);
    const status = await probe.exec('reachd', 'status');
    report(
      'container: reachd status inside',
      'exit 0, a table',
      `exit ${status.code}`,
      status.code === 0 && /YouTube/.test(status.output),
      [status.output],
    );
    const html = (await page(lab, '/')) ?? '';
    report(
      'container: status page',
      'a page about X',
      `${html.length} bytes`,
      /<h1/.test(html) && html.includes('Facebook'),
    );

    await lab.on('sni-reset', ['x']);
    const reset = await scrape(lab, (metrics) => state(metrics, 'x', 'blocked'), patience_ms);
    const named =
      state(reset, 'x', 'blocked') &&
      mechanisms(reset, 'x').includes('tls.reset.sni') &&
      state(reset, 'facebook', 'reachable');
    report('container: sni-reset', 'x blocked tls.reset.sni', said(reset, 'x', 'facebook'), named, [
      await probe.logs(),
    ]);
    await lab.clear();

    const incidents = await probe.exec('reachd', 'incidents');
    const told = incidents.output.split('\n').find((line) => /blocked/.test(line)) ?? '';
    report('container: reachd incidents inside', 'x blocked', told.trim(), incidents.code === 0 && /x/i.test(told), [
      incidents.output,
    ]);

    await lab.on('dns-nxdomain', ['youtube']);
    const denied = await scrape(lab, (metrics) => state(metrics, 'youtube', 'blocked'), patience_ms);
    const byDns = state(denied, 'youtube', 'blocked') && mechanisms(denied, 'youtube').includes('dns.nxdomain');
    report('container: dns-nxdomain', 'youtube blocked dns.nxdomain', said(denied, 'youtube', 'facebook'), byDns, [
      await probe.logs(),
    ]);
    await lab.clear();

    await lab.on('offline');
    const down = await scrape(lab, (metrics) => vantage(metrics, 'offline'), patience_ms);
    const alive = await probe.healthy();
    const calmly =
      vantage(down, 'offline') && !state(down, 'facebook', 'blocked') && !state(down, 'facebook', 'unreachable');
    report(
      'container: offline',
      'vantage offline, healthy',
      `${calmly ? 'offline' : 'not offline'}, health exit ${alive}`,
      calmly && alive === 0,
      [await probe.logs()],
    );
    await lab.clear();

    const { code, ms } = await probe.stop();
    report('container: SIGTERM', 'exit 0 within 5 s', `exit ${code} after ${ms} ms`, code === 0 && ms <= 5000, [
      await probe.logs(),
    ]);
  } finally {
    await probe.remove();
  }
}
