/** Interference with requests and with speed, and what is remembered of it. */
import type { Observation } from '../../src/model/round.ts';
import { hop, nameDenied, sniCut, tcpCut } from './censors.ts';
import { again, alerted, fails, healthy, on, withExperiments } from './rounds.ts';
import { type Scenario, scenario } from './scenario.ts';

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

const stalled = (bytes: number) => ({ bytes, ms: 10_000, after_bytes: 0, stalled_at: bytes });
const slowHello = (one: Observation): Observation =>
  withExperiments({ ...one, phases: { ...one.phases, tls: 8_040 } }, alerted(one));

const confirmed = {
  target: 'x/website',
  mechanism: 'tls.reset.sni',
  basis: 'differential',
  rule: 'tls-reset-sni-differential',
  phase: 'tls',
  reason: 'connection_reset',
  age: 4,
} as const;

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
    'freeze-16k-followed-without-a-control',
    (r) => on(r, 'x/cdn', (one) => ({ ...one, transfer: stalled(16_384) })),
    { state: 'blocked', mechanism: 'http.freeze' },
    { platforms: { x: { freezes: [16_100, 16_200], frozen: 1 } } },
  ),
  scenario(
    'freeze-16k-never-compared-with-a-control',
    (r) => on(r, 'x/cdn', (one) => ({ ...one, transfer: stalled(16_384) })),
    { state: 'reachable' },
    { platforms: { x: { freezes: [16_100, 16_200] } } },
  ),
  scenario(
    'slow-handshake-second-round',
    (r) => on(r, 'x/website', slowHello),
    { state: 'throttled', mechanism: 'throttle.sni', rule: 'throttled-differential', basis: 'differential' },
    { platforms: { x: { slowdown: { target: 'x/website', ratio: 190, against: 'neutral', of: 'handshake' } } } },
  ),
  scenario(
    // A bucket for the address empties under a certificate flight and lets the seven bytes of an alert pass.
    'slow-by-its-bytes-second-round',
    (r) => on(r, 'x/website', (one) => withExperiments({ ...one, phases: { ...one.phases, tls: 331 } }, alerted(one))),
    { state: 'throttled', mechanism: 'throttle.unknown', rule: 'throttled-differential' },
    { platforms: { x: { slowdown: { target: 'x/website', ratio: 8, against: 'neutral', of: 'handshake' } } } },
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
