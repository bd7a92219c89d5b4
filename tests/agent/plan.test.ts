import { expect, test } from 'vitest';
import { failingKey, type PlanInput, planRound } from '../../src/agent/plan.ts';
import type { Control, Platform } from '../../src/model/target.ts';

const target = (name: string) => ({
  name,
  url: `https://${name.replace('/', '-')}.test/`,
  transfer: false,
  transfer_candidates: [],
  addresses: [],
});
const platform = (name: string, n: number): Platform => ({
  name,
  title: name,
  company: name,
  enabled: true,
  targets: Array.from({ length: n }, (_, i) => target(`${name}/${i}`)),
  siblings: [],
});
const control = (name: string, more: Partial<Control> = {}): Control => ({
  name,
  url: `https://${name}.test/`,
  scope: 'foreign',
  transfer: false,
  addresses: [],
  ...more,
});
const base: PlanInput = {
  index: 2,
  interval_ms: 60_000,
  platforms: [platform('x', 3), platform('youtube', 3)],
  controls: [
    control('a'),
    control('b'),
    control('c'),
    control('portal', { url: 'http://portal.test/' }),
    control('pk', { scope: 'in_country', country: 'PK' }),
  ],
  ip_protocols: ['ip4', 'ip6'],
  large_hello: true,
  failing: new Set(),
  suspect: new Set(),
};

test('the first round looks at every target and every usable control', () => {
  const plan = planRound({ ...base, index: 1 });
  expect(new Set(plan.targets.map(({ target }) => target.name)).size).toBe(6);
  expect(plan.controls.map(({ control }) => control.name)).toEqual(['a', 'b', 'c', 'portal']);
});

test('a calm round holds one target a platform by HEAD and two controls, nothing in clear text', () => {
  const plan = planRound(base);
  expect(plan.targets.map(({ target, method }) => [target.name, method])).toEqual([
    ['x/2', 'HEAD'],
    ['youtube/2', 'HEAD'],
  ]);
  expect(plan.controls).toHaveLength(2);
  expect(plan.controls.every(({ control }) => control.url.startsWith('https:'))).toBe(true);
  expect(plan.targets.some((planned) => planned.public || planned.trusted)).toBe(false);
});

test('rotation reaches every target in three rounds and every quiet control in two', () => {
  const targets = new Set<string>();
  const controls = new Set<string>();
  for (const index of [2, 3, 4]) {
    const plan = planRound({ ...base, index, country: 'PK' });
    for (const planned of plan.targets) targets.add(planned.target.name);
    for (const planned of plan.controls) controls.add(planned.control.name);
  }
  expect(targets.size).toBe(6);
  expect([...controls].sort()).toEqual(['a', 'b', 'c', 'pk']);
});

test('what fails stays in the plan until it recovers', () => {
  const plan = planRound({ ...base, failing: new Set([failingKey('x/0', 'ip4'), failingKey('x/1', 'ip6')]) });
  expect(plan.targets.filter(({ platform }) => platform === 'x').map((p) => [p.target.name, p.ip_protocol])).toEqual([
    ['x/0', 'ip4'],
    ['x/1', 'ip6'],
    ['x/2', 'ip4'],
  ]);
});

test('the other protocol, with a control over it, and DNS over HTTPS come every fifth round', () => {
  const rounds = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((index) => planRound({ ...base, index }));
  const aside = rounds.filter((plan) => plan.targets.some(({ ip_protocol }) => ip_protocol === 'ip6'));
  expect(aside).toHaveLength(2);
  for (const plan of aside) {
    expect(plan.controls.some(({ ip_protocol }) => ip_protocol === 'ip6')).toBe(true);
    expect(plan.targets.some(({ trusted }) => trusted)).toBe(true);
  }
});

test('public resolvers are asked at the start and hourly, and pages fetched every quarter of an hour', () => {
  const asked: number[] = [];
  const fetched: number[] = [];
  for (let index = 1; index <= 121; index++) {
    const plan = planRound({ ...base, index });
    if (plan.targets.some((planned) => planned.public)) asked.push(index);
    if (plan.targets.some(({ method }) => method === 'GET')) fetched.push(index);
  }
  expect(asked).toEqual([1, 62]);
  expect(fetched).toEqual([1, 17, 33, 49, 65, 81, 97, 113]);
});

test('the rarer looks come to every target in turn, not always to the same one', () => {
  const pages = new Set<string>();
  const asked = new Set<string>();
  for (let index = 2; index <= 240; index++) {
    for (const planned of planRound({ ...base, index }).targets) {
      if (planned.method === 'GET') pages.add(planned.target.name);
      if (planned.public) asked.add(planned.target.name);
    }
  }
  expect(pages.size).toBe(6);
  expect(asked.size).toBe(6);
});
