/** The phases' values against delays that are known. */
import { createServer as createTcpServer, connect as dial } from 'node:net';
import { expect, test } from 'vitest';
import { observe } from '../../src/measure/observe.ts';
import type { Phase } from '../../src/model/vocabulary.ts';
import { aimAt, instrumentsOn, listen, never, type Plan } from './loopback.ts';
import { https, keep, site } from './stage.ts';

const injected_ms = 120;
const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
const wait = () => new Promise((done) => setTimeout(done, injected_ms));

/** Delays one phase and observes five times. */
async function delayed(phase: Phase): Promise<number> {
  const page = await https(async (_req, res) => {
    if (phase === 'processing') await wait();
    res.write('<title>');
    if (phase === 'transfer') await wait();
    res.end('late</title>');
  });
  // In front of it, a relay that holds back the answer to the hello.
  const relay = await keep(
    listen(
      createTcpServer((socket) => {
        const behind = dial(page.port, '127.0.0.1');
        behind.on('error', () => {});
        socket.on('close', () => behind.destroy());
        socket.pipe(behind);
        let held = phase === 'tls';
        behind.on('data', async (chunk: Buffer) => {
          if (!held) return void socket.write(chunk);
          behind.pause();
          await wait();
          held = false;
          socket.write(chunk);
          behind.resume();
        });
      }),
    ),
  );
  const plan: Plan = {
    tcp: { [`${site}:443`]: relay.port },
    connect_delay_ms: phase === 'connect' ? injected_ms : 0,
    lookup: async () => {
      if (phase === 'resolve') await wait();
      return [site];
    },
  };
  const resolve = { configured: [], stub: false, system: true, public: [], trusted: [] };
  const values: number[] = [];
  const others: Record<string, number[]> = {};
  // The real lag guard drops what a busy machine spoilt: such a sample is taken again.
  for (let sample = 0; sample < 20 && values.length < 5; sample++) {
    const instruments = instrumentsOn(plan, undefined, true);
    const { observation } = await observe(aimAt('https://x.com/', { resolve }), instruments, never);
    await instruments.close();
    expect(observation.outcome).toBe('ok');
    const ms = observation.phases?.[phase];
    if (ms !== undefined) values.push(ms);
    for (const [name, value] of Object.entries(observation.phases ?? {})) {
      if (name === phase) continue;
      others[name] ??= [];
      others[name].push(value ?? 0);
    }
  }
  expect(values).toHaveLength(5);
  for (const [name, unharmed] of Object.entries(others)) expect(median(unharmed), name).toBeLessThan(injected_ms);
  return median(values);
}

test.each(['resolve', 'connect', 'tls', 'processing', 'transfer'] as const)(
  'the %s phase is what was injected, and the others are not',
  async (phase) => {
    const value = await delayed(phase);
    // Timers may fire up to a millisecond early by the monotonic clock's reckoning.
    expect(value).toBeGreaterThanOrEqual(injected_ms - 1);
    expect(value).toBeLessThan(injected_ms + 100);
  },
  30_000,
);
