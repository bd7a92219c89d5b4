/**
 * The short run of `npm test`: few vantages, half-month quiet, fixed seeds of a set of its own. Small enough for a
 * minute on one core; its gates fail only when the whole interval lies on the wrong side.
 */
import { type Job, optionsFor } from './pool.ts';

const FIRST = 400_001;
const VANTAGES = 8;

export function shortRun(): Job[] {
  return Array.from({ length: VANTAGES }, (_, i) => ({
    seed: FIRST + i,
    options: optionsFor(i),
    months: 0.25,
    eventForks: 3,
    troubleForks: 1,
    classes: [],
    troubles: true,
    variants: [{ name: 'reachd', overrides: {} }],
    rivals: true,
  }));
}
