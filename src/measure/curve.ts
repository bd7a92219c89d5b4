/** Writes down how a download grows: at moments that no rhythm of the path can hide from, and at every arrival. */
import type { LagGuard } from './lag.ts';
import type { Network } from './network.ts';
import type { Point } from './plateau.ts';

/**
 * Memoryless sampling: exponential gaps of 250 ms on average, between 25 and 650 (M-Lab's ndt7 does the same): a filter
 * that works in beats of its own cannot fall in step with it.
 */
const mean_ms = 250;
const least_ms = 25;
const most_ms = 650;
/** A download of 10 s has some hundreds of points; a server that sends byte by byte must not fill the memory. */
const most_points = 20_000;

export interface Curve {
  /** The request is sent: from here on `read()` is looked at. `read` gives bytes of the connection so far. */
  begin(read: () => number): void;
  arrival(bytes: number): void;
  /** The plateau begins with the last arrival. */
  mark(): void;
  /** Ends it: true when the clock can be trusted from the mark on (without one: from the beginning). */
  end(): boolean;
  readonly points: readonly Point[];
  /** Since `begin`, ms. */
  now(): number;
}

export function createCurve(network: Pick<Network, 'monotonic' | 'random'>, lag: LagGuard): Curve {
  const points: Point[] = [];
  let start = network.monotonic();
  let base = 0;
  let body = 0;
  let read: () => number = () => 0;
  let timer: NodeJS.Timeout | undefined;
  let bin: { at: number; watched: ReturnType<LagGuard['open']> } | undefined;
  let plateau: { at: number; watched: ReturnType<LagGuard['open']> } | undefined;

  const now = () => network.monotonic() - start;
  const watch = () => ({ at: now(), watched: lag.open() });
  const put = (tick: boolean, late: boolean) => {
    if (points.length < most_points) points.push({ at_ms: now(), raw: read() - base, body, tick, late });
  };
  const schedule = () => {
    const gap = Math.min(most_ms, Math.max(least_ms, -mean_ms * Math.log(1 - network.random())));
    bin = watch();
    timer = setTimeout(() => {
      const kept = bin!.watched.close(now() - bin!.at);
      put(true, !kept);
      schedule();
    }, gap);
  };

  return {
    points,
    now,
    begin(reading) {
      start = network.monotonic();
      read = reading;
      base = read();
      schedule();
    },
    arrival(bytes) {
      body += bytes;
      put(false, false);
    },
    mark() {
      plateau = watch();
    },
    end() {
      clearTimeout(timer);
      if (bin === undefined) return true;
      const last = bin.watched.close(now() - bin.at);
      const kept = plateau === undefined ? last : plateau.watched.close(now() - plateau.at);
      // What came since the last arrival and did not make a whole record.
      put(true, !last);
      bin = plateau = undefined;
      return kept;
    },
  };
}
