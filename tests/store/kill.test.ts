import { expect, test } from 'vitest';
import { killRepeatedly } from './kill.ts';

// The out-of-memory killer, a pulled plug of the container, `kill -9`: SIGKILL in the middle of writing.
test('no acknowledged round is lost when the process is killed', { timeout: 60_000 }, async () => {
  const result = await killRepeatedly(4);
  expect(result.acknowledged).toBeGreaterThan(4);
  expect(result).toMatchObject({ times: 4, lost: 0, defects: [] });
});
