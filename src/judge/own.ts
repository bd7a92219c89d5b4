const inherited: unknown = Object.prototype;

/**
 * Looks up names that came from a file: `constructor` is a name like any other. `__proto__` is one as well, of which nothing is
 * remembered: a property of that name would be no property, and nobody calls a target so.
 *
 * Records hold JSON, in which nothing is a function: what an object inherits is one, or the prototype itself. Asking so
 * costs one look-up, where `Object.hasOwn` costs a second one; the fold does it some fifty times a round.
 */
export function own<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  if (record === undefined) return undefined;
  const value: unknown = record[name];
  return typeof value === 'function' || value === inherited ? undefined : (value as T | undefined);
}
