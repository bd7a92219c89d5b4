import { connect, createServer } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Complaint } from '../../src/model/errors.ts';
import { createEventHub } from '../../src/publish/events.ts';
import { startWeb } from '../../src/publish/web.ts';
import { ask, raw } from './ask.ts';
import { board, now, serve } from './board.ts';
import { only, parse } from './exposition.ts';
import { calm, incident } from './outcomes.ts';
import { metrics } from './scope.ts';

const safe = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

describe('what is served', () => {
  test.each([
    ['/', 200, 'text/html; charset=utf-8', /^<!doctype html>/],
    ['/style.css', 200, 'text/css; charset=utf-8', /color-scheme/],
    ['/icon.svg', 200, 'image/svg+xml; charset=utf-8', /^<svg/],
    ['/metrics', 200, 'text/plain; version=0.0.4; charset=utf-8', /^# HELP reachd_/],
    ['/-/healthy', 200, 'text/plain; charset=utf-8', /^reachd is healthy\.\n$/],
    ['/-/ready', 200, 'text/plain; charset=utf-8', /^reachd is ready\.\n$/],
    ['/api/v1/status', 200, 'application/json; charset=utf-8', /^\{"version":1/],
    ['/api/v1/reference', 200, 'application/json; charset=utf-8', /^\{"version":1/],
    ['/api/v1/incidents', 200, 'application/json; charset=utf-8', /^\{"incidents":\[\]\}\n$/],
    ['/api/v1/incidents/x-1', 404, 'application/json; charset=utf-8', /"error"/],
    ['/nothing', 404, 'text/plain; charset=utf-8', /^Nothing is served at \/nothing/],
    ['/api/v1/', 404, 'text/plain; charset=utf-8', /^Nothing is served/],
    ['/constructor', 404, 'text/plain; charset=utf-8', /^Nothing is served/],
    ['/../../etc/passwd', 404, 'text/plain; charset=utf-8', /^Nothing is served at \/etc/],
  ])('%s: %i %s', async (path, status, type, body) => {
    const { url } = await serve();
    const answer = await ask(url, path);
    expect(answer).toMatchObject({ status, headers: { 'content-type': type, ...safe } });
    expect(answer.body).toMatch(body);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  test('HEAD has the headers of GET and no body', async () => {
    const { url } = await serve();
    const [head, got] = [await ask(url, '/', { method: 'HEAD' }), await ask(url, '/')];
    expect(head.status).toBe(200);
    expect(head.body).toBe('');
    expect(head.headers['content-length']).toBe(got.headers['content-length']);
  });

  test('a large answer is compressed for those who take it: a scrape must not eat the data plan', async () => {
    const { url } = await serve();
    const plain = await ask(url, '/');
    const packed = await ask(url, '/', { headers: { 'accept-encoding': 'gzip, deflate' } });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(packed.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(Buffer.from(packed.body, 'latin1')).toString('latin1')).toBe(plain.body);
    expect(packed.body.length).toBeLessThan(plain.body.length / 2);
    const refused = await ask(url, '/', { headers: { 'accept-encoding': 'gzip;q=0' } });
    expect(refused.headers['content-encoding']).toBeUndefined();
  });

  test('not ready before the first round: a reason, and 503', async () => {
    const { url } = await serve({ notReady: () => 'the first round has not ended' });
    expect(await ask(url, '/-/ready')).toMatchObject({
      status: 503,
      body: 'reachd is not ready: the first round has not ended.\n',
    });
    expect((await ask(url, '/-/healthy')).status).toBe(200);
  });

  test('metrics of a judged round', async () => {
    const sink = metrics();
    await sink.accept(calm());
    const { url } = await serve({ metrics: sink });
    const series = parse((await ask(url, '/metrics')).body);
    expect(only(series, 'reachd_target_success', 'target="x/website"', 'ip4')).toBe(1);
  });

  test('a source that fails: 500 without a word of the inside, and the log gets it', async () => {
    const broken = new Error('/secret/path: no such table');
    const { url, errors } = await serve({
      incidents: () => {
        throw broken;
      },
    });
    const answer = await ask(url, '/api/v1/incidents');
    expect(answer.status).toBe(500);
    expect(answer.body).not.toContain('secret');
    expect(errors).toEqual([broken]);
    expect((await ask(url, '/-/healthy')).status).toBe(200);
  });
});

describe('the stored rounds', () => {
  const stored = (count: number) => {
    const asked: unknown[] = [];
    const rounds = (query: { since_ms?: number | undefined; after_id?: number | undefined }) => {
      asked.push(query);
      const from = (query.after_id ?? 0) + 1;
      return Array.from({ length: Math.max(0, Math.min(100, count - from + 1)) }, (_, index) => ({
        id: from + index,
        round: from + index,
        started_ms: now,
        record: JSON.stringify({ round: from + index }),
      }));
    };
    return { rounds, asked };
  };

  test('come as NDJSON, page by page, in order', async () => {
    const { rounds, asked } = stored(250);
    const { url } = await serve({ rounds });
    const answer = await ask(url, '/api/v1/rounds?since=2024-01-20T13:00:00Z');
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/x-ndjson; charset=utf-8', ...safe },
    });
    const lines = answer.body
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { round: number }).round);
    expect(lines).toEqual(Array.from({ length: 250 }, (_, index) => index + 1));
    expect(asked[0]).toMatchObject({ since_ms: Date.parse('2024-01-20T13:00:00Z'), after_id: 0 });
    expect(asked.at(-1)).toMatchObject({ after_id: 250 });
  });

  test.each([
    ['24h', now - 24 * 3600_000],
    ['90s', now - 90_000],
    ['7d', now - 7 * 24 * 3600_000],
    ['2024-01-20T18:00:00+05:00', Date.parse('2024-01-20T13:00:00Z')],
  ])('since=%s', async (since, since_ms) => {
    const { rounds, asked } = stored(0);
    const { url } = await serve({ rounds });
    expect((await ask(url, `/api/v1/rounds?since=${since}`)).status).toBe(200);
    expect(asked[0]).toMatchObject({ since_ms });
  });

  test.each(['yesterday', '1', '', '-5h', '2024-13-40T00:00:00Z', '9999999h'])('since=%s is refused', async (since) => {
    const { url } = await serve();
    const answer = await ask(url, `/api/v1/rounds?since=${since}`);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toEqual({
      error: 'since: expected a time such as "2024-01-20T13:41:00Z" or "24h"',
    });
  });
});

describe('/probe', () => {
  test('is the last look in the shape of blackbox_exporter', async () => {
    const sink = board();
    await sink.accept(calm());
    const { url } = await serve({ board: sink });
    const series = parse((await ask(url, '/probe?target=facebook/cdn&ip_protocol=ip4')).body);
    expect(only(series, 'probe_success')).toBe(1);
    expect(only(series, 'probe_http_duration_seconds', 'phase="connect"')).toBe(0.0419);
    expect(only(series, 'probe_http_status_code')).toBe(200);
    expect(only(series, 'probe_ip_protocol')).toBe(4);
    expect(only(series, 'probe_duration_seconds')).toBeCloseTo(0.2518, 6);
  });

  test('of a failed look has no phase that did not happen', async () => {
    const sink = board();
    await sink.accept(incident());
    const { url } = await serve({ board: sink });
    const series = parse((await ask(url, '/probe?target=x/website&ip_protocol=ip6')).body);
    expect(only(series, 'probe_success')).toBe(0);
    expect(only(series, 'probe_ip_protocol')).toBe(6);
    expect([...series.keys()].filter((key) => key.includes('phase='))).toEqual([
      'probe_http_duration_seconds{phase="resolve"}',
      'probe_http_duration_seconds{phase="connect"}',
    ]);
    expect(only(series, 'probe_duration_seconds')).toBeCloseTo((3.1 + 42 + 3.9) / 1000, 6);
  });

  test.each([
    ['/probe', 400],
    ['/probe?target=x/website&ip_protocol=ip5', 400],
    ['/probe?target=http://169.254.169.254/', 404],
    ['/probe?target=x/website', 503],
  ])('%s: %i, and never a connection', async (path, status) => {
    const { url } = await serve();
    expect((await ask(url, path)).status).toBe(status);
  });

  test('is refused when the last look is more than three rounds old', async () => {
    const sink = board();
    await sink.accept(calm());
    const { url } = await serve({ board: sink });
    const other = calm();
    other.round.platforms = { x: [] };
    for (let n = 0; n < 3; n += 1) await sink.accept(other);
    expect((await ask(url, '/probe?target=x/website')).status).toBe(200);
    await sink.accept(other);
    expect((await ask(url, '/probe?target=x/website')).status).toBe(503);
  });
});

test('one incident comes with the rounds around its onset, its own platform in full', async () => {
  const { events, round } = incident();
  const opened = events.find(({ platform }) => platform === 'x')!;
  const stored = { incident: opened.incident, platform: 'x', opened_at: opened.at, latest: opened, events: [opened] };
  const row = { id: 1, round: round.round, started_ms: Date.parse(round.started_at), record: JSON.stringify(round) };
  const { url } = await serve({ incident: (id) => (id === opened.incident ? stored : undefined), rounds: () => [row] });
  const { body } = await ask(url, `/api/v1/incidents/${opened.incident}`);
  const [one, ...others] = JSON.parse(body).evidence;
  expect(others).toEqual([]);
  expect(one).toMatchObject({ round: 4716, verdicts: { x: { state: 'blocked' } } });
  expect(one.platforms).toEqual({ x: JSON.parse(JSON.stringify(round.platforms['x'])) });
  expect(one.controls).toHaveLength(round.controls.length);
});

describe('events', () => {
  test('of rounds and incidents arrive as they happen, and stop with the client', async () => {
    const events = createEventHub();
    const { url } = await serve({ events });
    const aborted = new AbortController();
    const response = await fetch(`${url}api/v1/events`, { signal: aborted.signal });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toBe('retry: 5000\n\n');
    await events.accept(incident());
    const text = (await reader.read()).value!;
    const told = text.split('\n\n').slice(0, -1);
    for (const turn of told.slice(0, -1)) expect(turn).toMatch(/^event: incident\ndata: \{/);
    expect(told[0]).toMatch(/"incident":"x-20240120T1341"/);
    // The round comes last, with the id: whoever lost the connection before it hears of the turns again.
    expect(told.at(-1)).toMatch(/^id: 4716\nevent: round\ndata: \{"round":4716/);
    aborted.abort();
  });

  test('the seventeenth listener is sent away, and its place is free again later', async () => {
    const events = createEventHub();
    const { url } = await serve({ events });
    const aborted = new AbortController();
    const listeners = await Promise.all(
      Array.from({ length: 16 }, () => fetch(`${url}api/v1/events`, { signal: aborted.signal })),
    );
    expect(listeners.map(({ status }) => status)).toEqual(Array.from({ length: 16 }, () => 200));
    expect((await ask(url, '/api/v1/events')).status).toBe(503);
    aborted.abort();
    const later = new AbortController();
    onTestFinished(() => later.abort());
    await expect
      .poll(async () => (await fetch(`${url}api/v1/events`, { signal: later.signal })).status, { timeout: 10_000 })
      .toBe(200);
  });
});

describe('who may ask', () => {
  const hosts: [string, number][] = [
    ['127.0.0.1:7322', 200],
    ['localhost', 200],
    ['localhost:7322', 200],
    ['reachd.localhost', 200],
    ['[::1]:7322', 200],
    ['192.168.1.5', 200],
    ['pi.lan', 200],
    ['PI.LAN:80', 200],
    ['reachd.example.org', 200],
    ['evil.example', 421],
    ['localhost.evil.example', 421],
    ['127.0.0.1.evil.example', 421],
    ['pi.lan.evil.example', 421],
    ['127.0.0.1@evil.example', 421],
    ['999.1.1.1', 421],
  ];
  // DNS rebinding: a page of evil.example whose name now points to 127.0.0.1 wants to read the status.
  test.each(hosts)('Host: %s → %i', async (host, status) => {
    const { url } = await serve({}, { allowed_hosts: ['pi.lan'], external_url: 'https://reachd.example.org/probe/' });
    expect((await ask(url, '/api/v1/status', { headers: { host } })).status).toBe(status);
    // Scrapers and health checks come under any name, and what they get tells nothing of the volunteer.
    for (const path of ['/metrics', '/-/healthy', '/-/ready']) {
      expect((await ask(url, path, { headers: { host } })).status).toBe(200);
    }
  });

  test('names that were read anew count from the next request on, the old ones no longer', async () => {
    const { url, reconfigure } = await serve({}, { allowed_hosts: ['pi.lan'] });
    const under = async (host: string) => (await ask(url, '/', { headers: { host } })).status;
    expect(reconfigure({ allowed_hosts: ['pi4.lan'], external_url: 'https://reachd.example.org/' })).toEqual([]);
    expect(await Promise.all(['pi.lan', 'pi4.lan', 'reachd.example.org'].map(under))).toEqual([421, 200, 200]);
  });

  test('an unknown path under a foreign name tells nothing either', async () => {
    const { url } = await serve();
    expect((await ask(url, '/nothing', { headers: { host: 'evil.example' } })).status).toBe(421);
  });

  test('methods: 405 with what is allowed', async () => {
    const { url } = await serve();
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE']) {
      expect(await ask(url, '/', { method })).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
    }
    expect(await ask(url, '/-/reload')).toMatchObject({ status: 405, headers: { allow: 'POST' } });
  });

  describe('a reload', () => {
    const origins: [string, Record<string, string>, number][] = [
      ['curl', {}, 200],
      ['our own page', { origin: 'OWN', 'sec-fetch-site': 'same-origin' }, 200],
      ['a page behind the proxy', { origin: 'https://reachd.example.org', 'sec-fetch-site': 'same-origin' }, 200],
      ['a foreign page', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, 403],
      ['a foreign page in an old browser', { origin: 'https://evil.example' }, 403],
      ['a sandboxed frame', { origin: 'null' }, 403],
      ['a form without Origin', { 'sec-fetch-site': 'cross-site' }, 403],
      ['another port of this host', { origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site' }, 403],
    ];
    test.each(origins)('by %s', async (_who, given, status) => {
      let reloads = 0;
      const { url } = await serve(
        {
          reload: () => {
            reloads += 1;
            return [];
          },
        },
        { external_url: 'https://reachd.example.org/' },
      );
      const headers = Object.fromEntries(
        Object.entries(given).map(([name, value]) => [name, value === 'OWN' ? new URL(url).origin : value]),
      );
      expect((await ask(url, '/-/reload', { method: 'POST', headers })).status).toBe(status);
      expect(reloads).toBe(status === 200 ? 1 : 0);
    });

    test('says what it could not change', async () => {
      const { url } = await serve({ reload: () => ['web.listen_address', 'experiments.tcp_info'] });
      expect((await ask(url, '/-/reload', { method: 'POST' })).body).toBe(
        'The configuration was loaded.\nAt the next start only: web.listen_address, experiments.tcp_info.\n',
      );
    });

    test('that is not enabled: 403 and how to', async () => {
      const { url } = await serve();
      expect(await ask(url, '/-/reload', { method: 'POST' })).toMatchObject({
        status: 403,
        body: 'Reloading by HTTP is not enabled: set web.enable_lifecycle, or send SIGHUP.\n',
      });
    });

    test('that fails: 500 and the reason', async () => {
      const reload = () => {
        throw new Complaint(
          'config',
          'reachd.yaml:12:13 round.interval: expected a duration such as "60s", got "banana"',
        );
      };
      const { url, errors } = await serve({ reload });
      const answer = await ask(url, '/-/reload', { method: 'POST' });
      expect(answer.status).toBe(500);
      expect(answer.body).toContain('the old one stays in force:\nreachd.yaml:12:13 round.interval');
      expect(errors).toEqual([]);
    });
  });
});

describe('limits', () => {
  test('a header bomb is refused', async () => {
    const { url } = await serve();
    expect(await raw(url, `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431/,
    );
  });

  test('garbage, a request without Host and a proxy request are refused', async () => {
    const { url } = await serve();
    expect(await raw(url, 'SSH-2.0-OpenSSH_9.2\r\n\r\n')).toMatch(/^HTTP\/1\.1 400/);
    expect(await raw(url, 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 400/);
    expect(await raw(url, 'GET / HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 421/);
    expect(await raw(url, 'GET / HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 421/);
    expect(await raw(url, 'GET http://x.com/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 400/,
    );
  });

  test('an endless body ends the connection', async () => {
    const { url } = await serve({ reload: () => new Promise(() => {}) });
    const started = raw(
      url,
      `POST /-/reload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(100_000)}`,
    );
    expect(await started).toBe('');
    expect((await ask(url, '/-/healthy')).status).toBe(200);
  });

  test('connections above the limit are turned away, those within it are served', async () => {
    const { url } = await serve();
    let turnedAway = 0;
    const sockets = Array.from({ length: 80 }, () =>
      connect(Number(new URL(url).port), '127.0.0.1')
        .on('error', () => {})
        .on('close', () => {
          turnedAway += 1;
        }),
    );
    await expect.poll(() => turnedAway, { timeout: 8000 }).toBe(80 - 64);
    const [kept] = sockets.filter((socket) => !socket.destroyed);
    const answer = new Promise<string>((resolve) => kept!.once('data', (data) => resolve(String(data))));
    kept!.write('GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect(await answer).toMatch(/^HTTP\/1\.1 200/);
    for (const socket of sockets) socket.destroy();
  });
});

describe('where to listen', () => {
  test('a busy port is one complaint with the port in it', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void blocker.close());
    await new Promise((resolve) => blocker.once('listening', resolve));
    const { port } = blocker.address() as { port: number };
    const attempt = serve({}, { listen_address: `127.0.0.1:${port}` });
    await expect(attempt).rejects.toThrow(Complaint);
    await expect(attempt).rejects.toThrow(
      `cannot listen on 127.0.0.1:${port}: port ${port} is already in use; stop what uses it, or choose another with --web.listen-address`,
    );
  });

  test.each([
    ['203.0.113.7:7322', 'cannot listen on 203.0.113.7:7322: this computer has no such address'],
    ['7322', 'web.listen-address: expected an address and a port such as "127.0.0.1:7322", got "7322"'],
    ['127.0.0.1:99999', 'expected an address and a port'],
    ['http://127.0.0.1:7322', 'expected an address and a port'],
    ['::1:7322', 'expected an address and a port'],
  ])('%s: one complaint', async (listen_address, message) => {
    const attempt = serve({}, { listen_address });
    await expect(attempt).rejects.toThrow(Complaint);
    await expect(attempt).rejects.toThrow(message);
  });

  test('IPv6 in brackets', async () => {
    const { url } = await serve({}, { listen_address: '[::1]:0' });
    expect(url).toMatch(/^http:\/\/\[::1\]:\d+\/$/);
    expect((await ask(url, '/-/healthy')).status).toBe(200);
  });

  test('closing ends open connections and frees the port', async () => {
    const first = await serve();
    const open = raw(first.url, 'GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await first.close();
    await open;
    const second = await startWeb({
      listen_address: new URL(first.url).host,
      allowed_hosts: [],
      onError: () => {},
      sources: { board: board(), metrics: metrics(), notReady: () => undefined, wall: () => now },
    });
    expect(second.url).toBe(first.url);
    await second.close();
  });
});
