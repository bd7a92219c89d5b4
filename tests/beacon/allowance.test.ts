import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clientOf, createAllowance } from '../../src/beacon/allowance.ts';

function allowance(more: Partial<Parameters<typeof createAllowance>[0]> = {}) {
  const clock = { now: 0 };
  const limits = { client_requests: 3, client_bytes: 1000, daily_bytes: 5000, ...more };
  return { clock, made: createAllowance({ ...limits, monotonic: () => clock.now }) };
}

test('one client has so many requests and bytes in ten minutes, and another one its own', () => {
  const { made, clock } = allowance();
  expect([1, 2, 3, 4].map(() => made.take('192.0.2.1', 100))).toEqual([undefined, undefined, undefined, 'client']);
  expect(made.take('192.0.2.2', 900)).toBe(undefined);
  expect(made.take('192.0.2.2', 101)).toBe('client');
  expect(made.take('192.0.2.2', 100)).toBe(undefined);
  clock.now = 599_999;
  expect(made.take('192.0.2.1', 1)).toBe('client');
  clock.now = 600_000;
  expect(made.take('192.0.2.1', 1000)).toBe(undefined);
});

test('the day is hard, whoever asks, and a new one begins', () => {
  const { made, clock } = allowance();
  for (let i = 0; i < 5; i++) expect(made.take(`192.0.2.${i}`, 1000)).toBe(undefined);
  expect(made.take('192.0.2.99', 1)).toBe('day');
  clock.now = 86_400_000;
  expect(made.take('192.0.2.99', 1)).toBe(undefined);
});

test('a crowd of addresses is forgotten, oldest first, and never outgrows its room', () => {
  const { made } = allowance({ daily_bytes: 1e9, client_requests: 1 });
  const ip = (i: number) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`;
  for (let i = 0; i < 10_000; i++) made.take(ip(i), 1);
  expect(made.take(ip(0), 1)).toBe('client');
  made.take(ip(10_000), 1);
  expect(made.take(ip(1), 1)).toBe('client');
  expect(made.take(ip(0), 1)).toBe(undefined);
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:DB8:1:2::1', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['2001:db8:1::', '2001:db8:1:0'],
])('%s is the client %s', (ip, client) => expect(clientOf(ip)).toBe(client));

test('two addresses of one /64 are one client, however they are written', () => {
  const group = fc.integer({ min: 0, max: 0xffff }).map((n) => n.toString(16));
  fc.assert(
    fc.property(fc.tuple(group, group, group, group), fc.tuple(group, group, group, group), (net, host) => {
      expect(clientOf([...net, ...host].join(':'))).toBe(net.join(':'));
    }),
  );
});

test('nothing served is ever more than the day allows', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 2000 }))), (asked) => {
      const { made } = allowance();
      const served = asked
        .filter(([client, bytes]) => made.take(`192.0.2.${client}`, bytes) === undefined)
        .reduce((sum, [, bytes]) => sum + bytes, 0);
      expect(served).toBeLessThanOrEqual(5000);
    }),
  );
});
