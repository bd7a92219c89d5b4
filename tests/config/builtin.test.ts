/** What the shipped lists must hold for the method to work at all (measurement: controls, targets). */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readBuiltins } from '../../src/config/builtin.ts';
import { load } from '../../src/config/load.ts';
import { packageRoot } from '../../src/config/package-root.ts';

const { platforms, controls } = readBuiltins();
const foreign = controls.filter(({ scope }) => scope === 'foreign');

test('the names of the contract, which are series names', () => {
  expect(platforms.map(({ name, company, enabled }) => `${name} ${company} ${enabled}`)).toEqual([
    'x x true',
    'facebook meta true',
    'instagram meta true',
    'youtube google true',
    'whatsapp meta false',
    'tiktok bytedance false',
    'telegram telegram false',
    'signal signal false',
  ]);
  expect(platforms.slice(0, 4).flatMap(({ targets }) => targets.map(({ name }) => name))).toEqual([
    'x/website',
    'x/cdn',
    'x/shortener',
    'facebook/website',
    'facebook/cdn',
    'instagram/website',
    'instagram/cdn',
    'youtube/website',
    'youtube/static_cdn',
    'youtube/video_cdn',
  ]);
});

test('every measured platform offers an object to measure goodput with', () => {
  for (const { name, targets } of platforms.slice(0, 4)) {
    const sized = targets.filter(({ transfer, transfer_candidates }) => transfer || transfer_candidates.length > 0);
    expect(`${name} ${sized.length > 0}`).toBe(`${name} true`);
  }
});

test('six controls and more on four owners and more, used everywhere', () => {
  const owners = new Set(foreign.map(({ url }) => new URL(url).hostname.split('.').slice(-2).join('.')));
  expect(foreign.length).toBeGreaterThanOrEqual(6);
  expect(owners.size).toBeGreaterThanOrEqual(4);
  expect(foreign.every(({ country }) => country === undefined)).toBe(true);
});

test('two sized objects of different companies', () => {
  const sized = foreign.filter(({ transfer }) => transfer).map(({ url }) => new URL(url).hostname);
  expect(sized).toEqual(['upload.wikimedia.org', 'cdn.kernel.org']);
});

test('one control in clear text, for captive portals; everything else is encrypted', () => {
  const urls = [...controls, ...platforms.flatMap(({ targets }) => targets)].map(({ url }) => url);
  expect(urls.filter((url) => url.startsWith('http:'))).toEqual(['http://www.msftconnecttest.com/connecttest.txt']);
});

test('in-country controls come at least in pairs, each with its country', () => {
  const perCountry = Map.groupBy(
    controls.filter(({ scope }) => scope === 'in_country'),
    ({ country }) => country,
  );
  expect([...perCountry.keys()]).toEqual(expect.arrayContaining(['PK', 'RU', 'TR', 'IR', 'IN']));
  expect(perCountry.has(undefined)).toBe(false);
  for (const [country, list] of perCountry) expect(`${country} ${list.length >= 2}`).toBe(`${country} true`);
});

test('the rules for a user’s file hold: each list, given as one, comes to the defaults', () => {
  const plain = load({ flags: {}, env: {} });
  expect(plain.warnings).toEqual([]);
  for (const name of ['platforms.yaml', 'controls.yaml']) {
    expect(load({ flags: { 'config.file': join(packageRoot, 'config', name) }, env: {} }).config).toEqual(plain.config);
  }
});
