/** Raw values to checked ones, section by section and item by item: every mistake is found in one go. */
import { z } from 'zod';
import { inOrder, type Mistake, type Path, pathText, show } from './mistakes.ts';
import type { Given } from './settings.ts';
import { nearest } from './suggest.ts';
import type { Source } from './yaml.ts';

/** Values from flags and environment, by the text of their path in the file. */
export type Overrides = ReadonlyMap<string, Given & { path: Path }>;

/** Of a list the items with a mistake are holes, so that the index of the others still says where they stand. */
type Holed<T> = T extends (infer Item)[] ? (Item | undefined)[] : T;

export interface Sections<T> {
  /** What could be read. A section with a mistake is absent, except the sound items of a list. */
  value: { [K in keyof T]?: Holed<T[K]> };
  mistakes: Mistake[];
}

/** Reads a whole file against its schema, with the overrides put over it. */
export function readSections<T extends z.ZodObject>(
  source: Source,
  schema: T,
  overrides: Overrides,
): Sections<z.output<T>> {
  const { raw, mistakes } = overlaid(source, overrides);
  if (mistakes.length > 0) return { value: {}, mistakes };
  const value: Record<string, unknown> = {};
  const shape = schema.shape as Record<string, z.ZodType>;
  const report = (issues: readonly z.core.$ZodIssue[], above: Path) => {
    for (const issue of issues) mistakes.push(...describe(issue, above, raw, schema, source, overrides));
  };
  for (const [name, section] of Object.entries(shape)) {
    const read = section.safeParse(raw[name], { error: expectation });
    if (read.success) value[name] = read.data;
    else {
      report(read.error.issues, [name]);
      const items = soundItems(section, raw[name]);
      if (items !== undefined) value[name] = items;
    }
  }
  const keys = Object.keys(raw).filter((key) => !Object.hasOwn(shape, key));
  if (keys.length > 0) report([{ code: 'unrecognized_keys', keys, path: [], message: '', input: raw }], []);
  return { value: value as Sections<z.output<T>>['value'], mistakes: inOrder(distinct(mistakes)) };
}

/** A mistake at a path, wherever the value there came from. */
export function mistakeAt(path: Path, says: string, source: Source, overrides: Overrides, key = false): Mistake {
  for (const { where, path: overridden } of overrides.values()) {
    if (overridden.every((step, index) => path[index] === step)) return { where, line: 0, column: 0, path, says };
  }
  const { line, column } = source.position(path, key);
  return { where: `${source.name}:${line}:${column}`, line, column, path, says };
}

function overlaid(source: Source, overrides: Overrides): { raw: Record<string, unknown>; mistakes: Mistake[] } {
  const mistakes = [...source.mistakes];
  const top = source.value ?? {};
  if (!isRecord(top)) mistakes.push(mistakeAt([], `expected keys and values, got ${show(top)}`, source, new Map()));
  const raw: Record<string, unknown> = isRecord(top) ? { ...top } : {};
  for (const { path, value } of overrides.values()) {
    let level = raw;
    for (const step of path.slice(0, -1).map(String)) {
      const below = level[step];
      // A section that is no map is a mistake of the file's, found below; it must not be hidden by the override.
      if (below !== undefined && !isRecord(below)) break;
      level = level[step] = { ...below };
    }
    if (level !== raw || path.length === 1) level[String(path.at(-1))] = value;
  }
  return { raw, mistakes };
}

/** The items of a list that are right by themselves, for the rules that compare them; undefined for other sections. */
function soundItems(section: z.ZodType, raw: unknown): unknown[] | undefined {
  let inner: z.ZodType = section;
  while (isWrapper(inner)) inner = inner.unwrap() as z.ZodType;
  if (!(inner instanceof z.ZodArray) || !Array.isArray(raw)) return undefined;
  const element = inner.element as z.ZodType;
  return raw.map((item) => element.safeParse(item).data);
}

/** The phrase after "expected" for what the schema does not phrase itself. */
function expectation(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return typeNames[issue.expected as string] ?? `${issue.expected}`;
    case 'invalid_value':
      return (issue.values as unknown[]).map((value) => JSON.stringify(value)).join(' or ');
    case 'too_small':
      return issue.origin === 'array' ? `at least ${items(Number(issue.minimum))}` : `at least ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'array' ? `at most ${items(Number(issue.maximum))}` : `at most ${issue.maximum}`;
    default:
      return issue.message ?? issue.code ?? 'something else';
  }
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  nonoptional: 'a value',
  object: 'keys and values',
  record: 'keys and values',
};

const items = (count: number) => (count === 1 ? 'one item' : `${count} items`);

function describe(
  issue: z.core.$ZodIssue,
  above: Path,
  raw: unknown,
  schema: z.ZodType,
  source: Source,
  overrides: Overrides,
): Mistake[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, path);
    return issue.keys.map((key) => {
      const near = nearest(key, known);
      const hint = near === undefined ? `known here: ${known.join(', ')}` : `did you mean "${near}"?`;
      return mistakeAt([...path, key], `unknown key (${hint})`, source, overrides, true);
    });
  }
  if (issue.code === 'invalid_key') {
    const says = `expected ${issue.issues[0]?.message}, got ${show(path.at(-1))}`;
    return [mistakeAt(path, says, source, overrides, true)];
  }
  return [mistakeAt(path, `expected ${issue.message}, got ${show(valueAt(raw, path))}`, source, overrides)];
}

function isWrapper(schema: z.ZodType): schema is z.ZodOptional | z.ZodPrefault | z.ZodNonOptional {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodPrefault || schema instanceof z.ZodNonOptional;
}

/** The keys that the schema knows at a path. */
function knownKeys(schema: z.ZodType, path: Path): string[] {
  let inner = schema;
  const steps = [...path];
  for (;;) {
    if (isWrapper(inner)) inner = inner.unwrap() as z.ZodType;
    else if (inner instanceof z.ZodObject) {
      const step = steps.shift();
      if (step === undefined) return Object.keys(inner.shape);
      inner = inner.shape[String(step)] as z.ZodType;
    } else if (inner instanceof z.ZodArray) {
      steps.shift();
      inner = inner.element as z.ZodType;
    } else return [];
  }
}

function valueAt(raw: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, step) => (value as Record<PropertyKey, unknown> | undefined)?.[step], raw);
}

function distinct(mistakes: readonly Mistake[]): Mistake[] {
  const seen = new Map(mistakes.map((mistake) => [`${mistake.where} ${pathText(mistake.path)}`, mistake]));
  return [...seen.values()];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
