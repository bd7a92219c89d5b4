/** The household, the line, the border. */
import { everything, nameDenied, portal, replaced, tcpCut } from './censors.ts';
import {
  dns,
  evilTls,
  fails,
  on,
  onControls,
  plainControl,
  trustedWorks,
  unresolved,
  withExperiments,
} from './rounds.ts';
import { type Scenario, scenario } from './scenario.ts';

const expired = { ...evilTls, issuer: 'CN=Root One', error: 'ssl_invalid_certificate' as const };

export const line: readonly Scenario[] = [
  scenario(
    'offline',
    (r) => {
      everything(r, (one) => unresolved(one, 'timeout', 'generic_timeout_error'));
      onControls(r, (one) => unresolved(one, 'timeout', 'generic_timeout_error'));
    },
    { vantage: 'offline', state: 'inconclusive', rule: 'offline', confidence: 'high' },
  ),
  scenario(
    'upstream-dead',
    (r) => {
      everything(r, tcpCut('generic_timeout_error'));
      onControls(r, (one) => fails(one, 'connect', 'generic_timeout_error'));
    },
    { vantage: 'offline', state: 'inconclusive' },
  ),
  scenario(
    'isolated',
    (r) => {
      everything(r, tcpCut('generic_timeout_error'));
      onControls(r, (one) =>
        'scope' in one && one.scope === 'in_country' ? one : fails(one, 'connect', 'generic_timeout_error'),
      );
    },
    { vantage: 'isolated', state: 'inconclusive', mechanism: 'ip.international', rule: 'isolated' },
  ),
  scenario(
    'isolated-without-country',
    (r) => {
      delete r.vantage.country;
      everything(r, tcpCut('generic_timeout_error'));
      onControls(r, (one) =>
        'scope' in one && one.scope === 'in_country' ? one : fails(one, 'connect', 'generic_timeout_error'),
      );
    },
    { vantage: 'degraded', state: 'inconclusive', mechanism: 'none' },
  ),
  scenario(
    'whole-line-slow',
    (r) => onControls(r, (one) => ({ ...one, goodput_bps: 190_000 }), ['encyclopaedia', 'distribution']),
    { vantage: 'degraded', state: 'reachable' },
    { baselines: { encyclopaedia: { goodput_bps: 19_000_000 }, distribution: { goodput_bps: 18_000_000 } } },
  ),
  scenario('captive-portal', portal, {
    vantage: 'captive_portal',
    state: 'inconclusive',
    rule: 'captive-portal',
    mechanism: 'none',
  }),
  scenario(
    'captive-portal-without-plain-control',
    (r) => {
      portal(r);
      r.controls = r.controls.filter(({ scheme }) => scheme !== 'http');
    },
    { vantage: 'captive_portal', state: 'inconclusive' },
  ),
  scenario(
    'tls-intercepted',
    (r) => {
      everything(r, replaced());
      onControls(r, replaced());
      r.controls.push(plainControl());
    },
    { vantage: 'tls_intercepted', state: 'inconclusive', rule: 'tls-intercepted' },
  ),
  scenario(
    'clock-skew',
    (r) => {
      everything(r, replaced(expired));
      onControls(r, replaced(expired));
    },
    { state: 'inconclusive', note: 'clock_skew', rule: 'clock-skew' },
  ),
  scenario(
    'clock-skew-one',
    (r) => {
      r.vantage.clock_skew_s = 172_800;
      on(r, 'x/website', replaced(expired));
    },
    { state: 'inconclusive', note: 'clock_skew', rule: 'clock-skew-one' },
  ),
  scenario(
    'resolver-dead',
    (r) => {
      everything(r, nameDenied('timeout', 'generic_timeout_error'));
      onControls(r, (one) => unresolved(one, 'timeout', 'generic_timeout_error'));
    },
    { vantage: 'degraded', state: 'inconclusive', rule: 'resolver-dead' },
  ),
  scenario(
    'pihole',
    (r) => {
      r.vantage.resolver_scope = 'local';
      on(r, 'x', (one) =>
        withExperiments(
          {
            ...unresolved(one, 'NOERROR', 'dns_bogon_error'),
            dns: [dns('configured', [{ ip: '0.0.0.0', bogon: true }])],
          },
          trustedWorks(one),
        ),
      );
    },
    { state: 'inconclusive', note: 'local_filter', rule: 'dns-local-filter' },
  ),
  scenario(
    'pihole-one-name',
    (r) => {
      r.vantage.resolver_scope = 'local';
      on(r, 'x/website', (one) =>
        withExperiments(
          {
            ...unresolved(one, 'NOERROR', 'dns_bogon_error'),
            dns: [dns('configured', [{ ip: '0.0.0.0', bogon: true }])],
          },
          trustedWorks(one),
        ),
      );
    },
    { state: 'inconclusive', note: 'local_filter' },
  ),
  scenario(
    'docker-dns',
    (r) => {
      r.vantage.resolver_scope = 'local';
      on(r, 'x', nameDenied('SERVFAIL', 'dns_servfail_error'));
    },
    { state: 'inconclusive', note: 'local_filter' },
  ),
  scenario(
    'resolver-of-unknown-owner',
    (r) => {
      r.vantage.resolver_scope = 'unknown';
      on(r, 'x', nameDenied('NXDOMAIN', 'dns_nxdomain_error'));
    },
    { state: 'inconclusive', note: 'local_filter' },
  ),
  scenario('local-firewall', (r) => on(r, 'x', (one) => fails(one, 'connect', 'permission_denied', 0.2)), {
    state: 'inconclusive',
    rule: 'local-failure',
  }),
  scenario(
    'half-the-controls-gone',
    (r) => {
      on(r, 'x', tcpCut('generic_timeout_error'));
      onControls(r, (one) => fails(one, 'connect', 'generic_timeout_error'), ['encyclopaedia', 'kernel', 'vendor']);
    },
    { vantage: 'degraded', state: 'inconclusive', rule: 'controls-failing' },
  ),
  scenario('interrupted', (r) => on(r, 'x', (one) => ({ ...one, outcome: 'skipped', skipped: 'round_deadline' })), {
    state: 'inconclusive',
    rule: 'not-measured',
    vantage: 'online',
  }),
];
