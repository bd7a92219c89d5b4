/** From a round's observations to the series of the targets. */
import type { RoundOutcome } from '../model/outcome.ts';
import type { Observation, Round } from '../model/round.ts';
import { type Phase, phases } from '../model/vocabulary.ts';
import type { Families } from './registry.ts';

export interface TargetSeriesOptions {
  histograms: boolean;
}

/** A goodput value, bits per second, and when it was sampled, ms since the epoch. */
export type GoodputTimes = Map<string, { platform: string; target: string; at_ms: number; bps: number }>;

/** Takes in every observation of the round; what was skipped leaves the last values as they are. */
export function observeTargets(
  { round }: RoundOutcome,
  families: Families,
  goodput: GoodputTimes,
  options: TargetSeriesOptions,
): void {
  for (const [platform, observations] of Object.entries(round.platforms)) {
    for (const observation of observations) {
      if (observation.outcome !== 'skipped') observeTarget(platform, observation, round, families, goodput, options);
    }
    observeQuic(platform, observations, families);
    // What cannot be known is not published as a failure, and an old success must not stand in for it.
    if (round.verdicts?.[platform]?.state === 'inconclusive') {
      families.targetSuccess.clear((labels) => labels.platform === platform);
      families.quicSuccess.set({ platform }, undefined);
    }
  }
}

function observeTarget(
  platform: string,
  observation: Observation,
  round: Round,
  families: Families,
  goodput: GoodputTimes,
  { histograms }: TargetSeriesOptions,
): void {
  const { target, ip_protocol = 'ip4', outcome, failure } = observation;
  const one = { platform, target, ip_protocol };
  families.targetSuccess.set({ ...one, company: round.companies[platform] ?? platform }, outcome === 'ok' ? 1 : 0);
  families.targetAttempts.add(one);
  if (failure) families.targetFailures.add({ ...one, phase: failure.phase, reason: failure.reason });
  for (const phase of phases) {
    const seconds = phaseSeconds(observation, phase);
    // A phase that ran but whose time was dropped (the event loop was late) keeps the last time that is true.
    if (seconds !== undefined || !ran(observation, phase)) families.targetPhase.set({ ...one, phase }, seconds);
    if (histograms && seconds !== undefined) families.targetPhaseHistogram.add({ platform, target, phase }, seconds);
  }
  families.targetStatus.set({ platform, target }, observation.status);
  observeTransfer(platform, observation, round, families, goodput);
}

/** One answer is enough: which of a platform's names was tried is not what this is about. */
function observeQuic(platform: string, observations: readonly Observation[], families: Families): void {
  const tried = observations.flatMap(({ quic }) =>
    quic === undefined || quic.outcome === 'skipped' ? [] : [quic.outcome],
  );
  if (tried.length > 0) families.quicSuccess.set({ platform }, Number(tried.includes('ok')));
}

/** Phases that every exchange passes through on its way: that it got past them shows that they ran. */
const compulsory: readonly Phase[] = ['connect', 'tls', 'processing'];

/** Whether the phase must have been completed, whatever the record says of its duration. */
function ran({ outcome, failure, scheme }: Observation, phase: Phase): boolean {
  if (!compulsory.includes(phase) || (phase === 'tls' && scheme === 'http')) return false;
  return outcome === 'ok' || (failure !== undefined && phases.indexOf(phase) < phases.indexOf(failure.phase));
}

/** Seconds from the record's milliseconds, without the noise of a binary fraction. */
const phaseSeconds = ({ phases: measured }: Observation, phase: Phase): number | undefined => {
  const ms = measured?.[phase];
  return ms === undefined ? undefined : Math.round(ms * 1000) / 1e6;
};

function observeTransfer(
  platform: string,
  { target, goodput_bps, transfer }: Observation,
  { started_at }: Round,
  families: Families,
  goodput: GoodputTimes,
): void {
  const labels = { platform, target };
  const key = JSON.stringify([platform, target]);
  const at_ms = Date.parse(started_at);
  if (goodput_bps !== undefined) {
    families.targetGoodput.set(labels, Math.round(goodput_bps / 8));
    goodput.set(key, { ...labels, at_ms, bps: goodput_bps });
  } else if ((transfer?.plateau_bps ?? 0) > (goodput.get(key)?.bps ?? Number.POSITIVE_INFINITY)) {
    // Too fast for this object to tell how fast, and faster than what stands there: a past limit must not outlive itself.
    families.targetGoodput.set(labels, undefined);
    goodput.delete(key);
  }
  if (transfer || goodput_bps !== undefined) families.targetLastTransfer.set(labels, at_ms / 1000);
  if (transfer) {
    families.targetTransferBytes.add(labels, transfer.bytes);
    families.targetTransferSeconds.add(labels, transfer.ms / 1000);
  }
}

/** Removes goodput that was sampled before `oldest_ms`: an old rate would look like a present one. */
export function expireGoodput(families: Families, goodput: GoodputTimes, oldest_ms: number): void {
  for (const [key, { platform, target, at_ms }] of goodput) {
    if (at_ms >= oldest_ms) continue;
    families.targetGoodput.set({ platform, target }, undefined);
    goodput.delete(key);
  }
}
