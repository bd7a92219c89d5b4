/** The rivals do what their authors say: an unfair opponent would make our own numbers worthless. */
import { describe, expect, test } from 'vitest';
import type { PlatformGlance } from './glance.ts';
import { rivals } from './rivals.ts';

const rule = (name: string) => rivals.find((rival) => rival.name === name)!.make();
const up: PlatformGlance = { seen: 3, failed: 0, latency: Math.log(80) };
const down: PlatformGlance = { seen: 3, failed: 3, latency: Math.log(10_000) };
const oneDown: PlatformGlance = { seen: 3, failed: 1, latency: Math.log(80) };
const at = (ms: number): PlatformGlance => ({ seen: 3, failed: 0, latency: Math.log(ms) });

/** A wobble of two per cent, so that spreads are not zero. */
const wobble = (i: number) => at(80 * (1 + 0.02 * Math.sin(i * 2.3)));

test('three in a row opens with the third failure and closes with the first success', () => {
  const one = rule('three in a row');
  expect([up, down, down, up, down, down, down, down, up].map((seen) => one.step(seen))).toEqual([
    false,
    false,
    false,
    false,
    false,
    false,
    true,
    true,
    false,
  ]);
  const blind = rule('three in a row');
  for (let i = 0; i < 100; i++) expect(blind.step(oneDown)).toBe(false);
});

test('the CUSUM needs .35 a round to pass 3.5: six full failures, and the same way back', () => {
  const one = rule('OONI CUSUM, gated');
  const on = Array.from({ length: 6 }, () => one.step(down));
  expect(on).toEqual([false, false, false, false, false, true]);
  expect(Array.from({ length: 11 }, () => one.step(up)).at(-1)).toBe(false);
  const minority = rule('OONI CUSUM, gated');
  for (let i = 0; i < 500; i++) expect(minority.step(oneDown)).toBe(false);
});

test('the ratio compares ten rounds with the median of a week', () => {
  const one = rule('IODA 0.8');
  for (let i = 0; i < 2_000; i++) expect(one.step(up)).toBe(false);
  // Nine of thirty answers missing: .7 of the median.
  const third = Array.from({ length: 10 }, (_, i) => one.step(i < 9 ? oneDown : up));
  expect(third.at(-1)).toBe(true);
  const back = Array.from({ length: 10 }, () => one.step(up));
  expect(back.at(-1)).toBe(false);
});

describe.each(['MAD-z 3 of 5', 'EWMA band'])('%s', (name) => {
  test('stays silent on a wobble, opens on three rounds of four times the latency', () => {
    const one = rule(name);
    for (let i = 0; i < 300; i++) expect(one.step(wobble(i))).toBe(false);
    expect([one.step(at(320)), one.step(at(320)), one.step(at(320))]).toEqual([false, false, true]);
  });
});

test('a clone goes its own way', () => {
  for (const rival of rivals) {
    const one = rival.make();
    for (let i = 0; i < 200; i++) one.step(wobble(i));
    const other = one.clone();
    for (let i = 0; i < 11; i++) other.step(down);
    expect(other.step(down), rival.name).toBe(true);
    expect(one.step(wobble(200)), rival.name).toBe(false);
  }
});
