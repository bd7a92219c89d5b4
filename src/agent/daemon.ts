/** The loop: wait for the slot, have a round measured and judged, hand it to the sinks, until told to stop. */
import type { RoundOutcome, Sink } from '../model/outcome.ts';
import type { Rounds } from './rounds.ts';
import type { Slot } from './schedule.ts';
import { waitUntil } from './wait.ts';

export interface DaemonOptions {
  rounds: Rounds;
  /** `createSchedule`'s: the next slot, given the monotonic time. */
  nextSlot: (now: number) => Slot;
  monotonic: () => number;
  sinks: readonly Sink[];
  /** A sink failed: say so and go on. */
  onSinkError: (sink: string, error: unknown) => void;
}

/**
 * Runs until `signal` is aborted; a round that is open then is aborted and thrown away.
 *
 * Sinks are called between rounds, one after the other, so that storing and rendering never share the event loop with
 * a running clock. An error in one is reported and keeps nobody else from the round.
 */
export async function runDaemon(options: DaemonOptions, signal: AbortSignal): Promise<void> {
  let overruns = 0;
  while (!signal.aborted) {
    const slot = options.nextSlot(options.monotonic());
    overruns += slot.missed;
    await waitUntil(slot.at, options.monotonic, signal);
    if (signal.aborted) return;
    const outcome = await options.rounds.next(slot.index, overruns, signal);
    if (outcome) await deliver(outcome, options);
  }
}

async function deliver(outcome: RoundOutcome, { sinks, onSinkError }: DaemonOptions): Promise<void> {
  for (const sink of sinks) {
    try {
      await sink.accept(outcome);
    } catch (error) {
      onSinkError(sink.name, error);
    }
  }
}
