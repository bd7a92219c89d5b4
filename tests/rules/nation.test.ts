/** From votes to a verdict about a country: what must be called nation-wide, and what must not. */
import { describe, expect, test } from 'vitest';
import { badDuring, builtIn, calm, elsewhere, network, probe } from './fleet.ts';
import { hasPromtool, ruleFiles, verify, weights } from './promtool.ts';

const samples = 60;
const five = ['AS17557', 'AS9541', 'AS45595', 'AS38264', 'AS23674'];
const onset = 20;
const all = badDuring(onset, 40, ...builtIn);
const onX = badDuring(onset, samples, 'x');
/** The first networks of five with the given trouble, the others calm. */
const hit = (count: number, bad: typeof all, country = 'PK', size = 2) =>
  five.flatMap((asn, index) => network(country, asn, size, { samples, bad: index < count ? bad : [] }));

/** A series that begins with the trouble, for each of the platforms. */
const begins = (name: string, platforms: readonly string[], more = '') =>
  Object.fromEntries(
    platforms.map((platform) => [`${name}|platform="${platform}"${more}`, `_x${onset} 1x${samples - onset - 1}`]),
  );
const slowness = (...platforms: string[]) => begins('reachd_platform_suspect_kind', platforms, ', kind="degraded"');
const openIncident = (...platforms: string[]) => begins('reachd_anomaly_confidence_level', platforms);

describe.runIf(hasPromtool)('a nation', () => {
  test('everything bad on three networks of five is a nation-scale disruption within two minutes, and ends', () => {
    const firing = ['NationScaleSocialMediaDisruption PK'];
    const said = verify({
      name: 'Pakistan, 20 January 2024',
      input: [...hit(3, all), ...elsewhere(samples)],
      expect: [
        { at: '19m', firing: [] },
        { at: '22m', firing },
        { at: '39m', firing },
        // Ten minutes longer than it lasts, so that a flapping throttle pages once.
        { at: '45m', firing },
        { at: '55m', firing: [] },
      ],
      values: [
        {
          at: '30m',
          expr: 'reachd:country_acute:ratio{country="PK", platform="x"}',
          is: [{ labels: 'reachd:country_acute:ratio{company="x", country="PK", platform="x"}', value: 0.6 }],
        },
        { at: '30m', expr: 'count(reachd:asn_acute{platform="x"})', is: [{ labels: '{}', value: 9 }] },
      ],
      texts: [
        {
          at: '30m',
          alert: 'NationScaleSocialMediaDisruption',
          labels: { country: 'PK', severity: 'critical' },
          annotations: {
            summary: 'PK: nation-scale disruption to social media',
            description:
              'Platforms of 3 companies are restricted across the networks of PK while control sites work:' +
              ' facebook instagram x youtube.',
            runbook_url: 'docs/runbooks/NationScaleSocialMediaDisruption.md',
          },
        },
      ],
    });
    expect(said).toBe('');
  });

  test('what is said of the country is not said of each of its probes', () => {
    const from = `0x${onset - 1} 1x${samples - onset - 1}`;
    const also = { 'reachd_anomaly|platform="x", company="x", kind="throttled"': from, reachd_disruption: from };
    const country = (bad: typeof all) =>
      five.flatMap((asn, index) => network('PK', asn, 2, index < 4 ? { samples, bad, also } : { samples }));
    // A probe of a calm network elsewhere has trouble of its own.
    const alone = network('IQ', 'AS50710', 1, { samples, also });
    const matching = 'alertname=~"ReachdPlatformThrottled|ReachdDisruption"';
    const own = ['ReachdDisruption IQ', 'ReachdPlatformThrottled IQ x'];
    const said = [onX, badDuring(onset, samples, ...builtIn)].map((bad) =>
      verify({
        name: 'probes of a restricted country',
        input: [...country(bad), ...alone, ...elsewhere(samples)],
        // X alone is restricted: that platforms of two companies are bad at a probe is more than the country's word says.
        expect: [
          // Until the country's alert fires its probes have the word.
          { at: '20m', firing: ['ReachdDisruption PK', 'ReachdPlatformThrottled PK x', ...own].sort(), matching },
          { at: '30m', firing: bad === onX ? ['ReachdDisruption PK', ...own].sort() : own, matching },
        ],
      }),
    );
    expect(said).toEqual(['', '']);
  });

  test('one platform is a restriction of that platform, after five minutes', () => {
    const said = verify({
      name: 'X in Pakistan, February 2024',
      input: [...hit(4, onX), ...elsewhere(samples)],
      expect: [
        { at: '24m', firing: [] },
        { at: '26m', firing: ['NationScalePlatformRestriction PK x'] },
      ],
    });
    expect(said).toBe('');
  });

  test('a cut cable slows far platforms on every network, and is no restriction', () => {
    // Each probe's incident is judged slowness only: `degraded`, never `throttled`.
    const bad = badDuring(onset, samples, 'x', 'facebook');
    const slow = { ...slowness('x', 'facebook'), ...openIncident('x', 'facebook') };
    const said = verify({
      name: 'cable',
      input: [...five.flatMap((asn) => network('PK', asn, 2, { samples, bad, also: slow })), ...elsewhere(samples)],
      expect: ['22m', '30m', '50m'].map((at) => ({ at, firing: [] })),
      values: [
        // All ten suspect both platforms, and not one of them votes for it.
        { at: '30m', expr: 'count(reachd:probe_suspect{country="PK"})', is: [{ labels: '{}', value: 20 }] },
        { at: '30m', expr: 'count(reachd:probe_vote{country="PK"})', is: [] },
        { at: '30m', expr: 'sum(reachd:asn_suspect:ratio{country="PK"})', is: [{ labels: '{}', value: 0 }] },
      ],
    });
    expect(said).toBe('');
  });

  test('slowness of one company’s platforms that nothing explains has no vote, as long as it may last', () => {
    const bad = badDuring(onset, samples, 'facebook', 'instagram');
    const also = slowness('facebook', 'instagram');
    const said = verify({
      name: 'a company’s peering',
      input: [...five.flatMap((asn) => network('PK', asn, 2, { samples, bad, also })), ...elsewhere(samples)],
      expect: ['22m', '30m', '50m'].map((at) => ({ at, firing: [] })),
      values: [
        { at: '30m', expr: 'count(reachd:probe_suspect{country="PK"})', is: [{ labels: '{}', value: 20 }] },
        { at: '30m', expr: 'reachd:probe_vote{country="PK"}', is: [] },
      ],
    });
    expect(said).toBe('');
  });

  test('slowness of two companies’ platforms has a vote until it is named, for a quarter of an hour at most', () => {
    const bad = badDuring(onset, samples, 'x', 'facebook');
    const also = slowness('x', 'facebook');
    const votes = (value: number) => (value === 0 ? [] : [{ labels: '{}', value }]);
    const expr = 'count(reachd:probe_vote{country="PK"})';
    const said = verify({
      name: 'a mild throttle',
      input: [...five.flatMap((asn) => network('PK', asn, 2, { samples, bad, also })), ...elsewhere(samples)],
      expect: [
        { at: '22m', firing: ['NationScaleSocialMediaDisruption PK'] },
        { at: '50m', firing: [] },
      ],
      values: [
        { at: '34m', expr, is: votes(20) },
        { at: '36m', expr, is: votes(0) },
      ],
    });
    expect(said).toBe('');
  });

  test('a company that was bad before gives the slowness of another one no vote', () => {
    // X has been blocked since before; then Facebook is slow.
    const bad = [...badDuring(1, samples, 'x'), ...badDuring(onset, samples, 'facebook')];
    const said = verify({
      name: 'X blocked, Facebook congested',
      input: [
        ...five.flatMap((asn) => network('PK', asn, 2, { samples, bad, also: slowness('facebook') })),
        ...elsewhere(samples),
      ],
      expect: [{ at: '40m', firing: ['NationScalePlatformRestriction PK x'] }],
      values: [{ at: '30m', expr: 'reachd:probe_vote{country="PK", platform="facebook"}', is: [] }],
    });
    expect(said).toBe('');
  });

  test('slowness that lasts is no news after the controls, or Prometheus, were away for some minutes', () => {
    const bad = badDuring(onset, samples, 'x', 'facebook');
    const also = slowness('x', 'facebook');
    const controls = '1x37 0x3 1x17';
    const said = verify({
      name: 'a hole in the controls',
      input: [...five.flatMap((asn) => network('PK', asn, 2, { samples, bad, also, controls })), ...elsewhere(samples)],
      expect: [{ at: '58m', firing: [] }],
      values: ['36m', '45m', '54m', '58m'].map((at) => ({ at, expr: 'reachd:probe_vote{country="PK"}', is: [] })),
    });
    expect(said).toBe('');
  });

  test('two platforms of one company are no disruption of social media at large', () => {
    const said = verify({
      name: 'Meta only',
      input: [...hit(4, badDuring(onset, samples, 'facebook', 'instagram')), ...elsewhere(samples)],
      expect: [
        {
          at: '30m',
          firing: ['NationScalePlatformRestriction PK facebook', 'NationScalePlatformRestriction PK instagram'],
        },
      ],
    });
    expect(said).toBe('');
  });

  test('two lying networks of five raise a warning about two networks, and no nation', () => {
    const said = verify({
      name: 'two of five',
      input: [...hit(2, onX), ...elsewhere(samples)],
      expect: [{ at: '40m', firing: ['MultiNetworkRestriction PK x'] }],
    });
    expect(said).toBe('');
  });

  test('one provider alone, with many probes, is no matter of the country', () => {
    const said = verify({
      name: 'one ISP',
      input: [...hit(1, all, 'PK', 8), ...elsewhere(samples)],
      expect: [{ at: '30m', firing: [] }],
    });
    expect(said).toBe('');
  });

  test('four probes decide nothing, whatever share of the users their networks hold', () => {
    const lone = ['AS64496', 'AS64497'].flatMap((asn) => network('ZZ', asn, 2, { samples, bad: onX }));
    const said = verify({
      name: 'too few probes',
      input: [...lone, ...elsewhere(samples)],
      rules: [...ruleFiles, weights],
      expect: [{ at: '40m', firing: ['MultiNetworkRestriction ZZ x'] }],
    });
    expect(said).toBe('');
  });

  test.each([
    { trouble: 'a baseline that is not ready', more: { ready: false } },
    { trouble: 'a line whose controls fail', more: { controls: `0x${samples - 1}` } },
  ])('$trouble takes the vote', ({ more }) => {
    const mute = five.flatMap((asn) => network('PK', asn, 2, { samples, bad: all, ...more }));
    const said = verify({
      name: 'not eligible',
      input: [...mute, ...elsewhere(samples)],
      expect: [{ at: '30m', firing: [], matching: 'alertname=~"Nation.*|Multi.*"' }],
      values: [
        { at: '30m', expr: 'count(reachd:probe_suspect{country="PK"})', is: [] },
        { at: '30m', expr: 'count(reachd:country_observed:asns{country="PK"})', is: [] },
      ],
    });
    expect(said).toBe('');
  });

  test('hosting networks have no vote', () => {
    const hosting = ['AS16509', 'AS24940', 'AS14061'].flatMap((asn) => network('PK', asn, 3, { samples, bad: all }));
    const said = verify({
      name: 'hosting',
      input: [...hosting, ...calm('PK', five.slice(0, 1), samples), ...elsewhere(samples)],
      expect: [{ at: '30m', firing: [] }],
    });
    expect(said).toBe('');
  });
});

describe.runIf(hasPromtool)('containers of a liar', () => {
  const liars = (asns: readonly string[], reported: readonly string[]) =>
    asns.flatMap((asn, index) =>
      probe({
        vantage: `liar-${index}`,
        country: 'PK',
        asn,
        samples,
        bad: all,
        reported: { country: 'PK', asn: reported[index]! },
      }),
    );
  const invented = ['AS64500', 'AS64501', 'AS64502'];
  const honest = calm('PK', five.slice(1), samples);

  test('three with invented networks are one network where they are taken in, and are named', () => {
    const said = verify({
      name: 'asserted by address',
      input: [...liars(['AS17557', 'AS17557', 'AS17557'], invented), ...honest, ...elsewhere(samples)],
      expect: [{ at: '35m', firing: ['VantageIdentityMismatch PK'] }],
    });
    expect(said).toBe('');
  });

  test('three believed in their networks still have one new credential each, and no vote', () => {
    const said = verify({
      name: 'believed',
      input: [...liars(invented, invented), ...honest, ...elsewhere(samples)],
      expect: [{ at: '35m', firing: [] }],
      values: [{ at: '35m', expr: 'count(reachd:asn_votes{asn=~"AS645.*"})', is: [] }],
    });
    expect(said).toBe('');
  });
});

describe.runIf(hasPromtool)('a country with two networks', () => {
  const input = [
    ...['AS64496', 'AS64497'].flatMap((asn) => network('ZZ', asn, 3, { samples, bad: onX })),
    ...elsewhere(samples),
  ];
  test('is restricted where weights say that they hold its users', () => {
    const said = verify({
      name: 'weighted',
      input,
      rules: [...ruleFiles, weights],
      expect: [{ at: '40m', firing: ['NationScalePlatformRestriction ZZ x'] }],
    });
    expect(said).toBe('');
  });
  test('is not without weights', () => {
    const said = verify({ name: 'equal', input, expect: [{ at: '40m', firing: ['MultiNetworkRestriction ZZ x'] }] });
    expect(said).toBe('');
  });
  test('small networks do not become the country by their number', () => {
    const small = ['AS64498', 'AS64499', 'AS64500'].flatMap((asn) => network('ZZ', asn, 2, { samples, bad: onX }));
    const large = calm('ZZ', ['AS64496', 'AS64497'], samples);
    const said = verify({
      name: 'small ones',
      input: [...small, ...large, ...elsewhere(samples)],
      rules: [...ruleFiles, weights],
      expect: [{ at: '40m', firing: ['MultiNetworkRestriction ZZ x'] }],
    });
    expect(said).toBe('');
  });
});
