/** Experiments with the first thing that a filter reads: another name in the hello, or a hello of another size. */
import type { ExperimentFact } from '../model/round.ts';
import { type Attempt, attempt } from './attempt.ts';
import type { ExperimentInput } from './experiment.ts';
import { attemptLike, factOf, subjectOf } from './experiment-fact.ts';
import type { Instruments } from './instruments.ts';

/**
 * An alert sooner than this share of the connect time cannot have travelled the whole way (the answer to a hello takes
 * one round trip, as the connection did; the rest is jitter).
 */
const path_share = 0.8;
/** Turkey, 2022–25: one bad name made the whole address slow for minutes; OONI and net4people report 60–180 s. */
const residual_s = 180;
/** Attempts while a late event loop leaves nothing to judge an alert's way by: a busy moment passes, a busy Pi does not. */
const lag_attempts = 3;

/**
 * A neutral name at the failing address: did the same address answer another name? When it did not, and that address
 * had heard the platform's name lately, the same at one that has rested: residual blocking must not pass for a block
 * of the address.
 *
 * Over TLS it answers when the server says anything at TLS level: a handshake, any certificate, or an alert that can
 * have come from the server. In clear text it answers when any response comes. Where the failure came after the
 * handshake, the neutral request is sent too, and its fate is in `status` and `phases`.
 */
export async function neutralSni(
  input: ExperimentInput,
  instruments: Instruments,
  signal: AbortSignal,
): Promise<ExperimentFact[]> {
  const { observed, neutral_name, rested_s } = input;
  const { url, dialled } = subjectOf(input);
  if (!dialled) return [];
  const neutral = new URL(url);
  neutral.hostname = neutral_name;
  neutral.pathname = '/';
  neutral.search = '';
  const secure = url.protocol === 'https:';
  const phase = observed.observation.failure?.phase;
  const asks = !secure || phase === 'processing' || phase === 'transfer';
  const ask = async (address: { ip: string; source: typeof dialled.source }): Promise<ExperimentFact> => {
    const rested = rested_s(address.ip);
    const like = attemptLike(input, { url: neutral }, address);
    const known_ms = address.ip === dialled.ip ? pathOf(input) : undefined;
    for (let left = lag_attempts - 1; ; left -= 1) {
      const tried = await attempt({ ...like, method: 'HEAD', until: asks ? 'answer' : 'tls' }, instruments, signal);
      const fact = secure ? answered('neutral_sni', tried, rested, known_ms) : replied(tried, rested);
      if (fact.skipped !== 'event_loop_lag' || left === 0 || signal.aborted) return fact;
    }
  };

  const first = await ask(dialled);
  const residual = (first.rested_s ?? Number.POSITIVE_INFINITY) < residual_s;
  if (first.outcome !== 'failed' || !residual || signal.aborted) return [first];
  const rested = observed.known
    .filter(({ ip }) => ip !== dialled.ip)
    .find(({ ip }) => (rested_s(ip) ?? Number.POSITIVE_INFINITY) >= residual_s);
  return rested ? [first, await ask(rested)] : [first];
}

/** The real name in a hello that spans two segments, at the address that was dialled. */
export async function largeHello(
  input: ExperimentInput,
  instruments: Instruments,
  signal: AbortSignal,
): Promise<ExperimentFact[]> {
  const subject = subjectOf(input);
  const { dialled, url } = subject;
  if (!dialled || url.protocol !== 'https:') return [];
  const rested = input.rested_s(dialled.ip);
  const like = attemptLike(input, subject, dialled);
  const tried = await attempt({ ...like, large_hello: true, until: 'tls' }, instruments, signal);
  return [answered('large_hello', tried, rested)];
}

/** Connect time to the address that was dialled last, as the observation itself has it; undefined where it was dropped. */
function pathOf({ observed: { observation } }: ExperimentInput): number | undefined {
  return (observation.hops?.at(-1) ?? observation).phases?.connect;
}

/**
 * The fact, with `ok` meaning that the server said something at TLS level. `known_ms`: connect time to this address
 * from earlier in the round, for when this connection's own was dropped.
 */
function answered(
  kind: 'neutral_sni' | 'large_hello',
  tried: Attempt,
  rested: number | undefined,
  known_ms?: number,
): ExperimentFact {
  const fact = factOf(kind, tried, rested);
  if (fact.outcome === 'skipped' || !tried.tls_answered) return fact;
  if (fact.alert !== undefined) {
    const connect_ms = fact.phases?.connect ?? known_ms;
    // Every time for this way was dropped: whether the alert came from the server cannot be said.
    if (connect_ms === undefined) return { ...fact, outcome: 'skipped', skipped: 'event_loop_lag' };
    if ((fact.failure?.after_ms ?? 0) < path_share * connect_ms) return fact;
  }
  // An alert that counts as an answer took its time like any other: without it a slow hello has nothing to be held against.
  const alert_ms = fact.alert === undefined ? undefined : fact.failure?.after_ms;
  const phases = alert_ms === undefined ? fact.phases : { ...fact.phases, tls: alert_ms };
  return { ...fact, outcome: 'ok', failure: undefined, phases };
}

/** In clear text: `ok` when any response came. */
function replied(tried: Attempt, rested: number | undefined): ExperimentFact {
  const fact = factOf('neutral_sni', tried, rested);
  return fact.status === undefined ? fact : { ...fact, outcome: 'ok', failure: undefined };
}
