/** From what probes say to a network's vote: who is counted, how often, and that nothing said is no silence. */
import { describe, expect, test } from 'vitest';
import { badDuring, builtIn, calm, elsewhere, network, probe } from './fleet.ts';
import { hasPromtool, type Series, verify } from './promtool.ts';

const samples = 40;
const onset = 20;
const at = '30m';
const onX = badDuring(onset, samples, 'x');
const asn = 'AS17557';
const shut = (name: string, input: readonly Series[], values: readonly { expr: string; is: number | undefined }[]) =>
  verify({
    name,
    input: [...input, ...elsewhere(samples)],
    expect: [],
    values: values.map(({ expr, is }) => ({
      at,
      expr: `sum(${expr})`,
      is: is === undefined ? [] : [{ labels: '{}', value: is }],
    })),
  });
/** The same probe once more under another address, as two containers with one credential are seen. */
const again = (series: readonly Series[], instance = 'again:7322'): Series[] =>
  series.map((one) => ({ ...one, series: one.series.replace(/instance="[^"]*"/, `instance="${instance}"`) }));
const of = (name: string, platform = 'x') => `${name}{country="PK", platform="${platform}"}`;

describe.runIf(hasPromtool)('a vote', () => {
  test('is one for a credential, however many series it sends', () => {
    const twice = { vantage: 'pk-1', country: 'PK', asn, samples };
    const said = shut(
      'one credential, two containers, of which one says bad',
      [...probe({ ...twice, bad: onX }), ...again(probe(twice)), ...network('PK', asn, 2, { samples })],
      [
        { expr: of('reachd:asn_eligible:probes'), is: 3 },
        { expr: `${of('reachd:asn_suspect:ratio')} * 3`, is: 1 },
        { expr: of('reachd:asn_suspect:ratio', 'facebook'), is: 0 },
      ],
    );
    expect(said).toBe('');
  });

  test('is not read out of what was recorded before a restart', () => {
    // A Prometheus that was stopped leaves its last rows without an end, for five minutes: votes of the value 0, as they
    // were once recorded, and the version before an upgrade.
    const who = (vantage: string) => `country="PK", asn="${asn}", vantage="${vantage}"`;
    const left = ['pk-1', 'pk-2'].flatMap((vantage): Series[] => [
      { series: `reachd:probe_version{${who(vantage)}, version="0.0.9"}`, values: `1x${samples - 1}` },
      ...['suspect', 'vote'].map((name) => ({
        series: `reachd:probe_${name}{${who(vantage)}, platform="x", company="x"}`,
        values: `0x${samples - 1}`,
      })),
    ]);
    const probes = (bad: typeof onX) =>
      ['pk-1', 'pk-2'].flatMap((vantage, n) =>
        probe({ vantage, country: 'PK', asn, samples, bad: n === 0 ? bad : [] }),
      );
    const said = [[], onX].map((bad) =>
      shut(
        'rows without an end',
        [...probes(bad), ...left],
        [
          { expr: of('reachd:asn_eligible:probes'), is: 2 },
          { expr: of('reachd:asn_suspect:ratio'), is: bad === onX ? 0.5 : 0 },
        ],
      ),
    );
    expect(said).toEqual(['', '']);
  });

  test('of a credential that is heard twice is ready where one of the two has learned', () => {
    const twice = { vantage: 'pk-1', country: 'PK', asn, samples, bad: onX };
    const said = shut(
      'a new container beside the old one',
      [...probe(twice), ...again(probe({ ...twice, ready: false })), ...network('PK', asn, 1, { samples })],
      [
        { expr: of('reachd:asn_eligible:probes'), is: 2 },
        { expr: `${of('reachd:asn_suspect:ratio')} * 2`, is: 1 },
      ],
    );
    expect(said).toBe('');
  });

  test('is missing for the one platform that a probe has not learned, and for no other', () => {
    const half = probe({
      vantage: 'pk-1',
      country: 'PK',
      asn,
      samples,
      bad: badDuring(onset, samples, ...builtIn),
    }).map((one) =>
      one.series.startsWith('reachd_baseline_ready') && one.series.includes('platform="x"')
        ? { ...one, values: `0x${samples - 1}` }
        : one,
    );
    const said = shut(
      'a platform added yesterday evening',
      [...half, ...network('PK', asn, 2, { samples })],
      [
        { expr: of('reachd:asn_eligible:probes'), is: 2 },
        { expr: of('reachd:asn_suspect:ratio'), is: 0 },
        { expr: of('reachd:asn_eligible:probes', 'facebook'), is: 3 },
        { expr: `${of('reachd:asn_suspect:ratio', 'facebook')} * 3`, is: 1 },
      ],
    );
    expect(said).toBe('');
  });

  test('of a probe that shows no version counts', () => {
    const without = network('PK', asn, 2, { samples, bad: onX }).filter(
      ({ series }) => !series.startsWith('reachd_build_info'),
    );
    const said = shut('no version', without, [
      { expr: of('reachd:asn_eligible:probes'), is: 2 },
      { expr: of('reachd:asn_suspect:ratio'), is: 1 },
    ]);
    expect(said).toBe('');
  });

  test('is not free: who says bad under another company’s name is not counted at all', () => {
    // A liar that learned `x` of one company and suspects `x` of the honest ones' would be in the share and not in the whole.
    const liar = probe({ vantage: 'liar', country: 'PK', asn, samples, bad: onX }).map((one) =>
      one.series.startsWith('reachd_baseline_ready')
        ? { ...one, series: one.series.replace(/company="x"/, 'company="y"') }
        : one,
    );
    const said = shut(
      'free vote',
      [...liar, ...network('PK', asn, 2, { samples })],
      [
        { expr: 'reachd:asn_suspect:ratio{country="PK", platform="x", company="x"}', is: 0 },
        { expr: 'reachd:asn_eligible:probes{country="PK", platform="x", company="x"}', is: 2 },
      ],
    );
    expect(said).toBe('');
  });

  test.each(['vantage', 'country', 'asn'])(
    'needs the label %s, which is asserted where the data is taken in',
    (label) => {
      const nameless = network('PK', asn, 3, { samples, bad: onX }).map((one) => ({
        ...one,
        series: one.series.replace(new RegExp(`([{ ])${label}="[^"]*",? ?`), '$1'),
      }));
      // Neither under an empty label nor under the country's name.
      const said = shut(`no ${label}`, nameless, [
        { expr: '{__name__=~"reachd:(version|probe|asn|country)_.+", platform="x", country!~"DE|BR"}', is: undefined },
        { expr: 'reachd:probe_fresh{country!~"DE|BR"}', is: undefined },
        { expr: 'reachd:probe_expected{country!~"DE|BR"}', is: undefined },
      ]);
      expect(said).toBe('');
    },
  );
});

describe.runIf(hasPromtool)('a country', () => {
  const asns = ['AS17557', 'AS9541', 'AS45595'];

  test('where nobody suspects anything is 0, and not absent', () => {
    const said = shut('calm', calm('PK', asns, samples), [
      { expr: of('reachd:asn_suspect:ratio'), is: 0 },
      { expr: of('reachd:country_acute:asns'), is: 0 },
      { expr: of('reachd:country_observed:asns'), is: 3 },
      { expr: of('reachd:country_acute:ratio'), is: 0 },
      { expr: of('reachd:platform_restricted'), is: 0 },
      { expr: 'reachd:platform_outage{platform="x"}', is: 0 },
      { expr: 'reachd:probe_suspect', is: undefined },
      { expr: 'reachd:probe_vote', is: undefined },
    ]);
    expect(said).toBe('');
  });

  test('where everybody does is 1, and its calm platforms stay 0', () => {
    const all = asns.flatMap((one) => network('PK', one, 2, { samples, bad: onX }));
    const said = shut('all', all, [
      { expr: of('reachd:asn_suspect:ratio'), is: 3 },
      { expr: of('reachd:country_acute:asns'), is: 3 },
      { expr: of('reachd:country_eligible:probes'), is: 6 },
      { expr: of('reachd:platform_restricted'), is: 1 },
      { expr: of('reachd:platform_restricted', 'facebook'), is: 0 },
      { expr: of('reachd:country_acute:asns', 'facebook'), is: 0 },
    ]);
    expect(said).toBe('');
  });

  test('whose probes fall silent or old is not observed, rather than calm', () => {
    const silent = asns.flatMap((one) => network('PK', one, 2, { samples, silentFrom: onset }));
    const said = shut('silent', silent, [
      { expr: of('reachd:country_observed:asns'), is: undefined },
      { expr: of('reachd:platform_restricted'), is: undefined },
      { expr: 'reachd:platform_restricted{country="DE", platform="x"}', is: 0 },
    ]);
    expect(said).toBe('');
  });
});
