/** A country's report from a Prometheus that means no good, or is none: what it says is escaped, bounded, or one clear line. */
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { Report } from '../../src/publish/report.ts';
import { countryReport } from '../../src/publish/report-country.ts';
import { reportFile } from '../../src/publish/report-page.ts';
import { createPrometheus } from '../../src/publish/report-prometheus.ts';
import { type Asked, answering, series } from './prometheus-double.ts';

const since_ms = Date.parse('2024-01-20T13:00:00Z');
const until_ms = Date.parse('2024-01-20T19:00:00Z');
const titles = { x: 'X', facebook: 'Facebook', instagram: 'Instagram', youtube: 'YouTube' };

const report = (address: string, country = 'PK'): Promise<Report> =>
  countryReport(createPrometheus(address, new AbortController().signal), {
    country,
    since_ms,
    until_ms,
    timezone: 'Asia/Karachi',
    now_ms: until_ms,
    titles,
  });

const page = (one: Report) => reportFile(one, { name: 'pk.html', version: '0.1.0' }).html;

const evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>';

/** Three networks of which two are throttled for an hour, told with labels that want to get out of their place. */
const hostile = (asked: Asked) => {
  const { path, query } = asked;
  if (path.endsWith('/values')) return ['AS1', 'AS2', evil];
  const bad = (i: number) => i >= 60 && i < 120;
  const each = (metric: Record<string, string>, value: (i: number) => unknown) =>
    ['AS1', 'AS2', evil].map((asn, n) =>
      series({ asn, platform: 'x', ...metric }, asked, (i) => (n < 2 ? value(i) : '0')),
    );
  if (query.includes('reachd_platform_state{') && query.includes('* 0 + 7')) {
    return {
      result: [
        ...each({}, (i) => (bad(i) ? '6' : '1')).slice(0, 2),
        series({ asn: evil, platform: evil }, asked, (i) => ['1', 'NaN', '+Inf', '99', '-3'][i % 5]),
      ],
    };
  }
  if (query.includes('country!=')) return { result: [] };
  if (query.includes('reachd:asn_acute')) return { result: each({}, (i) => (bad(i) ? '1' : '0')) };
  if (query.includes('reachd_anomaly_mechanism')) {
    return { result: [...each({ mechanism: 'throttle.unknown' }, () => '1'), ...each({ mechanism: evil }, () => '1')] };
  }
  if (query.includes('onset')) return { result: each({}, () => String(asked.start + 3600)) };
  if (query.includes('confidence')) return { result: each({}, () => '1e9') };
  if (query.includes('asn_weight')) return { result: [series({ source: evil, date: evil }, asked, () => '1')] };
  if (query.includes('acute:users')) return { result: [series({ platform: 'x' }, asked, () => '0.4')] };
  return { result: [series({}, asked, () => '1')] };
};

test('two of three networks: the facts, and no label gets out of its place', async () => {
  const one = await report(await answering(hostile));
  const [x] = one.findings;
  expect(one.findings).toHaveLength(1);
  expect(x).toMatchObject({ platform: 'x', state: 'throttled', confidence: 'high', users: 0.4 });
  expect(x?.networks).toEqual({ hit: ['AS1', 'AS2'], observed: 2 });
  // Words that are not in the vocabulary are nobody's mechanism.
  expect(x?.mechanisms).toEqual([{ mechanism: 'throttle.unknown', networks: 2 }]);
  // First bad sample 14:00; the last good one at most a round and its jitter before.
  expect(x?.onset).toEqual([Date.parse('2024-01-20T13:58:54Z'), Date.parse('2024-01-20T14:00:00Z')]);
  // Bad up to and including 14:59, good at 15:00.
  expect(x?.end).toEqual([Date.parse('2024-01-20T14:59:00Z'), Date.parse('2024-01-20T15:00:00Z')]);
  const text = page(one);
  expect(text).not.toContain('<script');
  expect(text).not.toContain('<img');
  expect(text).toContain('Pakistan: X throttled on 2 of 2 observed networks');
  expect(text).toContain('From 18:58–19:00 (UTC+5) on 20 January 2024, X was throttled on 2 of the 2 networks');
});

type Stretch = readonly [from: string, to: string];
/** A month in which two networks were throttled, at these times; asked at any distance. */
const monthOf = (stretches: readonly Stretch[]) => {
  const seconds = stretches.map((times) => times.map((time) => Date.parse(time) / 1000) as [number, number]);
  return (asked: Asked) => {
    const { path, query, start, step } = asked;
    if (path.endsWith('/values')) return ['AS1', 'AS2'];
    const bad = (i: number) => seconds.some(([first, last]) => start + i * step >= first && start + i * step < last);
    const each = (good: string, evil: string) =>
      ['AS1', 'AS2'].map((asn) => series({ asn, platform: 'x' }, asked, (i) => (bad(i) ? evil : good)));
    if (query.includes('country!=')) return { result: [] };
    if (query.includes('* 0 + 7')) return { result: each('1', '6') };
    if (query.includes('reachd:asn_acute')) return { result: each('0', '1') };
    return { result: [] };
  };
};
const month = async (...stretches: Stretch[]) =>
  countryReport(createPrometheus(await answering(monthOf(stretches)), new AbortController().signal), {
    country: 'PK',
    since_ms: until_ms - 32 * 24 * 3_600_000,
    until_ms,
    timezone: 'Asia/Karachi',
    now_ms: until_ms,
    titles,
  });

test('an evening in a month is told to the minute, as in a report of its own', async () => {
  const one = await month(['2024-01-07T13:41:00Z', '2024-01-07T17:00:00Z']);
  expect(one.axis.step_ms).toBe(96 * 60_000);
  const [x] = one.findings;
  expect(x).toMatchObject({ state: 'throttled', networks: { hit: ['AS1', 'AS2'], observed: 2 } });
  expect(x?.onset).toEqual([Date.parse('2024-01-07T13:39:54Z'), Date.parse('2024-01-07T13:41:00Z')]);
  expect(x?.end).toEqual([Date.parse('2024-01-07T16:59:00Z'), Date.parse('2024-01-07T17:00:00Z')]);
  expect(one.remarks.at(-1)).toMatch(/96 minutes.*The event in the headline was looked at every minute\.$/);
});

test('two stretches that a month shows as one are both told', async () => {
  const one = await month(
    ['2024-01-07T13:00:00Z', '2024-01-07T14:35:00Z'],
    ['2024-01-07T15:30:00Z', '2024-01-07T18:30:00Z'],
  );
  expect(one.findings[0]?.onset?.[1]).toBe(Date.parse('2024-01-07T15:30:00Z'));
  expect(one.others.map(({ span }) => span.map((at) => new Date(at).toISOString().slice(0, 16)))).toEqual([
    ['2024-01-07T13:00', '2024-01-07T14:34'],
  ]);
});

test('what goes on to the end of the month has no end, and what lasted for a week still has one', async () => {
  const open = await month(['2024-01-15T13:41:00Z', '2024-02-15T00:00:00Z']);
  expect(open.findings[0]?.end).toBeUndefined();
  const week = await month(['2024-01-02T03:00:00Z', '2024-01-09T05:00:00Z']);
  const [earliest, latest] = week.findings[0]!.end!;
  expect(earliest).toBeLessThanOrEqual(Date.parse('2024-01-09T05:00:00Z'));
  expect(latest).toBeGreaterThanOrEqual(Date.parse('2024-01-09T05:00:00Z'));
  expect(latest - earliest).toBeLessThan(30 * 60_000);
});

test('values that are no numbers, and states that there are not, are left out', async () => {
  const one = await report(await answering(hostile));
  const odd = one.rows.find(({ network }) => network.includes('script'));
  expect(odd?.states.slice(0, 5)).toEqual(['reachable', undefined, undefined, undefined, undefined]);
});

test('a platform that has been blocked for long is no news, and is not passed over either', async () => {
  const address = await answering((asked) => {
    if (asked.path.endsWith('/values')) return ['AS1', 'AS2'];
    const both = (platform: string, value: string) =>
      ['AS1', 'AS2'].map((asn) => series({ asn, platform }, asked, () => value));
    if (asked.query.includes('* 0 + 7')) return { result: [...both('x', '7'), ...both('youtube', '1')] };
    // The rules count a network that was bad for most of the week neither as hit nor as spared: there is no series of it.
    return { result: asked.query.startsWith('max by (asn, platform) (reachd:asn_acute') ? both('youtube', '0') : [] };
  });
  const one = await report(address);
  expect(one.findings).toEqual([]);
  expect(one.standing).toEqual([{ title: 'X', state: 'blocked', networks: 2, observed: 2 }]);
  const text = page(one);
  expect(text).toContain('<h1>Pakistan: nothing new; X blocked on 2 of 2 networks all along</h1>');
  expect(text).toContain('Not counted as new by the fleet’s rules: X blocked on 2 of 2 networks all along.</p>');
});

test('a country of thousands of networks stays a file that can be opened', async () => {
  const many = Array.from({ length: 3000 }, (_, n) => `AS${n + 1}`);
  const address = await answering((asked) => {
    if (asked.path.endsWith('/values')) return many;
    if (!asked.query.includes('* 0 + 7')) return { result: [] };
    return { result: many.map((asn) => series({ asn, platform: 'x' }, asked, () => '1')) };
  });
  const one = await report(address);
  expect(one.networks).toBe(3000);
  expect(new Set(one.rows.map(({ network }) => network)).size).toBe(60);
  expect(one.omitted).toBe(2940);
  expect(page(one).length).toBeLessThan(2_000_000);
});

test('without recorded rules it says so, and counts every trouble', async () => {
  const address = await answering((asked) =>
    asked.path.endsWith('/values')
      ? ['AS1']
      : {
          result: asked.query.includes('* 0 + 7')
            ? [series({ asn: 'AS1', platform: 'x' }, asked, (i) => (i > 60 ? '7' : '1'))]
            : [],
        },
  );
  const one = await report(address);
  expect(one.remarks[0]).toMatch(/^The recording rules of a fleet have recorded nothing/);
  expect(one.restricted_companies).toBeUndefined();
  expect(one.findings).toMatchObject([{ platform: 'x', state: 'blocked', confidence: 'low' }]);
  expect(one.findings[0]?.end).toBeUndefined();
  expect(page(one)).toContain('still at the end of this report');
});

test('user and password in the address go out as basic authentication, and into no text', async () => {
  let seen: string | undefined;
  const address = await answering((asked) => {
    seen = asked.authorization;
    return hostile(asked);
  });
  const text = page(await report(address.replace('http://', 'http://news:s%C3%A9cret@')));
  expect(seen).toBe(`Basic ${Buffer.from('news:sécret').toString('base64')}`);
  expect(text).not.toContain('cret@');
});

/** A port on which nobody listens: taken, and given back. */
async function deaf(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

test('nobody listens there', async () => {
  const address = await deaf();
  await expect(report(address)).rejects.toThrow(`cannot ask Prometheus at ${address}: nothing listens there`);
});

test.each([
  ['a web page', 200, '<html>hello</html>', /does not answer as Prometheus does \(status 200\)$/],
  ['a password is asked for', 401, 'Unauthorized', /asks for a password/],
  ['JSON of something else', 200, '{"status":"success","data":{"result":"no"}}', /does not answer as Prometheus does$/],
  ['JSON that is no object', 200, '7', /does not answer as Prometheus does/],
  [
    'a refusal with an escape',
    422,
    '{"status":"error","error":"too many samples\\u001b[2J\\nhere"}',
    /refuses the question: too many samples \[2J here$/,
  ],
])('%s', async (_what, status, text, message) => {
  const address = await answering((_asked, response) => response.writeHead(status).end(text));
  await expect(report(address)).rejects.toThrow(message);
});

test('an answer without end is cut off', async () => {
  const address = await answering((_asked, response) => {
    response.writeHead(200);
    const more = () => {
      if (!response.destroyed) response.write('x'.repeat(1 << 20), () => setImmediate(more));
    };
    more();
  });
  await expect(report(address)).rejects.toThrow(/larger than 32 MiB/);
});

test('a country of which nothing was heard: which there are', async () => {
  const address = await answering(({ path }) => (path.endsWith('country/values') ? ['DE', 'RU', evil] : []));
  await expect(report(address, 'NZ')).rejects.toThrow(
    'no probe in NZ was heard there between 2024-01-20T13:00:00.000Z and 2024-01-20T19:00:00.000Z; there is of DE, RU',
  );
});

test('a server that is stopped by Ctrl-C', async () => {
  const controller = new AbortController();
  const address = await answering((_asked, response) => {
    response.writeHead(200);
    controller.abort();
  });
  onTestFinished(() => controller.abort());
  const asked = countryReport(createPrometheus(address, controller.signal), {
    country: 'PK',
    since_ms,
    until_ms,
    timezone: 'UTC',
    now_ms: until_ms,
    titles,
  });
  await expect(asked).rejects.toThrow(`cannot ask Prometheus at ${address}: stopped`);
});
