/**
 * When an incident is over: a second e-test, on every stream that carried it, against "it still goes on".
 *
 * "Good" is relative to what opened it. With a fixed cut-off, one blocked target of three closed and re-opened an
 * incident seven times. Cut-offs of speed are tighter than those that open: what is still 1.7 times too slow is not over.
 */
import type { Stream } from '../model/outcome.ts';
import type { Badness } from './badness.ts';
import { round4 } from './rounding.ts';
import type { Onset, StreamState } from './state.ts';

/**
 * Share of good samples that an ongoing event may show, by stream. A filter that leaks one round in five is still a
 * filter; a transfer at half the normal rate through a policer that allows a thirtieth is not chance.
 */
const leak: Record<Stream, number> = { all: 0.2, reach: 0.2, handshake: 0.2, latency: 0.2, goodput: 0.05 };
/** Share of good samples once it is over. */
const over = 0.95;
/** e^8, as for suspicion: six good rounds in a row, or three good transfers. */
const enough = 8;
/** Log-ratio to normal below which a sample of speed is good. */
const recovered: Partial<Record<Stream, number>> = {
  handshake: Math.log(1.5),
  latency: Math.log(1.4),
  goodput: Math.log(2),
};
/** A stream not sampled for this long, seconds, or for four of its own periods, cannot hold an incident open. */
const silence = 1800;

/** The stream, watched for its recovery from here on. */
export function watch(stream: StreamState, t: number): StreamState {
  if (stream.close) return stream;
  const least = stream.run?.[2] ?? stream.y;
  return { ...stream, close: { level: round4((least + stream.calm[0]) / 2), e: 0, bad: t, good: t } };
}

/** The stream after a sample: evidence of recovery grows with good ones, and a bad one takes it back. */
export function recover(of: Stream, stream: StreamState, now: Badness, t: number): StreamState {
  const close = stream.close;
  if (close === undefined) return stream;
  const cut = recovered[of];
  const good = cut !== undefined && now.ratio !== undefined ? now.ratio < cut : now.y <= close.level;
  const share = leak[of];
  const e = Math.max(0, close.e + Math.log(good ? over / share : (1 - over) / (1 - share)));
  return {
    ...stream,
    close: {
      level: close.level,
      e: round4(Math.min(e, 4 * enough)),
      bad: good ? close.bad : t,
      good: good && close.e === 0 ? t : close.good,
    },
  };
}

/** Whether every watched stream has recovered; when, as fold seconds of last bad and first good sample; else undefined. */
export function ended(streams: readonly StreamState[], t: number): Onset | undefined {
  let bad = 0;
  let good = 0;
  let certain = false;
  for (const stream of streams) {
    if (stream.close === undefined) continue;
    if (stream.close.e >= enough) {
      certain = true;
      bad = Math.max(bad, stream.close.bad);
      good = Math.max(good, stream.close.good);
    } else if (t - (stream.at ?? t) <= Math.max(silence, 4 * (stream.every ?? 0))) return undefined;
  }
  return certain ? [bad, Math.max(bad, good)] : undefined;
}

/** Recovery is on its way: at least one good sample stands. */
export function closing(streams: readonly StreamState[]): boolean {
  return streams.some((stream) => (stream.close?.e ?? 0) > 0);
}
