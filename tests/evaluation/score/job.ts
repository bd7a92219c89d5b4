/** One vantage's job with the real judge: builds the detectors that the job names and runs them. */
import { fold } from '../../../src/judge/judge.ts';
import { defaultParams, type JudgeParams } from '../../../src/judge/state.ts';
import { rivals } from '../rivals/rivals.ts';
import { eventClasses } from '../world/events.ts';
import { troubleClasses } from '../world/troubles.ts';
import { MINUTE } from '../world/vantage.ts';
import { type Detector, JudgeDetector, RivalDetector } from './detector.ts';
import type { Job, Variant } from './pool.ts';
import { runVantage, type VantageScore } from './vantage-run.ts';

/** Parameters of a variant: nested tables such as `floors` are merged key by key. */
export function paramsOf(variant: Variant, interval_ms: number): JudgeParams {
  const base = defaultParams(interval_ms);
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(variant.overrides)) {
    if (!(key in base)) throw new Error(`no such parameter of the judge: ${key}`);
    const nested = typeof value === 'object' && value !== null && !Array.isArray(value);
    merged[key] = nested ? { ...(merged[key] as object), ...value } : value;
  }
  return merged as unknown as JudgeParams;
}

/** Fresh detectors: the judge in each variant, then the rivals. */
export function detectorsOf(
  variants: readonly Variant[],
  withRivals: boolean,
  interval_ms: number = MINUTE,
): Detector[] {
  return [
    ...variants.map((variant) => new JudgeDetector(variant.name, fold, paramsOf(variant, interval_ms))),
    ...(withRivals ? rivals.map((rival) => new RivalDetector(rival)) : []),
  ];
}

export function runJob(job: Job): VantageScore {
  const wanted = new Set(job.classes);
  return runVantage(
    {
      seed: job.seed,
      options: job.options,
      months: job.months,
      eventForks: job.eventForks,
      troubleForks: job.troubleForks,
      events: eventClasses.filter((kind) => wanted.size === 0 || wanted.has(kind.name)),
      troubles: job.troubles ? troubleClasses.filter((kind) => wanted.size === 0 || wanted.has(kind.name)) : [],
    },
    detectorsOf(job.variants, job.rivals),
  );
}
