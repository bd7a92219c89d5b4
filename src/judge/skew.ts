/** Our own clock. */
import type { Round } from '../model/round.ts';

/** Certificates live for weeks (47 days from 2029, CA/Browser Forum SC-081v3): an hour's error breaks the freshest. */
export const skewS = 3600;

/** The wall clock is known to be off by an hour or more. No clock fact is no skew. */
export function clockSkewed({ vantage }: Round): boolean {
  const skew: unknown = vantage?.clock_skew_s;
  return typeof skew === 'number' && Number.isFinite(skew) && Math.abs(skew) >= skewS;
}
