import { expect, test } from 'vitest';
import { police, warm } from './life.ts';

// A newsroom quotes a sentence with its confidence: that a second company joined is news about the first one too.
test('more confidence under the same name is told once, and a fall is not', () => {
  const life = warm();
  life.run(20, police(128_000, 'x'));
  const alone = life.events.filter(({ platform }) => platform === 'x');
  expect(alone.at(-1)).toMatchObject({ state: 'throttled', confidence: 'medium' });
  life.run(20, police(128_000, 'x', 'youtube'));
  const both = life.events.filter(({ platform }) => platform === 'x').slice(alone.length);
  expect(both).toHaveLength(1);
  expect(both[0]).toMatchObject({ event: 'changed', state: 'throttled', confidence: 'high' });
  expect(both[0]!.statement).toContain('Confidence: high');
  // YouTube comes back, goes again: what was said of x stands.
  life.run(40, police(128_000, 'x'));
  life.run(20, police(128_000, 'x', 'youtube'));
  expect(life.events.filter(({ platform }) => platform === 'x')).toHaveLength(alone.length + 1);
});

test('what was told survives a restart, and a state from before it was remembered tells nothing twice', () => {
  const life = warm();
  life.run(20, police(128_000, 'x', 'youtube'));
  const before = life.events.length;
  life.state = JSON.parse(JSON.stringify(life.state)) as typeof life.state;
  delete life.state!.platforms['x']!.incident!.told;
  life.run(20, police(128_000, 'x', 'youtube'));
  expect(life.events.slice(before)).toEqual([]);
});
