/** Interference, by layer. */
import type { Observation } from '../../src/model/round.ts';
import { blockPageOverTls, everything, hop, nameDenied, randomSibling, replaced, sniCut, tcpCut } from './censors.ts';
import {
  again,
  alerted,
  dns,
  evilTls,
  fails,
  healthy,
  misled,
  on,
  trustedWorks,
  unanswered,
  unresolved,
  withExperiments,
} from './rounds.ts';
import { reference, type Scenario, scenario } from './scenario.ts';

const plain = (one: Observation): Observation => ({
  ...one,
  scheme: 'http',
  phases: { resolve: 3, connect: 42, processing: 43 },
  evidence: { address_id: one.evidence?.address_id, http: { length: 200 } },
});
const anotherHost = (one: Observation) => ({
  ...alerted(one),
  alert: undefined,
  status: 404,
  phases: { connect: 41, processing: 43 },
});
const blockHost = { ip: '203.99.0.80' };
const bogon = { ip: '10.10.34.35', bogon: true };

export const dnsCensors: readonly Scenario[] = [
  scenario('dns-nxdomain', (r) => on(r, 'x', nameDenied('NXDOMAIN', 'dns_nxdomain_error')), {
    state: 'blocked',
    mechanism: 'dns.nxdomain',
    basis: 'differential',
    rule: 'dns-failure-isp',
    confidence: 'high',
  }),
  scenario('dns-nxdomain-one-target', (r) => on(r, 'x/website', nameDenied('NXDOMAIN', 'dns_nxdomain_error')), {
    state: 'blocked',
    mechanism: 'dns.nxdomain',
  }),
  scenario('dns-servfail', (r) => on(r, 'x', nameDenied('SERVFAIL', 'dns_servfail_error')), {
    state: 'blocked',
    mechanism: 'dns.servfail',
  }),
  scenario('dns-refused', (r) => on(r, 'x', nameDenied('REFUSED', 'dns_refused_error')), {
    state: 'blocked',
    mechanism: 'dns.refused',
  }),
  scenario('dns-no-answer', (r) => on(r, 'x', nameDenied('NOERROR', 'dns_no_answer')), {
    state: 'blocked',
    mechanism: 'dns.no_answer',
  }),
  scenario('dns-timeout', (r) => on(r, 'x', nameDenied('timeout', 'generic_timeout_error')), {
    state: 'blocked',
    mechanism: 'dns.timeout',
  }),
  scenario(
    'dns-bogon',
    (r) =>
      on(r, 'x', (one) =>
        withExperiments(
          misled(one, bogon, (lied) => fails(lied, 'connect', 'generic_timeout_error')),
          trustedWorks(one),
        ),
      ),
    { state: 'blocked', mechanism: 'dns.injection.bogon', basis: 'artefact', rule: 'dns-lie-isp' },
  ),
  scenario(
    'dns-localhost',
    (r) =>
      on(r, 'x', (one) =>
        withExperiments(
          {
            ...unresolved(one, 'NOERROR', 'dns_bogon_error'),
            dns: [
              dns('configured', [{ ip: '127.0.0.1', bogon: true }]),
              dns('public', [{ ip: '127.0.0.1', bogon: true }], { server: '8.8.8.8' }),
            ],
          },
          trustedWorks(one),
        ),
      ),
    { state: 'blocked', mechanism: 'dns.injection.bogon' },
  ),
  scenario(
    'dns-blockpage',
    (r) =>
      on(r, 'x', (one) =>
        withExperiments(
          misled(one, blockHost, blockPageOverTls),
          { ...alerted(misled(one, blockHost, replaced())), alert: undefined, evidence: { tls: evilTls } },
          trustedWorks(one),
        ),
      ),
    { state: 'blocked', mechanism: 'dns.injection.blockpage', without: ['tls.mitm', 'http.blockpage'] },
  ),
  // Two methods at once: DNS leads to a known notice, and the real address is dropped.
  scenario(
    'dns-notice-and-ip-drop',
    (r) =>
      on(r, 'x', (one) => {
        const page = misled(one, blockHost, blockPageOverTls);
        return withExperiments(
          { ...page, evidence: { ...page.evidence, http: { blockpage: 'pk.pta' } } },
          {
            ...again('trusted_address', fails(one, 'connect', 'generic_timeout_error')),
            address_source: 'trusted',
            dns: trustedWorks(one).dns,
          },
        );
      }),
    { state: 'blocked', rule: 'dns-block-page', mechanisms: ['dns.injection.blockpage'] },
  ),
  scenario(
    'dns-race-on-the-configured-path',
    (r) =>
      on(r, 'x', (one) =>
        withExperiments(
          {
            ...misled(one, { ip: '157.240.9.9', asn: 32934 }, (lied) => fails(lied, 'tls', 'generic_timeout_error')),
            dns: [
              dns('configured', [{ ip: '157.240.9.9', asn: 32934 }], { at_ms: 8 }),
              dns('configured', [{ ip: '104.244.42.1', asn: 13414 }], { at_ms: 48 }),
            ],
          },
          trustedWorks(one),
        ),
      ),
    { state: ['blocked', 'reachable'], mechanisms: ['dns.injection.other'] },
  ),
  scenario(
    'dns-race-towards-a-public-resolver',
    (r) =>
      on(r, 'x', (one) => ({
        ...one,
        dns: [
          ...(one.dns ?? []),
          dns('public', [{ ip: '157.240.9.9', asn: 32934 }], { at_ms: 8, server: '8.8.8.8' }),
          dns('public', [{ ip: '104.244.42.65', asn: 13414 }], { at_ms: 48, server: '8.8.8.8' }),
          dns('trusted', [{ ip: '104.244.42.1', asn: 13414 }]),
        ],
      })),
    { state: 'reachable', mechanism: 'dns.injection.other', rule: 'answer-complete' },
  ),
  scenario(
    'dns-injected-without-scope',
    (r) => {
      r.vantage.resolver_scope = 'unknown';
      on(r, 'x', (one) => ({
        ...misled(one, bogon, (lied) => fails(lied, 'connect', 'generic_timeout_error')),
        dns: [
          dns('configured', [bogon], { at_ms: 8 }),
          dns('configured', 'NXDOMAIN', { at_ms: 9 }),
          dns('public', [bogon], { at_ms: 8 }),
          dns('public', [{ ip: '104.244.42.1', asn: 13414 }], { at_ms: 48 }),
          dns('trusted', [{ ip: '104.244.42.1', asn: 13414 }]),
        ],
      }));
    },
    { state: 'blocked', rule: 'dns-injected', mechanism: 'dns.injection.bogon' },
  ),
  scenario(
    'dns-ghost',
    (r) => {
      randomSibling(r, 'NXDOMAIN');
      on(r, 'x', (one) =>
        withExperiments(misled(one, blockHost, blockPageOverTls), {
          kind: 'trusted_address',
          outcome: 'failed',
          failure: { phase: 'resolve', reason: 'dns_nxdomain_error', after_ms: 20 },
          dns: [dns('trusted', 'NXDOMAIN')],
        }),
      );
      reference(r, 'x/website', 'failed');
    },
    { state: 'blocked', mechanism: 'dns.injection.blockpage', rule: 'dns-ghost' },
  ),
  scenario(
    'dns-nxdomain-and-doh-dropped',
    (r) =>
      on(r, 'x', (one) =>
        withExperiments(unresolved(one, 'NXDOMAIN', 'dns_nxdomain_error'), {
          ...again('trusted_address', healthy(one.target)),
          address_source: 'validated',
          dns: [dns('trusted', 'timeout'), dns('trusted', 'timeout')],
        }),
      ),
    { state: 'blocked', mechanism: 'dns.nxdomain', confidence: 'medium' },
  ),
  scenario(
    'public-resolver-fails',
    (r) => {
      r.vantage.resolver_scope = 'public';
      on(r, 'x', nameDenied('NXDOMAIN', 'dns_nxdomain_error'));
    },
    { state: 'inconclusive', rule: 'dns-public' },
  ),
  scenario(
    'public-resolver-poisoned',
    (r) => {
      r.vantage.resolver_scope = 'public';
      on(r, 'x', (one) =>
        withExperiments(
          {
            ...unresolved(one, 'NXDOMAIN', 'dns_nxdomain_error'),
            dns: [dns('configured', 'NXDOMAIN', { server: '9.9.9.9' })],
          },
          trustedWorks(one),
        ),
      );
    },
    { state: 'blocked', rule: 'dns-public-differs' },
  ),
];

export const pathCensors: readonly Scenario[] = [
  scenario('ip-drop-alone', (r) => on(r, 'x', tcpCut('generic_timeout_error')), {
    state: 'unreachable',
    mechanism: 'tcp.timeout',
    basis: 'comparison',
    rule: 'fails-here',
    confidence: 'low',
  }),
  scenario(
    'ip-drop-ref',
    (r) => {
      on(r, 'x', tcpCut('generic_timeout_error'));
      reference(r, 'x/website', 'ok');
    },
    { state: 'unreachable', note: 'reachable_elsewhere', mechanism: 'tcp.timeout' },
  ),
  scenario('ip-reset-alone', (r) => on(r, 'x', tcpCut('connection_refused')), {
    state: 'unreachable',
    mechanism: 'tcp.refused',
  }),
  scenario(
    'ip-reset-ref',
    (r) => {
      on(r, 'x', tcpCut('connection_refused'));
      reference(r, 'x/website', 'ok');
    },
    { state: 'unreachable', note: 'reachable_elsewhere' },
  ),
  scenario(
    'ip-reset-midway',
    (r) =>
      on(r, 'x', (one) => {
        const cut = fails(one, 'tls', 'connection_reset', 4);
        return withExperiments(cut, unanswered(one, 'connection_reset'), again('repeat', cut), again('repeat', cut));
      }),
    { state: 'blocked', mechanism: 'tls.reset', basis: 'artefact', rule: 'reset-nearer-than-path' },
  ),
  scenario('ip-prohibited-alone', (r) => on(r, 'x', tcpCut('host_unreachable')), {
    state: 'unreachable',
    mechanism: 'ip.unreachable',
  }),
  scenario(
    'ip-prohibited-ref',
    (r) => {
      on(r, 'x', tcpCut('host_unreachable'));
      reference(r, 'x/website', 'ok');
    },
    { state: 'unreachable', note: 'reachable_elsewhere' },
  ),
  scenario('all-four-blackholed', (r) => everything(r, tcpCut('generic_timeout_error')), {
    state: 'blocked',
    confidence: 'medium',
    basis: 'comparison',
    rule: 'tcp-two-companies',
  }),
  scenario('all-four-blackholed-seen-from-youtube', (r) => everything(r, tcpCut('generic_timeout_error')), {
    platform: 'youtube',
    state: 'blocked',
    confidence: 'medium',
  }),
];

export const tlsCensors: readonly Scenario[] = [
  scenario('sni-reset', (r) => on(r, 'x', sniCut('connection_reset', 3.9)), {
    state: 'blocked',
    mechanism: 'tls.reset.sni',
    basis: 'differential',
    rule: 'tls-reset-sni-differential',
    confidence: 'high',
    without: ['tls.reset'],
  }),
  scenario('sni-reset-one-target', (r) => on(r, 'x/website', sniCut('connection_reset')), {
    state: 'blocked',
    mechanism: 'tls.reset.sni',
    confidence: 'high',
  }),
  scenario('sni-eof', (r) => on(r, 'x', sniCut('eof_error')), {
    state: 'blocked',
    mechanism: 'tls.eof.sni',
    rule: 'tls-eof-sni-differential',
  }),
  scenario('sni-drop', (r) => on(r, 'x', sniCut('generic_timeout_error')), {
    state: 'blocked',
    mechanism: 'tls.timeout.sni',
    rule: 'tls-timeout-sni-differential',
  }),
  scenario(
    'hello-of-one-segment-only',
    (r) =>
      on(r, 'x/website', (one) => {
        const cut = fails(one, 'tls', 'generic_timeout_error');
        return withExperiments(cut, unanswered(one, 'generic_timeout_error'), again('repeat', cut), {
          ...again('large_hello', one),
        });
      }),
    { state: 'blocked', rule: 'tls-hello-differential', note: 'large_hello', mechanism: 'tls.timeout' },
  ),
  scenario(
    'mitm-sni',
    (r) => on(r, 'x', (one) => withExperiments(replaced()(one), alerted(one), again('repeat', replaced()(one)))),
    { state: 'blocked', mechanism: 'tls.mitm', basis: 'artefact', rule: 'tls-mitm-name' },
  ),
  scenario(
    'mitm-dnat-alone',
    (r) =>
      on(r, 'x', (one) =>
        withExperiments(replaced()(one), { ...alerted(one), alert: undefined, evidence: { tls: evilTls } }),
      ),
    { state: 'unreachable', mechanism: 'tls.mitm' },
  ),
  scenario(
    'mitm-dnat-ref',
    (r) => {
      on(r, 'x', (one) =>
        withExperiments(replaced()(one), { ...alerted(one), alert: undefined, evidence: { tls: evilTls } }),
      );
      reference(r, 'x/website', 'ok');
    },
    { state: 'unreachable', mechanism: 'tls.mitm', note: 'reachable_elsewhere' },
  ),
  scenario(
    'mitm-two-companies',
    (r) => {
      for (const p of ['x', 'youtube'])
        on(r, p, (one) =>
          withExperiments(replaced()(one), { ...alerted(one), alert: undefined, evidence: { tls: evilTls } }),
        );
    },
    { state: 'blocked', mechanism: 'tls.mitm', rule: 'tls-mitm-companies' },
  ),
  scenario(
    'mitm-to-a-known-notice',
    (r) =>
      on(r, 'x', (one) => {
        const page = blockPageOverTls(one);
        return { ...page, evidence: { ...page.evidence, http: { blockpage: 'kz.notice' } } };
      }),
    { state: 'blocked', mechanism: 'tls.mitm', rule: 'tls-mitm-block-page' },
  ),
  scenario(
    'dns-plus-sni',
    (r) =>
      on(r, 'x', (one) => {
        const lied = misled(one, { ip: '203.0.113.77' }, (l) => fails(l, 'tls', 'connection_reset'));
        return withExperiments(lied, alerted(lied), again('repeat', lied), {
          ...again('trusted_address', fails(one, 'tls', 'connection_reset')),
          address_source: 'trusted',
          dns: trustedWorks(one).dns,
        });
      }),
    { state: 'blocked', mechanisms: ['dns.injection.other', 'tls.reset.sni'] },
  ),
  // Google's caches stand in providers' networks: an address that no table knows, cut by name, is no lie of DNS.
  scenario(
    'sni-reset-at-an-embedded-cache',
    (r) =>
      on(r, 'youtube', (one) => {
        const cache = misled(one, { ip: '203.99.164.20' }, (l) => fails(l, 'tls', 'connection_reset'));
        return withExperiments(cache, alerted(cache), again('repeat', cache), {
          ...again('trusted_address', fails(one, 'tls', 'connection_reset')),
          address_source: 'trusted',
          dns: trustedWorks(one).dns,
        });
      }),
    { platform: 'youtube', state: 'blocked', mechanism: 'tls.reset.sni', without: ['dns.injection.other'] },
  ),
];

export const httpCensors: readonly Scenario[] = [
  scenario(
    'http-host-reset',
    (r) =>
      on(r, 'x', (one) => {
        const cut = { ...fails(plain(one), 'processing', 'connection_reset'), scheme: 'http' as const };
        return withExperiments(cut, anotherHost(one), again('repeat', cut));
      }),
    { state: 'blocked', mechanism: 'http.reset', rule: 'http-host-differential' },
  ),
  scenario(
    'http-host-silence',
    (r) =>
      on(r, 'x', (one) =>
        withExperiments(
          { ...fails(plain(one), 'processing', 'generic_timeout_error'), scheme: 'http' },
          anotherHost(one),
        ),
      ),
    { state: 'blocked', mechanism: 'http.timeout' },
  ),
  scenario(
    'http-blockpage',
    (r) =>
      on(r, 'x', (one) => ({
        ...plain(one),
        status: 403,
        evidence: { http: { title: 'This site is blocked', blockpage: 'generic.notice' } },
      })),
    { state: 'blocked', mechanism: 'http.blockpage', rule: 'http-block-page' },
  ),
  scenario(
    'http-led-astray',
    (r) =>
      on(r, 'x/website', (one) =>
        hop(
          { ...plain(one), evidence: { http: { location_host: 'notice.provider.example' } } },
          { ...plain(healthy('x/website')), host: 'notice.provider.example' },
        ),
      ),
    { state: 'blocked', mechanism: 'http.blockpage', rule: 'http-led-astray' },
  ),
  // Over TLS the silence after the handshake could be the server's: no proof.
  scenario(
    'http-silence',
    (r) => on(r, 'x', (one) => withExperiments(fails(one, 'processing', 'generic_timeout_error'), alerted(one))),
    { state: ['unreachable', 'blocked'], mechanism: 'http.timeout' },
  ),
  scenario(
    'redirect-then-nxdomain',
    (r) => on(r, 'x/website', (one) => hop(one, nameDenied('NXDOMAIN', 'dns_nxdomain_error')(healthy('x/shortener')))),
    { state: 'blocked', mechanism: 'dns.nxdomain' },
  ),
  scenario(
    'redirect-then-sni-reset',
    (r) => on(r, 'x/website', (one) => hop(one, sniCut('connection_reset')(healthy('x/shortener')))),
    { state: 'blocked', mechanism: 'tls.reset.sni' },
  ),
  scenario(
    'redirect-then-timeout',
    (r) => on(r, 'x/website', (one) => hop(one, sniCut('generic_timeout_error')(healthy('x/shortener')))),
    { state: 'blocked', mechanism: 'tls.timeout.sni' },
  ),
];

const stalled = (bytes: number) => ({ bytes, ms: 10_000, after_bytes: 0, stalled_at: bytes });
const slowHello = (one: Observation): Observation =>
  withExperiments({ ...one, phases: { ...one.phases, tls: 8_040 } }, alerted(one));

export const speedCensors: readonly Scenario[] = [
  scenario(
    'freeze-16k',
    (r) => {
      on(r, 'x/cdn', (one) =>
        withExperiments(
          { ...one, transfer: stalled(16_384) },
          { kind: 'transfer', outcome: 'failed', transfer: stalled(17_000) },
        ),
      );
      r.controls[0]!.transfer = { bytes: 65_536, ms: 400, after_bytes: 20_480 };
    },
    { state: 'blocked', mechanism: 'http.freeze', basis: 'artefact', rule: 'freeze-same-size' },
  ),
  scenario(
    'freeze-16k-over-two-rounds',
    (r) => {
      on(r, 'x/cdn', (one) => ({ ...one, transfer: stalled(16_384) }));
      r.controls[0]!.transfer = { bytes: 65_536, ms: 400, after_bytes: 20_480 };
    },
    { state: 'blocked', mechanism: 'http.freeze' },
    { platforms: { x: { freezes: [16_100] } } },
  ),
  scenario(
    'slow-handshake-second-round',
    (r) => on(r, 'x/website', slowHello),
    { state: 'throttled', mechanism: 'throttle.sni', rule: 'throttled-differential', basis: 'differential' },
    { platforms: { x: { slowdown: { target: 'x/website', ratio: 190, against: 'neutral', of: 'handshake' } } } },
  ),
  scenario('slow-handshake-first-round', (r) => on(r, 'x/website', slowHello), { state: 'reachable' }),
  scenario(
    'slow-against-sibling',
    (r) => {
      on(r, 'youtube/website', (one) => ({ ...one, phases: { ...one.phases, tls: 3_000 } }));
      r.siblings = { youtube: [healthy('fonts')] };
    },
    { platform: 'youtube', state: 'throttled', mechanism: 'throttle.unknown' },
    {
      platforms: {
        youtube: { slowdown: { target: 'youtube/website', ratio: 60, against: 'sibling', of: 'handshake' } },
      },
    },
  ),
  scenario(
    'beacon',
    (r) =>
      on(r, 'x/website', (one) =>
        withExperiments(
          one,
          { kind: 'beacon', outcome: 'ok', host: 'x.com', address_id: 'b', goodput_bps: 130_000 },
          { kind: 'beacon', outcome: 'ok', host: 'example.org', address_id: 'b', goodput_bps: 18_000_000 },
        ),
      ),
    { state: 'throttled', mechanism: 'throttle.sni' },
    { platforms: { x: { slowdown: { target: 'x/website', ratio: 130, against: 'beacon', of: 'goodput' } } } },
  ),
];

const confirmed = {
  target: 'x/website',
  mechanism: 'tls.reset.sni',
  basis: 'differential',
  rule: 'tls-reset-sni-differential',
  phase: 'tls',
  reason: 'connection_reset',
  age: 4,
} as const;

export const remembered: readonly Scenario[] = [
  scenario(
    'confirmed-four-rounds-ago',
    (r) => on(r, 'x/website', (one) => fails(one, 'tls', 'connection_reset')),
    { state: 'blocked', mechanism: 'tls.reset.sni', rule: 'confirmed-earlier', confidence: 'medium' },
    { platforms: { x: { confirmed: [confirmed] } } },
  ),
  scenario(
    'ip4-only-fails',
    (r) => {
      on(r, 'x', tcpCut('generic_timeout_error'));
      r.platforms['x'] = [
        ...(r.platforms['x'] ?? []),
        ...['x/website', 'x/cdn', 'x/shortener'].map((t) => healthy(t, 'ip6')),
      ];
    },
    { state: 'degraded', rule: 'ip4-only-fails', mechanism: 'tcp.timeout' },
  ),
];
