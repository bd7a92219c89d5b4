/** The parts of the country-years' simulation (tests/bench/country-years.ts) that a wrong figure could come from. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Rng } from '../evaluation/world/random.ts';
import { causes, darkestDays, networks, shutdowns } from './years/causes.ts';
import { notation } from './years/worlds.ts';

/** What promtool makes of its notation: each word is a value and how often it is repeated, with a step. */
function expanded(text: string): (number | undefined)[] {
  return text.split(' ').flatMap((word): (number | undefined)[] => {
    if (word === 'stale') return [undefined];
    const [, missing] = /^_x(\d+)$/.exec(word) ?? [];
    if (missing !== undefined) return Array.from({ length: Number(missing) }, () => undefined);
    const [, value, sign, step, times] = /^(-?\d+)(?:([+-])(\d+)x(\d+))?$/.exec(word) ?? [];
    const by = Number(`${sign ?? '+'}${step ?? 0}`);
    return Array.from({ length: Number(times ?? 0) + 1 }, (_, n) => Number(value) + by * n);
  });
}

describe('promtool’s notation', () => {
  test('says every minute as it was: gauges, clocks, silence', () => {
    const minute = fc.option(fc.oneof(fc.constantFrom(0, 1), fc.integer({ min: 0, max: 10_000 })), { nil: undefined });
    fc.assert(
      fc.property(fc.array(minute, { minLength: 1, maxLength: 40 }), (values) => {
        expect(expanded(notation(values))).toEqual(values);
      }),
    );
  });

  test('is short where nothing changes', () => {
    expect(notation(Array.from({ length: 150 }, () => 1))).toBe('1+0x149');
    expect(notation(Array.from({ length: 150 }, (_, n) => n * 60))).toBe('0+60x149');
    expect(notation([1, 1, undefined, undefined, undefined, 0])).toBe('1+0x1 stale _x2 0');
  });
});

describe('causes', () => {
  test('each has a rate with its source and comes out the same for the same dice', () => {
    for (const cause of [...causes, ...shutdowns]) {
      expect(cause.source.length).toBeGreaterThan(10);
      const shape = (seed: number) =>
        cause
          .draw(new Rng(seed), 8)
          .map((hit) => hit && Array.from({ length: networks }, (_, network) => hit(network, 0) !== undefined));
      expect(shape(3)).toEqual(shape(3));
      expect(shape(3)).toHaveLength(cause.world ? 8 : 1);
    }
  });

  test('the darkest of many days are the darkest: no day left out is darker', () => {
    const count = (dark: readonly boolean[]) => dark.filter(Boolean).length;
    const few = darkestDays(new Rng(5), 2000, 5).dark.map(count);
    const all = darkestDays(new Rng(5), 2000, 2000).dark.map(count);
    expect(few).toEqual(all.slice(0, 5));
    expect(few[0]).toBeGreaterThan(few.length > 0 ? 1 : 0);
  });
});
