/** Handshakes that look interfered with and prove nothing. */
import { describe, expect, test } from 'vitest';
import { assess } from '../../src/judge/assess.ts';
import type { RoundMemory } from '../../src/judge/memory.ts';
import type { Observation, Round } from '../../src/model/round.ts';
import { replaced } from './censors.ts';
import { again, alerted, calm, evilTls, fails, on, onControls, unanswered, withExperiments } from './rounds.ts';

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
  test('the server itself answers its own name with an alert, after a full round trip', () => {
    const alert = (one: Observation) => fails(one, 'tls', 'ssl_failed_handshake');
    const { state } = verdictOf((r) =>
      on(r, 'x', (one) =>
        withExperiments(alert(one), alerted(one), { ...again('repeat', alert(one)), alert: 'internal_error' }),
      ),
    );
    expect(state).toBe('unreachable');
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
