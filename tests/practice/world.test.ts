import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { load } from '../../src/config/load.ts';
import { practicePem } from '../../src/practice/pki.ts';
import { stations } from '../../src/practice/stations.ts';
import { answersFor, concerns, matchesHost, scopeOf, stationsOf } from '../../src/practice/world.ts';

const { config } = load({ flags: {}, env: {} });
const certificate = new X509Certificate(practicePem('leaf.pem'));
const hostOf = (url: string) => new URL(url).hostname;

describe('the practice Internet has everybody whom the built-in configuration names', () => {
  const targets = config.platforms
    .filter(({ enabled }) => enabled)
    .flatMap(({ targets, siblings }) => [...targets.map(({ url }) => url), ...siblings]);
  const controls = config.controls
    .filter(({ country }) => country === undefined || country === 'PK')
    .map(({ url }) => url);
  const trusted = config.resolvers.trusted.map(({ url }) => url);

  test.each([...new Set([...targets, ...controls, ...trusted].map(hostOf))])('%s', (host) => {
    expect(stationsOf(host).length).toBeGreaterThan(0);
    expect(certificate.checkHost(host)).not.toBe(undefined);
  });

  test('several addresses a platform, on more than one network', () => {
    for (const platform of ['x', 'facebook', 'instagram', 'youtube']) {
      const mine = stations.filter((station) => station.platform === platform).flatMap(({ ip4 }) => ip4);
      expect(new Set(mine.map((ip) => ip.split('.').slice(0, 2).join('.'))).size).toBeGreaterThanOrEqual(2);
    }
  });

  test('controls abroad on addresses that no platform uses', () => {
    for (const host of controls.map(hostOf)) {
      for (const station of stationsOf(host)) expect(station.platform).toBe(undefined);
    }
  });
});

test('every address belongs to one station, and is a public one', () => {
  const all = stations.flatMap(({ ip4, ip6 }) => [...ip4, ...ip6]);
  expect(new Set(all).size).toBe(all.length);
  for (const ip of all) expect(ip).not.toMatch(/^(10|127|0|169\.254|192\.168)\.|^f[cde]|^::1$/);
});

test('patterns match as a filter’s list does', () => {
  expect(matchesHost('x.com', 'X.com.')).toBe(true);
  expect(matchesHost('x.com', 'netflix.com')).toBe(false);
  expect(matchesHost('*.x.com', 'api.x.com')).toBe(true);
  expect(matchesHost('*.x.com', 'x.com')).toBe(false);
  expect(matchesHost('*', 'anything')).toBe(true);
});

test('a rule concerns exactly the addresses that it describes', () => {
  const x = '104.244.42.1';
  expect(concerns({}, x, 443)).toBe(true);
  expect(concerns({ platforms: ['x'] }, '146.75.120.159', 443)).toBe(true);
  expect(concerns({ platforms: ['x'] }, '142.250.185.78', 443)).toBe(false);
  expect(concerns({ platforms: ['x'], protocol: 'ip6' }, x, 443)).toBe(false);
  expect(concerns({ hosts: ['*.twimg.com'] }, x, 443)).toBe(false);
  expect(concerns({ ports: [80] }, x, 443)).toBe(false);
  expect(concerns({ except: [x] }, x, 443)).toBe(false);
  expect(concerns({ scope: 'foreign' }, '198.51.100.9', 443)).toBe(true);
  expect([scopeOf('192.168.1.2'), scopeOf('111.68.98.20'), scopeOf(x)]).toEqual(['isp', 'in_country', 'foreign']);
});

test('caches answer for names that the DNS does not give them', () => {
  const cache = stations.find(({ name }) => name === 'x-cache');
  expect(cache && answersFor(cache, 'abs.twimg.com')).toBe(true);
  expect(stationsOf('x.com')).not.toContain(cache);
});
