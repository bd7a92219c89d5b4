import { describe, expect, test } from 'vitest';
import { createTransferPlanner, withSized } from '../../src/agent/transfer-plan.ts';
import type { Observation } from '../../src/model/round.ts';
import type { Control, Platform, Target } from '../../src/model/target.ts';

const target = (name: string, transfer: boolean): Target => ({
  name,
  url: `https://${name.replace('/', '-')}.test/`,
  transfer,
  transfer_candidates: [],
  addresses: [],
});
const platform = (name: string, sized = true): Platform => ({
  name,
  title: name,
  company: name,
  enabled: true,
  targets: [target(`${name}/website`, false), target(`${name}/cdn`, sized)],
  siblings: [],
});
const control = (name: string, transfer: boolean): Control => ({
  name,
  url: `https://${name}.test/`,
  scope: 'foreign',
  transfer,
  addresses: [],
});
const minute = 60_000;
const none = new Set<string>();
const names = ['x', 'facebook', 'instagram', 'youtube'];

const planner = (every_ms = 5 * minute, usual?: () => number, controlKnown?: (control: string) => boolean) =>
  createTransferPlanner({
    usual,
    controlKnown,
    every_ms,
    bytes: 65_536,
    platforms: [...names.map((name) => platform(name)), platform('small', false)],
    controls: [control('a', false), control('b', true), control('c', true)],
  });
const good = (name: string, bytes = 65_536): Observation => ({
  target: `${name}/cdn`,
  outcome: 'ok',
  goodput_bps: 8e6,
  transfer: { bytes, ms: 100, after_bytes: 20_480, plateau_bps: 8e6 },
});
const frozen = (name: string): Observation => ({
  target: `${name}/cdn`,
  outcome: 'ok',
  transfer: { bytes: 16_000, ms: 10_000, after_bytes: 16_000, stalled_at: 16_000 },
});

describe('turns', () => {
  test('everybody in the first round, then one a round, each every five minutes; who has no object is left out', () => {
    const one = planner();
    const seen = new Map<string, number[]>();
    for (let round = 0; round <= 30; round++) {
      // Rounds are jittered by a few seconds.
      const plan = one.plan(round * minute + (round % 3) * 2000, minute, none);
      if (round === 0) expect([...plan.targets.keys()]).toEqual(names);
      else expect(plan.targets.size).toBeLessThanOrEqual(1);
      for (const name of plan.targets.keys()) {
        seen.set(name, [...(seen.get(name) ?? []), round]);
        one.sampled(name, good(name), false, round * minute);
      }
      one.close(false);
    }
    expect([...seen.keys()].sort()).toEqual([...names].sort());
    for (const rounds of seen.values()) {
      expect(rounds.length).toBeGreaterThanOrEqual(6);
      // After the first round the four spread out; from then on the distance is five rounds.
      expect(rounds.slice(2).every((round, index) => round - rounds[index + 1]! === 5)).toBe(true);
    }
  });

  test('where rounds are rarer than turns, several have theirs in one round', () => {
    const one = planner(2 * minute);
    one.plan(0, minute, none);
    one.close(false);
    expect(one.plan(2 * minute, minute, none).targets.size).toBe(2);
    expect(one.plan(3 * minute, minute, none).targets.size).toBe(2);
  });

  test('a target that brings nothing does not keep the others from their turn', () => {
    const one = planner();
    const asked = new Set<string>();
    for (let round = 0; round < 10; round++) {
      const plan = one.plan(round * minute, minute, none);
      one.close(false);
      if (round > 0) for (const name of plan.targets.keys()) asked.add(name);
    }
    expect([...asked].sort()).toEqual([...names].sort());
  });
});

describe('controls', () => {
  test('are downloaded from as often as a platform until enough is known of each', () => {
    const known = new Set<string>();
    const one = planner(5 * minute, undefined, (name) => known.has(name));
    const rounds: number[] = [];
    for (let round = 0; round <= 45; round++) {
      if (round === 12) known.add('b');
      if (round === 22) known.add('c');
      if (one.plan(round * minute, minute, none).control) {
        rounds.push(round);
        one.controlSampled(one.controls()[0]!.name, round * minute, true);
      }
      one.close(false);
    }
    expect(rounds).toEqual([0, 5, 10, 15, 20, 30, 40]);
  });

  // A control that is dead from the first day on is never learned; the others are, and so is what it costs to wait for it.
  test('one that never gives a rate does not hurry the others for ever, a line that is down counts for nothing', () => {
    const one = planner(5 * minute, undefined, (name) => name === 'b');
    const rounds: number[] = [];
    for (let round = 0; round <= 400; round++) {
      // Down for the first hour and a half: nobody has had a fair turn by then.
      const online = round >= 90;
      if (one.plan(round * minute, minute, none).control) {
        rounds.push(round);
        one.controlSampled(one.controls()[0]!.name, round * minute, online);
      }
      one.close(false);
    }
    const gaps = rounds.slice(1).map((round, index) => round - rounds[index]!);
    const slower = gaps.indexOf(10);
    // Twelve turns of its own, every second one, five minutes apart.
    expect(rounds[slower]).toBeGreaterThanOrEqual(90 + 2 * 12 * 5 - 10);
    expect(rounds[slower]).toBeLessThanOrEqual(90 + 2 * 12 * 5);
    expect(new Set(gaps.slice(0, slower))).toEqual(new Set([5]));
    expect(new Set(gaps.slice(slower))).toEqual(new Set([10]));
  });

  test('every ten minutes, the sized ones in turn', () => {
    const one = planner();
    const rounds: number[] = [];
    const used: string[] = [];
    for (let round = 0; round <= 40; round++) {
      if (one.plan(round * minute, minute, none).control) {
        rounds.push(round);
        used.push(one.controls()[0]!.name);
        one.controlSampled(one.controls()[0]!.name, round * minute, true);
      }
      one.close(false);
    }
    expect(rounds).toEqual([0, 10, 20, 30, 40]);
    expect(used).toEqual(['b', 'c', 'b', 'c', 'b']);
  });

  test('on a mobile line no more often than the platforms', () => {
    const one = planner(120 * minute);
    let count = 0;
    for (let round = 0; round < 240; round++) {
      if (one.plan(round * minute, minute, none).control) {
        count += 1;
        one.controlSampled('b', round * minute, true);
      }
      one.close(false);
    }
    expect(count).toBe(2);
  });
});

describe('a bad one', () => {
  test('makes the next round sample everybody, but not for ever', () => {
    const one = planner();
    one.plan(0, minute, none);
    one.close(false);
    let everybody = 0;
    for (let round = 1; round <= 60; round++) {
      const plan = one.plan(round * minute, minute, none);
      if (plan.targets.size === 4) everybody += 1;
      one.close(one.sampled('x', frozen('x'), false, round * minute));
    }
    expect(everybody).toBe(20);
  });

  // A probe that starts again in the middle of an event has its stored level, and no sample of its own yet.
  test('is bad from the first sample on where a level was stored', () => {
    const slow = { ...good('x'), transfer: { ...good('x').transfer!, plateau_bps: 130_000 }, goodput_bps: 130_000 };
    const fresh = planner();
    fresh.plan(0, minute, none);
    expect(fresh.sampled('x', slow, false, 0)).toBe(false);
    const again = planner(5 * minute, () => Math.log(4_000_000));
    again.plan(0, minute, none);
    expect(again.sampled('x', slow, false, 0)).toBe(true);
    expect(again.sampled('youtube', good('youtube'), false, 0)).toBe(false);
  });

  // 256 kbit/s: 64 KiB are over in 2 s, of which 1.4 s are plateau.
  test('is repeated with a larger object where it was too short to show a plateau', () => {
    const at = (bps: number) => ({
      ...good('x'),
      goodput_bps: bps,
      transfer: { ...good('x').transfer!, plateau_bps: bps },
    });
    const one = planner(5 * minute, () => Math.log(8_000_000));
    one.plan(0, minute, none);
    one.close(one.sampled('x', at(256_000), false, 0));
    expect(one.plan(minute, minute, none).targets.get('x')?.bytes).toBe(256 * 1024);
    one.close(one.sampled('x', at(1_500_000), false, minute));
    expect(one.plan(2 * minute, minute, none).targets.get('x')?.bytes).toBe(65_536);
    one.close(one.sampled('x', frozen('x'), false, 2 * minute));
    expect(one.plan(3 * minute, minute, none).targets.get('x')?.bytes).toBe(65_536);
  });

  test('has a control beside it in every round while the fold suspects and has not decided', () => {
    const one = planner();
    const x = new Set(['x']);
    const control = (round: number, settled: ReadonlySet<string>, suspect: ReadonlySet<string>) => {
      const plan = one.plan(round * minute, minute, settled, suspect);
      if (plan.control) one.controlSampled('b', round * minute, true);
      one.close(false);
      return plan.control;
    };
    control(0, none, none);
    expect([1, 2, 3].map((round) => control(round, none, none))).toEqual([false, false, false]);
    expect([4, 5, 6].map((round) => control(round, none, x))).toEqual([true, true, true]);
    expect([7, 8, 9].map((round) => control(round, x, x))).toEqual([false, false, false]);
  });

  // Not smaller: 48 KiB out of slow start read half the rate of the 64 KiB that taught what is normal.
  test('of an incident that is decided stops early, and is as large as any', () => {
    const plan = planner().plan(0, minute, new Set(['x']));
    expect(plan.targets.get('x')).toMatchObject({ bytes: 65_536, plateau_ms: 2000 });
    expect(plan.targets.get('youtube')).toMatchObject({ bytes: 65_536, plateau_ms: 2500 });
  });
});

test('a fast line gets a larger object, every six hours a platform', () => {
  const one = planner();
  const grown: number[] = [];
  for (let round = 0; round < 780; round++) {
    const plan = one.plan(round * minute, minute, none);
    for (const [name, { bytes }] of plan.targets) {
      if (name === 'x' && bytes === 256 * 1024) grown.push(round);
      one.sampled(name, good(name, bytes), true, round * minute);
    }
    one.close(false);
  }
  expect(grown).toHaveLength(3);
  expect(grown[1]! - grown[0]!).toBeGreaterThanOrEqual(360);
  expect(grown[2]! - grown[1]!).toBeGreaterThanOrEqual(360);
});

test('the sized target is looked at in the round of its download, once', () => {
  const plan = planner().plan(0, minute, none);
  const once = withSized({ targets: [], controls: [] }, plan, 'ip4');
  expect(once.targets.map((planned) => [planned.platform, planned.target.name, planned.method])).toEqual(
    names.map((name) => [name, `${name}/cdn`, 'HEAD']),
  );
  expect(withSized(once, plan, 'ip4').targets).toHaveLength(4);
});
