/** Nothing wrong, the household, the line, the border, and the platform's own faults. */
import type { Observation } from '../../src/model/round.ts';
import {
  everything,
  hop,
  ip6Controls,
  nameDenied,
  overIp6,
  portal,
  replaced,
  sniCut,
  tcpCut,
  whoami,
} from './censors.ts';
import {
  again,
  alerted,
  dns,
  evilTls,
  fails,
  healthy,
  misled,
  on,
  onControls,
  plainControl,
  trustedWorks,
  unanswered,
  unresolved,
  withExperiments,
} from './rounds.ts';
import { reference, type Scenario, scenario } from './scenario.ts';

const status = (code: number) => (one: Observation) => ({ ...one, status: code });
const expired = { ...evilTls, issuer: 'CN=Root One', error: 'ssl_invalid_certificate' as const };

export const innocent: readonly Scenario[] = [
  scenario('success-https', () => {}, {
    state: 'reachable',
    vantage: 'online',
    rule: 'answer-complete',
    confidence: 'high',
    mechanism: 'none',
  }),
  scenario(
    'success-http',
    (r) => on(r, 'x', (one) => ({ ...one, scheme: 'http', evidence: { http: { title: 'Welcome' } } })),
    { state: 'reachable' },
  ),
  scenario('idn-host', (r) => on(r, 'x', (one) => ({ ...one, host: 'xn--fsq.example' })), { state: 'reachable' }),
  // The cap counts as complete: what a record shows is a good answer with the capped size.
  scenario(
    'large-body',
    (r) => on(r, 'x', (one) => ({ ...one, evidence: { ...one.evidence, http: { length: 4096 } } })),
    { state: 'reachable' },
  ),
  scenario('redirect-chain', (r) => on(r, 'x', (one) => hop(one, healthy('x/shortener'))), { state: 'reachable' }),
  scenario('control-unavailable-site-https-ok', (r) => onControls(r, (one) => fails(one, 'tls', 'connection_reset')), {
    state: 'reachable',
    vantage: 'degraded',
  }),
  scenario('one-control-censored', (r) => onControls(r, sniCut('connection_reset'), ['encyclopaedia']), {
    state: 'reachable',
    vantage: 'online',
  }),
  scenario('server-wall-429', (r) => on(r, 'x/website', status(429)), { state: 'refused', rule: 'answer-refused' }),
  scenario('captcha-https', (r) => on(r, 'x/website', status(403)), { state: 'refused' }),
  scenario('server-503', (r) => on(r, 'x/website', status(503)), { state: 'refused' }),
  // An object that has moved is our stale list, not a refusal: the server serves.
  scenario('stale-object-404', (r) => on(r, 'x/cdn', status(404)), { state: 'reachable' }),
  scenario('legal-451', (r) => on(r, 'x/website', status(451)), {
    state: 'refused',
    mechanism: 'http.legal',
    rule: 'answer-legal',
  }),
  scenario(
    'rotating-cdn',
    (r) =>
      on(r, 'x', (one) => ({
        ...one,
        dns: [
          dns('system', [{ ip: '104.244.42.65', asn: 13414 }]),
          dns('configured', [{ ip: '104.244.42.193', asn: 13414 }]),
          dns('trusted', [{ ip: '162.159.140.229', asn: 13335 }]),
        ],
      })),
    { state: 'reachable', mechanism: 'none' },
  ),
  scenario(
    'isp-cache',
    (r) =>
      on(r, 'youtube', (one) => ({
        ...one,
        network: '203.99.164.0/24',
        dns: [dns('configured', [{ ip: '203.99.164.20' }]), dns('trusted', [{ ip: '142.250.9.1', asn: 15169 }])],
      })),
    { platform: 'youtube', state: 'reachable', mechanism: 'none' },
  ),
  scenario(
    'doh-blocked-only',
    (r) =>
      on(r, 'x', (one) => ({
        ...one,
        dns: [...(one.dns ?? []), dns('trusted', 'timeout'), dns('trusted', 'timeout')],
      })),
    { state: 'reachable', mechanism: 'none' },
  ),
  scenario(
    'broken-ipv6',
    (r) => {
      overIp6(r, 'x', (one) => fails(one, 'connect', 'network_unreachable'));
      ip6Controls(r, (one) => fails(one, 'connect', 'network_unreachable'));
    },
    { state: 'reachable', vantage: 'online', mechanism: 'none' },
  ),
  scenario(
    'missing-aaaa',
    (r) => {
      overIp6(r, 'x', (one) => fails(one, 'resolve', 'dns_no_answer'));
      ip6Controls(r, (one) => one);
    },
    { state: 'reachable' },
  ),
  scenario(
    'bogon-for-all',
    (r) =>
      onControls(
        r,
        (one) => ({
          ...fails(one, 'connect', 'generic_timeout_error'),
          dns: [
            dns('configured', [{ ip: '10.1.2.3', bogon: true }]),
            dns('trusted', [{ ip: '10.1.2.3', bogon: true }]),
          ],
        }),
        ['kernel'],
      ),
    { state: 'reachable', vantage: 'online' },
  ),
  scenario(
    'dns-duplicate-rotation',
    (r) =>
      on(r, 'x', (one) => ({
        ...one,
        dns: [
          dns('configured', [{ ip: '104.244.42.1', asn: 13414 }], { at_ms: 30 }),
          dns('configured', [{ ip: '104.244.42.65', asn: 13414 }], { at_ms: 44, retransmitted: true }),
        ],
      })),
    { state: 'reachable', mechanism: 'none' },
  ),
  scenario(
    'large-hello-only',
    (r) =>
      on(r, 'x/website', (one) =>
        withExperiments(one, { ...again('large_hello', fails(one, 'tls', 'generic_timeout_error')) }),
      ),
    { state: 'reachable', note: 'large_hello' },
  ),
  scenario(
    'quic-drop',
    (r) =>
      on(r, 'x/website', (one) => ({
        ...one,
        quic: { outcome: 'failed', reason: 'generic_timeout_error', version_ping: 'failed' },
      })),
    { state: 'reachable', mechanism: 'quic.timeout' },
  ),
  scenario(
    'quic-refused',
    (r) => on(r, 'x/website', (one) => ({ ...one, quic: { outcome: 'failed', reason: 'connection_refused' } })),
    { state: 'reachable', mechanism: 'quic.reset' },
  ),
  // One lost round trip in a lossy minute: the repeat answers.
  scenario(
    'loss',
    (r) => on(r, 'x', (one) => withExperiments(fails(one, 'connect', 'generic_timeout_error'), again('repeat', one))),
    { state: 'reachable', rule: 'answer-on-repeat', confidence: 'low' },
  ),
  scenario(
    'nxdomain-wildcard',
    (r) => {
      r.vantage.dns = [
        dns('configured', [{ ip: '203.99.0.81' }], { name: 'zz9qk.example', purpose: 'random_sibling' }),
      ];
    },
    { state: 'reachable', mechanism: 'none' },
  ),
  scenario(
    'dns-interception',
    (r) => {
      whoami(r, 'configured', '203.99.1.5', 17557);
      whoami(r, 'public', '203.99.1.5', 17557);
    },
    { state: 'reachable', mechanism: 'dns.interception' },
  ),
  scenario(
    'ip6-only',
    (r) => {
      overIp6(r, 'x', (one) => fails(one, 'connect', 'generic_timeout_error'));
      ip6Controls(r, (one) => one);
    },
    { state: 'degraded', mechanism: 'ip6.only', rule: 'ip6-only' },
  ),
];

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

export const ownFault: readonly Scenario[] = [
  // Servers refuse foreign names with an alert also while their own certificate is bad.
  ...(['alone', 'ref'] as const).flatMap((who) => [
    scenario(
      `cert-expired-for-all-${who}`,
      (r) => {
        on(r, 'x', (one) => withExperiments(replaced(expired)(one), alerted(one)));
        if (who === 'ref') reference(r, 'x/website', 'failed');
      },
      { state: 'unreachable' },
    ),
    scenario(
      `cert-unknown-ca-for-all-${who}`,
      (r) => {
        on(r, 'x', (one) =>
          withExperiments(replaced()(one), { ...alerted(one), alert: undefined, evidence: { tls: evilTls } }),
        );
        if (who === 'ref') reference(r, 'x/website', 'failed');
      },
      { state: 'unreachable' },
    ),
    scenario(
      `withdrawn-route-${who}`,
      (r) => {
        for (const p of ['facebook', 'instagram']) on(r, p, tcpCut('host_unreachable'));
        if (who === 'ref') {
          reference(r, 'facebook/website', 'failed');
          reference(r, 'facebook/cdn', 'failed');
        }
      },
      { platform: 'facebook', state: 'unreachable', mechanism: 'ip.unreachable' },
    ),
    scenario(
      `site-down-nxdomain-${who}`,
      (r) => {
        on(r, 'x', (one) =>
          withExperiments(unresolved(one, 'NXDOMAIN', 'dns_nxdomain_error'), {
            kind: 'trusted_address',
            outcome: 'failed',
            failure: { phase: 'resolve', reason: 'dns_nxdomain_error', after_ms: 30 },
            dns: [dns('trusted', 'NXDOMAIN')],
          }),
        );
        if (who === 'ref') reference(r, 'x/website', 'failed');
      },
      { state: 'unreachable', mechanism: 'none' },
    ),
    scenario(
      `site-down-no-addresses-${who}`,
      (r) => {
        on(r, 'x', (one) =>
          withExperiments(unresolved(one, 'NOERROR', 'dns_no_answer'), {
            kind: 'trusted_address',
            outcome: 'failed',
            failure: { phase: 'resolve', reason: 'dns_no_answer', after_ms: 30 },
            dns: [dns('trusted', 'NOERROR')],
          }),
        );
        if (who === 'ref') reference(r, 'x/website', 'failed');
      },
      { state: 'unreachable' },
    ),
    scenario(
      `too-many-redirects-${who}`,
      (r) => {
        on(r, 'x', (one) => fails(one, 'processing', 'http_too_many_redirects'));
        if (who === 'ref') reference(r, 'x/website', 'failed');
      },
      { state: 'unreachable' },
    ),
    scenario(
      `broken-location-${who}`,
      (r) => {
        on(r, 'x', (one) => fails(one, 'processing', 'http_invalid_redirect_location_host'));
        if (who === 'ref') reference(r, 'x/website', 'failed');
      },
      { state: 'unreachable' },
    ),
  ]),
  // A wrong name for everybody, while foreign names meet an alert: the server's own mistake as likely as anybody's deed.
  scenario(
    'cert-wrong-name-for-all',
    (r) =>
      on(r, 'x', (one) =>
        withExperiments(
          replaced({ ...evilTls, issuer: 'CN=Root One', error: 'ssl_invalid_hostname' })(one),
          alerted(one),
        ),
      ),
    { state: 'unreachable' },
  ),
  scenario(
    'cert-unknown-ca-alert-down-elsewhere',
    (r) => {
      on(r, 'x/website', (one) => withExperiments(replaced()(one), alerted(one)));
      reference(r, 'x/website', 'failed');
    },
    { state: 'unreachable', note: 'down_elsewhere', without: ['tls.mitm'] },
  ),
  scenario(
    'pk-mask-icloud',
    (r) => {
      on(r, 'x', (one) => {
        const dead = {
          ...fails({ ...one, network: '172.66.0.0/24' }, 'tls', 'eof_error'),
          dns: [
            dns('configured', [{ ip: '172.66.0.227', asn: 13335 }]),
            dns('trusted', [{ ip: '104.244.42.1', asn: 13414 }]),
          ],
        };
        return withExperiments(dead, unanswered(dead, 'eof_error'), again('repeat', dead), {
          ...again('trusted_address', fails(one, 'tls', 'eof_error')),
          address_source: 'trusted',
        });
      });
      reference(r, 'x/website', 'failed');
    },
    { state: ['unreachable', 'inconclusive'] },
  ),
  scenario(
    'eof-by-name-down-elsewhere',
    (r) => {
      on(r, 'x', sniCut('eof_error'));
      for (const t of ['x/website', 'x/cdn', 'x/shortener']) reference(r, t, 'failed');
    },
    { state: 'unreachable', note: 'down_elsewhere' },
  ),
  // NXDOMAIN for a name that is gone, on a provider that advertises on every such name.
  scenario(
    'gone-name-under-wildcard',
    (r) => {
      r.vantage.dns = [dns('configured', [{ ip: '203.99.0.81' }], { name: 'q8z.x.com', purpose: 'random_sibling' })];
      on(r, 'x', (one) =>
        withExperiments(misled(one, { ip: '203.99.0.81' }, replaced()), {
          kind: 'trusted_address',
          outcome: 'failed',
          failure: { phase: 'resolve', reason: 'dns_nxdomain_error', after_ms: 20 },
          dns: [dns('trusted', 'NXDOMAIN')],
        }),
      );
    },
    { state: 'unreachable' },
  ),
];
