/** A mistake in the configuration, and the one line that shows it. */

export interface Mistake {
  /** `reachd.yaml:12:13`, `--round.interval`, `REACHD_ROUND_INTERVAL`: where to put it right. */
  where: string;
  /** Line and column for sorting; mistakes of flags and variables come first. */
  line: number;
  column: number;
  /** Keys from the top of the file; empty for the whole of it. */
  path: Path;
  /** `expected …, got …`, or what is wrong with the text itself. */
  says: string;
}

export type Path = readonly PropertyKey[];

/** `platforms[0].targets[1].url` */
export function pathText(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}

/** One line: `reachd.yaml:12:13 round.interval: expected a duration such as "60s", got "banana"`. */
export function mistakeLine({ where, path, says }: Mistake): string {
  const name = pathText(path);
  if (where.startsWith('-') || where.startsWith('REACHD_')) return `${where}: ${says}`;
  return name === '' ? `${where} ${says}` : `${where} ${name}: ${says}`;
}

/** Where the reader's eye goes: from the top of the file down. */
export function inOrder(mistakes: readonly Mistake[]): Mistake[] {
  return mistakes.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

/** Longest value shown: enough to recognise it, too short to flood a terminal. */
const shown = 60;

/** A value as the reader wrote it, on one line and never long; control characters are escaped, credentials left out. */
export function show(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value !== 'string') return String(value);
  const open = value.replace(/\/\/[^/\s]*@/g, '//…@');
  const text = open.length > shown ? `${open.slice(0, shown)}…` : open;
  return JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '?');
}
