import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearest } from '../../src/config/suggest.ts';

const known = ['interval', 'jitter', 'timeout', 'concurrency'];

test.each([
  ['intervall', 'interval'],
  ['Interval', 'interval'],
  ['time_out', 'timeout'],
  ['concurency', 'concurrency'],
])('%s is taken for %s', (word, meant) => {
  expect(nearest(word, known)).toBe(meant);
});

test.each(['wifi', '', 'int', 'x'.repeat(10_000)])(
  'nothing is guessed for a word that is far from all (%#)',
  (word) => {
    expect(nearest(word, known)).toBeUndefined();
  },
);

test('a known word is nearest to itself', () => {
  fc.assert(fc.property(fc.constantFrom(...known), (word) => nearest(word, known) === word));
});
