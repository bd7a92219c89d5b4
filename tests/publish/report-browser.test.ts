/** The report in a browser: nothing runs, nothing is loaded, nothing sticks out, everything can be read. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Finding, Report, Row } from '../../src/publish/report.ts';
import { dataOf } from '../../src/publish/report-csv.ts';
import { reportFile } from '../../src/publish/report-page.ts';
import { scale } from '../../src/publish/report-state.ts';
import { executablePath, launch } from './browser.ts';
import { lowContrasts } from './contrast.ts';

if (executablePath === undefined) {
  console.warn(
    'NOT RUN: the report in a browser. Chromium is missing: apt-get install --no-install-recommends chromium',
  );
}

const start = Date.parse('2024-01-20T13:00:00Z');
const times = 240;
const titles = { x: 'X', facebook: 'Facebook', instagram: 'Instagram', youtube: 'YouTube' };
const evil = 'AS1"><script>document.title="owned"</script><img src="http://127.0.0.1:9/x.png">';
const hit = (at: number) => at >= 40 && at < 160;

/** Every state somewhere, a network with a hostile name, and one with a name that is much too long. */
const row = (network: string, platform: string, index: number): Row => {
  const values = Array.from({ length: times }, (_, at) => at);
  return {
    network,
    platform,
    states: values.map((at) => (index > 0 && hit(at) ? scale[(index + 3) % scale.length] : 'reachable')),
    hit: values.map((at) => index > 0 && hit(at)),
    goodput: values.map((at) => (at % 5 === 0 ? (hit(at) ? 0.03 : 1) : undefined)),
    handshake: values.map((at) => (hit(at) ? 12 : 1)),
  };
};

const finding = (platform: keyof typeof titles): Finding => ({
  platform,
  title: titles[platform],
  state: 'throttled',
  onset: [start + 39 * 60_000, start + 40 * 60_000],
  end: [start + 159 * 60_000, start + 160 * 60_000],
  networks: { hit: [evil, 'AS2'], observed: 8 },
  users: 0.68,
  mechanisms: [
    { mechanism: 'throttle.unknown', networks: 2 },
    { mechanism: 'tls.timeout.sni', networks: 1 },
  ],
  confidence: 'high',
  goodput: 0.03,
  handshake: 12,
  quic: 0.02,
});

const names = Object.keys(titles) as (keyof typeof titles)[];
const networks = [evil, 'AS2', 'AS3', 'AS4', 'AS5', 'AS6', 'AS7', `AS${'8'.repeat(40)}`];
const report: Report = {
  scope: 'country',
  place: 'Pakistan',
  timezone: 'Asia/Karachi',
  generated_ms: start,
  axis: { since_ms: start, until_ms: start + times * 60_000, step_ms: 60_000, length: times },
  rows: names.flatMap((platform) => networks.map((network, index) => row(network, platform, index))),
  omitted: 3,
  titles,
  controls: Array.from({ length: times }, () => 0.99),
  networks: 11,
  probes: 20,
  findings: names.map(finding),
  restricted_companies: 3,
  elsewhere: { networks: 12, hit: 0, countries: 4 },
  controls_during: 0.99,
  standing: [{ title: 'X', state: 'blocked', networks: 1, observed: 8 }],
  others: [{ span: [start, start + 600_000], platforms: ['X'], networks: 1 }],
  weights: evil,
  source: 'Series of reachd probes in PK',
  remarks: ['A remark.'],
};

describe.runIf(executablePath !== undefined)('the report in a browser', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'reachd-report-'));
  const file = join(folder, 'pk.html');
  let browser: Browser;
  beforeAll(async () => {
    writeFileSync(file, reportFile(report, { name: 'pk.html', version: '0.1.0' }).html);
    browser = await launch();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const views = [
    { colorScheme: 'light', width: 360 },
    { colorScheme: 'dark', width: 360 },
    { colorScheme: 'light', width: 1280 },
    { colorScheme: 'dark', width: 1280 },
  ] as const;
  test.each(views)('$width px, $colorScheme', async ({ width, colorScheme }) => {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    const complaints: string[] = [];
    const requested: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => requested.push(request.url()));
    await page.goto(`file://${file}`);
    expect(complaints).toEqual([]);
    expect(requested).toEqual([`file://${file}`]);
    // The hostile labels are text: nothing ran, no element came of them.
    expect(await page.title()).toBe(
      'Pakistan: X, Facebook, Instagram and YouTube throttled on 2 of 8 observed networks',
    );
    expect(await page.locator('img, script').count()).toBe(0);
    expect(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBe(0);
    expect(await page.evaluate(lowContrasts)).toEqual([]);
    // The bars are as wide as there is room, whatever the width: eight networks of four platforms.
    const bars = await page
      .locator('svg.strip')
      .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().width));
    expect(bars).toHaveLength(32);
    for (const bar of bars) expect(bar).toBeGreaterThan(width * 0.6);
    await page.close();
  });

  test('the link gives the very data', async () => {
    const page = await browser.newPage({ acceptDownloads: true });
    await page.goto(`file://${file}`);
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('a[download]')]);
    expect(download.suggestedFilename()).toBe('pk.csv');
    const saved = join(folder, 'saved.csv');
    await download.saveAs(saved);
    expect(readFileSync(saved, 'utf8')).toBe(dataOf(report).csv);
    await page.close();
  });

  test('on paper: black on white also from a dark screen, bars in colour, some pages of A4', async () => {
    const page = await browser.newPage({ colorScheme: 'dark' });
    await page.goto(`file://${file}`);
    await page.emulateMedia({ media: 'print' });
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    expect(await page.evaluate('getComputedStyle(document.querySelector("svg.strip")).printColorAdjust')).toBe('exact');
    // A4 less its margins of 14 mm; what does not fit on paper cannot be scrolled to.
    await page.setViewportSize({ width: 688, height: 1000 });
    expect(await page.evaluate(tooWide)).toEqual([]);
    const pdf = await page.pdf({ format: 'A4' });
    const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
    expect(pages).toBeGreaterThanOrEqual(2);
    expect(pages).toBeLessThanOrEqual(8);
    await page.close();
  });
});

/** Runs in the page: elements that stick out of the ones around them. */
const tooWide = `[...document.querySelectorAll('main, .scroll, figure, pre, .facts dd')].flatMap((one) =>
  one.scrollWidth > one.clientWidth + 1 ? [one.className || one.tagName] : [])`;
