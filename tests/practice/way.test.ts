import { afterEach, describe, expect, test } from 'vitest';
import { tokenBucket } from '../../src/practice/bucket.ts';
import { delayLine } from '../../src/practice/delay-line.ts';
import { seal, unseal } from '../../src/practice/envelope.ts';
import { seededRandom } from '../../src/practice/random.ts';
import { rendezvous } from '../../src/practice/rendezvous.ts';
import { openWay, type Way } from '../../src/practice/way.ts';

const ways: Way[] = [];
afterEach(() => {
  for (const way of ways.splice(0)) way.close();
});

/** A way and what has arrived at its end so far. */
function way(delay_ms: number, random = () => 0.5, line_bps?: number) {
  const arrived: { bytes: number; ms: number }[] = [];
  const start = performance.now();
  const opened = openWay({
    delay_ms,
    random,
    line_bps,
    deliver: (bytes) => arrived.push({ bytes: bytes.length, ms: performance.now() - start }),
    moved: () => undefined,
  });
  ways.push(opened);
  const total = () => arrived.reduce((sum, { bytes }) => sum + bytes, 0);
  return { way: opened, arrived, total };
}
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a way', () => {
  test('is never shorter than it says, and keeps the order', async () => {
    const { way: one, arrived } = way(25);
    for (const bytes of [3, 2, 1]) one.carry(Buffer.alloc(bytes));
    expect(one.in_flight).toBe(6);
    await sleep(80);
    expect(arrived.map(({ bytes }) => bytes)).toEqual([3, 2, 1]);
    for (const { ms } of arrived) expect(ms).toBeGreaterThanOrEqual(20);
    expect(one.in_flight).toBe(0);
  });

  test('starts slowly: ten segments, and each round trip twice as many', async () => {
    const { way: one, arrived, total } = way(20);
    one.carry(Buffer.alloc(60_000)); // 14 kB, 29 kB, the rest: three round trips
    await sleep(200);
    expect(total()).toBe(60_000);
    const first = arrived.findIndex(({ ms }) => ms >= 60);
    expect(arrived.slice(0, first).reduce((sum, { bytes }) => sum + bytes, 0)).toBe(14_480);
    expect(arrived.at(-1)?.ms).toBeGreaterThanOrEqual(85);
  });

  test('carries no more than its line does', async () => {
    const { way: one, total } = way(1, undefined, 1_000_000); // 125 bytes a millisecond, after 32 KiB
    one.carry(Buffer.alloc(200_000));
    await sleep(300);
    expect(total()).toBeGreaterThan(32_768);
    expect(total()).toBeLessThan(90_000);
  });

  test('that is cut delivers nothing more, not even what was under way', async () => {
    const { way: one, arrived } = way(20);
    one.carry(Buffer.alloc(9));
    one.cut();
    one.carry(Buffer.alloc(9));
    await sleep(60);
    expect(arrived).toEqual([]);
  });

  test('that freezes delivers exactly so many bytes, and no end', async () => {
    const { way: one, total } = way(5);
    let ended = false;
    one.freezeAfter(10_000);
    one.carry(Buffer.alloc(8000));
    one.carry(Buffer.alloc(8000));
    one.afterwards(() => {
      ended = true;
    });
    await sleep(60);
    expect(total()).toBe(10_000);
    expect(ended).toBe(false);
  });

  test.each(['police', 'shape'] as const)('with a %sr lets a burst pass and then the rate', async (kind) => {
    const { way: one, total } = way(1);
    one.limit(kind, 400_000, 10_000); // 50 bytes a millisecond
    one.carry(Buffer.alloc(60_000));
    await sleep(400);
    // The burst and 0.4 s of the rate: 30 kB; a policer's are late by up to a retransmission.
    expect(total()).toBeGreaterThan(10_000);
    expect(total()).toBeLessThan(40_000);
  });

  test('that loses segments brings everything, later', async () => {
    const { way: one, total, arrived } = way(5, seededRandom(4));
    one.lose(0.5);
    one.carry(Buffer.alloc(6000));
    await sleep(1500);
    expect(total()).toBe(6000);
    expect(Math.max(...arrived.map(({ ms }) => ms))).toBeGreaterThanOrEqual(180);
  });
});

test('a closed delay line forgets what is under way', async () => {
  const line = delayLine();
  let ran = 0;
  line.push(10, () => {
    ran += 1;
  });
  line.close();
  line.push(1, () => {
    ran += 1;
  });
  await sleep(40);
  expect(ran).toBe(0);
});

test('a token bucket asks to wait for exactly what it is short of', () => {
  let now = 0;
  const bucket = tokenBucket(8000, 100, () => now); // a byte a millisecond
  expect(bucket.take(100)).toBe(0);
  expect(bucket.take(50)).toBe(50);
  now = 1000;
  expect(bucket.take(100)).toBe(0);
});

test('envelopes survive, and what is none is not opened', () => {
  for (const ip of ['9.9.9.9', '2606:4700:7::a29f:8ce5']) {
    const data = Buffer.from('question');
    expect(unseal(seal({ kind: 'data', ip, port: 53, data }))).toEqual({ kind: 'data', ip, port: 53, data });
  }
  for (const bytes of [[], [0], [0, 200, 1]]) expect(unseal(Buffer.from(bytes))).toBe(undefined);
});

test('guest and word meet in either order, once', () => {
  const met: string[] = [];
  const meeting = rendezvous<string, string>((guest, word) => met.push(guest + word));
  meeting.arrive(1, 'a');
  meeting.announce(1, 'A');
  meeting.announce(2, 'B');
  meeting.arrive(2, 'b');
  meeting.arrive(3, 'c');
  meeting.leave(3);
  meeting.announce(3, 'C');
  expect(met).toEqual(['aA', 'bB']);
});

test('the same seed brings the same chances, another one others, all in [0, 1)', () => {
  const draw = (seed: number) => Array.from({ length: 50 }, seededRandom(seed));
  expect(draw(5)).toEqual(draw(5));
  expect(draw(5)).not.toEqual(draw(6));
  for (const chance of draw(0)) {
    expect(chance).toBeGreaterThanOrEqual(0);
    expect(chance).toBeLessThan(1);
  }
});
