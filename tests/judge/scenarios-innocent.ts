/** Nothing wrong, or nothing that concerns a platform: must stay silent. */
import type { Observation } from '../../src/model/round.ts';
import { hop, ip6Controls, overIp6, sniCut, whoami } from './censors.ts';
import { again, dns, fails, healthy, on, onControls, withExperiments } from './rounds.ts';
import { type Scenario, scenario } from './scenario.ts';

const status = (code: number) => (one: Observation) => ({ ...one, status: code });

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
