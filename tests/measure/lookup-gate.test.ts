import { expect, test } from 'vitest';
import { deadline } from '../../src/measure/deadline.ts';
import { createLookupGate } from '../../src/measure/lookup-gate.ts';
import { never } from './loopback.ts';

const monotonic = () => performance.now();
const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));

test('one at a time, in order, each timed for itself', async () => {
  let running = 0;
  let most = 0;
  const gate = createLookupGate({
    monotonic,
    async systemLookup(name) {
      most = Math.max(most, ++running);
      await wait(150);
      running -= 1;
      return [name];
    },
  });
  const found = await Promise.all(['a', 'b', 'c'].map((name) => gate.lookup(name, 'ip4', never)));
  expect(most).toBe(1);
  for (const one of found) {
    if (one.busy) throw new Error('three quick lookups are not busy');
    expect(one.ms).toBeGreaterThanOrEqual(140);
    // Waiting for the others is not its own time: the third waited 300 ms before its own 150.
    expect(one.ms).toBeLessThan(450);
  }
});

test('an unanswered one makes the others busy instead of waiting, until it comes back', async () => {
  let release: () => void = () => {};
  const gate = createLookupGate({
    monotonic,
    systemLookup: (name) =>
      name === 'mute' ? new Promise((done) => (release = () => done([]))) : Promise.resolve(['1.2.3.4']),
  });
  const limit = deadline(100);
  await expect(gate.lookup('mute', 'ip4', limit.signal)).rejects.toThrow('not done within 100 ms');
  const start = monotonic();
  expect(await gate.lookup('healthy', 'ip4', never)).toEqual({ busy: true });
  expect(monotonic() - start).toBeLessThan(1500);
  release();
  await wait(5);
  expect(await gate.lookup('healthy', 'ip4', never)).toMatchObject({ busy: false, addresses: ['1.2.3.4'] });
});

test('a failing lookup frees the gate, and its error is handed on', async () => {
  const gate = createLookupGate({
    monotonic,
    systemLookup: (name) => Promise.reject(Object.assign(new Error(name), { code: 'ENOTFOUND' })),
  });
  await expect(gate.lookup('gone', 'ip4', never)).rejects.toMatchObject({ code: 'ENOTFOUND' });
  await expect(gate.lookup('gone too', 'ip4', never)).rejects.toMatchObject({ code: 'ENOTFOUND' });
});

test('who waits is let go by the round’s end', async () => {
  const gate = createLookupGate({ monotonic, systemLookup: () => wait(300).then(() => []) });
  const first = gate.lookup('slow', 'ip4', never);
  const round = new AbortController();
  setTimeout(() => round.abort(new Error('the round is over')), 50);
  await expect(gate.lookup('next', 'ip4', round.signal)).rejects.toThrow('the round is over');
  await first;
});
