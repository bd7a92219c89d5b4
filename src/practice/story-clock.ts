/**
 * A clock to tell a story with: whatever is measured takes as long as it takes, and the waiting in between is skipped.
 * Probe and servers agree on the time, so that nobody's clock is wrong.
 */
import type { Network } from '../measure/network.ts';
import type { PracticeInternet } from './internet.ts';

export interface StoryClock {
  /** The practice network, in the story's time. */
  network: Network;
  /**
   * Moves all clocks on, to this monotonic moment (not back). Not while a round is being measured. It is that moment when
   * this resolves, however long the servers took to be told.
   */
  moveTo(monotonic_ms: number): Promise<void>;
}

/** `begins_ms`: the story's first moment, `boot_ms`: when its computer was started; ms since the epoch. */
export async function storyClock(
  internet: PracticeInternet,
  { begins_ms, boot_ms }: { begins_ms: number; boot_ms: number },
): Promise<StoryClock> {
  const { network } = internet;
  const offset = begins_ms - network.wall();
  const since = network.monotonic();
  let skipped = 0;
  const monotonic = () => network.monotonic() + skipped;
  await internet.setTime(offset);
  return {
    network: {
      ...network,
      monotonic,
      uptime: () => begins_ms - boot_ms + monotonic() - since,
    },
    async moveTo(monotonic_ms) {
      if (monotonic_ms <= monotonic()) return;
      await internet.setTime(offset + skipped + monotonic_ms - monotonic());
      skipped += Math.max(0, monotonic_ms - monotonic());
    },
  };
}
