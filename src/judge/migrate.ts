/** Brings a stored state into the present shape. What cannot be read is forgotten, not guessed: learning starts anew. */
import { type JudgeState, stateVersion } from './state.ts';

/** Steps from version n to n + 1, by n. */
const steps: Readonly<Record<number, (state: Record<string, unknown>) => Record<string, unknown>>> = {};

/** The state of a stored JSON value; undefined when there is none, it is newer than this program, or it is damaged. */
export function migrate(stored: unknown): JudgeState | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined;
  let state = stored as Record<string, unknown>;
  let version = Number(state['version']);
  while (version < stateVersion) {
    const step = steps[version];
    if (step === undefined) return undefined;
    state = step(state);
    version++;
  }
  if (version !== stateVersion) return undefined;
  const whole = ['last', 'gate', 'controls', 'platforms'].every(
    (part) => typeof state[part] === 'object' && state[part] !== null,
  );
  return whole && Array.isArray(state['fingerprints']) ? (state as unknown as JudgeState) : undefined;
}
