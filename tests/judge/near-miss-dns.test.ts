/** Names and addresses: what looks like a lie or a block and is none. */
import { describe, expect, test } from 'vitest';
import { assess } from '../../src/judge/assess.ts';
import type { RoundMemory } from '../../src/judge/memory.ts';
import type { Observation, Round } from '../../src/model/round.ts';
import { everything, nameDenied, randomSibling, replaced, tcpCut } from './censors.ts';
import {
  again,
  alerted,
  calm,
  dns,
  fails,
  misled,
  on,
  onControls,
  trustedWorks,
  unresolved,
  withExperiments,
} from './rounds.ts';

const verdictOf = (change: (round: Round) => void, platform = 'x', memory: RoundMemory = {}) =>
  assess(calm(change), memory).verdicts[platform]!;

describe('DNS is not proven to lie', () => {
  test('when SERVFAIL was met once', () => {
    const { state } = verdictOf((r) =>
      on(r, 'x/website', (one) =>
        withExperiments(
          { ...unresolved(one, 'SERVFAIL', 'dns_servfail_error'), dns: [dns('configured', 'SERVFAIL')] },
          trustedWorks(one),
        ),
      ),
    );
    expect(state).toBe('unreachable');
  });
  test('when the trusted answer fails too', () => {
    const dead = (one: Observation) => ({
      ...again('trusted_address', fails(one, 'connect', 'generic_timeout_error')),
      address_source: 'trusted' as const,
      dns: trustedWorks(one).dns,
    });
    const { state, mechanisms } = verdictOf((r) =>
      on(r, 'x', (one) => withExperiments(unresolved(one, 'NXDOMAIN', 'dns_nxdomain_error'), dead(one))),
    );
    expect(state).toBe('unreachable');
    expect(mechanisms).toEqual(['dns.nxdomain', 'tcp.timeout']);
  });
  test('when the odd address shares the trusted one’s ASN', () => {
    const { state, mechanisms } = verdictOf((r) =>
      on(r, 'x/website', (one) =>
        withExperiments(
          misled(one, { ip: '104.244.46.9', asn: 13414 }, (lied) => fails(lied, 'connect', 'generic_timeout_error')),
          trustedWorks(one),
        ),
      ),
    );
    expect([state, mechanisms]).toEqual(['unreachable', ['tcp.timeout']]);
  });
  test('when the record does not say whose resolver it was', () => {
    const { state } = verdictOf((r) => {
      delete r.vantage.resolver_scope;
      on(r, 'x', nameDenied('NXDOMAIN', 'dns_nxdomain_error'));
    });
    expect(state).toBe('unreachable');
  });
  test('when a bogon is all that there is', () => {
    const { state, mechanisms } = verdictOf((r) =>
      on(r, 'x', (one) =>
        misled(one, { ip: '10.10.34.35', bogon: true }, (lied) => fails(lied, 'connect', 'generic_timeout_error')),
      ),
    );
    expect(state).toBe('unreachable');
    expect(mechanisms).toContain('dns.injection.bogon');
  });
  test.each([
    ['both are honest', [{ ip: '104.244.42.1', asn: 13414 }], {}],
    ['the query was sent again', [{ ip: '10.0.0.1', bogon: true }], { retransmitted: true }],
  ])('when two answers differ and %s', (_why, first, more) => {
    const facts = [
      dns('configured', first, { at_ms: 8, ...more }),
      dns('configured', [{ ip: '104.244.42.65', asn: 13414 }], { at_ms: 48, ...more }),
      dns('trusted', [{ ip: '104.244.42.129', asn: 13414 }]),
    ];
    const { state, mechanisms } = verdictOf((r) =>
      on(r, 'x/website', (one) => ({ ...fails(one, 'connect', 'generic_timeout_error'), dns: facts })),
    );
    expect(state).toBe('unreachable');
    expect(mechanisms.filter((word) => word.startsWith('dns'))).toEqual([]);
  });
  test.each([
    ['resolves as well', 'NOERROR'],
    ['was never asked for', undefined],
  ] as const)('no ghost when the random sibling %s', (_why, rcode) => {
    const gone = (one: Observation) =>
      withExperiments(misled(one, { ip: '203.99.0.81' }, replaced()), {
        kind: 'trusted_address',
        outcome: 'failed',
        failure: { phase: 'resolve', reason: 'dns_nxdomain_error', after_ms: 20 },
        dns: [dns('trusted', 'NXDOMAIN')],
      });
    expect(
      verdictOf((r) => {
        if (rcode) randomSibling(r, rcode);
        on(r, 'x', gone);
      }).state,
    ).toBe('unreachable');
  });
  test('when the DoH resolvers fail and nothing else does', () => {
    const { state } = verdictOf((r) =>
      on(r, 'x', (one) => ({
        ...one,
        dns: [...(one.dns ?? []), dns('trusted', 'SERVFAIL'), dns('trusted', 'timeout')],
      })),
    );
    expect(state).toBe('reachable');
  });
  test('an answer only at the trusted resolver’s address is no answer for the user', () => {
    const { state, rule } = verdictOf((r) =>
      on(r, 'x', (one) => ({
        ...one,
        address_source: 'trusted',
        dns: [
          dns('system', 'NXDOMAIN'),
          dns('configured', 'NXDOMAIN'),
          dns('trusted', [{ ip: '104.244.42.1', asn: 13414 }]),
        ],
      })),
    );
    expect([state, rule]).toEqual(['blocked', 'dns-failure-isp']);
  });
  test('a whoami that shows the public operator’s own network is no interception', () => {
    const { mechanisms } = verdictOf((r) => {
      r.vantage.dns = [
        dns('public', [{ ip: '172.253.1.1', asn: 15169 }], { name: 'whoami.akamai.net' }),
        dns('configured', [{ ip: '203.99.1.5', asn: 17557 }], { name: 'whoami.akamai.net' }),
      ];
    });
    expect(mechanisms).toEqual([]);
  });
});

describe('two companies are not silent at TCP', () => {
  const dead = tcpCut('generic_timeout_error');
  test.each<[string, (round: Round) => void]>([
    [
      'when they are one company',
      (r) => {
        on(r, 'facebook', dead);
        on(r, 'instagram', dead);
      },
    ],
    [
      'when one of their targets answers',
      (r) => {
        on(r, 'x', dead);
        on(r, 'facebook/website', dead);
        on(r, 'instagram', dead);
      },
    ],
    [
      'when the other fails in TLS',
      (r) => {
        on(r, 'x', dead);
        on(r, 'youtube', (one) => fails(one, 'tls', 'generic_timeout_error'));
      },
    ],
    [
      'when the neutral name was answered',
      (r) => {
        on(r, 'x', dead);
        on(r, 'youtube', (one) => withExperiments(fails(one, 'connect', 'generic_timeout_error'), alerted(one)));
      },
    ],
  ])('%s', (_why, change) => {
    const { verdicts } = assess(calm(change), {});
    expect(Object.values(verdicts).map(({ state }) => state)).not.toContain('blocked');
  });
  test('when half of the controls are silent too', () => {
    const { verdicts } = assess(
      calm((r) => {
        everything(r, dead);
        onControls(r, (one) => fails(one, 'connect', 'generic_timeout_error'), [
          'kernel',
          'vendor',
          'archive',
          'registry',
        ]);
      }),
      {},
    );
    expect(verdicts['x']?.state).toBe('inconclusive');
  });
  test('without experiments it is a guess, and says so', () => {
    const { state, confidence } = verdictOf((r) => {
      for (const p of ['x', 'youtube']) {
        on(r, p, (one) => fails(one, 'connect', 'generic_timeout_error'));
        r.platforms[p] = (r.platforms[p] ?? []).slice(0, 1);
      }
    });
    expect([state, confidence]).toEqual(['blocked', 'low']);
  });
});
