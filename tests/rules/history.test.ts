/** What is usual for a network is no news, and must not hide what is: nine days in steps of a quarter of an hour. */
import { describe, expect, test } from 'vitest';
import { badDuring, network, probe } from './fleet.ts';
import { hasPromtool, verify } from './promtool.ts';

/** Samples of five minutes. */
const day = 288;
const samples = 9 * day;
// Two platforms of two companies: promtool lets no query read more than 10,000 samples.
const platforms = ['x', 'facebook'] as const;
const common = { samples, step: 300, platforms };
const three = (first: number) => [0, 1, 2].map((n) => `AS${first + n}`);

describe.runIf(hasPromtool)('nine days', () => {
  test('chronic blocks in Russia and Iran neither ring for ever nor hide Pakistan', () => {
    const chronic = { ...common, bad: badDuring(day, samples, ...platforms) };
    const fresh = { ...common, bad: badDuring(8 * day, samples, ...platforms) };
    const chronicSeries = (country: string) => ({
      labels: `reachd:chronic:asns{country="${country}", platform="x"}`,
      value: 3,
    });
    const said = verify({
      name: 'RU, IR, PK',
      interval: '5m',
      every: '15m',
      input: [
        ...three(64500).flatMap((asn) => network('RU', asn, 2, chronic)),
        ...three(64510).flatMap((asn) => network('IR', asn, 2, chronic)),
        ...three(64520).flatMap((asn) => network('PK', asn, 2, fresh)),
        ...three(64530).flatMap((asn) => network('DE', asn, 2, common)),
        // A network of Pakistan with one probe only: it has a vote once its credential is a week old.
        ...probe({ vantage: 'lone', country: 'PK', asn: 'AS64540', ...common }),
      ],
      expect: [
        // Day 2: new, and so news. Two countries are no platform outage.
        { at: '2d', firing: ['NationScaleSocialMediaDisruption RU', 'NationScaleSocialMediaDisruption IR'] },
        // Half of the week is bad from day 4.5 on.
        { at: '5d', firing: [] },
        { at: '7d', firing: [] },
        { at: '8d1h', firing: ['NationScaleSocialMediaDisruption PK'] },
      ],
      values: [
        {
          at: '8d1h',
          expr: 'label_replace(count by (country, platform) (reachd:asn_chronic{platform="x"}), "__name__", "reachd:chronic:asns", "", "")',
          is: [chronicSeries('RU'), chronicSeries('IR')],
        },
        { at: '6d', expr: 'count(reachd:asn_votes{asn="AS64540"})', is: [] },
        { at: '8d1h', expr: 'count(reachd:asn_votes{asn="AS64540"})', is: [{ labels: '{}', value: 1 }] },
      ],
    });
    expect(said).toBe('');
  });
});
