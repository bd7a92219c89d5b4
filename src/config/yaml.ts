/** A YAML file to plain values, and every path in it to a line and a column. */
import { closeSync, openSync, readSync } from 'node:fs';
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, visit } from 'yaml';
import { Complaint } from '../model/errors.ts';
import type { Mistake, Path } from './mistakes.ts';

export interface Source {
  /** As the operator named it. */
  name: string;
  /** Plain values; a key without a value is `undefined`, as if it were not there, so that its default holds. */
  value: unknown;
  /** What makes it no YAML. `value` is then undefined. */
  mistakes: Mistake[];
  /** Line and column (from 1) of the value at `path`, or of the nearest thing above it; with `key` of the key itself. */
  position(path: Path, key?: boolean): { line: number; column: number };
}

/** Longest file read. The commented example has some 15 KB. */
const maximum = 1024 * 1024;

/** How often one anchor may be used: enough for a shared block, too few for an alias bomb. */
const maxAliasCount = 50;

/** Throws a `file_unreadable` complaint; bad YAML is in `mistakes`. */
export function readYaml(path: string): Source {
  let bytes: Buffer;
  try {
    bytes = readStart(path, maximum + 1);
  } catch (error) {
    throw new Complaint('file_unreadable', `${path}: cannot be read: ${systemError(error)}`, { cause: error });
  }
  if (bytes.length > maximum) throw new Complaint('file_unreadable', `${path}: longer than 1 MiB, no configuration`);
  try {
    return parseYaml(new TextDecoder('utf-8', { fatal: true }).decode(bytes), path);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Complaint('file_unreadable', `${path}: expected UTF-8 text`, { cause: error });
  }
}

/** `ENOENT: no such file or directory`, without the call and the path that Node appends. */
export function systemError(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/, [a-z]+( '.*')?$/s, '');
}

/** The start of a text file, at most 1 MiB of it. Throws the system's error. */
export function readText(path: string): string {
  return readStart(path, maximum).toString('utf8');
}

/** Reads at most `limit` bytes: the path may name a device or a pipe that never ends. */
function readStart(path: string, limit: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(limit);
    let length = 0;
    while (length < limit) {
      const count = readSync(file, buffer, length, limit - length, null);
      if (count === 0) break;
      length += count;
    }
    return buffer.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

export function parseYaml(content: string, name: string): Source {
  const lines = new LineCounter();
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const mistakes: Mistake[] = [];
  const add = (offset: number, says: string) => {
    const { line, column } = place(offset);
    mistakes.push({ where: `${name}:${line}:${column}`, line, column, path: [], says });
  };
  let value: unknown;
  let contents: unknown;
  try {
    const document = parseDocument(content, {
      lineCounter: lines,
      prettyErrors: false,
      uniqueKeys: true,
      stringKeys: true,
      merge: false,
      version: '1.2',
      schema: 'core',
    });
    contents = document.contents;
    for (const problem of [...document.errors, ...document.warnings]) {
      const from = problem.pos[0];
      if (problem.code === 'DUPLICATE_KEY') add(from, `${keyAt(content, from)}: this key is written twice`);
      else add(from, `not YAML: ${plainWords[problem.code] ?? problem.message.split('\n')[0]}`);
    }
    if (mistakes.length === 0) value = absent(document.toJS({ maxAliasCount }), []);
  } catch (error) {
    if (error instanceof RangeError) add(0, 'not YAML that we read: nested too deeply');
    else if (error instanceof ReferenceError) add(firstAlias(contents), `not YAML that we read: ${error.message}`);
    else throw error;
  }
  return { name, value, mistakes, position: (path, key = false) => place(offsetOf(contents, path, key)) };
}

/** Where the library's remark speaks to a programmer. */
const plainWords: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: 'a second document begins here, and a configuration is one',
  NON_STRING_KEY: 'a key that is no text',
  RESOURCE_EXHAUSTION: 'nested too deeply',
};

/** Where the first alias stands: what is wrong with one is found only when all are put in. */
function firstAlias(contents: unknown): number {
  let offset = 0;
  if (isNode(contents)) {
    visit(contents, {
      Alias(_, alias) {
        offset = alias.range?.[0] ?? 0;
        return visit.BREAK;
      },
    });
  }
  return offset;
}

/** The key as written, for a message. */
function keyAt(content: string, offset: number): string {
  return /^["']?([^\s"':]{1,60})/.exec(content.slice(offset, offset + 64))?.[1] ?? 'key';
}

/** Turns the empty values of maps into `undefined`; those of lists stay null and are mistakes. */
function absent(value: unknown, above: unknown[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (above.includes(value)) throw new ReferenceError('an alias inside what it stands for');
  const inside = [...above, value];
  if (Array.isArray(value)) return value.map((item) => absent(item, inside));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, absent(item, inside) ?? undefined]));
}

function offsetOf(contents: unknown, path: Path, key: boolean): number {
  let node: Node | undefined = isNode(contents) ? contents : undefined;
  let offset = node?.range?.[0] ?? 0;
  for (const [depth, step] of path.entries()) {
    if (isAlias(node)) break;
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
      if (pair === undefined) break;
      const wantsKey = key && depth === path.length - 1;
      node = !wantsKey && isNode(pair.value) ? pair.value : undefined;
      offset = node?.range?.[0] ?? keyOffset(pair) ?? offset;
    } else if (isSeq(node) && typeof step === 'number') {
      const item: unknown = node.items[step];
      if (!isNode(item)) break;
      node = item;
      offset = node.range?.[0] ?? offset;
    } else break;
  }
  return offset;
}

function isNode(value: unknown): value is Node {
  return isMap(value) || isSeq(value) || isScalar(value) || isAlias(value);
}

function keyOffset(pair: Pair): number | undefined {
  return isScalar(pair.key) ? pair.key.range?.[0] : undefined;
}
