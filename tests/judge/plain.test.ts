/** The short way for ordinary rounds comes to what the whole table comes to. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assess } from '../../src/judge/assess.ts';
import { isPlainAnswer, isPlainRound } from '../../src/judge/plain.ts';
import type { ControlObservation, Observation, Round } from '../../src/model/round.ts';
import { anyRound } from './arbitrary.ts';
import { calm, dns, fails, healthy } from './rounds.ts';

/** An experiment that was not made changes no verdict, but takes the short way away. */
function byTheTable(round: Round): Round {
  const marked = <T extends Observation>(one: T): T =>
    typeof one === 'object' && one !== null
      ? { ...one, experiments: [...(one.experiments ?? []), { kind: 'large_hello', outcome: 'skipped' }] }
      : one;
  return {
    ...round,
    controls: round.controls.map((one) => marked<ControlObservation>(one)),
    platforms: Object.fromEntries(Object.entries(round.platforms).map(([name, list]) => [name, list.map(marked)])),
  };
}

/** Small departures from a plain answer, some of which are none. */
const changes: readonly ((one: Observation) => Observation)[] = [
  (one) => one,
  (one) => ({ ...one, status: 301 }),
  (one) => ({ ...one, status: 403 }),
  (one) => ({ ...one, address_source: 'trusted' }),
  (one) => ({ ...one, address_source: 'pinned' }),
  (one) => ({ target: one.target, outcome: 'ok' }),
  (one) => ({ target: one.target, outcome: 'ok', status: 200, phases: { connect: 40, tls: 41 } }),
  (one) => ({ ...one, scheme: 'http' }),
  (one) => ({ ...one, ip_protocol: 'ip6' }),
  (one) => ({ ...one, dns: [...(one.dns ?? []), dns('trusted', [{ ip: '192.0.2.9', asn: 1 }])] }),
  (one) => ({ ...one, dns: [...(one.dns ?? []), dns('configured', [{ ip: '10.0.0.1', bogon: true }], { at_ms: 3 })] }),
  (one) => ({ ...one, evidence: { tls: { ...one.evidence?.tls, extra_trust: true } } }),
  (one) => ({ ...one, transfer: { bytes: 65_536, ms: 300, after_bytes: 20_480 } }),
  (one) => ({ ...one, transfer: { bytes: 16_384, ms: 9_000, after_bytes: 0, stalled_at: 16_384 } }),
  (one) => fails(one, 'tls', 'connection_reset', 4),
  (one) => fails(one, 'resolve', 'dns_nxdomain_error'),
];

const variedRound = fc
  .array(fc.tuple(fc.nat({ max: 40 }), fc.constantFrom(...changes)), { maxLength: 3 })
  .map((departures) =>
    calm((round) => {
      for (const [at, change] of departures) {
        const lists: Observation[][] = [...Object.values(round.platforms), round.controls];
        const list = lists[at % lists.length] ?? [];
        const index = at % list.length;
        const one = list[index];
        if (one) list[index] = { ...one, ...change(one) };
      }
    }),
  );

test('a round with small departures comes out the same either way', () => {
  let short = 0;
  fc.assert(
    fc.property(variedRound, (round) => {
      if (isPlainRound(round)) short += 1;
      expect(assess(byTheTable(round), {})).toEqual(assess(round, {}));
    }),
    { numRuns: 600 },
  );
  expect(short).toBeGreaterThan(20);
});

test('so does one whose controls have a history, and it tells when the line is slow', () => {
  const usual = fc.record({
    handshake_ms: fc.constantFrom(1, 10, 50, 2000),
    goodput_bps: fc.constantFrom(1e5, 1e7, 1e9),
  });
  const seen = new Set<string>();
  fc.assert(
    fc.property(variedRound, fc.array(usual, { minLength: 1, maxLength: 3 }), (round, levels) => {
      const baselines = Object.fromEntries(
        [...new Set(round.controls.map(({ target }) => target))].map((name, n) => [name, levels[n % levels.length]!]),
      );
      const judged = assess(round, { baselines });
      if (isPlainRound(round)) seen.add(judged.vantage);
      expect(assess(byTheTable(round), { baselines })).toEqual(judged);
    }),
    { numRuns: 600 },
  );
  expect([...seen].sort()).toEqual(['degraded', 'online']);
});

test('an arbitrary round comes out the same either way', () => {
  fc.assert(
    fc.property(anyRound, (round) => {
      expect(assess(byTheTable(round), {})).toEqual(assess(round, {}));
    }),
    { numRuns: 400 },
  );
});

test('a thin but complete answer is plain; one with anything odd in it is not', () => {
  expect(isPlainAnswer({ target: 'x/website', outcome: 'ok' })).toBe(true);
  const one = healthy('x/website');
  expect(isPlainAnswer(one)).toBe(true);
  expect(isPlainAnswer({ ...one, address_source: 'validated' })).toBe(false);
  expect(isPlainAnswer({ ...one, status: 451 })).toBe(false);
  expect(isPlainAnswer({ ...one, quic: { outcome: 'failed' } })).toBe(false);
  expect(isPlainAnswer({ ...one, dns: [...(one.dns ?? []), ...(one.dns ?? [])] })).toBe(false);
});
