/** The verdict of one round: a pure function of the round record and a little memory. Rules in `rules.ts`. */
import type { Round } from '../model/round.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Mechanism, Note, VantageState } from '../model/vocabulary.ts';
import type { RoundMemory, Slowdown } from './memory.ts';

/** What this round says of the controls, by name. */
export interface ControlTally {
  /** Measured, impaired ones included. */
  measured: string[];
  failed: string[];
  /** The only one that failed while at least two others answered: the fold counts for how long. */
  alone?: string | undefined;
  /** At most a third of the unimpaired ones failed, and at least one answered: comparisons may be made. */
  fit: boolean;
}

export interface Assessment {
  vantage: VantageState;
  vantage_notes: Note[];
  /** `ip.international`, `dns.interception`: seen at the vantage, whatever the platform. */
  vantage_mechanisms: Mechanism[];
  /** One for every platform in the record. */
  verdicts: Record<string, Verdict>;
  /** Same-round contrast in speed by platform, from 2× up, for the fold's own use (detection.md 7). */
  slowdowns: Record<string, Slowdown>;
  controls: ControlTally;
  /** `memory.platforms` for the next round. */
  platforms: NonNullable<RoundMemory['platforms']>;
}

/**
 * Judges one round by itself. Never throws, whatever the record holds; the order of targets, controls and platforms
 * does not matter; nothing is read but the arguments.
 */
export function assess(round: Round, memory: RoundMemory): Assessment {
  const verdicts: Record<string, Verdict> = {};
  for (const name of Object.keys(round.platforms)) {
    verdicts[name] = {
      state: 'inconclusive',
      mechanisms: [],
      confidence: 'low',
      rule: 'not-measured',
      rules_version: '1',
      notes: [],
    };
  }
  const controls: ControlTally = { measured: [], failed: [], fit: false };
  return {
    vantage: 'online',
    vantage_notes: [],
    vantage_mechanisms: [],
    verdicts,
    slowdowns: {},
    controls,
    platforms: memory.platforms ?? {},
  };
}
