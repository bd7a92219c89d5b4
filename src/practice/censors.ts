/**
 * Named censors. Each is a paragraph of rules; `says` is the sentence that a person reads. Where a platform is
 * interfered with it is X, and everything else stays healthy.
 */
import type { Censor } from './censor.ts';
import { dnsCensors } from './censors-dns.ts';
import { householdCensors } from './censors-household.ts';
import { innocents } from './censors-innocent.ts';
import { pathCensors } from './censors-path.ts';
import { throttlers } from './censors-throttle.ts';

const all: readonly Censor[] = [...innocents, ...householdCensors, ...dnsCensors, ...pathCensors, ...throttlers];

/** Every named censor, by name. */
export const censors: ReadonlyMap<string, Censor> = new Map(all.map((censor) => [censor.name, censor]));

/** The censor of that name; throws where there is none: a misspelt name is a bug of the caller. */
export function censorNamed(name: string): Censor {
  const censor = censors.get(name);
  if (censor === undefined) throw new Error(`there is no censor named ${name}`);
  return censor;
}
