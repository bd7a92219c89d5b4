/**
 * One direction of a flow: segments of a byte stream on their way, late by half a round trip and by whatever the
 * path or a censor adds. A sender starts slowly, as TCP does: what is measured of a short transfer depends on it. A byte stream cannot lose bytes, so a dropped segment is what the receiver sees of one: it
 * and everything behind it come after a retransmission.
 */
import { type Bucket, tokenBucket } from './bucket.ts';
import { delayLine } from './delay-line.ts';

export interface Way {
  /** Bytes, to be written at the far end when their time has come. */
  carry(bytes: Buffer): void;
  /** Something that happens at the far end after all that was carried before: a FIN, a RST. */
  afterwards(action: () => void): void;
  /** A longer way from now on, ms one way. */
  lengthen(ms: number): void;
  /** Holds back what is carried next so much longer. */
  hold(ms: number): void;
  limit(kind: 'police' | 'shape', bps: number, burst_bytes: number): void;
  lose(share: number): void;
  /** Stops for ever after so many more bytes. */
  freezeAfter(bytes: number): void;
  /** From now on nothing arrives. */
  cut(): void;
  /** Bytes under way. */
  readonly in_flight: number;
  close(): void;
}

/** Payload of a full segment on an Ethernet path with timestamps (1500 − 52). */
const segment = 1448;
/** RFC 6298 2.4 asks for one second, Linux takes 200 ms: the shortest wait before a lost segment is sent again. */
const retransmission_ms = 200;
/** A limit below a segment would never let one pass. */
const leastBurst = segment;

/** RFC 6928: a sender may have ten segments under way before the first is acknowledged. */
const initialWindow = 10 * segment;
/** Most that may be under way: a receiver's buffer, 51 Mbit/s at a round trip of 40 ms. */
const largestWindow = 256 * 1024;
/** What the line's own queue takes at full speed before it paces. */
const lineBurst = 32 * 1024;

export function openWay(options: {
  delay_ms: number;
  random: () => number;
  deliver: (bytes: Buffer) => void;
  /** Called after each delivery, to let the sender go on. */
  moved: () => void;
  /** Rate of the line itself, bits per second; unlimited where absent. */
  line_bps?: number | undefined;
}): Way {
  const line = delayLine();
  const acknowledgements = delayLine();
  const backlog: (Buffer | (() => void))[] = [];
  const own = options.line_bps === undefined ? undefined : tokenBucket(options.line_bps, lineBurst);
  let delay = options.delay_ms;
  let held = 0;
  let bucket: Bucket | undefined;
  let policed = false;
  let loss = 0;
  let allowed = Number.POSITIVE_INFINITY;
  let dead = false;
  let in_flight = 0;
  let unacknowledged = 0;
  let congestionWindow = initialWindow;

  const wait = (bytes: number): number => {
    let ms = delay + held;
    held = 0;
    const queued = bucket?.take(bytes) ?? 0;
    // A policer drops what does not fit: it comes when the sender tries again.
    const late = policed && queued > 0 ? retransmission_ms * Math.ceil(queued / retransmission_ms) : queued;
    ms += Math.max(late, own?.take(bytes) ?? 0);
    if (loss > 0 && options.random() < loss) ms += retransmission_ms + 2 * delay;
    return ms;
  };
  const send = (bytes: Buffer) => {
    unacknowledged += bytes.length;
    line.push(wait(bytes.length), () => {
      in_flight -= bytes.length;
      if (!dead) options.deliver(bytes);
      acknowledgements.push(delay, () => {
        unacknowledged -= bytes.length;
        // Slow start (RFC 5681 3.1): what has been acknowledged is added to what may be under way.
        congestionWindow = Math.min(largestWindow, congestionWindow + bytes.length);
        pump();
      });
      options.moved();
    });
  };
  const pump = () => {
    for (let head = backlog[0]; head !== undefined; head = backlog[0]) {
      if (typeof head === 'function') line.push(delay, head);
      else if (unacknowledged > 0 && unacknowledged + head.length > congestionWindow) return;
      else send(head);
      backlog.shift();
    }
  };

  return {
    carry(bytes) {
      if (dead) return;
      const passing = bytes.subarray(0, allowed);
      allowed -= passing.length;
      in_flight += passing.length;
      for (let at = 0; at < passing.length; at += segment) backlog.push(passing.subarray(at, at + segment));
      pump();
    },
    afterwards(action) {
      backlog.push(() => !dead && allowed > 0 && action());
      pump();
    },
    lengthen(ms) {
      delay += ms;
    },
    hold(ms) {
      held += ms;
    },
    limit(kind, bps, burst_bytes) {
      bucket = tokenBucket(bps, Math.max(leastBurst, burst_bytes));
      policed = kind === 'police';
    },
    lose(share) {
      loss = 1 - (1 - loss) * (1 - share);
    },
    freezeAfter(bytes) {
      allowed = Math.min(allowed, bytes);
    },
    cut() {
      dead = true;
    },
    get in_flight() {
      return in_flight;
    },
    close() {
      backlog.length = 0;
      line.close();
      acknowledgements.close();
    },
  };
}
