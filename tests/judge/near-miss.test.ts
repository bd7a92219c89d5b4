/** What looks like interference and is not proof of it: for every rule the record that must not match. */
import { describe, expect, test } from 'vitest';
import { assess } from '../../src/judge/assess.ts';
import type { RoundMemory } from '../../src/judge/memory.ts';
import type { Observation, Round } from '../../src/model/round.ts';
import { everything, nameDenied, randomSibling, replaced, sniCut, tcpCut } from './censors.ts';
import {
  again,
  alerted,
  calm,
  dns,
  evilTls,
  fails,
  healthy,
  misled,
  on,
  onControls,
  trustedWorks,
  unanswered,
  unresolved,
  withExperiments,
} from './rounds.ts';

const verdictOf = (change: (round: Round) => void, platform = 'x', memory: RoundMemory = {}) =>
  assess(calm(change), memory).verdicts[platform]!;
const cut = (one: Observation, after_ms?: number) => fails(one, 'tls', 'connection_reset', after_ms);

describe('the name is not proven to be the trigger', () => {
  test('when the alert came sooner than the server could have sent it', () => {
    const { state, mechanism } = verdictOf((r) =>
      on(r, 'x', (one) =>
        withExperiments(cut(one), alerted(one, { phases: { connect: 41, tls: 9 } }), again('repeat', cut(one))),
      ),
    );
    expect([state, mechanism]).toEqual(['unreachable', 'tls.reset']);
  });
  test('when another address answered the neutral name', () => {
    const { state } = verdictOf((r) =>
      on(r, 'x', (one) => withExperiments(cut(one), alerted(one, { address_id: 'id-elsewhere' }))),
    );
    expect(state).toBe('unreachable');
  });
  test('when the neutral name is cut as well', () => {
    const { state, mechanism } = verdictOf((r) =>
      on(r, 'x', (one) => withExperiments(cut(one), unanswered(one, 'connection_reset'), again('repeat', cut(one)))),
    );
    expect([state, mechanism]).toEqual(['unreachable', 'tls.reset']);
  });
  test('when the repeat brings a complete answer', () => {
    const { state, confidence } = verdictOf((r) =>
      on(r, 'x', (one) => withExperiments(cut(one), alerted(one), again('repeat', one))),
    );
    expect([state, confidence]).toEqual(['reachable', 'low']);
  });
  test('when a certificate arrived before the end', () => {
    const { state } = verdictOf((r) =>
      on(r, 'x', (one) =>
        withExperiments({ ...cut(one), evidence: { ...cut(one).evidence, tls: { fingerprint: 'aa' } } }, alerted(one)),
      ),
    );
    expect(state).toBe('unreachable');
  });
  test('when the address was still tainted and stays silent for any name: noted, never a block of the address', () => {
    const silent = (one: Observation) => ({ ...unanswered(one, 'generic_timeout_error'), rested_s: 12 });
    const { state, notes } = verdictOf((r) =>
      on(r, 'x', (one) => withExperiments(fails(one, 'tls', 'generic_timeout_error'), silent(one))),
    );
    expect([state, notes]).toEqual(['unreachable', ['residual_possible']]);
  });
  test('seen once, it is one step less sure', () => {
    const once = verdictOf((r) => on(r, 'x/website', (one) => withExperiments(cut(one), alerted(one))));
    expect([once.state, once.confidence]).toEqual(['blocked', 'medium']);
  });
});

describe('a reset is not nearer than the path', () => {
  const resets = (after_ms: number, connect: number) => (one: Observation) => {
    const reset = cut({ ...one, phases: { ...one.phases, connect } }, after_ms);
    return withExperiments(reset, unanswered(one, 'connection_reset'), again('repeat', reset));
  };
  test.each([
    ['a full round trip after the hello', 43, 42],
    ['after a connect that lost its first SYN', 45, 1_042],
    ['by less than a clock can tell', 2, 5],
  ])('%s', (_why, after_ms, connect) => {
    expect(verdictOf((r) => on(r, 'x', resets(after_ms, connect))).state).toBe('unreachable');
  });
  test('when it once took the whole way', () => {
    const { state } = verdictOf((r) =>
      on(r, 'x/website', (one) => withExperiments(cut(one, 4), again('repeat', cut(one, 44)))),
    );
    expect(state).toBe('unreachable');
  });
  test('than the shortest path known from other rounds', () => {
    const memory = { baselines: { 'x/website': { connect_ms: 4 } } };
    expect(
      verdictOf(
        (r) => on(r, 'x/website', (one) => withExperiments(cut(one, 4), again('repeat', cut(one, 4)))),
        'x',
        memory,
      ).state,
    ).toBe('unreachable');
  });
  test('when a control was reset as quickly: the box stands in the house', () => {
    const { state } = verdictOf((r) => {
      on(r, 'x', (one) => withExperiments(cut(one, 4), again('repeat', cut(one, 4))));
      onControls(r, (one) => fails(one, 'tls', 'connection_reset', 4), ['kernel']);
    });
    expect(state).toBe('unreachable');
  });
  test('when it is single and only somewhat early', () => {
    expect(verdictOf((r) => on(r, 'x/website', (one) => cut(one, 30))).state).toBe('unreachable');
  });
});

describe('a certificate is not proven to be an impostor’s', () => {
  test.each([
    ['it has only expired', { ...evilTls, error: 'ssl_invalid_certificate' as const }],
    ['it is publicly trusted and of another name', { ...evilTls, error: 'ssl_invalid_hostname' as const }],
  ])('%s', (_why, tls) => {
    expect(verdictOf((r) => on(r, 'x', (one) => withExperiments(replaced(tls)(one), alerted(one)))).state).toBe(
      'unreachable',
    );
  });
  test('the neutral name gets the same chain', () => {
    const same = (one: Observation) => alerted(one, { alert: undefined, evidence: { tls: evilTls } });
    expect(verdictOf((r) => on(r, 'x', (one) => withExperiments(replaced()(one), same(one)))).state).toBe(
      'unreachable',
    );
  });
  test('nobody asked with a neutral name', () => {
    const { state, mechanism } = verdictOf((r) => on(r, 'x', replaced()));
    expect([state, mechanism]).toEqual(['unreachable', 'tls.mitm']);
  });
  test('one company alone shows the issuer, on two platforms', () => {
    const { state } = verdictOf((r) => {
      on(r, 'facebook', replaced());
      on(r, 'instagram', replaced());
    }, 'facebook');
    expect(state).toBe('unreachable');
  });
  test('a control shows the same issuer: the house re-signs', () => {
    const { state } = verdictOf((r) => {
      on(r, 'x', replaced());
      on(r, 'youtube', replaced());
      onControls(r, replaced(), ['kernel']);
    });
    expect(state).toBe('unreachable');
  });
  test('the site’s own certificate for other names beside a publicly trusted foreign one is proof', () => {
    const own = {
      issuer: 'CN=Root One',
      subject: 'CN=x.com',
      fingerprint: 'aa12',
      error: 'ssl_invalid_hostname' as const,
    };
    const notice = {
      issuer: 'CN=Root Two',
      subject: 'CN=notice.provider.example',
      fingerprint: 'bb',
      error: 'ssl_invalid_hostname' as const,
    };
    const { state, rule } = verdictOf((r) =>
      on(r, 'x/website', (one) =>
        withExperiments(replaced(notice)(one), alerted(one, { alert: undefined, evidence: { tls: own } })),
      ),
    );
    expect([state, rule]).toEqual(['blocked', 'tls-mitm-name']);
  });
});

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

describe('sizes and speeds prove nothing', () => {
  const stall = (bytes: number) => ({ bytes, ms: 10_000, after_bytes: 0, stalled_at: bytes });
  const frozen = (sizes: readonly [number, number], ran: object | undefined) =>
    verdictOf((r) => {
      on(r, 'x/cdn', (one) =>
        withExperiments(
          { ...one, transfer: stall(sizes[0]) },
          { kind: 'transfer', outcome: 'failed', transfer: stall(sizes[1]) },
        ),
      );
      if (ran) Object.assign(r.controls[0]!, { transfer: ran });
    }).state;
  const ran = { bytes: 65_536, ms: 300, after_bytes: 20_480 };
  test.each([
    ['stalls at different sizes', [14_000, 30_000], ran],
    ['stalls beyond the range', [60_000, 60_500], ran],
    ['no control’s download beside them', [16_384, 16_500], undefined],
    ['the control’s download stalled as well', [16_384, 16_500], { ...ran, stalled_at: 65_536 }],
    ['the control’s download too short', [16_384, 16_500], { ...ran, bytes: 20_000 }],
  ] as const)('%s', (_why, sizes, control) => {
    expect(frozen(sizes, control)).toBe('reachable');
  });

  const before = {
    platforms: { x: { slowdown: { target: 'x/website', ratio: 9, against: 'neutral', of: 'handshake' } } },
  } as const;
  const slow = (tls: number, neutral: Partial<ReturnType<typeof alerted>> = {}, memory: RoundMemory = before) =>
    verdictOf(
      (r) =>
        on(r, 'x/website', (one) => withExperiments({ ...one, phases: { ...one.phases, tls } }, alerted(one, neutral))),
      'x',
      memory,
    ).state;
  test('a handshake eight times slower for two rounds is throttled', () => expect(slow(350)).toBe('throttled'));
  test('a first round is not', () => expect(slow(350, {}, {})).toBe('reachable'));
  test('less than five times is not', () => expect(slow(210, { phases: { connect: 41, tls: 43 } })).toBe('reachable'));
  test('a difference of less than a retransmission is not', () =>
    expect(slow(90, { phases: { connect: 4, tls: 5 } })).toBe('reachable'));
  test('an address that is slow for every name is not, be it residual or not', () =>
    expect(slow(8_000, { phases: { connect: 41, tls: 7_800 }, rested_s: 4 })).toBe('reachable'));
  test('another address is no witness', () => expect(slow(8_000, { address_id: 'id-other' })).toBe('reachable'));
});

describe('clear text and pages', () => {
  test('a title is only a title over verified TLS', () => {
    expect(
      verdictOf((r) =>
        on(r, 'x/website', (one) => ({
          ...one,
          evidence: { ...one.evidence, http: { title: 'This site is blocked', blockpage: 'generic.notice' } },
        })),
      ).state,
    ).toBe('reachable');
  });
  test('an upgrade to the same site’s https is no way astray', () => {
    const { state } = verdictOf((r) =>
      on(r, 'x/website', (one) => ({
        ...one,
        scheme: 'http',
        phases: { connect: 42, processing: 43 },
        status: 200,
        hops: [{ ...healthy('x/website'), host: 'www.x.com', scheme: 'https' }],
      })),
    );
    expect(state).toBe('reachable');
  });
  test.each([
    '403 Forbidden',
    'Access Denied',
    'Just a moment...',
    'Attention Required! | Cloudflare',
    '429 Too Many Requests',
  ])('a server’s own page is no block page: %s', (title) => {
    const { state } = verdictOf((r) =>
      on(r, 'x', (one) => ({
        ...one,
        scheme: 'http',
        phases: { connect: 42, processing: 43 },
        status: 403,
        evidence: { http: { title } },
      })),
    );
    expect(state).toBe('refused');
  });
  test('a stalled body is no answer', () => {
    const { state, mechanism } = verdictOf((r) => on(r, 'x', (one) => fails(one, 'transfer', 'http_body_stalled')));
    expect([state, mechanism]).toEqual(['unreachable', 'http.timeout']);
  });
  test('a request that other hosts at the address do not get answered either is no differential', () => {
    const { state } = verdictOf((r) =>
      on(r, 'x', (one) =>
        withExperiments(
          { ...fails(one, 'processing', 'connection_reset'), scheme: 'http' },
          unanswered(one, 'connection_reset', 'processing'),
        ),
      ),
    );
    expect(state).toBe('unreachable');
  });
});

describe('what was confirmed earlier', () => {
  const confirmed = {
    target: 'x/website',
    mechanism: 'tls.reset.sni',
    basis: 'differential',
    rule: 'tls-reset-sni-differential',
    phase: 'tls',
    reason: 'connection_reset',
    age: 4,
  } as const;
  const with4 = (more: object) => ({ platforms: { x: { confirmed: [{ ...confirmed, ...more }] } } });
  const again4 = (change: (one: Observation) => Observation, memory: RoundMemory) =>
    verdictOf((r) => on(r, 'x/website', change), 'x', memory).state;
  test.each<[string, (one: Observation) => Observation, RoundMemory]>([
    ['is too old', (one) => cut(one), with4({ age: 13 })],
    ['was another failure', (one) => fails(one, 'connect', 'generic_timeout_error'), with4({})],
    ['was another target’s', (one) => cut(one), with4({ target: 'x/cdn' })],
    [
      'was looked for again in vain',
      (one) => withExperiments(cut(one), unanswered(one, 'connection_reset')),
      with4({}),
    ],
  ])('does not carry over when it %s', (_why, change, memory) => {
    expect(again4(change, memory)).toBe('unreachable');
  });
  test('is forgotten once the target answers', () => {
    expect(assess(calm(), with4({})).platforms).toEqual({});
    expect(
      assess(
        calm((r) => {
          r.platforms['x'] = [];
        }),
        with4({}),
      ).platforms,
    ).toEqual(with4({ age: 5 }).platforms);
  });
  test('comes from artefacts and differentials only', () => {
    expect(
      assess(
        calm((r) => on(r, 'x', sniCut('connection_reset'))),
        {},
      ).platforms['x']?.confirmed?.[0],
    ).toMatchObject({ mechanism: 'tls.reset.sni', age: 0 });
    expect(
      assess(
        calm((r) => everything(r, tcpCut('generic_timeout_error'))),
        {},
      ).platforms,
    ).toEqual({});
  });
});
