import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { defaultDataPath } from '../../src/config/data-path.ts';
import { type Loaded, load, unknownVariables } from '../../src/config/load.ts';
import { packageRoot, packageVersion } from '../../src/config/package-root.ts';

const directory = mkdtempSync(join(tmpdir(), 'reachd-config-'));
afterAll(() => rmSync(directory, { recursive: true }));

let written = 0;
function file(content: string): string {
  const path = join(directory, `${written++}.yaml`);
  writeFileSync(path, content);
  return path;
}

/** Loads a file of this content, with flags and environment. */
function loaded(content: string, flags: Record<string, unknown> = {}, env: NodeJS.ProcessEnv = {}): Loaded {
  return load({ flags: { 'config.file': file(content), ...flags }, env });
}

const config = (...given: Parameters<typeof loaded>) => loaded(...given).config;

describe('which one counts', () => {
  const content = 'vantage: { name: from-file }\nround: { interval: 30s }\n';
  const env = { REACHD_VANTAGE_NAME: 'from-env', REACHD_ROUND_INTERVAL: '40s' };

  test('flag over environment over file over default', () => {
    expect(config(content, { 'vantage.name': 'from-flag' }, env).vantage.name).toBe('from-flag');
    expect(config(content, {}, env).vantage.name).toBe('from-env');
    expect(config(content).vantage.name).toBe('from-file');
    expect(config('').vantage.name).toBeUndefined();
    expect([config(content, {}, env), config(content), config('')].map(({ round }) => round.interval_ms)).toEqual([
      40_000, 30_000, 60_000,
    ]);
  });

  test('an override leaves its neighbours alone', () => {
    const { vantage } = config('vantage: { country: PK, asn: AS17557 }\n', {}, { REACHD_VANTAGE_COUNTRY: 'TR' });
    expect(vantage).toMatchObject({ country: 'TR', asn: 'AS17557', timezone: 'UTC' });
  });

  test('an empty variable is as good as none', () => {
    expect(config(content, {}, { REACHD_VANTAGE_NAME: '' }).vantage.name).toBe('from-file');
  });

  test('lists come with commas, booleans as true or false', () => {
    const given = config(
      '',
      {},
      { REACHD_RESOLVERS_SERVERS: '203.0.113.53, 2001:db8::53', REACHD_WEB_ENABLE_LIFECYCLE: 'true' },
    );
    expect(given.resolvers.servers).toEqual(['203.0.113.53', '2001:db8::53']);
    expect(given.web.enable_lifecycle).toBe(true);
  });

  test('the file itself may be named by the environment', () => {
    const { config: read, file: name } = load({ flags: {}, env: { REACHD_CONFIG_FILE: file(content) } });
    expect(read.vantage.name).toBe('from-file');
    expect(name).toMatch(/\.yaml$/);
  });

  test('a mistake outside the file names the flag or the variable, together with those of the file', () => {
    const run = () =>
      loaded(
        'round: { jitter: 2 }\n',
        { 'round.interval': 'x' },
        { REACHD_VANTAGE_ASN: '17557', REACHD_LOG_LEVEL: 'loud' },
      );
    expect(run).toThrow('--round.interval: expected a duration such as "60s", got "x"');
    expect(run).toThrow('REACHD_VANTAGE_ASN: expected an autonomous system such as "AS17557", got "17557"');
    expect(run).toThrow('REACHD_LOG_LEVEL: expected "trace" or "debug"');
    expect(run).toThrow('1:18 round.jitter: expected at most 0.5, got 2');
  });

  test('a rule over several keys blames the place that set the value', () => {
    expect(() => loaded('round: { timeout: 20s }\n', { 'round.interval': '10s' })).toThrow(
      '1:19 round.timeout: expected less than 0.75 × round.interval (7s500ms), got "20s"',
    );
  });

  test('an override of a section that is no map does not hide that mistake', () => {
    expect(() => loaded('vantage: here\n', { 'vantage.name': 'a' })).toThrow(
      /vantage: expected keys and values, got "here"/,
    );
  });

  test.each(['yes', 'true', '1', 'on', '2026'])('consent by the word %s is refused', (word) => {
    expect(() => loaded('', {}, { REACHD_ACCEPT_RISK: word })).toThrow(
      /^REACHD_ACCEPT_RISK: expected the version of the risk text that you have read, such as "2026-11", got/,
    );
  });

  test('foreign variables with our prefix are listed and change nothing', () => {
    // Kubernetes sets these for a service that is called reachd.
    const env = {
      REACHD_PORT: 'tcp://10.0.0.1:7322',
      REACHD_SERVICE_HOST: '10.0.0.1',
      REACHD_PROFILE: 'mobile',
      HOME: '/',
    };
    expect(unknownVariables(env, ['REACHD_PROBE_OUTPUT'])).toEqual(['REACHD_PORT', 'REACHD_SERVICE_HOST']);
    expect(config('', {}, env).profile).toBe('mobile');
  });
});

describe('what is left out', () => {
  test('an empty file, no file, and the commented example come to the same', () => {
    const plain = load({ flags: {}, env: {} }).config;
    expect(config('')).toEqual(plain);
    expect(config('round:\nplatforms:\nvantage: { name: , country: }\n')).toEqual(plain);
    expect(load({ flags: { 'config.file': join(packageRoot, 'config/reachd.yaml') }, env: {} }).config).toEqual(plain);
  });

  test('defaults are those of the contract', () => {
    expect(config('')).toMatchObject({
      profile: 'fixed',
      vantage: { timezone: 'UTC', detect: true },
      round: { interval_ms: 60_000, jitter: 0.1, timeout_ms: 10_000, concurrency: 4 },
      transfer: { every_ms: 300_000, bytes: 65_536, timeout_ms: 10_000 },
      budget: { daily_bytes: 200_000_000, reserve: 0.25 },
      baseline: { ready_after_ms: 86_400_000 },
      ip_protocols: ['ip4', 'ip6'],
      resolvers: { system: true, servers: [], scope: 'auto', public: ['8.8.8.8', '1.1.1.1', '9.9.9.9'] },
      experiments: { neutral_sni: true, large_hello: true, tcp_info: false },
      web: { listen_address: '127.0.0.1:7322', allowed_hosts: [], enable_lifecycle: false },
      metrics: { histograms: false },
      store: { keep_ms: 2_592_000_000, max_size_bytes: 512_000_000 },
      log: { level: 'info', format: 'json' },
      user_agent: `reachd/${packageVersion()} (network reachability measurement)`,
    });
  });

  test('the mobile profile is slower and smaller, and its parts can still be set', () => {
    const mobile = config('profile: mobile\n');
    expect([mobile.round.interval_ms, mobile.transfer.every_ms, mobile.budget.daily_bytes]).toEqual([
      120_000, 7_200_000, 25_000_000,
    ]);
    expect(config('profile: mobile\nround: { interval: 5m }\n').round.interval_ms).toBe(300_000);
  });

  test('times that nobody set fit into a short round', () => {
    const { round, transfer } = config('round: { interval: 4s }\n');
    expect([round.timeout_ms, transfer.timeout_ms, transfer.every_ms]).toEqual([2000, 2000, 300_000]);
    expect(config('round: { interval: 10m }\n').transfer.every_ms).toBe(600_000);
  });

  test('a monthly budget alone bounds the day', () => {
    expect(config('budget: { monthly: 100MB }\n').budget).toMatchObject({
      daily_bytes: 100_000_000,
      monthly_bytes: 100_000_000,
    });
    expect(config('budget: { daily: 10MB }\n').budget).toMatchObject({
      daily_bytes: 10_000_000,
      monthly_bytes: 310_000_000,
    });
  });

  test('logs are for people on a terminal', () => {
    expect(load({ flags: {}, env: {}, terminal: true }).config.log.format).toBe('pretty');
    expect(load({ flags: {}, env: { REACHD_LOG_FORMAT: 'json' }, terminal: true }).config.log.format).toBe('json');
  });
});

describe('lists', () => {
  const names = (content: string) =>
    config(content)
      .platforms.filter(({ enabled }) => enabled)
      .map(({ name }) => name);

  test('four platforms are on; others are switched on and off by name', () => {
    expect(names('')).toEqual(['x', 'facebook', 'instagram', 'youtube']);
    expect(names('platforms: [{ name: signal, enabled: true }, { name: facebook, enabled: false }]\n')).toEqual([
      'x',
      'instagram',
      'youtube',
      'signal',
    ]);
  });

  test('a platform of a known name keeps what is not given; targets are replaced as a whole', () => {
    const [x] = config(
      'platforms: [{ name: x, targets: [{ name: x/website, url: "https://x.com:8443/" }] }]\n',
    ).platforms;
    expect(x).toMatchObject({ name: 'x', title: 'X', company: 'x', enabled: true });
    expect(x?.targets).toEqual([
      { name: 'x/website', url: 'https://x.com:8443/', transfer: false, transfer_candidates: [], addresses: [] },
    ]);
  });

  test('a new platform is on, and is its own company', () => {
    const mine = config(
      'platforms: [{ name: mine, targets: [{ name: mine/a, url: "http://mine.test/", addresses: [127.0.0.1] }] }]\n',
    ).platforms.at(-1);
    expect(mine).toMatchObject({ name: 'mine', title: 'mine', company: 'mine', enabled: true, siblings: [] });
    expect(mine?.targets[0]?.addresses).toEqual(['127.0.0.1']);
  });

  test('siblings replace those of their platform and of no other', () => {
    const before = config('').platforms;
    const after = config('siblings: { youtube: ["https://www.gstatic.com/"] }\n').platforms;
    expect(after.find(({ name }) => name === 'youtube')?.siblings).toEqual(['https://www.gstatic.com/']);
    expect(after.find(({ name }) => name === 'facebook')).toEqual(before.find(({ name }) => name === 'facebook'));
  });

  test('controls of the operator replace the built-in ones', () => {
    const { config: own, warnings } = loaded('controls: [{ name: mine, url: "https://example.org/" }]\n');
    expect(own.controls).toEqual([
      { name: 'mine', url: 'https://example.org/', scope: 'foreign', transfer: false, addresses: [] },
    ]);
    expect(warnings).toEqual([
      'controls: 1 can be used here; fewer than 6 make comparisons weak',
      'controls: none is marked transfer: true; throttling cannot be compared with anything',
    ]);
  });

  test('a country without controls of its own is told that isolation cannot be seen', () => {
    expect(loaded('vantage: { country: IS }\n').warnings).toEqual([
      'controls: none is in_country for IS; "isolated" cannot be told from "offline"',
    ]);
    expect(loaded('vantage: { country: PK }\n').warnings).toEqual([]);
  });

  test('a platform of the operator on a built-in control is a clash', () => {
    const content = 'platforms: [{ name: wiki, targets: [{ name: wiki/a, url: "https://www.wikipedia.org/" }] }]\n';
    expect(() => loaded(content)).toThrow(/built-in control wikipedia: expected a host that shares no company/);
  });
});

test('the configuration is frozen all the way down', () => {
  const frozen = config('');
  expect(() => Object.assign(frozen.round, { interval_ms: 1 })).toThrow(TypeError);
  expect(() => (frozen.platforms[0]!.targets as unknown[]).push({})).toThrow(TypeError);
});

test('files are relative to where they are named', () => {
  const ca = file('');
  const name = ca.slice(directory.length + 1);
  expect(config(`tls: { ca_file: ${name} }\n`).tls.ca_file).toBe(ca);
  expect(config('', { 'tls.ca-file': 'package.json' }).tls.ca_file).toBe(join(process.cwd(), 'package.json'));
});

test('moments are understood with their offset', () => {
  const { events } = config('events: [{ at: "2024-01-20T18:40:00+05:00", title: Rally }]\n');
  expect(events).toEqual([{ at: '2024-01-20T13:40:00.000Z', title: 'Rally' }]);
});

test('a checkout keeps its data in ./data, whatever the working directory', () => {
  expect(defaultDataPath({ XDG_STATE_HOME: '/nowhere' })).toBe(join(packageRoot, 'data'));
  expect(config('', { 'data.path': 'elsewhere' }).data.path).toBe(join(process.cwd(), 'elsewhere'));
});
