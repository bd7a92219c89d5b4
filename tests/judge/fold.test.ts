/** What must hold of the fold whatever the records say. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fold, judge, wanted } from '../../src/judge/judge.ts';
import { defaultParams, type JudgeState } from '../../src/judge/state.ts';
import type { Round } from '../../src/model/round.ts';
import { anyRound } from './arbitrary.ts';
import { blackhole, fail, Life, police, stretch, warm } from './life.ts';

const params = defaultParams(60_000);

/** Every number in a value, with its path. */
function numbers(value: unknown, path = ''): [path: string, number][] {
  if (typeof value === 'number') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => numbers(inner, `${path}.${key}`));
}

const odd = (value: unknown) => numbers(value).filter(([, n]) => !Number.isFinite(n) || Object.is(n, -0));

/** A record whose clocks are those of a probe, and whose every other field is anybody's. */
const timed = fc.array(anyRound, { minLength: 1, maxLength: 12 }).map((rounds) =>
  rounds.map(
    (round, i): Round => ({
      ...round,
      round: i,
      started_at: new Date(Date.UTC(2024, 0, 20, 13, i)).toISOString(),
      monotonic_ms: 1_000_000 + i * 60_000,
      interval_ms: 60_000,
    }),
  ),
);

describe('any records at all', () => {
  test('never throws, never yields a number that JSON cannot keep', () => {
    fc.assert(
      fc.property(timed, (rounds) => {
        let state: JudgeState | undefined;
        for (const round of rounds) {
          const judgement = judge(state, round, params);
          expect(odd(judgement.state)).toEqual([]);
          expect(odd(judgement.detail)).toEqual([]);
          state = judgement.state;
        }
      }),
      { numRuns: 150 },
    );
  });

  test('clocks that are anything: never throws, never yields a number that JSON cannot keep', () => {
    fc.assert(
      fc.property(fc.array(anyRound, { maxLength: 8 }), (rounds) => {
        let state: JudgeState | undefined;
        for (const round of rounds) state = judge(state, round, params).state;
        expect(odd(state)).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  test('the same past and the same round give the same judgement, and the past is left as it was', () => {
    fc.assert(
      fc.property(timed, (rounds) => {
        let state: JudgeState | undefined;
        for (const round of rounds) {
          const before = JSON.stringify(state);
          const once = judge(state, structuredClone(round), params);
          const twice = judge(state, structuredClone(round), params);
          expect(JSON.stringify(once)).toBe(JSON.stringify(twice));
          expect(JSON.stringify(state)).toBe(before);
          state = once.state;
        }
      }),
      { numRuns: 60 },
    );
  });

  test('a past that is used up gives the same judgements as one that is kept', () => {
    fc.assert(
      fc.property(timed, (rounds) => {
        let kept: JudgeState | undefined;
        let used: JudgeState | undefined;
        for (const round of rounds) {
          const a = judge(kept, round, params);
          const b = fold(used, round, params);
          expect(JSON.stringify(b)).toBe(JSON.stringify(a));
          expect(JSON.stringify(b.detail)).toBe(JSON.stringify(a.detail));
          kept = a.state;
          used = b.state;
        }
      }),
      { numRuns: 60 },
    );
  });

  test('a state that went through JSON goes on as if it had not', () => {
    fc.assert(
      fc.property(timed, (rounds) => {
        let kept: JudgeState | undefined;
        let stored: JudgeState | undefined;
        for (const round of rounds) {
          const a = judge(kept, round, params);
          const b = judge(stored, round, params);
          // Fields that were absent come back in another order.
          expect(JSON.parse(JSON.stringify(b))).toEqual(JSON.parse(JSON.stringify(a)));
          kept = a.state;
          stored = JSON.parse(JSON.stringify(b.state)) as JudgeState;
        }
      }),
      { numRuns: 60 },
    );
  });

  test('asking what to measure never throws either', () => {
    fc.assert(
      fc.property(timed, (rounds) => {
        let state: JudgeState | undefined;
        for (const round of rounds) {
          wanted(state, round, params, { pass: 1 });
          state = judge(state, round, params).state;
        }
      }),
      { numRuns: 60 },
    );
  });
});

/** An hour in which things happen, from a past of three hours. */
function eventful(shuffle: <T>(list: T[]) => T[]): { events: unknown; state: JudgeState } {
  const life = new Life({ ip6: true });
  for (let i = 0; i < 240; i++) {
    const round = life.round();
    if (i >= 180) police(128_000, 'x', 'facebook')(round, i);
    if (i >= 190 && i < 200) blackhole('youtube')(round, i);
    if (i % 37 === 0) fail(round.controls[1]!, 'tls', 'eof_error', 60);
    round.controls = shuffle(round.controls);
    for (const name of Object.keys(round.platforms)) round.platforms[name] = shuffle(round.platforms[name]!);
    round.platforms = Object.fromEntries(shuffle(Object.entries(round.platforms)));
    life.feed(round);
  }
  return { events: life.events, state: life.state! };
}

test('the order of targets, controls and platforms does not matter', () => {
  const straight = eventful((list) => list);
  const turned = eventful((list) => [...list].reverse());
  expect(turned.events).toEqual(straight.events);
  expect(turned.state).toEqual(straight.state);
  expect(straight.events).not.toEqual([]);
});

describe('silence changes nothing', () => {
  const learned = ({ platforms }: JudgeState) =>
    Object.fromEntries(
      Object.entries(platforms).map(([name, { streams, hours, anchor, rounds, transfers }]) => [
        name,
        { streams, hours, anchor, rounds, transfers },
      ]),
    );

  test('a round in which nothing was measured', () => {
    const life = warm({}, 120);
    const before = learned(life.state!);
    life.step((round) => {
      for (const entries of [round.controls, ...Object.values(round.platforms)]) {
        for (const entry of entries) {
          entry.outcome = 'skipped';
          entry.skipped = 'round_deadline';
          delete entry.phases;
        }
      }
    });
    expect(learned(life.state!)).toEqual(before);
  });

  test('a round whose controls failed, and the three after it, however bad the platforms look', () => {
    const life = warm({}, 120);
    const before = learned(life.state!);
    life.step((round, minute) => {
      for (const control of round.controls.slice(0, 3)) fail(control, 'connect', 'generic_timeout_error');
      blackhole('x')(round, minute);
    });
    for (let i = 0; i < 3; i++) life.step((round) => stretch(round.platforms['youtube']!, 6));
    expect(learned(life.state!)).toEqual(before);
  });

  test('a record that has been folded already, or an older one', () => {
    const life = new Life();
    const rounds = Array.from({ length: 40 }, () => {
      const round = life.round();
      life.feed(structuredClone(round));
      return round;
    });
    const before = JSON.stringify(life.state);
    for (const round of [rounds[39]!, rounds[12]!, rounds[0]!]) {
      const judgement = judge(life.state, round, params);
      expect(JSON.stringify(judgement.state)).toBe(before);
      expect(judgement.events).toEqual([]);
    }
  });
});

test('at most 4 kB a platform with three targets over two protocols, after weeks and through incidents', () => {
  const life = new Life({ ip6: true });
  for (let i = 0; i < 3_200; i++) {
    const round = life.round();
    // Names that move between four address blocks a target, as behind a large CDN.
    for (const entries of Object.values(round.platforms)) {
      entries.forEach((entry, at) => {
        entry.network = `198.${at}.${(i >> 3) % 4}.0/24`;
      });
    }
    if (i > 3_000) police(128_000, 'x', 'facebook', 'instagram', 'youtube')(round, i);
    if (i > 3_150) blackhole('x', 'facebook', 'instagram', 'youtube')(round, i);
    life.feed(round);
  }
  const state = life.state!;
  for (const platform of Object.values(state.platforms)) {
    expect(platform.incident).toBeDefined();
    expect(JSON.stringify(platform).length).toBeLessThanOrEqual(4096);
  }
  // Controls, gate, joint event and fingerprints belong to no platform.
  expect(JSON.stringify(state).length).toBeLessThanOrEqual(4 * 4096 + 4096);
});

test('a state that was learned on one machine reads the same after a gap of days', () => {
  const life = warm({}, 300);
  life.pass(3 * 1440);
  life.run(30);
  expect(life.events).toEqual([]);
  expect(life.held('x')).toBe('reachable');
});
