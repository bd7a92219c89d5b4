/** Trouble that many countries share: the platform's own fault, or ours. */
import { describe, expect, test } from 'vitest';
import { badDuring, builtIn, calm, network, probe } from './fleet.ts';
import { hasPromtool, verify } from './promtool.ts';

const samples = 50;
const onset = 20;
const countries = ['PK', 'DE', 'BR', 'NG'];
const asns = (country: string) => [1, 2, 3].map((n) => `AS${64500 + countries.indexOf(country) * 3 + n}`);
const nation = 'NationScale.*|Multi.*|PlatformOutage|ProbeDefect.*';

describe.runIf(hasPromtool)('a platform', () => {
  test('that fails in three countries of four is down, and no nation restricts it', () => {
    const bad = badDuring(onset, samples, 'facebook', 'instagram');
    const said = verify({
      name: 'Meta, 4 October 2021',
      input: [
        ...countries.slice(0, 3).flatMap((c) => asns(c).flatMap((asn) => network(c, asn, 2, { samples, bad }))),
        ...calm('NG', asns('NG'), samples),
      ],
      expect: [{ at: '40m', firing: ['PlatformOutage - facebook', 'PlatformOutage - instagram'] }],
    });
    expect(said).toBe('');
  });

  test('that fails everywhere does not hide the block of another one', () => {
    const meta = badDuring(onset, samples, 'facebook');
    const both = badDuring(onset, samples, 'facebook', 'x');
    const said = verify({
      name: 'outage and block',
      input: countries.flatMap((c) =>
        asns(c).flatMap((asn) => network(c, asn, 2, { samples, bad: c === 'PK' ? both : meta })),
      ),
      expect: [{ at: '40m', firing: ['PlatformOutage - facebook', 'NationScalePlatformRestriction PK x'] }],
    });
    expect(said).toBe('');
  });

  test('restricted in two countries at once is two restrictions', () => {
    const bad = badDuring(onset, samples, 'x');
    const said = verify({
      name: 'two nations',
      input: countries.flatMap((c, n) =>
        asns(c).flatMap((asn) => network(c, asn, 2, { samples, bad: n < 2 ? bad : [] })),
      ),
      expect: [{ at: '40m', firing: ['NationScalePlatformRestriction PK x', 'NationScalePlatformRestriction DE x'] }],
    });
    expect(said).toBe('');
  });
});

describe.runIf(hasPromtool)('a version', () => {
  /** On each network two probes of the old version and two of the new, of which the new ones say bad from the onset on. */
  const mixed = (country: string) =>
    asns(country).flatMap((asn) =>
      [0, 1, 2, 3].flatMap((n) =>
        probe({
          vantage: `${asn}-${n}`,
          country,
          asn,
          samples,
          ...(n < 2 ? { version: '0.2.0', bad: badDuring(onset, samples, ...builtIn) } : {}),
        }),
      ),
    );
  const defects = builtIn.map((platform) => `ProbeDefectSuspected - ${platform}`);

  test('that alone says bad, in three countries, loses its vote', () => {
    const said = verify({
      name: 'bad release',
      input: [...countries.slice(0, 3).flatMap(mixed), ...calm('NG', asns('NG'), samples)],
      expect: [{ at: '40m', firing: defects, matching: `alertname=~"${nation}"` }],
      values: [{ at: '40m', expr: 'sum(reachd:asn_suspect:ratio)', is: [{ labels: '{}', value: 0 }] }],
    });
    expect(said).toBe('');
  });

  test('that one country invents cannot silence the country', () => {
    const said = verify({
      name: 'invented version',
      input: [...mixed('PK'), ...calm('DE', asns('DE'), samples), ...calm('BR', asns('BR'), samples)],
      expect: [
        { at: '40m', firing: ['NationScaleSocialMediaDisruption PK', ...defects], matching: `alertname=~"${nation}"` },
      ],
    });
    expect(said).toBe('');
  });

  test("of a credential that shows two is nobody's, and breaks nothing", () => {
    const twice = countries
      .slice(0, 1)
      .flatMap((c) => asns(c).flatMap((asn) => network(c, asn, 2, { samples, bad: badDuring(onset, samples, 'x') })));
    const double = {
      series:
        'reachd_build_info{job="reachd", instance="again", vantage="PK-AS64501-0", country="PK", asn="AS64501", version="9"}',
      values: `1x${samples - 1}`,
    };
    const said = verify({
      name: 'two versions, one credential',
      input: [...twice, double, ...calm('DE', asns('DE'), samples)],
      expect: [{ at: '40m', firing: ['NationScalePlatformRestriction PK x'] }],
      values: [
        { at: '40m', expr: 'count(reachd:probe_version{country="PK", version!=""})', is: [{ labels: '{}', value: 5 }] },
      ],
    });
    expect(said).toBe('');
  });
});
