/** What holds for every record: never a throw, one answer, no matter the order, plain JSON out. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assess } from '../../src/judge/assess.ts';
import type { RoundMemory } from '../../src/judge/memory.ts';
import { wanted } from '../../src/judge/wanted.ts';
import type { Round } from '../../src/model/round.ts';
import { confidences, states, vantageStates } from '../../src/model/vocabulary.ts';
import { anyMemory, anyRound, damagedRound } from './arbitrary.ts';
import { everything, tcpCut } from './censors.ts';
import { calm, fails, on } from './rounds.ts';

const asking = { neutral_sni: true, large_hello: true, pass: 1, siblings: ['x'], beacons: true } as const;
const plain = (memory: unknown) => memory as RoundMemory;

/** A turned copy: the same facts in another order. */
function turned<T>(list: readonly T[], by: number): T[] {
  return list.map((_, index) => list[(index + by) % list.length] as T).reverse();
}

function reordered(round: Round, by: number): Round {
  return {
    ...round,
    controls: turned(round.controls, by),
    platforms: Object.fromEntries(
      turned(Object.entries(round.platforms), by).map(([name, list]) => [name, turned(list, by)]),
    ),
  };
}

describe('any record', () => {
  test('gets a verdict in the closed vocabulary for each of its platforms, and never throws', () => {
    fc.assert(
      fc.property(anyRound, anyMemory, (round, memory) => {
        const seen = assess(round, plain(memory));
        expect(Object.keys(seen.verdicts).sort()).toEqual(Object.keys(round.platforms).sort());
        expect(vantageStates).toContain(seen.vantage);
        for (const { state, confidence, mechanisms, notes } of Object.values(seen.verdicts)) {
          expect(states).toContain(state);
          expect(confidences).toContain(confidence);
          expect([...new Set(mechanisms)]).toEqual(mechanisms);
          expect([...new Set(notes)]).toEqual(notes);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('is read the same twice, and leaves its arguments alone', () => {
    fc.assert(
      fc.property(anyRound, anyMemory, (round, memory) => {
        const before = JSON.stringify([round, memory]);
        const first = assess(round, plain(memory));
        expect(assess(round, plain(memory))).toEqual(first);
        expect(JSON.stringify([round, memory])).toBe(before);
      }),
      { numRuns: 200 },
    );
  });

  test('is read the same in any order of platforms, targets and controls', () => {
    fc.assert(
      fc.property(anyRound, anyMemory, fc.nat({ max: 5 }), (round, memory, by) => {
        const straight = assess(round, plain(memory));
        const other = assess(reordered(round, by), plain(memory));
        expect(other).toEqual(straight);
      }),
      { numRuns: 400 },
    );
  });

  test('leaves a memory that survives JSON and is small', () => {
    fc.assert(
      fc.property(anyRound, anyMemory, (round, memory) => {
        const { platforms } = assess(round, plain(memory));
        const copy = JSON.parse(JSON.stringify(platforms)) as typeof platforms;
        expect(copy).toEqual(platforms);
        for (const one of Object.values(platforms)) {
          expect(one.confirmed?.length ?? 0).toBeLessThanOrEqual(6);
          expect(one.freezes?.length ?? 0).toBeLessThanOrEqual(2);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('damaged by anything in any place, is still read', () => {
    fc.assert(
      fc.property(damagedRound, anyMemory, (round, memory) => {
        assess(round, plain(memory));
        wanted(plain(memory), round, asking);
      }),
      { numRuns: 1000 },
    );
  });

  test('with a damaged memory is still read', () => {
    fc.assert(
      fc.property(
        anyRound,
        fc.jsonValue(),
        fc.constantFrom('platforms', 'baselines', 'decided', 'suspects', 'impaired_controls'),
        (round, value, key) => {
          assess(round, plain({ [key]: value }));
          assess(round, plain({ platforms: { x: value } }));
          wanted(plain({ [key]: value }), round, asking);
        },
      ),
      { numRuns: 200 },
    );
  });
});

test('a huge record is read in time that grows with its size', () => {
  const round = calm((r) => {
    const many = r.platforms['x'] ?? [];
    r.platforms['x'] = Array.from({ length: 300 }, (_, index) =>
      fails({ ...(many[index % 3] as (typeof many)[0]), target: `x/${index}` }, 'tls', 'connection_reset'),
    );
    r.controls = Array.from({ length: 1000 }, (_, index) => ({
      ...(r.controls[0] as (typeof r.controls)[0]),
      target: `c${index}`,
    }));
  });
  const start = performance.now();
  expect(assess(round, {}).verdicts['x']?.state).toBe('unreachable');
  // Three hundred times a calm round takes milliseconds; ten seconds only a square of a cube would.
  expect(performance.now() - start).toBeLessThan(10_000);
});

test('a record without platforms, and one whose targets were all skipped, say nothing', () => {
  expect(
    assess(
      calm((r) => {
        r.platforms = {};
      }),
      {},
    ).verdicts,
  ).toEqual({});
  const skipped = assess(
    calm((r) => everything(r, (one) => ({ target: one.target, outcome: 'skipped', skipped: 'budget' }))),
    {},
  );
  expect(skipped.vantage).toBe('online');
  expect(skipped.verdicts['x']).toMatchObject({ state: 'inconclusive', rule: 'not-measured', mechanisms: [] });
});

test('a platform named like a member of every object is a platform', () => {
  const round = calm((r) => {
    r.platforms = Object.fromEntries([
      ['constructor', r.platforms['x'] ?? []],
      ['__proto__', r.platforms['youtube'] ?? []],
    ]);
  });
  const { verdicts } = assess(round, {});
  expect(Object.keys(verdicts).sort()).toEqual(['__proto__', 'constructor']);
});

test('the tally of controls names those that failed, the one that failed alone, and whether they may be leaned on', () => {
  const one = assess(
    calm((r) => {
      r.controls[0] = {
        ...(r.controls[0] as (typeof r.controls)[0]),
        outcome: 'failed',
        failure: { phase: 'tls', reason: 'connection_reset', after_ms: 4 },
      };
    }),
    {},
  );
  expect(one.controls).toMatchObject({ failed: ['encyclopaedia'], alone: 'encyclopaedia', fit: true });
  const impaired = assess(calm(), { impaired_controls: ['encyclopaedia'] });
  expect(impaired.vantage_notes).toEqual(['control_impaired']);
  const none = assess(
    calm((r) => {
      r.controls = [];
    }),
    {},
  );
  expect(none.controls).toEqual({ measured: [], failed: [], fit: false });
});

test('an impaired control does not spoil the comparison', () => {
  const names = ['encyclopaedia', 'kernel', 'vendor'];
  const round = calm((r) => {
    on(r, 'x', tcpCut('generic_timeout_error'));
    r.controls = r.controls.map((one) =>
      names.includes(one.target)
        ? {
            ...one,
            outcome: 'failed',
            failure: { phase: 'connect', reason: 'generic_timeout_error', after_ms: 10_000 },
          }
        : one,
    );
  });
  expect(assess(round, {}).verdicts['x']?.state).toBe('inconclusive');
  expect(assess(round, { impaired_controls: names }).verdicts['x']?.state).toBe('unreachable');
});
