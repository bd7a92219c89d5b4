/**
 * From a probe to the person on call: Debian's Prometheus and Alertmanager, with the shipped files, scrape reachd, and a
 * webhook is told when throttling begins and when it ends. What is shortened, and nothing else: shipped.ts.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { police } from '../judge/life.ts';
import { folder } from './promtool.ts';
import { type Reachd, startReachd } from './reachd.ts';
import { layOut } from './shipped.ts';
import {
  freePort,
  missing,
  query,
  type Running,
  startAlertmanager,
  startPrometheus,
  startWebhook,
  until,
  type Webhook,
} from './stack.ts';

const lacking = missing();
if (lacking.length > 0) console.error(`NOT RUN: delivery to a webhook. Missing: ${lacking.join(' ')}`);

let directory: string;
let targets: string;
let prometheus: Running;
let webhook: Webhook;
const running: Running[] = [];

beforeAll(async () => {
  if (lacking.length > 0) return;
  directory = mkdtempSync(path.join(tmpdir(), 'reachd-delivery-'));
  const [one, two] = [await freePort(), await freePort()];
  webhook = await startWebhook({ listen: `127.0.0.1:${await freePort()}` });
  running.push(webhook);
  const laid = layOut({
    directory,
    alertmanager: `127.0.0.1:${one}`,
    webhook: webhook.url,
    household: true,
    quick: { every: '1s', hold: '2s', group: '1s' },
  });
  targets = laid.targets;
  running.push(
    await startAlertmanager({
      config: laid.alertmanager,
      storage: path.join(directory, 'alertmanager'),
      listen: `127.0.0.1:${one}`,
    }),
  );
  prometheus = await startPrometheus({
    config: laid.prometheus,
    storage: path.join(directory, 'data'),
    listen: `127.0.0.1:${two}`,
  });
  running.push(prometheus);
});

afterAll(async () => {
  for (const one of running.reverse()) await one.stop();
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
});

/** Puts a probe on the list in the way an operator does. */
function add(name: string, country: string, asn: string, { address }: Reachd): void {
  const script = path.join(folder, 'add-volunteer.sh');
  const { status, stderr } = spawnSync('sh', [script, targets, name, country, asn, address], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

/** Waits for a message with an alert of this name in this status; returns the alert and the path that it came to. */
const told = (alertname: string, status: 'firing' | 'resolved', labels: Record<string, string>) =>
  until(
    `${alertname} ${status}`,
    () => {
      for (const { path, alerts } of webhook.messages) {
        const alert = alerts.find(
          (one) =>
            one.status === status &&
            one.labels['alertname'] === alertname &&
            Object.entries(labels).every(([name, value]) => one.labels[name] === value),
        );
        if (alert) return { path, ...alert };
      }
      return undefined;
    },
    { within_ms: 40_000, log: () => JSON.stringify(webhook.messages, null, 1) + prometheus.log() },
  );

const scraped = (count: number) =>
  until(
    `${count} probes are scraped`,
    async () => (Number((await query(prometheus, 'count(reachd:probe_fresh)'))[0]?.value) === count ? true : undefined),
    prometheus,
  );

describe.runIf(lacking.length === 0)('delivery', { timeout: 90_000 }, () => {
  test('a household hears that X is throttled, and that it is over', async () => {
    const probe = await startReachd();
    await probe.rounds(1);
    add('home', 'DE', 'AS3320', probe);
    await scraped(1);
    expect(webhook.messages).toEqual([]);

    await probe.rounds(8, police(128_000, 'x'));
    expect(probe.held('x')).toBe('throttled');
    const labels = { vantage: 'home', country: 'DE', asn: 'AS3320', platform: 'x' };
    const begun = await told('ReachdPlatformThrottled', 'firing', labels);
    // `info` in a fleet, made a `warning` for a household by the lines that prometheus.yaml has ready.
    expect(begun).toMatchObject({ path: '/office', labels: { severity: 'warning', fleet: 'example' } });
    expect(begun.annotations['summary']).toBe('x is throttled at home');
    expect(begun.annotations['runbook_url']).toBe('docs/runbooks/ReachdPlatformThrottled.md');

    await probe.rounds(60);
    expect(probe.held('x')).toBe('reachable');
    const ended = await told('ReachdPlatformThrottled', 'resolved', labels);
    expect(Date.parse(ended.endsAt)).toBeGreaterThan(Date.parse(begun.startsAt));
    // Nobody is woken for one household.
    expect(webhook.messages.filter(({ path }) => path === '/page')).toEqual([]);
  });

  test('20 January 2024: the person on call is paged once for the country, and told of the end', async () => {
    const asns = ['AS17557', 'AS9541', 'AS45595'];
    const probes = await Promise.all(
      asns.flatMap((asn) => [0, 1].map(async (n) => ({ asn, n, reachd: await startReachd() }))),
    );
    for (const { asn, n, reachd } of probes) {
      await reachd.rounds(1);
      add(`pk-${asn}-${n}`, 'PK', asn, reachd);
    }
    await until(
      'six probes of Pakistan are seen',
      async () =>
        Number((await query(prometheus, 'sum(reachd:asn_eligible:probes{country="PK", platform="x"})'))[0]?.value) ===
          6 || undefined,
      prometheus,
    );
    const before = webhook.messages.length;

    for (const { reachd } of probes) await reachd.rounds(8, police(128_000, 'x', 'facebook', 'instagram', 'youtube'));
    const begun = await told('NationScaleSocialMediaDisruption', 'firing', { country: 'PK' });
    expect(begun).toMatchObject({ path: '/page', labels: { severity: 'critical' } });
    expect(begun.annotations['description']).toContain('Platforms of 3 companies are restricted');
    expect(begun.annotations['description']).toContain('facebook instagram x youtube');

    for (const { reachd } of probes) await reachd.rounds(60);
    await told('NationScaleSocialMediaDisruption', 'resolved', { country: 'PK' });
    // One group a country: a message that it began, a message that it ended.
    const pages = webhook.messages.slice(before).filter(({ path }) => path === '/page');
    expect(pages.map(({ status, groupLabels }) => [status, groupLabels])).toEqual([
      ['firing', { country: 'PK' }],
      ['resolved', { country: 'PK' }],
    ]);
  });
});
