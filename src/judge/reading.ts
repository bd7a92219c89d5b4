/**
 * Reading a record that may have come from anywhere: a field of the wrong kind is a field that is not there.
 * Replayed files and old stores hold what they hold; the judge never throws for it.
 */
import { own as ownOf } from './own.ts';

/** The objects of a list; anything else in it, or anything but a list, is passed over. */
export function entries<T extends object>(value: readonly T[] | null | undefined): readonly T[] {
  if (!Array.isArray(value) || value.length === 0) return [];
  const list = value as readonly T[];
  return list.every(isObject) ? list : list.filter(isObject);
}

/** A finite number that is not negative: a duration, a size, an age. */
export function amount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A plain object, or undefined: `null`, lists and scalars are not one. */
export function object<T extends object>(value: T | null | undefined): T | undefined {
  return isObject(value) && !Array.isArray(value) ? value : undefined;
}

/** A record's own entry: a platform named `constructor` is a platform. */
export function own<T>(record: Readonly<Record<string, T>> | null | undefined, key: string): T | undefined {
  return isObject(record) ? ownOf(record, key) : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
