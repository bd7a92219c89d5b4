/** Replayed records that hold only `target outcome failure phases status`: less is known, so less is claimed. */
import { describe, expect, test } from 'vitest';
import { assess } from '../../src/judge/assess.ts';
import type { ControlObservation, Failure, Observation, Round } from '../../src/model/round.ts';
import type { Phase, Reason } from '../../src/model/vocabulary.ts';
import { calm } from './rounds.ts';

const keep = ({ target, outcome, failure, phases, status }: Observation): Observation => ({
  target,
  outcome,
  failure,
  phases,
  status,
});
const entry = (one: Observation): Observation => JSON.parse(JSON.stringify(keep(one))) as Observation;

function thin(change: (round: Round) => void): Round {
  const full = calm();
  const round = {
    version: 1,
    started_at: full.started_at,
    monotonic_ms: full.monotonic_ms,
    companies: full.companies,
    vantage: {},
    controls: full.controls.slice(0, 3).map((one): ControlObservation => ({ ...entry(one), scope: one.scope })),
    platforms: Object.fromEntries(Object.entries(full.platforms).map(([name, list]) => [name, list.map(entry)])),
  } as unknown as Round;
  change(round);
  return round;
}

const failing =
  (phase: Phase, reason: Reason, after_ms = 10_000) =>
  (one: Observation): Observation => ({
    target: one.target,
    outcome: 'failed',
    failure: { phase, reason, after_ms } satisfies Failure,
    phases: phase === 'tls' ? { connect: 42 } : {},
  });
const all = (round: Round, platform: string, change: (one: Observation) => Observation) => {
  round.platforms[platform] = (round.platforms[platform] ?? []).map(change);
};
const verdictOf = (change: (round: Round) => void) => assess(thin(change), {}).verdicts['x']!;

test('a calm thin round is reachable, a little less sure', () => {
  expect(verdictOf(() => {})).toMatchObject({ state: 'reachable', confidence: 'medium', rule: 'answer-complete' });
});

describe('a failure without evidence is unreachable, with the mechanism that its reason names', () => {
  test.each<[Phase, Reason, string | undefined]>([
    ['resolve', 'dns_nxdomain_error', 'dns.nxdomain'],
    ['resolve', 'dns_servfail_error', 'dns.servfail'],
    ['resolve', 'dns_refused_error', 'dns.refused'],
    ['resolve', 'dns_no_answer', 'dns.no_answer'],
    ['resolve', 'dns_bogon_error', 'dns.injection.bogon'],
    ['resolve', 'generic_timeout_error', 'dns.timeout'],
    ['resolve', 'dns_temporary_failure', undefined],
    ['connect', 'generic_timeout_error', 'tcp.timeout'],
    ['connect', 'connection_refused', 'tcp.refused'],
    ['connect', 'connection_reset', 'tcp.reset'],
    ['connect', 'host_unreachable', 'ip.unreachable'],
    ['connect', 'network_unreachable', 'ip.unreachable'],
    ['tls', 'generic_timeout_error', 'tls.timeout'],
    ['tls', 'connection_reset', 'tls.reset'],
    ['tls', 'eof_error', 'tls.eof'],
    ['tls', 'ssl_unknown_authority', 'tls.mitm'],
    ['tls', 'ssl_invalid_certificate', undefined],
    ['tls', 'ssl_failed_handshake', undefined],
    ['processing', 'generic_timeout_error', 'http.timeout'],
    ['processing', 'connection_reset', 'http.reset'],
    ['processing', 'http_too_many_redirects', undefined],
    ['transfer', 'http_body_stalled', 'http.timeout'],
    ['transfer', 'eof_error', 'http.reset'],
    ['tls', 'unknown_failure', undefined],
  ])('%s %s', (phase, reason, mechanism) => {
    const verdict = verdictOf((r) => all(r, 'x', failing(phase, reason)));
    expect(verdict).toMatchObject({ state: 'unreachable', basis: 'comparison', confidence: 'low', rule: 'fails-here' });
    expect(verdict.mechanism).toBe(mechanism);
  });
});

test('a near reset shows in the times alone', () => {
  expect(verdictOf((r) => all(r, 'x', failing('tls', 'connection_reset', 3.9)))).toMatchObject({
    state: 'blocked',
    basis: 'artefact',
    mechanism: 'tls.reset',
  });
});

test('two companies silent at TCP need nothing else either, and are a guess without repeats', () => {
  const verdict = verdictOf((r) => {
    all(r, 'x', failing('connect', 'generic_timeout_error'));
    all(r, 'youtube', failing('connect', 'generic_timeout_error'));
  });
  expect(verdict).toMatchObject({ state: 'blocked', basis: 'comparison', rule: 'tcp-two-companies' });
});

test('without any control nothing is compared, but for the other companies’ answers', () => {
  const alone = assess(
    thin((r) => {
      r.controls = [];
      all(r, 'x', failing('connect', 'generic_timeout_error'));
    }),
    {},
  );
  expect(alone.verdicts['x']).toMatchObject({ state: 'unreachable', confidence: 'low' });
  const nobody = assess(
    thin((r) => {
      r.controls = [];
      for (const p of Object.keys(r.platforms)) all(r, p, failing('connect', 'generic_timeout_error'));
    }),
    {},
  );
  expect(nobody.vantage).toBe('offline');
  expect(nobody.verdicts['x']?.state).toBe('inconclusive');
});

test('a single target failing beside two that answer is a weak unreachable, not nothing', () => {
  const verdict = verdictOf((r) => {
    r.platforms['x'] = (r.platforms['x'] ?? []).map((one, index) =>
      index === 0 ? failing('tls', 'generic_timeout_error')(one) : one,
    );
  });
  expect(verdict).toMatchObject({ state: 'unreachable', confidence: 'low' });
});

test.each([200, 204, 301, 404])('an answer with status %i is reachable', (status) => {
  expect(verdictOf((r) => all(r, 'x', (one) => ({ ...one, status }))).state).toBe('reachable');
});

test.each([400, 401, 403, 421, 429, 500, 502, 503])(
  'an answer with status %i is a refusal, never a block',
  (status) => {
    expect(verdictOf((r) => all(r, 'x', (one) => ({ ...one, status }))).state).toBe('refused');
  },
);

test('a verdict in the record is ignored', () => {
  const verdict = verdictOf((r) => {
    r.verdicts = {
      x: {
        state: 'blocked',
        mechanisms: ['tls.mitm'],
        confidence: 'high',
        rule: 'no-such',
        rules_version: '0',
        notes: [],
      },
    };
  });
  expect(verdict.state).toBe('reachable');
});
