/**
 * Disruptions that happened, each put through the rules: tests/rules/data/social_media_disruptions.csv.
 *
 * A row says which platforms failed where, and which verdict is right. How many networks were seen is ours: four of five,
 * since the reports speak of "most" or "several" providers, and all of them where the platform itself was down.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { badDuring, builtIn, type Common, companies, network, type Platform } from './fleet.ts';
import { hasPromtool, type Series, verify } from './promtool.ts';

const samples = 45;
const onset = 10;
/** Long enough for the slowest nation alert (5 minutes), short enough to see the end. */
const end = 25;

interface Event {
  date: string;
  country: string;
  platforms: readonly Platform[];
  expect: string;
}

/** The file's words for what reachd knows by other names. */
const names: Readonly<Record<string, Platform>> = { twitter: 'x', 'whatsapp-web': 'whatsapp' };

/** Fields of a CSV line; quotes only around whole fields, as the file has them. */
const fields = (line: string) => [...line.matchAll(/(?:^|,)(?:"([^"]*)"|([^,]*))/g)].map((m) => m[1] ?? m[2] ?? '');

function readEvents(): Event[] {
  const file = path.join(import.meta.dirname, 'data/social_media_disruptions.csv');
  const [head = '', ...lines] = readFileSync(file, 'utf8').trim().split('\n');
  const columns = fields(head);
  return lines.map((line) => {
    const row = fields(line);
    const cell = (name: string) => row[columns.indexOf(name)] ?? '';
    const platforms = cell('platforms')
      .toLowerCase()
      .split(';')
      .map((name) => names[name] ?? name);
    const unknown = platforms.filter((name) => !(name in companies));
    if (unknown.length > 0) throw new Error(`${cell('date')}: no such platform: ${unknown.join(' ')}`);
    return {
      date: cell('date'),
      country: cell('country'),
      platforms: platforms as Platform[],
      expect: cell('expect'),
    };
  });
}

const others = ['DE', 'BR', 'NG'];
const five = (country: string) => [0, 1, 2, 3, 4].map((n) => `AS${64500 + (country.charCodeAt(0) % 7) + n}`);

/** Two probes in each of five networks of a country, of which the first `bad` see the event. */
function country(name: string, bad: number, event: Event): Series[] {
  const platforms = [...new Set([...builtIn, ...event.platforms])];
  const common: Common = { samples, platforms };
  return five(name).flatMap((asn, index) =>
    network(name, asn, 2, index < bad ? { ...common, bad: badDuring(onset, end, ...event.platforms) } : common),
  );
}

/** The alerts that the right verdict comes to. */
function alerts({ country: where, platforms, expect: verdict }: Event): string[] {
  switch (verdict) {
    case 'nation_scale':
      return [`NationScaleSocialMediaDisruption ${where}`];
    case 'single_platform':
    case 'single_platform_throttled':
      return platforms.map((platform) => `NationScalePlatformRestriction ${where} ${platform}`);
    case 'platform_outage_not_nation':
      return platforms.map((platform) => `PlatformOutage - ${platform}`);
    default:
      throw new Error(`no such verdict: ${verdict}`);
  }
}

const events = readEvents();

describe.runIf(hasPromtool)('events', () => {
  test('every row was read', () => {
    expect(events).toHaveLength(13);
    expect(new Set(events.map((event) => event.expect)).size).toBe(4);
  });

  test.each(events)('$date $country $platforms: $expect', (event) => {
    const global = event.country === 'GLOBAL';
    const input = global
      ? [...others, 'PK'].flatMap((name) => country(name, 5, event))
      : [...country(event.country, 4, event), ...others.flatMap((name) => country(name, 0, event))];
    const firing = alerts(event);
    const said = verify({
      name: `${event.date} ${event.country}`,
      input,
      expect: [
        { at: `${onset - 1}m`, firing: [] },
        { at: `${onset + 7}m`, firing },
        { at: `${end - 1}m`, firing },
        { at: `${end + 13}m`, firing: [] },
      ],
    });
    expect(said).toBe('');
  });
});
