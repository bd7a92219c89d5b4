/** What time it is on the practice Internet: its servers say so in every Date header, and the probe's clock agrees. */

export interface WorldClock {
  /** The world is so much later (earlier: negative) than this computer, ms. */
  set(offset_ms: number): void;
  /** Now, as RFC 9110 section 5.6.7 writes it. */
  date(): string;
}

export function worldClock(): WorldClock {
  let offset = 0;
  return {
    set(offset_ms) {
      offset = offset_ms;
    },
    date: () => new Date(Date.now() + offset).toUTCString(),
  };
}
