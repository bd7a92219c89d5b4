import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { IncidentEvent } from '../../src/model/verdict.ts';
import type { StoredIncident } from '../../src/store/read.ts';
import { board, serve } from './board.ts';
import { executablePath, launch } from './browser.ts';
import { lowContrasts } from './contrast.ts';
import { calm, incident, opened } from './outcomes.ts';

if (executablePath === undefined) {
  console.warn('NOT RUN: the page in a browser. Chromium is missing: apt-get install --no-install-recommends chromium');
}

const statement =
  'Since 18:40–18:41 (UTC+5) X, Facebook, Instagram and YouTube have been throttled as seen from AS17557 (PK), over TCP: downloads at 3 % of normal, handshakes 11× slower. Control sites are unaffected. Confidence: high. This does not show who ordered it.';

const disruption = () => {
  const outcome = incident();
  for (const event of outcome.events) event.statement = statement;
  return outcome;
};

const past: IncidentEvent = { ...opened('x', 'throttled', 'throttle.unknown'), event: 'closed', statement };
const earlier: StoredIncident[] = [
  {
    incident: 'x-1',
    platform: 'x',
    opened_at: past.at,
    closed_at: '2024-01-20T16:41:00.000Z',
    latest: past,
    events: [past],
  },
];

describe.runIf(executablePath !== undefined)('the page in a browser', { timeout: 60_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  }, 60_000);
  afterAll(() => browser?.close());

  const views = [
    { colorScheme: 'light', width: 360, story: 'first' },
    { colorScheme: 'light', width: 360, story: 'calm' },
    { colorScheme: 'light', width: 360, story: 'incident' },
    { colorScheme: 'light', width: 1280, story: 'incident' },
    { colorScheme: 'dark', width: 360, story: 'incident' },
    { colorScheme: 'dark', width: 1280, story: 'incident' },
  ] as const;
  test.each(views)(
    '$width px, $colorScheme, $story: nothing refused, nothing to scroll sideways',
    async ({ colorScheme, width, story }) => {
      const sink = board();
      if (story !== 'first') await sink.accept(story === 'calm' ? calm() : disruption());
      const { url } = await serve({ board: sink, incidents: () => earlier });
      const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
      const complaints: string[] = [];
      const requested: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('requestfailed', (request) => complaints.push(request.url()));
      page.on('request', (request) => requested.push(new URL(request.url()).pathname));
      await page.goto(url);
      await page.evaluate(openAll);

      expect(complaints).toEqual([]);
      expect(requested.filter((path) => path !== '/icon.svg')).toEqual(['/', '/style.css']);
      expect(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBe(
        0,
      );
      // The style sheet was applied, and follows the scheme.
      const ground = await page.evaluate('getComputedStyle(document.body).backgroundColor');
      expect(ground).toBe(colorScheme === 'light' ? 'rgb(246, 247, 249)' : 'rgb(16, 21, 28)');
      expect(await page.locator('h3:has-text("YouTube")').isVisible()).toBe(true);
      await page.close();
    },
  );

  test('every text has the contrast that WCAG 2.2 asks for (4.5 : 1), in both schemes', async () => {
    const sink = board();
    await sink.accept(disruption());
    const { url } = await serve({ board: sink, incidents: () => earlier });
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme });
      await page.goto(url);
      await page.evaluate(openAll);
      expect(await page.evaluate(lowContrasts), colorScheme).toEqual([]);
      await page.close();
    }
  });
});

/** Runs in the page: everything that can be unfolded. */
const openAll = `for (const details of document.querySelectorAll('details')) details.open = true`;
