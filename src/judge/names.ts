/**
 * Names of targets as one string each. A name that was parsed from a line is a new string every round, and looking up a
 * property by it costs a search in the engine's table of strings first; by one that has been a property before it does
 * not. The fold looks each up a dozen times.
 */

/** A configuration has some twenty names. What is beyond this is a hostile file's, and stays as it is. */
const most = 512;

const names = new Map<string, string>();
const over6 = new Map<string, string>();

/** An equal string, the same for every equal one. */
export function sameName(name: string): string {
  return names.get(name) ?? kept(names, name, name);
}

/** The key of a target over IPv6 (state.ts): its name with `|6` appended. */
export function nameOver6(target: string): string {
  return over6.get(target) ?? kept(over6, target, `${target}|6`);
}

function kept(table: Map<string, string>, name: string, value: string): string {
  if (table.size >= most) return value;
  // What has been a property's name is in the engine's table from then on.
  const known = Object.keys({ [value]: 0 })[0]!;
  table.set(name, known);
  return known;
}
