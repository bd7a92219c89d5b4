import { describe, expect, test } from 'vitest';
import type { IncidentEvent } from '../../src/model/verdict.ts';
import { headline } from '../../src/publish/headline.ts';
import { html } from '../../src/publish/html.ts';
import { page } from '../../src/publish/page.ts';
import type { Status } from '../../src/publish/status.ts';
import { duration, list, size } from '../../src/publish/words.ts';
import type { StoredIncident } from '../../src/store/read.ts';
import { board, boardScope } from './board.ts';
import { calm, incident, opened } from './outcomes.ts';

const statusOf = async (outcome = calm()): Promise<Status> => {
  const sink = board();
  await sink.accept(outcome);
  return sink.status();
};

const headlineOf = async (
  states: Status['platforms'][number]['state'][],
  vantage: Status['vantage']['state'] = 'online',
) => {
  const status = await statusOf();
  return headline({
    ...status,
    vantage: { ...status.vantage, state: vantage },
    platforms: status.platforms.map((one, index) => ({ ...one, state: states[index] ?? 'reachable' })),
  });
};

describe('the headline', () => {
  test('never says more than the states', async () => {
    expect(await headlineOf([])).toEqual({
      text: 'X, Facebook, Instagram and YouTube can be reached from here.',
      tone: 'good',
    });
    expect(await headlineOf(['refused'])).toMatchObject({ tone: 'good' });
    expect(await headlineOf(['blocked'])).toEqual({ text: 'X is being blocked, as seen from here.', tone: 'bad' });
    expect(await headlineOf(['blocked', 'throttled', 'throttled'])).toEqual({
      text: 'X is being blocked; Facebook and Instagram are being throttled, as seen from here.',
      tone: 'bad',
    });
    expect(await headlineOf(['unreachable'])).toMatchObject({ text: 'X is not reachable, as seen from here.' });
    expect(await headlineOf(['degraded'])).toEqual({ text: 'X is working badly, as seen from here.', tone: 'warn' });
    expect(await headlineOf(['inconclusive'])).toEqual({
      text: 'Nothing can be said about X; the others can be reached from here.',
      tone: 'warn',
    });
  });

  test('of a dead line speaks of the line, not of the platforms', async () => {
    const all = ['inconclusive', 'inconclusive', 'inconclusive', 'inconclusive'] as const;
    expect(await headlineOf([...all], 'offline')).toEqual({
      text: 'This line is offline: nothing can be said about the platforms.',
      tone: 'warn',
    });
    expect(await headlineOf([...all], 'captive_portal')).toMatchObject({ text: expect.stringMatching(/login page/) });
  });

  test('before the first round asks for patience', () => {
    expect(headline(board().status())).toEqual({
      text: 'The first look is under way: a minute of patience.',
      tone: 'unknown',
    });
  });
});

describe('the page', () => {
  test('shows of each platform the state in words, since when, how and how sure', async () => {
    const text = page(await statusOf(incident()));
    expect(text).toContain('X <span class="pill blocked">✕ blocked</span>');
    expect(text).toContain('How: the connection is reset as soon as the name is seen');
    expect(text).toContain('20 Jan 2024, 13:41 UTC');
    expect(text).toContain('(for 42 s)');
    expect(text).toContain('Confidence high: in the same minute the same place answered another name.');
    expect(text).toContain('Last checks: 0 of 6 answered');
    expect(text).toContain('12 of 12 answer');
    expect(text).toContain('84 kB since the start.');
  });

  test('shows what a platform is judged by: speed beside normal, evidence beside the bound', async () => {
    const status = await statusOf();
    const [x, ...others] = status.platforms;
    const look = { ...x!.targets[0]!, outcome: 'ok' as const, phases: { tls: 408.4 }, plateau_bps: 212_345 };
    const judged = {
      ...x!,
      suspect: true,
      normal: { tls_seconds: 0.0618, bytes_per_second: 327_102 },
      evidence: { stream: 'goodput' as const, log: 9.74 },
      targets: [look],
    };
    const text = page({ ...status, evidence_threshold: 15.02, platforms: [judged, ...others] });
    expect(text).toContain('<dd>0.21 Mbit/s<span class="soft">, normal 2.6</span></dd>');
    expect(text).toContain('<dd>408 ms<span class="soft">, normal 62</span></dd>');
    expect(text).toMatch(/9\.7<span class="soft">, an incident from 15\.0<\/span>\s+<meter [^>]*value="9\.7"/);
    expect(text).toContain('<strong>Something is odd:</strong>');
    // What is not known is not shown as nothing.
    const unknown = page({
      ...status,
      evidence_threshold: 15.02,
      platforms: [{ ...x!, targets: [], normal: {}, evidence: undefined }],
    });
    expect(unknown).not.toMatch(/Download|handshake<|Evidence of trouble/);
    expect(page({ ...status, platforms: [{ ...x!, baseline_ready: false }] })).toContain('still being learned');
  });

  test('loads again as often as there is news, within reason', async () => {
    const status = await statusOf();
    const refreshOf = (news_every_ms?: number) =>
      /http-equiv="refresh" content="(\d+)"/.exec(page({ ...status, news_every_ms }))?.[1];
    expect([refreshOf(), refreshOf(800), refreshOf(12_000), refreshOf(3_600_000)]).toEqual(['60', '5', '12', '60']);
  });

  test('the incidents of a joint event stand under it, in the order of the configuration', async () => {
    const stored = (platform: string, latest: Partial<IncidentEvent> = {}): StoredIncident => {
      const event = { ...opened(platform, 'throttled', 'throttle.sni'), platform, ...latest };
      return { incident: `${platform}-1`, platform, opened_at: event.at, latest: event, events: [event] };
    };
    const joint = stored('*', { incident: 'joint-1', platforms: ['facebook', 'x', 'youtube'] });
    const elsewhen = stored('facebook', { onset_latest: '2024-01-07T13:10:00.000Z' });
    const text = page(await statusOf(), [joint, stored('youtube'), stored('x'), stored('facebook'), elsewhen]);
    const list = text.slice(text.indexOf('<h2>Incidents</h2>'), text.indexOf('<h2>This line</h2>'));
    const titles = [...list.matchAll(/<strong>([^<]+)<\/strong>/g)].map(([, title]) => title);
    expect(titles).toEqual(['X, Facebook and YouTube', 'X', 'Facebook', 'YouTube', 'Facebook']);
    expect(list.match(/Each platform by itself/g)).toHaveLength(1);
  });

  test('tells times in the time zone of the vantage', async () => {
    const sink = board({ scope: { ...boardScope(), timezone: 'Asia/Karachi' } });
    await sink.accept(incident());
    expect(page(sink.status())).toContain('<time datetime="2024-01-20T13:41:00.000Z">20 Jan 2024, 18:41 GMT+5</time>');
  });

  test('a verdict that differs from what is held is told apart and does not explain it', async () => {
    const outcome = calm();
    outcome.round.verdicts!['x'] = incident().round.verdicts!['x']!;
    const text = page(await statusOf(outcome));
    expect(text).toContain('X <span class="pill reachable">✓ reachable</span>');
    expect(text).toContain('The last look alone shows: blocked.');
    expect(text).not.toContain('How: the connection is reset');
  });

  test('says when looks have stopped, when nothing is stored, and when the line is in trouble', async () => {
    const status = await statusOf();
    const late = page({ ...status, generated_at: '2024-01-20T14:41:00.000Z' });
    expect(late).toContain('That is longer ago than it should be.');
    expect(page({ ...status, store_trouble: 'the disk is full' })).toContain(
      'Rounds are not being stored: the disk is full.',
    );
    expect(page({ ...status, vantage: { ...status.vantage, state: 'degraded' } })).toContain('This line is in trouble');
    const skewed = page({ ...status, vantage: { ...status.vantage, clock_skew_s: 7260 } });
    expect(skewed).toContain('clock is 2 h 1 min ahead: a fleet does not count this probe');
    expect(page({ ...status, vantage: { ...status.vantage, clock_skew_s: 180 } })).not.toContain('banner');
    expect(page(status)).not.toContain('banner');
  });

  test('lists what happened before, the joint event by its platforms', async () => {
    const event = {
      ...opened('x', 'throttled', 'throttle.unknown'),
      event: 'closed' as const,
      ended_latest: '2024-01-20T16:41:00.000Z',
    };
    const joint = {
      ...event,
      event: 'opened' as const,
      platform: '*',
      platforms: ['x', 'youtube'],
      ended_latest: undefined,
      statement: 'Since <18:41>',
    };
    const stored = (latest: IncidentEvent, incident: string, closed_at?: string): StoredIncident => ({
      incident,
      platform: latest.platform,
      opened_at: latest.at,
      closed_at,
      latest,
      events: [latest],
    });
    const text = page(await statusOf(), [stored(joint, 'joint-1'), stored(event, 'x-1', '2024-01-20T16:41:00.000Z')]);
    expect(text).toMatch(
      /<strong>X and YouTube<\/strong> <span class="pill throttled">throttled<\/span>\s+<span class="soft">since .*20 Jan 2024, 13:41 UTC.*still open/,
    );
    expect(text).toMatch(/<strong>X<\/strong> .*\s+.*, for 3 h</);
    expect(text).toContain('Since &lt;18:41&gt;');
    expect(page(await statusOf())).not.toContain('<h2>Incidents</h2>');
  });

  test('whatever comes from outside is text, never markup', async () => {
    const status = await statusOf(incident());
    const evil = '</p><script>alert(1)</script>"\'&';
    const text = page({
      ...status,
      statement: evil,
      store_trouble: evil,
      vantage: { ...status.vantage, name: evil, country: evil, asn: evil },
      controls: [{ ...status.controls[0]!, target: evil }],
      controls_impaired: [evil],
      platforms: status.platforms.map((one) => ({
        ...one,
        title: evil,
        targets: one.targets.map((look) => ({ ...look, target: evil })),
      })),
    });
    expect(text).not.toContain('<script');
    expect(text.match(/&lt;script&gt;/g)!.length).toBeGreaterThan(10);
    expect(text).not.toMatch(/ style=| on\w+=|javascript:/);
  });
});

test('html escapes values, joins lists, leaves out what is not there', () => {
  const item = (value: string) => html`<li>${value}</li>`;
  expect(html`<ul class="${'a"b'}">${['<1>', "2'"].map(item)}${undefined}${false}${0}</ul>`.markup).toBe(
    '<ul class="a&quot;b"><li>&lt;1&gt;</li><li>2&#39;</li>0</ul>',
  );
});

test.each([
  [0, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [3_600_000, '1 h'],
  [7_500_000, '2 h 5 min'],
  [86_400_000, '1 d'],
  [100 * 3_600_000, '4 d 4 h'],
  [-5, '0 s'],
])('%i ms is %s', (ms, words) => expect(duration(ms)).toBe(words));

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [31_877, '31.9 kB'],
  [999_600, '1 MB'],
  [4_200_000, '4.2 MB'],
  [199_900_000, '200 MB'],
])('%i bytes are %s', (bytes, words) => expect(size(bytes)).toBe(words));

test('lists as one would say them', () => {
  expect([list([]), list(['X']), list(['X', 'Y']), list(['X', 'Y', 'Z'])]).toEqual(['', 'X', 'X and Y', 'X, Y and Z']);
});
