/** Interference with addresses and handshakes. */
import { blockPageOverTls, everything, replaced, sniCut, tcpCut } from './censors.ts';
import { again, alerted, evilTls, fails, misled, on, trustedWorks, unanswered, withExperiments } from './rounds.ts';
import { reference, type Scenario, scenario } from './scenario.ts';

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
  scenario(
    'all-four-blackholed-and-one-stray-servfail',
    (r) => {
      everything(r, tcpCut('generic_timeout_error'));
      on(r, 'x/website', (one) =>
        withExperiments(fails(one, 'resolve', 'dns_servfail_error'), {
          kind: 'repeat',
          outcome: 'failed',
          failure: { phase: 'connect', reason: 'generic_timeout_error', after_ms: 10_000 },
        }),
      );
    },
    { state: 'blocked', rule: 'tcp-two-companies' },
  ),
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
  // A gateway with a public certificate of its own stands in for two companies.
  scenario(
    'mitm-two-companies-public-certificate',
    (r) => {
      for (const p of ['x', 'youtube'])
        on(r, p, replaced({ ...evilTls, issuer: 'CN=Root One', fingerprint: 'gg', error: 'ssl_invalid_hostname' }));
    },
    { state: 'blocked', mechanism: 'tls.mitm', rule: 'tls-mitm-companies' },
  ),
  scenario(
    'clear-text-in-answer-to-a-name',
    (r) =>
      on(r, 'x', (one) => {
        const garbled = fails(one, 'tls', 'ssl_failed_handshake');
        return withExperiments(garbled, alerted(one), again('repeat', garbled), again('repeat', garbled));
      }),
    { state: 'blocked', mechanism: 'tls.mitm', rule: 'tls-garbled-name' },
  ),
  scenario(
    'forged-alert',
    (r) =>
      on(r, 'x', (one) => {
        const alert = fails(one, 'tls', 'ssl_failed_handshake', 5);
        return withExperiments(alert, alerted(one), { ...again('repeat', alert), alert: 'handshake_failure' });
      }),
    { state: 'blocked', mechanism: 'tls.reset', rule: 'reset-nearer-than-path' },
  ),
  scenario(
    'forged-close',
    (r) =>
      on(r, 'x', (one) => {
        const close = fails(one, 'tls', 'eof_error', 5);
        return withExperiments(close, unanswered(one, 'eof_error'), again('repeat', close));
      }),
    { state: 'blocked', mechanism: 'tls.eof', rule: 'reset-nearer-than-path' },
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
