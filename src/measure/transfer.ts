/** Goodput: a sized object over a fresh connection, and what its curve shows. */
import type { Socket } from 'node:net';
import type { ExperimentFact, Transfer } from '../model/round.ts';
import type { AddressSource, ExperimentKind } from '../model/vocabulary.ts';
import { type Attempt, attempt } from './attempt.ts';
import { createCurve } from './curve.ts';
import { factOf } from './experiment-fact.ts';
import type { Instruments } from './instruments.ts';
import { burst_bytes, type Download, measure, type Point } from './plateau.ts';

/** The path must limit, not our window: 10 Mbit/s at 250 ms have 312 KB under way; twice as much for the growing object. */
const least_window = 1024 * 1024;
/** Around each TLS 1.3 record: header 5, type 1, tag 16 (RFC 8446 section 5.2); around each HTTP/2 frame 9 (RFC 9113). */
const record_bytes = 22;
const frame_bytes = 9;
/**
 * More than what servers say before an answer (session tickets, SETTINGS, a head): what stops beyond it stopped inside the
 * answer, also when no record of it was ever whole.
 */
const preamble_bytes = 4096;
/**
 * Silent for half of the time: stalled, not slow. The same share as for a page. And not for less than 2 s, where the round's
 * end left little time: behind a policer a sender that lost its last segments waits for a second and more (RFC 6298).
 */
const stalled_share = 0.5;
const stalled_least_ms = 2000;
/** From here on a larger object is worth its bytes (docs/goodput.md). */
const fast_bps = 2_000_000;
/** With less time left no download is begun: it would be cut before it could tell anything, ms. */
export const least_time_ms = 1000;
/** The larger object. */
export const grown_bytes = 256 * 1024;
/**
 * Slower than this, a plateau of 2 s, which is what a throttle is told by (docs/methodology.md), needs more than 64 KiB or nearly
 * so; and the larger object cannot cost more than 2.5 s of it.
 */
const slow_bps = 1_000_000;

export interface TransferInput {
  /** An object of `bytes` and more; asked for with a Range, so that a server stops by itself. */
  url: URL;
  ip: string;
  source: AddressSource;
  bytes: number;
  /** Time for each of connect, TLS and the answer. */
  timeout_ms: number;
  /** The answer's time also ends here, ms of `network.monotonic`; what came by then counts. */
  ends_at?: number | undefined;
  /** Stop early after so much plateau. */
  plateau_ms: number;
  /** The key that the server must hold instead of a certificate for the name. */
  spki?: string | undefined;
}

export interface Transferred {
  attempt: Attempt;
  /** Absent when no byte of an object arrived, or when our clock was late. */
  transfer?: Transfer | undefined;
  goodput_bps?: number | undefined;
  /** The clock was late: bytes came, their times are worth nothing. */
  late: boolean;
  points: readonly Point[];
}

/**
 * Downloads at most `bytes` of the object. Never throws for anything that the network does.
 *
 * Rates are those of the connection's bytes, taken at arrivals: records of 16 KiB, which large sites send, would show a
 * slow line as four steps. Aborting `signal` (the round's end) yields no transfer.
 */
export async function transfer(
  input: TransferInput,
  instruments: Instruments,
  signal: AbortSignal,
): Promise<Transferred> {
  const { url, bytes, plateau_ms } = input;
  const { network, lag } = instruments;
  const curve = createCurve(network, lag);
  let raw: Socket | undefined;
  let min_rtt_ms: number | undefined;
  let received = 0;
  let chunks = 0;
  let plateau: number | undefined;
  const tried = await attempt(
    {
      url,
      ip: input.ip,
      source: input.source,
      method: 'GET',
      body_cap: bytes,
      timeout_ms: input.timeout_ms,
      ends_at: input.ends_at,
      spki: input.spki,
      window: Math.max(least_window, 2 * bytes),
      headers: { range: `bytes=0-${bytes - 1}` },
      onReady(socket) {
        raw = socket;
        min_rtt_ms = network.tcpInfo?.(socket)?.min_rtt_ms;
        curve.begin(() => socket.bytesRead);
      },
      onChunk(length) {
        received += length;
        chunks += 1;
        curve.arrival(length);
        if (plateau !== undefined) return curve.now() - plateau >= plateau_ms ? 'enough' : undefined;
        if (received >= burst_bytes) {
          plateau = curve.now();
          curve.mark();
        }
        return undefined;
      },
    },
    instruments,
    signal,
  );
  const trusted = curve.end();
  const { exchange } = tried;
  const out: Transferred = { attempt: tried, late: false, points: curve.points };
  const ended = endOf(tried, curve.points, curve.now(), input);
  if (raw === undefined || ended === undefined) return out;
  const { phases = {}, scheme, evidence } = exchange;
  const around = (scheme === 'https' ? record_bytes : 0) + (evidence?.http?.version === '2' ? frame_bytes : 0);
  const rtt_ms = min_rtt_ms || phases.connect || phases.tls;
  const measured = measure({
    points: curve.points,
    share: received > 0 ? received / (received + chunks * around) : 1,
    rtt_ms,
    ended,
    ended_ms: curve.now(),
  });
  // A stall is told by its bytes: a late clock takes nothing from it.
  if (measured === undefined || (!trusted && ended !== 'stalled')) return { ...out, late: received > 0 };
  return { ...out, ...measured };
}

/** How it ended, undefined when that was no download: another answer than the object, or an end that is no deadline. */
function endOf(
  { exchange }: Attempt,
  points: readonly Point[],
  now: number,
  { bytes, timeout_ms }: TransferInput,
): Download['ended'] | undefined {
  const { outcome, status, failure } = exchange;
  if (status !== undefined && status !== 200 && status !== 206) return undefined;
  if (outcome === 'ok') return sized(points, bytes) ? 'enough' : undefined;
  if (failure?.phase !== 'transfer' && failure?.phase !== 'processing') return undefined;
  if (failure.reason !== 'http_body_stalled' && failure.reason !== 'generic_timeout_error') return undefined;
  const least = Math.min(stalled_least_ms, stalled_share * timeout_ms);
  const total = points.at(-1)?.raw ?? 0;
  const lastGrowth = points.findLast((point, index) => point.raw > (points[index - 1]?.raw ?? 0));
  const silent = now - (lastGrowth?.at_ms ?? 0) >= Math.max(least, stalled_share * now);
  if (total < preamble_bytes) return undefined;
  if (silent) return 'stalled';
  return failure.phase === 'transfer' ? 'deadline' : undefined;
}

/** An answer that ended before the plateau could begin, and not by our own will, is no sized object. */
const sized = (points: readonly Point[], bytes: number): boolean =>
  (points.at(-1)?.body ?? 0) > Math.min(burst_bytes, bytes / 2);

/** Whether the next one may be larger: faster than 2 Mbit/s, or too fast for this one to tell. */
export function mayGrow({ transfer: sample, goodput_bps }: Pick<Transferred, 'transfer' | 'goodput_bps'>): boolean {
  if (sample?.plateau_bps === undefined || sample.stalled_at !== undefined) return false;
  return goodput_bps === undefined || goodput_bps > fast_bps;
}

/** Whether a repeated one should be larger: slow, and over before a plateau of 2 s could be seen. */
export function needsLonger(sample: Transfer | null | undefined): boolean {
  return sample?.plateau_bps !== undefined && sample.stalled_at === undefined && sample.plateau_bps < slow_bps;
}

/** The fact of a transfer that was made as an experiment. */
export function transferFact(
  kind: Extract<ExperimentKind, 'transfer' | 'control_transfer' | 'beacon'>,
  { attempt: tried, transfer: sample, goodput_bps, late }: Transferred,
  rested_s: number | undefined,
): ExperimentFact {
  const fact = factOf(kind, tried, rested_s);
  if (late) return { ...fact, outcome: 'skipped', skipped: 'event_loop_lag' };
  return { ...fact, ...(sample ? { transfer: sample } : {}), ...(goodput_bps === undefined ? {} : { goodput_bps }) };
}
