/** The ways in which a trouble acts on the air, by name. */
import type { Air, Trouble } from './air.ts';

export type Act = Trouble['act'];

/** The line is down: every packet is lost, DNS included. */
export function lineDown(from: number, to: number): Act {
  return (air) => {
    air.down_from = Math.min(air.down_from, from);
    air.down_to = Math.max(air.down_to, to);
  };
}

/** No round is measured: no power, asleep, killed. */
export const absent: Act = (air) => {
  air.off = true;
};

/** The line loses this share of its packets, in both directions together. */
export function lossy(share: number): Act {
  return (air) => {
    air.loss = Math.max(air.loss, share);
  };
}

/** This share of new connections gets no port from the carrier's NAT. */
export function starved(share: number): Act {
  return (air) => {
    air.starved = Math.max(air.starved, share);
  };
}

/** Somebody at home uses the line: this share of its rate is left, and a queue of so many ms stands in it. */
export function busy(rate: number, queue_ms: number): Act {
  return (air) => {
    air.rate *= rate;
    air.queue_ms += queue_ms;
  };
}

/** The wall clock is wrong by so much. */
export function clockOff(ms: number): Act {
  return (air) => {
    air.clock_ms += ms;
  };
}

/** These paths get worse, the same all the time. */
export function worsen(paths: readonly number[], by: Parameters<Air['worsen']>[1]): Act {
  return (air) => air.worsen(paths, by);
}
