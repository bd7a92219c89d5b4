/** Clocks: sleep, restart, jumps. */
import { expect, test } from 'vitest';
import { tick } from '../../src/judge/clock.ts';
import { clockRange, localTime } from '../../src/judge/clock-time.ts';
import type { Round } from '../../src/model/round.ts';
import { blackhole, warm } from './life.ts';

const at = Date.parse('2024-01-20T13:41:00Z');
const last = { round: 10, wall: at / 1000, monotonic_ms: 500_000, t: 100 };
const next = (wall_s: number, mono_s: number): Round =>
  ({
    round: 11,
    started_at: new Date(at + wall_s * 1000).toISOString(),
    monotonic_ms: 500_000 + mono_s * 1000,
    interval_ms: 60_000,
  }) as Round;

test('the next round is a minute later, and nothing special', () => {
  expect(tick(last, next(60, 60), 60_000)).toMatchObject({ stale: false, t: 160, woke: false, forget: false });
});

test('two hours of sleep, seen by the clock that counts through them', () => {
  expect(tick(last, next(7_200, 7_200), 60_000)).toMatchObject({ t: 7_300, woke: true, forget: true });
});

test('two missing rounds are no sleep', () => {
  expect(tick(last, next(150, 150), 60_000)).toMatchObject({ woke: false, t: 250 });
});

test('a wall clock that jumps back by an hour moves nothing but the hour', () => {
  expect(tick(last, next(-3_540, 60), 60_000)).toMatchObject({ stale: false, t: 160, woke: false, hour: 12 });
});

test('uptime smaller than before and a later wall clock is a reboot', () => {
  expect(tick(last, next(300, -400), 60_000)).toMatchObject({ stale: false, t: 400, woke: true });
});

test('uptime smaller than before and an earlier wall clock is a record out of order', () => {
  expect(tick(last, next(-60, -60), 60_000).stale).toBe(true);
  expect(tick(last, next(0, 0), 60_000).stale).toBe(true);
});

test('a laptop that wakes up: asleep for one round, no incident, then online', () => {
  const life = warm({}, 200);
  life.pass(120);
  expect(life.step(blackhole('x'))).toMatchObject({ vantage: 'asleep', events: [] });
  expect(life.last!.verdicts['x']!.state).toBe('inconclusive');
  expect(life.step().vantage).toBe('online');
  expect(life.run(10)).toEqual([]);
});

test('killed inside an incident and started again: still the same incident, opened once', () => {
  const life = warm({}, 200);
  life.run(20, blackhole('x'));
  life.pass(6);
  life.state = JSON.parse(JSON.stringify(life.state));
  life.run(20, blackhole('x'));
  expect(life.events.map((event) => event.event)).toEqual(['opened']);
});

test('clock times name their zone, and their dates across midnight', () => {
  const seconds = Date.parse('2024-01-20T13:41:00Z') / 1000;
  expect(localTime(seconds, 'Asia/Karachi')).toEqual({ clock: '18:41', date: '20 January 2024', zone: 'UTC+5' });
  expect(localTime(seconds, 'Asia/Kathmandu').zone).toBe('UTC+5:45');
  expect(localTime(seconds, 'America/Sao_Paulo').zone).toBe('UTC-3');
  expect(localTime(seconds, 'UTC').zone).toBe('UTC');
  expect(localTime(seconds, 'No/Such_Zone').zone).toBe('UTC');
  expect(clockRange([seconds - 60, seconds], 'Asia/Karachi')).toBe('18:40–18:41 (UTC+5) on 20 January 2024');
  const midnight = Date.parse('2024-01-20T19:00:00Z') / 1000;
  expect(clockRange([midnight - 60, midnight], 'Asia/Karachi')).toBe(
    '23:59 on 20 January 2024 – 00:00 on 21 January 2024 (UTC+5)',
  );
});
