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

  /** So many countries of three networks each; the first ones lose X from these minutes on, until `to`. */
  const region = (size: number, from: readonly number[], to = longer) =>
    Array.from({ length: size }, (_, n) => `Q${String.fromCharCode(65 + n)}`).flatMap((country, n) =>
      [1, 2, 3].flatMap((k) => {
        const bad = badDuring(from[n] ?? longer, n === 0 ? to : longer, 'x');
        return network(country, `AS${64_500 + 3 * n + k}`, 2, {
          samples: longer,
          bad: from[n] === undefined ? [] : bad,
        });
      }),
    );
  const longer = 100;
  const regional = 'RegionalPlatformOutage - x';
  const nations = (...codes: string[]) => codes.map((code) => `NationScalePlatformRestriction ${code} x`);

  test('that fails in three countries of thirteen within minutes fails in a region', () => {
    const said = verify({
      name: 'a region',
      input: region(13, [20, 22, 24]),
      expect: [
        { at: '23m', firing: [] },
        { at: '29m', firing: [regional] },
        { at: '99m', firing: [regional] },
      ],
      texts: [
        {
          at: '40m',
          alert: 'RegionalPlatformOutage',
          labels: { platform: 'x', company: 'x', severity: 'warning' },
          annotations: {
            summary: 'x failed in 3 countries within minutes',
            description:
              'Two networks or more in each of these countries lost x within a quarter of an hour: QA QB QC. Their nation' +
              ' alerts for it are held back, those of all other countries are not.',
            runbook_url: 'docs/runbooks/RegionalPlatformOutage.md',
          },
        },
      ],
    });
    expect(said).toBe('');
  });

  test('that fails in a region hides no restriction that was there before', () => {
    const said = verify({
      name: 'a region and a nation',
      input: region(14, [5, 40, 43, 46]),
      expect: [{ at: '60m', firing: [...nations('QA'), regional] }],
    });
    expect(said).toBe('');
  });

  test('whose region has recovered in part leaves the others as they were', () => {
    const said = verify({
      name: 'a region that recovers',
      input: region(13, [20, 22, 24], 50),
      expect: [{ at: '80m', firing: [regional] }],
    });
    expect(said).toBe('');
  });

  test('restricted in three countries, one after the other, is three restrictions', () => {
    const said = verify({
      name: 'three nations',
      input: region(13, [10, 30, 50]),
      expect: [{ at: '70m', firing: nations('QA', 'QB', 'QC') }],
    });
    expect(said).toBe('');
  });

  test('restricted in three countries of twenty-one at once is three restrictions', () => {
    const said = verify({
      name: 'three nations of many',
      input: region(21, [20, 20, 20]),
      expect: [{ at: '40m', firing: nations('QA', 'QB', 'QC') }],
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
