/** A value and when it was taken, replaced in place: each round takes some forty of them. */
import type { Held } from './state.ts';

/** `value` at fold second `t`, in the place of what was held before. */
export function held(before: Held | undefined, value: number, t: number): Held {
  if (before === undefined) return [value, t];
  before[0] = value;
  before[1] = t;
  return before;
}
