/** The alerts of a single probe: silent while all is well, one for each thing that an operator should know. */
import { describe, expect, test } from 'vitest';
import { hasPromtool, type Series, verify } from './promtool.ts';

const labels = 'job="reachd", instance="pi:7322", vantage="pi", country="PK", asn="AS17557"';
const of = (name: string, values: string, more = ''): Series => ({ series: `${name}{${labels}${more}}`, values });
const x = ', platform="x", company="x"';

/** Bad from minute 10 on, in a run of 60 minutes. */
const rows: { alert: string; good: string; bad: string; name: string; more?: string; by: string }[] = [
  {
    alert: 'ReachdPlatformBlocked',
    name: 'reachd_anomaly',
    more: `${x}, kind="blocked"`,
    good: '0',
    bad: '1',
    by: '11m',
  },
  {
    alert: 'ReachdPlatformThrottled',
    name: 'reachd_anomaly',
    more: `${x}, kind="throttled"`,
    good: '0',
    bad: '1',
    by: '11m',
  },
  {
    alert: 'ReachdPlatformUnreachable',
    name: 'reachd_anomaly',
    more: `${x}, kind="unreachable"`,
    good: '0',
    bad: '1',
    by: '11m',
  },
  { alert: 'ReachdDisruption', name: 'reachd_disruption', good: '0', bad: '1', by: '11m' },
  {
    alert: 'ReachdVantageOffline',
    name: 'reachd_vantage_state',
    more: ', state="offline"',
    good: '0',
    bad: '1',
    by: '21m',
  },
  { alert: 'ReachdStale', name: 'up', good: '1', bad: '0', by: '21m' },
  { alert: 'ReachdBudgetExhausted', name: 'reachd_budget_remaining_bytes', good: '5000', bad: '0', by: '16m' },
  { alert: 'ReachdConfigReloadFailed', name: 'reachd_config_last_reload_successful', good: '1', bad: '0', by: '12m' },
];
const matching = 'severity="info"';

describe.runIf(hasPromtool)('one probe', () => {
  test.each(rows)('$alert fires for its cause, and ends with it', ({ alert, name, more, good, bad, by }) => {
    const firing = [`${alert} PK${more?.startsWith(x) ? ' x' : ''}`];
    const said = verify({
      name: alert,
      input: [of(name, `${good}x9 ${bad}x29 ${good}x19`, more), of('reachd_last_round_timestamp_seconds', '0+60x59')],
      expect: [
        { at: '9m', firing: [], matching },
        { at: by, firing, matching },
        { at: '39m', firing, matching },
        { at: '42m', firing: [], matching },
      ],
    });
    expect(said).toBe('');
  });

  test('rounds that hang are stale although the probe answers', () => {
    const said = verify({
      name: 'hanging rounds',
      input: [of('up', '1x59'), of('reachd_last_round_timestamp_seconds', '0+60x9 540x49')],
      expect: [
        { at: '18m', firing: [], matching },
        { at: '31m', firing: ['ReachdStale PK'], matching },
      ],
    });
    expect(said).toBe('');
  });

  test('identity is compared for country and network, and only where both sides said something', () => {
    const info = (vantage: string, country: string, asn: string, said: string) => ({
      series: `reachd_vantage_info{vantage="${vantage}", country="${country}", asn="${asn}", ${said}}`,
      values: '1x59',
    });
    const said = verify({
      name: 'identity',
      input: [
        info('moved', 'PK', 'AS17557', 'reported_country="IN", reported_asn="AS17557"'),
        info('vpn', 'TR', 'AS9121', 'reported_country="TR", reported_asn="AS9009"'),
        info('same', 'RU', 'AS12389', 'reported_country="RU", reported_asn="AS12389"'),
        info('silent', 'IR', 'AS58224', 'reported_country="", reported_asn=""'),
        info('household', '', '', 'reported_country="DE", reported_asn="AS3320"'),
      ],
      expect: [
        { at: '29m', firing: [] },
        { at: '31m', firing: ['VantageIdentityMismatch PK', 'VantageIdentityMismatch TR'] },
      ],
    });
    expect(said).toBe('');
  });
});
