/**
 * Connections begin some milliseconds apart. Begun together, their answers come back together, and each waits for the
 * others' cryptography before our clock sees it: 2 to 4 ms at four in step, measured against the kernel's round trips
 * (`tests/bench/clocks.ts`). Where they begin matters, not where their jobs do: getaddrinfo, one at a time, brings jobs
 * in step again that were apart.
 */
import { pause } from './deadline.ts';
import type { Network } from './network.ts';

/**
 * A handshake takes 1 to 3 ms of a small processor. At random, or a round trip that is a multiple of the distance would
 * bring them in step.
 */
const apart = { least_ms: 6, most_ms: 12 } as const;

export interface Spacing {
  /** Resolves when the connection before has begun long enough ago; at once when `signal` aborts. */
  turn(signal: AbortSignal): Promise<void>;
}

export function createSpacing(network: Pick<Network, 'monotonic' | 'random'>): Spacing {
  let free_at = Number.NEGATIVE_INFINITY;
  return {
    async turn(signal) {
      if (signal.aborted) return;
      const now = network.monotonic();
      const at = Math.max(now, free_at);
      free_at = at + apart.least_ms + network.random() * (apart.most_ms - apart.least_ms);
      if (at > now) await pause(at - now, signal);
    },
  };
}
