/** Interference with names. */
import { blockPageOverTls, nameDenied, randomSibling, replaced } from './censors.ts';
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
  unresolved,
  withExperiments,
} from './rounds.ts';
import { reference, type Scenario, scenario } from './scenario.ts';

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
  // The true answer follows and its address works; but programs took the first one.
  scenario(
    'dns-race-whose-second-answer-works',
    (r) =>
      on(r, 'x', (one) =>
        withExperiments(
          {
            ...misled(one, { ip: '199.59.148.102' }, (lied) => fails(lied, 'connect', 'generic_timeout_error')),
            dns: [
              dns('system', [{ ip: '199.59.148.102' }]),
              dns('configured', [{ ip: '199.59.148.102' }], { at_ms: 8 }),
              dns('configured', [{ ip: '104.244.42.1', asn: 13414 }], { at_ms: 48 }),
              dns('trusted', [{ ip: '104.244.42.1', asn: 13414 }]),
            ],
          },
          { ...again('other_address', healthy(one.target)), address_source: 'configured' },
        ),
      ),
    { state: 'blocked', mechanism: 'dns.injection.other', rule: 'dns-injected', without: ['tcp.timeout'] },
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
