/** Controls: which rounds count, and a control that is itself censored. */
import { expect, test } from 'vitest';
import { blackhole, type Change, fail, warm } from './life.ts';

const controlDown =
  (...which: number[]): Change =>
  (round) => {
    for (const i of which) fail(round.controls[i]!, 'tls', 'connection_reset', 20);
  };

test('one control of five that fails keeps no round from counting', () => {
  const life = warm({}, 300);
  life.run(3, (round, minute) => {
    controlDown(2)(round, minute);
    blackhole('x')(round, minute);
  });
  expect(life.held('x')).toBe('unreachable');
});

test('while half of the controls fail nothing is wagered, nor in the three rounds after', () => {
  const life = warm({}, 300);
  const lineDown: Change = (round, minute) => {
    controlDown(0, 1, 2)(round, minute);
    blackhole('x', 'facebook', 'instagram', 'youtube')(round, minute);
  };
  life.run(30, lineDown);
  expect(life.run(3, blackhole('x'))).toEqual([]);
  expect(life.run(3, blackhole('x'))).toHaveLength(1);
});

test('a control bad alone for an hour leaves the gate, is told, and comes back when it has recovered', () => {
  const life = warm({}, 300);
  life.run(59, controlDown(2));
  expect(life.last!.detail.controls_impaired).toBeUndefined();
  life.run(3, controlDown(2));
  expect(life.last!.detail.controls_impaired).toEqual(['control-2']);
  // With it out of the count, one more bad control of four is a quarter: rounds go on counting.
  life.run(3, (round, minute) => {
    controlDown(1, 2)(round, minute);
    blackhole('x')(round, minute);
  });
  expect(life.held('x')).toBe('unreachable');
  life.run(40);
  expect(life.last!.detail.controls_impaired).toBeUndefined();
  expect(life.last!.detail.controls_healthy).toBe(true);
});

test('a line that loses every fifth connection, whoever it is for, opens nothing', () => {
  const life = warm({}, 300);
  let dice = 3;
  const starved: Change = (round) => {
    for (const entries of [round.controls, ...Object.values(round.platforms)]) {
      for (const entry of entries) {
        dice = (dice * 48_271) % 2_147_483_647;
        if (dice / 2_147_483_647 < 0.2) fail(entry, 'connect', 'generic_timeout_error');
      }
    }
  };
  expect(life.run(120, starved)).toEqual([]);
});

test('walls of 429 and 403 over valid TLS are answers: refused, and no incident', () => {
  const life = warm({}, 300);
  const events = life.run(180, (round) => {
    for (const entry of round.platforms['x']!) entry.status = 429;
  });
  expect(events).toEqual([]);
  expect(life.held('x')).toBe('refused');
});
