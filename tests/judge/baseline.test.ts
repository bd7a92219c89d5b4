import { expect, test } from 'vitest';
import { learn, learnAnchor, learnHour, memory } from '../../src/judge/baseline.ts';
import type { Level } from '../../src/judge/state.ts';

/** Learned over a day and more. */
const settled = (): Level => [Math.log(80), 1440];
const usual = Math.log(80);

test('one sample of ten seconds moves a level of 80 ms by no more than a 0.02 %', () => {
  const [level] = learn(settled(), Math.log(10_000), 1440);
  expect(Math.exp(level)).toBeGreaterThan(80);
  expect(Math.exp(level)).toBeLessThan(80.02);
});

test('a path that becomes 30 % longer is followed within two days', () => {
  let level: Level = settled();
  for (let i = 0; i < 2 * 1440; i++) level = learn(level, Math.log(104), 1440);
  expect(Math.exp(level[0])).toBeGreaterThan(99);
});

test('rounding does not stop a level from coming within one per cent of where the path is', () => {
  let level: Level = settled();
  for (let i = 0; i < 10 * 1440; i++) level = learn(level, usual + 0.05, 1440);
  expect(usual + 0.05 - level[0]).toBeLessThan(0.01);
});

test('a bad first sample is outgrown before anything is compared with the level', () => {
  let level: Level | undefined;
  for (const ms of [3_000, ...new Array(60).fill(80)]) level = learn(level, Math.log(ms), 1440);
  expect(Math.exp(level![0])).toBeLessThan(80 * 1.1);
});

test('an hour’s offset starts at the global level and learns its own hour only', () => {
  const offsets = new Array<number>(24).fill(0);
  for (let i = 0; i < 60; i++) learnHour(offsets, 21, 0.25, 60);
  expect(offsets[21]).toBeGreaterThan(0.05);
  expect(offsets[21]).toBeLessThan(0.25);
  expect(offsets.filter((offset) => offset !== 0)).toHaveLength(1);
});

test('the anchor hardly notices a drift that the level follows', () => {
  let anchor: Level | undefined;
  for (let hour = 0; hour < 28 * 24; hour++) anchor = learnAnchor(anchor, Math.log(80));
  for (let hour = 0; hour < 72; hour++) anchor = learnAnchor(anchor, Math.log(80) + (hour / 72) * Math.log(3));
  expect(Math.exp(anchor![0])).toBeLessThan(80 * 1.1);
});

test('memory is a day of samples, between 100 and 2880', () => {
  expect(memory(60)).toBe(1440);
  expect(memory(3600)).toBe(100);
  expect(memory(1)).toBe(2880);
});
