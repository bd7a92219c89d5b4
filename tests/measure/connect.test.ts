import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { connect } from '../../src/measure/connect.ts';
import { createLagGuard } from '../../src/measure/lag.ts';
import { createRealNetwork } from '../../src/measure/real.ts';
import { listen } from './loopback.ts';

const real = createRealNetwork();
const lag = createLagGuard(real.monotonic);
const never = new AbortController().signal;
const busy = (ms: number) => {
  for (const end = performance.now() + ms; performance.now() < end; );
};

/** Times that a busy machine can only lengthen: the best of several tries. */
async function best(tries: number, once: () => Promise<number>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < tries; i++) least = Math.min(least, await once());
  return least;
}

// A program that is busy before it dials is slow itself: the path is not.
test('the phase begins when the packet leaves', async () => {
  const server = await listen(createServer());
  try {
    const input = { ip: '127.0.0.1', port: server.port, timeout_ms: 5000 };
    const ms = await best(20, async () => {
      const connecting = connect(input, { network: real, lag }, never);
      // After it has looked at the clock, and before the tick in which Node dials; less than the lag guard drops the phase for.
      queueMicrotask(() => busy(15));
      const { fact, value } = await connecting;
      value?.destroy();
      return fact.ms ?? Number.POSITIVE_INFINITY;
    });
    // With the busy time in it none would be shorter than that.
    expect(ms).toBeLessThan(10);
  } finally {
    await server.close();
  }
});

// Connections that were answered at once are timed before the handshake of the first of them keeps the processor busy.
test('nobody goes on before the others that came back have read their clocks', async () => {
  const server = await listen(createServer());
  try {
    const input = { ip: '127.0.0.1', port: server.port, timeout_ms: 5000 };
    const longest = await best(20, async () => {
      const times = await Promise.all(
        Array.from({ length: 4 }, async () => {
          const { fact, value } = await connect(input, { network: real, lag }, never);
          busy(15);
          value?.destroy();
          return fact.ms ?? Number.POSITIVE_INFINITY;
        }),
      );
      return Math.max(...times);
    });
    // One after the other the last would have waited for 45 ms.
    expect(longest).toBeLessThan(30);
  } finally {
    await server.close();
  }
});

test('nobody answers: our deadline, or the round’s end', async () => {
  // A network on which nothing ever comes back; the real one is shown by the kernel lab.
  const network = {
    ...real,
    connectTcp: (_ip: string, _port: number, signal: AbortSignal) =>
      new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  };
  const late = await connect({ ip: '192.0.2.1', port: 443, timeout_ms: 20 }, { network, lag }, never);
  expect(late.fact.failure?.reason).toBe('generic_timeout_error');
  const over = AbortSignal.timeout(20);
  const cut = await connect({ ip: '192.0.2.1', port: 443, timeout_ms: 5000 }, { network, lag }, over);
  expect(cut.fact.failure?.reason).toBe('interrupted');
});
