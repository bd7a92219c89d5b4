import { expect, test } from 'vitest';
import { migrate } from '../../src/judge/migrate.ts';
import { warm } from './life.ts';

test('a stored state of this version comes back as it was', () => {
  const { state } = warm({}, 5);
  expect(migrate(JSON.parse(JSON.stringify(state)))).toEqual(JSON.parse(JSON.stringify(state)));
});

test.each([
  ['nothing', undefined],
  ['text', 'state'],
  ['a newer version', { version: 999, last: {}, gate: {}, controls: {}, platforms: {}, fingerprints: [] }],
  ['no version', { last: {}, gate: {}, controls: {}, platforms: {}, fingerprints: [] }],
  ['a part missing', { version: 1, last: {}, gate: {}, controls: {}, fingerprints: [] }],
  ['a part that is something else', { version: 1, last: {}, gate: 3, controls: {}, platforms: {}, fingerprints: [] }],
])('%s is forgotten, not guessed at', (_what, stored) => {
  expect(migrate(stored)).toBeUndefined();
});
