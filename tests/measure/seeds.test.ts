import { isIP } from 'node:net';
import { expect, test } from 'vitest';
import { readBuiltins } from '../../src/config/builtin.ts';
import { asnOf } from '../../src/measure/asn.ts';
import { isBogon } from '../../src/measure/bogon.ts';
import { seedsFor } from '../../src/measure/seeds.ts';

const hosts = readBuiltins()
  .platforms.filter(({ enabled }) => enabled)
  .flatMap(({ targets }) => targets.map(({ url }) => new URL(url).hostname));

test.each(hosts.filter((host) => seedsFor(host).length > 0))(
  '%s: public addresses of a platform’s own network',
  (host) => {
    for (const ip of seedsFor(host)) {
      expect(isIP(ip)).not.toBe(0);
      expect(isBogon(ip)).toBe(false);
      expect([13414, 32934, 15169]).toContain(asnOf(ip));
    }
  },
);

test('every enabled platform has a target with seeds, and a stranger has none', () => {
  expect(hosts.filter((host) => seedsFor(host).length > 0).length).toBeGreaterThanOrEqual(9);
  expect(seedsFor('constructor')).toEqual([]);
});
