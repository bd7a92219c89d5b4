import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anomalyKinds } from '../../src/model/vocabulary.ts';
import { type Axis, axisFor, middle, type Row, timeAt } from '../../src/publish/report.ts';
import {
  closer,
  commonState,
  endOf,
  eventOf,
  longestState,
  onsetOf,
  ownOnsets,
  spansOf,
  standing,
  wasHit,
} from '../../src/publish/report-spans.ts';

const start = Date.parse('2024-01-20T13:00:00Z');
const axis = (length: number): Axis => ({
  since_ms: start,
  until_ms: start + length * 60_000,
  step_ms: 60_000,
  length,
});

/** `.` good, `x` hit, ` ` nothing heard. */
const row = (text: string): Row => ({
  network: 'AS1',
  platform: 'x',
  states: [...text].map((one) => (one === 'x' ? 'throttled' : one === ' ' ? undefined : 'reachable')),
  hit: [...text].map((one) => (one === ' ' ? undefined : one === 'x')),
  goodput: [],
  handshake: [],
});

describe('stretches of trouble', () => {
  test('a relapse within half an hour is the same event, a later one another', () => {
    const text = `..xx${'.'.repeat(20)}xx${'.'.repeat(40)}xx.`;
    expect(spansOf([row(text)], axis(text.length))).toEqual([
      { from: 2, to: 25 },
      { from: 66, to: 67 },
    ]);
  });

  test('several networks make one event when they overlap', () => {
    expect(spansOf([row('.xx.....'), row('....xxx.')], axis(8))).toEqual([{ from: 1, to: 6 }]);
  });

  test('one minute alone is a blip', () => {
    expect(wasHit(row('..x...'), { from: 0, to: 5 })).toBe(false);
    expect(wasHit(row('..xx..'), { from: 0, to: 5 })).toBe(true);
  });
});

describe('the event', () => {
  const networks = (...texts: string[]) => texts.map((text, n) => ({ ...row(text), network: `AS${n}` }));
  const long = 200;

  test('is what hit most networks at once: one network in trouble for days neither is it nor stretches it', () => {
    const wide = `${'.'.repeat(100)}${'x'.repeat(10)}${'.'.repeat(90)}`;
    const rows = networks('x'.repeat(long), wide, wide, wide);
    expect(eventOf(rows, axis(long))).toEqual({ main: { from: 100, to: 109 }, others: [] });
  });

  test('others are named beside it', () => {
    const early = `..xxx${'.'.repeat(195)}`;
    const wide = `${'.'.repeat(100)}${'x'.repeat(10)}${'.'.repeat(90)}`;
    expect(eventOf(networks(early, wide, wide), axis(long))).toEqual({
      main: { from: 100, to: 109 },
      others: [{ from: 2, to: 4 }],
    });
  });

  test('nothing hit, no event', () => {
    expect(eventOf(networks('....', '    '), axis(4))).toEqual({ main: undefined, others: [] });
  });

  test('an onset of days ago is another story, unless there is no other', () => {
    const day = 86_400_000;
    expect(ownOnsets([start - day, start, start + 60_000], start, 60_000)).toEqual([start, start + 60_000]);
    expect(ownOnsets([start - day], start, 60_000)).toEqual([start - day]);
  });

  test('what is bad all the time and not new is kept apart', () => {
    const blocked = { ...row('......'), hit: new Array(6).fill(undefined) };
    blocked.states = ['blocked', 'blocked', undefined, 'reachable', 'blocked', 'blocked'];
    expect(standing([blocked, row('.x....'), row('......')])).toEqual([blocked]);
  });
});

describe('the end', () => {
  test('when fewer than half of the networks are still hit', () => {
    const rows = [row('.xxx......'), row('.xxxxx....'), row('.xxxxxxxx.')];
    expect(endOf(rows, { from: 1, to: 8 }, axis(10))).toEqual([timeAt(axis(10), 5), timeAt(axis(10), 6)]);
  });

  test('of networks that were hit one after the other, never half of them at once', () => {
    const rows = [row('.xx.......'), row('....xx....'), row('.......xx.')];
    expect(endOf(rows, { from: 1, to: 8 }, axis(10))).toEqual([timeAt(axis(10), 8), timeAt(axis(10), 9)]);
  });

  test('not that of another platform, whose networks recovered while this one’s did not', () => {
    expect(endOf([row('.xxxxxx.'), row('.xxxxxx.')], { from: 1, to: 3 }, axis(8))).toEqual([
      timeAt(axis(8), 6),
      timeAt(axis(8), 7),
    ]);
  });

  test('none while it lasts to the end of the report', () => {
    expect(endOf([row('.xxx')], { from: 1, to: 3 }, axis(4))).toBeUndefined();
  });

  test('silence is no recovery: the end lies before the first time at which anything is known again', () => {
    expect(endOf([row('.xx   ..')], { from: 1, to: 2 }, axis(8))).toEqual([timeAt(axis(8), 2), timeAt(axis(8), 6)]);
    expect(endOf([row('.xx   ')], { from: 1, to: 2 }, axis(6))).toBeUndefined();
  });
});

test('onset: from a round before the first bad sample to the one by which half of the networks had theirs', () => {
  expect(onsetOf([start + 60_000, start, start + 120_000], 0, 60_000)).toEqual([start - 66_000, start + 60_000]);
  expect(onsetOf([], start, 60_000)).toEqual([start - 66_000, start]);
  // Looked at every ten minutes: it may have begun at any of them.
  expect(onsetOf([], start, 600_000)).toEqual([start - 600_000, start]);
});

test('what a network was: the state that it held longest while it was hit', () => {
  const one = row('xxxx..');
  one.states = ['degraded', 'throttled', 'throttled', 'reachable', 'blocked', 'blocked'];
  expect(longestState(one, { from: 0, to: 5 })).toBe('throttled');
});

test('what a country was: the word that most networks have, the milder one where they are even', () => {
  expect(commonState(['blocked', 'throttled', 'throttled'])).toBe('throttled');
  expect(commonState(['blocked', 'degraded'])).toBe('degraded');
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...anomalyKinds), { minLength: 1 }), (kinds) => {
      const word = commonState(kinds);
      const count = (kind: string) => kinds.filter((one) => one === kind).length;
      for (const kind of anomalyKinds) expect(count(word)).toBeGreaterThanOrEqual(count(kind));
    }),
  );
});

test('an axis: at most 480 times, a minute apart at least, and the more rows the fewer', () => {
  fc.assert(
    fc.property(fc.integer({ min: 10, max: 46_080 }), fc.integer({ min: 1, max: 20_000 }), (minutes, rows) => {
      const { since_ms, step_ms, length, until_ms } = axisFor(start, start + minutes * 60_000, rows);
      expect(step_ms % 60_000).toBe(0);
      expect(step_ms).toBeGreaterThanOrEqual(60_000);
      expect(length).toBeLessThanOrEqual(482);
      expect(since_ms).toBeLessThanOrEqual(start);
      expect(since_ms + (length - 1) * step_ms).toBeLessThanOrEqual(until_ms);
      expect(since_ms + length * step_ms).toBeGreaterThan(until_ms);
    }),
  );
});

test('the middle one is one of them, and the lower where there are two', () => {
  expect(middle([3, 1, 2])).toBe(2);
  expect(middle([4, 1, 3, 2])).toBe(2);
  expect(middle([])).toBeUndefined();
});

test('a stretch is looked at from near where that shows more, never outside of what was asked for', () => {
  const day = 24 * 3_600_000;
  const of = (days: number) => axisFor(start - days * day, start, 20);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 32 }), fc.nat(), fc.nat(), (days, a, b) => {
      const far = of(days);
      const from = a % far.length;
      const to = from + (b % (far.length - from));
      const near = closer(far, { from, to }, 20);
      if (days === 1) expect(near).toBeUndefined();
      if (near === undefined) return;
      expect(near.step_ms).toBeLessThan(far.step_ms);
      expect(near.until_ms).toBeLessThanOrEqual(far.until_ms);
      // An axis begins at a whole step.
      expect(near.since_ms).toBeGreaterThan(far.since_ms - near.step_ms);
      expect(near.since_ms).toBeLessThanOrEqual(timeAt(far, Math.max(0, from - 1)));
      expect(near.until_ms).toBeGreaterThanOrEqual(Math.min(far.until_ms, timeAt(far, to + 1)));
    }),
  );
  const month = of(32);
  expect(closer(month, { from: 200, to: 201 }, 20)?.step_ms).toBe(60_000);
});
