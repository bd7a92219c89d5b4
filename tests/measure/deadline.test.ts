import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { deadline, pause, raceSignal } from '../../src/measure/deadline.ts';

const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

test('it expires, and says so', async () => {
  const limit = deadline(30);
  await pause(5000, limit.signal);
  expect(limit.expired()).toBe(true);
  expect(limit.signal.reason).toMatchObject({ code: 'REACHD_DEADLINE' });
});

test('the parent’s end is not an expiry, whether before or after', async () => {
  const parent = new AbortController();
  const before = timers();
  const limit = deadline(60_000, parent.signal);
  expect(timers()).toBe(before + 1);
  parent.abort(new Error('over'));
  expect(limit.signal.aborted).toBe(true);
  expect(limit.expired()).toBe(false);
  expect(timers()).toBe(before);
  const late = deadline(60_000, parent.signal);
  expect(late.signal.reason).toMatchObject({ message: 'over' });
  expect(timers()).toBe(before);
});

test('an ended deadline leaves no timer and never fires', async () => {
  const before = timers();
  const limit = deadline(20);
  limit.end();
  expect(timers()).toBe(before);
  await pause(60, new AbortController().signal);
  expect(limit.signal.aborted).toBe(false);
});

test('work that cannot be aborted is no longer waited for', async () => {
  const limit = deadline(20);
  await expect(raceSignal(new Promise(() => {}), limit.signal)).rejects.toMatchObject({ code: 'REACHD_DEADLINE' });
  await expect(
    raceSignal(Promise.resolve(7), deadline(1000, AbortSignal.abort(new Error('over'))).signal),
  ).rejects.toThrow('over');
  const fine = deadline(1000);
  expect(await raceSignal(Promise.resolve(7), fine.signal)).toBe(7);
  fine.end();
});

// An unref'd timer would let a process end whose only work is a connection that is never answered.
test('a pending deadline keeps the process alive until it fires', () => {
  const module = new URL('../../src/measure/deadline.ts', import.meta.url).href;
  const script = `import { deadline } from '${module}'; deadline(80).signal.addEventListener('abort', () => console.log('fired'));`;
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(out.trim()).toBe('fired');
});
