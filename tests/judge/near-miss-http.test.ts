/** Sizes, speeds, pages and memories that prove nothing. */
import { describe, expect, test } from 'vitest';
import { assess } from '../../src/judge/assess.ts';
import type { RoundMemory } from '../../src/judge/memory.ts';
import type { Observation, Round } from '../../src/model/round.ts';
import { everything, sniCut, tcpCut } from './censors.ts';
import { alerted, calm, fails, healthy, on, unanswered, withExperiments } from './rounds.ts';

const verdictOf = (change: (round: Round) => void, platform = 'x', memory: RoundMemory = {}) =>
  assess(calm(change), memory).verdicts[platform]!;
const cut = (one: Observation, after_ms?: number) => fails(one, 'tls', 'connection_reset', after_ms);

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
