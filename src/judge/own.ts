/** Looks up names that came from a file: `constructor` and `__proto__` are names like any other, and know nothing. */
export function own<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}
