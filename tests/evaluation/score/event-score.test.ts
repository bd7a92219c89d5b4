/** One event, one detection: what is counted, and what is void. */
import { expect, test } from 'vitest';
import type { Alarm } from './detector.ts';
import { type Happened, scoreEvent } from './event-score.ts';

const minute = 60_000;
const event: Happened = {
  class: 'reset',
  vantage: 1,
  hit: [0],
  from: 100,
  to: 200,
  truth: 99.6 * minute,
  recorded: Array.from({ length: 150 }, (_, i) => 100 + i).filter((m) => m !== 101),
  accepted: ['blocked'],
};
const alarm = (opened: number, closed: number | undefined, more: Partial<Alarm> = {}): Alarm => ({
  platform: 0,
  incident: `x-${opened}`,
  opened,
  closed,
  kinds: [
    [opened, 'unreachable'],
    [opened + 4, 'blocked'],
  ],
  onset: [99 * minute, 100 * minute],
  ...more,
});

test('delay counts recorded rounds, the opening one included; the last state before the end is the kind', () => {
  const score = scoreEvent([alarm(103, 206)], event)!;
  expect(score).toMatchObject({ found: 1, delays: [3], first: ['unreachable'], last: ['blocked'], right: [true] });
  expect(score).toMatchObject({ incidents: 1, closes: [6], unclosed: 0, contains: [true], widths: [1] });
});

test('a second incident is a second incident, and its word is the last one', () => {
  const score = scoreEvent([alarm(103, 120), alarm(140, undefined, { kinds: [[140, 'degraded']] })], event)!;
  expect(score).toMatchObject({ incidents: 2, delays: [3], last: ['degraded'], right: [false], unclosed: 1 });
});

test('what opens after the end found nothing, on another platform it spilled over', () => {
  expect(scoreEvent([alarm(201, 210)], event)).toMatchObject({ found: 0, delays: [], incidents: 0 });
  expect(scoreEvent([alarm(110, 150, { platform: 2 })], event)).toMatchObject({ found: 0, spilled: 1 });
  expect(scoreEvent([alarm(110, 150, { platform: -1 })], event)).toMatchObject({ spilled: 0, joint: true });
});

test('an alarm that was open before makes the trial void, one that had closed does not', () => {
  expect(scoreEvent([alarm(90, undefined)], event)).toBeUndefined();
  expect(scoreEvent([alarm(90, 95), alarm(102, 205)], event)).toMatchObject({ found: 1, delays: [2] });
});

test('of four platforms each counts a quarter', () => {
  const four = { ...event, hit: [0, 1, 2, 3] };
  expect(scoreEvent([alarm(102, 205), alarm(103, 205, { platform: 2, incident: 'b' })], four)).toMatchObject({
    found: 0.5,
    incidents: 0.5,
  });
});
