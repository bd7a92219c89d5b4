/**
 * The short run of `npm test`: sixteen vantages with one event of each class, a day of quiet each after the warm-up, fixed
 * seeds of a set of its own. Small enough for a minute on one slow core; its gates fail only when the whole interval lies
 * on the wrong side.
 */
import { eventClasses } from '../world/events.ts';
import { troubleClasses } from '../world/troubles.ts';
import { type Job, optionsFor } from './pool.ts';

const FIRST = 400_001;
const VANTAGES = 16;
/** Longest trouble that is worth its minutes here: the three days of drift are not. */
const LONGEST = 400;

export function shortRun(): Job[] {
  const classes = [...eventClasses, ...troubleClasses.filter((kind) => kind.length <= LONGEST)].map(
    (kind) => kind.name,
  );
  return Array.from({ length: VANTAGES }, (_, i) => ({
    seed: FIRST + i,
    options: optionsFor(i),
    months: 0.035,
    eventForks: 1,
    troubleForks: 1,
    classes,
    troubles: true,
    variants: [{ name: 'reachd', overrides: {} }],
    rivals: true,
  }));
}
