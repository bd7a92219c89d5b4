/** A story is told in its own time: probe and servers must agree on it, and skipping must not look like a wrong clock. */
import { Client } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPracticeInternet, type PracticeInternet } from '../../src/practice/internet.ts';
import { type StoryClock, storyClock } from '../../src/practice/story-clock.ts';

const begins_ms = Date.parse('2024-01-20T13:38:00Z');
const boot_ms = Date.parse('2023-12-01T00:00:00Z');
const hour = 3_600_000;

let internet: PracticeInternet;
let clock: StoryClock;
beforeAll(async () => {
  internet = await createPracticeInternet({ rtt_ms: 10 });
  clock = await storyClock(internet, { begins_ms, boot_ms });
});
afterAll(() => internet.close());

/** What a control's Date header says, ms since the epoch. */
async function serversTime(): Promise<number> {
  const client = new Client('http://detectportal.firefox.com', {
    connect: (_options, done) => {
      clock.network.connectTcp('34.107.221.82', 80, AbortSignal.timeout(5000)).then(
        (socket) => done(null, socket),
        (error: Error) => done(error, null),
      );
    },
  });
  const { headers, body } = await client.request({ method: 'GET', path: '/success.txt' });
  await body.dump();
  await client.close();
  return Date.parse(String(headers['date']));
}

test('all clocks move on together', async () => {
  const { network } = clock;
  expect(Math.abs((await serversTime()) - begins_ms)).toBeLessThan(30_000);
  const before = { wall: network.wall(), monotonic: network.monotonic(), uptime: network.uptime() };
  expect(before.uptime).toBeGreaterThanOrEqual(begins_ms - boot_ms);
  await clock.moveTo(before.monotonic + hour);
  const passed = {
    wall: network.wall() - before.wall,
    monotonic: network.monotonic() - before.monotonic,
    uptime: network.uptime() - before.uptime,
  };
  for (const ms of Object.values(passed)) {
    expect(ms).toBeGreaterThanOrEqual(hour - 1);
    // Half of what the judge takes for a clock that was set (detection: 5 s between wall and monotonic clock).
    expect(ms).toBeLessThan(hour + 2500);
  }
  expect(Math.abs((await serversTime()) - network.wall())).toBeLessThan(5000);
});

test('time does not go back', async () => {
  const now = clock.network.monotonic();
  await clock.moveTo(now - hour);
  expect(clock.network.monotonic()).toBeGreaterThanOrEqual(now);
});
