/**
 * TCP's slow start as a model: how long an object takes on a path of this round trip when nothing but the window holds it
 * up, and which rate explains the time that it did take.
 *
 * A 64 KiB object never leaves slow start: at 250 ms a 20 Mbit/s line reads 1.4 Mbit/s. Without the model a distant
 * server would look throttled.
 */

/** Payload of a full segment on an Ethernet path with timestamps (1500 − 52), bytes. */
const segment = 1448;
/** RFC 6928: the initial window is ten segments. */
const initialWindow = 10;
/** Rates between which an explanation is looked for, bits per second: a modem of 1990 and a line of 2040. */
const fastest = 1e10;
/** Halvings of the (logarithmic) range: from a factor of 10⁷ down to one in a thousand and less. */
const halvings = 40;

/** Part of a body, in bytes from its beginning, over a path. */
export interface Stretch {
  from: number;
  to: number;
  rtt_ms: number;
}

/**
 * Milliseconds between the arrival of byte `from` and of byte `to` of one answer, on a link of `bps` bits per second.
 *
 * Segment i may leave when the acknowledgement that opens the window for it has come back: every acknowledged segment
 * lets two go (RFC 5681 section 3.1), and they arrive one round trip after the one that they follow, or when the link has
 * passed what is before them.
 */
export function slowStartMs({ from, to, rtt_ms }: Stretch, bps = Number.POSITIVE_INFINITY): number {
  const count = Math.max(1, Math.ceil(to / segment));
  const spacing_ms = (segment * 8000) / bps;
  const arrival = new Float64Array(count + 1);
  for (let i = 0; i < count; i++) {
    const acknowledged = Math.ceil((i + 1 - initialWindow) / 2) - 1;
    const opened = i < initialWindow ? 0 : arrival[acknowledged + 1]! + rtt_ms;
    arrival[i + 1] = Math.max(arrival[i]! + spacing_ms, opened);
  }
  const at = (bytes: number) => {
    const whole = Math.min(count, Math.floor(bytes / segment));
    const before = arrival[whole]!;
    const next = arrival[Math.min(count, whole + 1)]!;
    return before + (next - before) * Math.min(1, bytes / segment - whole);
  };
  return at(to) - at(from);
}

/** Bits per second at which the stretch takes `ms`; undefined when it came as fast as the window opened. */
export function rateBehind(stretch: Stretch, ms: number): number | undefined {
  if (ms <= slowStartMs(stretch, fastest)) return undefined;
  // Nothing comes slower than its bytes over its time.
  let low = Math.log((0.9 * (stretch.to - stretch.from) * 8000) / ms);
  let high = Math.log(fastest);
  for (let i = 0; i < halvings; i++) {
    const middle = (low + high) / 2;
    if (slowStartMs(stretch, Math.exp(middle)) > ms) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}
