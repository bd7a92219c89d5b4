/**
 * The case that the project is built for, from clean weeks to the evening of 20 January 2024: four platforms throttled
 * in the same minute while unrelated sites are fine, twice, and nobody cries wolf in between.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { fold } from '../../src/judge/judge.ts';
import { defaultParams, type JudgeState } from '../../src/judge/state.ts';
import type { IncidentEvent } from '../../src/model/verdict.ts';
import { story, tell } from './world/story.ts';
import { MINUTE } from './world/vantage.ts';

let events: IncidentEvent[];

beforeAll(() => {
  events = [];
  const params = defaultParams(MINUTE, { timezone: 'Asia/Karachi' });
  let state: JudgeState | undefined;
  for (const round of tell('calm')) {
    const judgement = fold(state, round, params);
    state = judgement.state;
    events.push(...judgement.events);
  }
}, 240_000);

const during = (evening: { from: number; to: number }, of: string) =>
  events.filter(
    (event) =>
      event.event === of && Date.parse(event.at) >= evening.from && Date.parse(event.at) < evening.to + 60 * MINUTE,
  );

describe.each(story.evenings.map((evening, i) => [i === 0 ? '7 January' : '20 January', evening] as const))(
  '%s',
  (_name, evening) => {
    test('all four platforms open within ten minutes, and are throttled before the evening is over', () => {
      const opened = during(evening, 'opened').filter((event) => event.platform !== '*');
      expect(new Set(opened.map((event) => event.platform))).toEqual(
        new Set(['x', 'facebook', 'instagram', 'youtube']),
      );
      for (const event of opened) expect(Date.parse(event.at) - evening.from).toBeLessThan(10 * MINUTE);
      for (const platform of ['x', 'facebook', 'instagram', 'youtube']) {
        const told = [...during(evening, 'opened'), ...during(evening, 'changed')].filter(
          (event) => event.platform === platform,
        );
        expect(told.at(-1)?.state).toBe('throttled');
      }
    });

    test('the onset interval of the joint event holds the truth, and names three companies', () => {
      const joint = during(evening, 'opened').find((event) => event.platform === '*');
      expect(joint?.state).toBe('throttled');
      expect(new Set(joint?.companies)).toEqual(new Set(['x', 'meta', 'google']));
      expect(Date.parse(joint!.onset_earliest)).toBeLessThanOrEqual(evening.from);
      expect(Date.parse(joint!.onset_latest)).toBeGreaterThanOrEqual(evening.from);
    });

    test('everything is closed within half an hour of the end', () => {
      const closed = events.filter(
        (event) => event.event === 'closed' && Math.abs(Date.parse(event.at) - evening.to) < 30 * MINUTE,
      );
      expect(new Set(closed.map((event) => event.platform))).toEqual(
        new Set(['x', 'facebook', 'instagram', 'youtube', '*']),
      );
    });
  },
);

test('the second evening is told as like the first', () => {
  const [first, second] = story.evenings.map((evening) =>
    during(evening, 'opened').find((event) => event.platform === '*'),
  );
  const told = events.filter((event) => event.incident === second?.incident);
  expect(told.some((event) => event.seen_before?.includes(first!.incident))).toBe(true);
});

test('nothing is called throttled or blocked on any other day', () => {
  const wolf = events.filter((event) => {
    const at = Date.parse(event.at);
    const known = story.evenings.some(({ from, to }) => at >= from && at < to + 60 * MINUTE);
    return !known && (event.state === 'throttled' || event.state === 'blocked');
  });
  expect(wolf).toEqual([]);
});
