/** TCP: the handshake's duration is the round-trip time to whoever answers. */
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import type { Reason } from '../model/vocabulary.ts';
import { deadline } from './deadline.ts';
import { reasonOf } from './failure.ts';
import type { LagGuard } from './lag.ts';
import type { Network } from './network.ts';
import type { Spacing } from './spacing.ts';

export interface ConnectInput {
  ip: string;
  port: number;
  timeout_ms: number;
}

export interface ConnectInstruments {
  network: Pick<Network, 'connectTcp' | 'monotonic'>;
  lag: LagGuard;
  /** Absent where the phase is not published. */
  spacing?: Spacing | undefined;
}

/** One phase's outcome. `ms` is absent when the clock was too late to be trusted. */
export interface PhaseFact {
  ms?: number | undefined;
  failure?: { reason: Reason; after_ms: number } | undefined;
}

export const rounded = (ms: number) => Math.round(ms * 10) / 10;

/**
 * Opens one TCP connection to one literal address.
 *
 * A network failure is a fact, not an exception. The caller closes `value`, and need not listen for its errors.
 * `signal` (the round's end) aborts it with `interrupted`; the own deadline with `generic_timeout_error`.
 */
export async function connect(
  { ip, port, timeout_ms }: ConnectInput,
  { network, lag, spacing }: ConnectInstruments,
  signal: AbortSignal,
): Promise<{ fact: PhaseFact; value?: Socket }> {
  await spacing?.turn(signal);
  const limit = deadline(timeout_ms, signal);
  const phase = lag.open();
  let start = network.monotonic();
  try {
    const value = await network.connectTcp(ip, port, limit.signal, () => {
      start = network.monotonic();
    });
    const ms = network.monotonic() - start;
    // A reset may come before the next step listens: without this it would be an uncaught exception.
    value.on('error', () => {});
    const kept = phase.close(ms);
    // Others that came back in this turn of the loop read their clocks before the cryptography of this one begins. No
    // byte of this connection is read before then: libuv ends a turn with the immediates.
    await turn();
    return { fact: kept ? { ms: rounded(ms) } : {}, value };
  } catch (error) {
    const after_ms = network.monotonic() - start;
    phase.close(after_ms);
    const reason = limit.expired() ? 'generic_timeout_error' : signal.aborted ? 'interrupted' : reasonOf(error);
    return { fact: { failure: { reason, after_ms: rounded(after_ms) } } };
  } finally {
    limit.end();
  }
}
