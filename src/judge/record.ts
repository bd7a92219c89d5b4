/**
 * One line of a recorded file to a `Round`: what must be there is checked by hand, because a schema library reads
 * 2,000 rounds a second where this reads 30,000; what may be missing is filled in; the rest is left for the judge,
 * which trusts no field.
 */
import type { Round } from '../model/round.ts';
import { outcomes } from '../model/vocabulary.ts';
import { RecordReader } from './record-reader.ts';

/** What a record without them is given. */
export interface RecordDefaults {
  interval_ms: number;
  companies: Readonly<Record<string, string>>;
}

/** Thrown by `parseRound` and `RoundReader`: what is wrong with the line, in one clause. */
export class RecordError extends Error {
  override readonly name = 'RecordError';
}

type Json = Record<string, unknown>;

const version = 1;
const known: ReadonlySet<unknown> = new Set(outcomes);

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 37)}…` : text;
}

function wrong(path: string, expected: string, value: unknown): RecordError {
  return new RecordError(`${path}: expected ${expected}, got ${shown(value)}`);
}

/**
 * Reads one line. `number` is the round's number where the record has none.
 *
 * Throws a `RecordError` that names the field, what it should be and what it is. `verdicts` and `states` are dropped:
 * they are opinions, and replay forms its own.
 */
export function parseRound(line: string, number: number, defaults: RecordDefaults): Round {
  let record: unknown;
  try {
    record = JSON.parse(line);
  } catch (error) {
    throw new RecordError(`not JSON: ${(error as Error).message}`);
  }
  return checked(record, number, defaults);
}

/** The same for many lines, as bytes. Rounds may share what is the same in them: it is not to be changed. */
export class RoundReader {
  readonly #defaults: RecordDefaults;
  readonly #reader = new RecordReader();

  constructor(defaults: RecordDefaults) {
    this.#defaults = defaults;
  }

  /** The line from byte `from` up to `end`. */
  read(bytes: Buffer, from: number, end: number, number: number): Round {
    const record = this.#reader.read(bytes, from, end);
    if (record !== undefined) return checked(record, number, this.#defaults);
    return parseRound(bytes.toString('utf8', from, end).trim(), number, this.#defaults);
  }
}

function checked(record: unknown, number: number, defaults: RecordDefaults): Round {
  if (!isObject(record)) throw wrong('the line', 'an object', record);
  if (record['version'] !== undefined && record['version'] !== version) {
    throw wrong('version', `${version}, the only one that this program knows`, record['version']);
  }
  const started = record['started_at'];
  if (typeof started !== 'string' || !plausible(Date.parse(started))) {
    throw wrong('started_at', 'a date and time such as "2024-01-20T13:41:00.000Z"', started);
  }
  const monotonic = record['monotonic_ms'];
  if (typeof monotonic !== 'number' || !(monotonic >= 0)) {
    throw wrong('monotonic_ms', 'a number of milliseconds', monotonic);
  }
  const interval = record['interval_ms'] ?? defaults.interval_ms;
  if (typeof interval !== 'number' || !(interval >= 1))
    throw wrong('interval_ms', 'milliseconds, at least 1', interval);
  const controls = record['controls'] ?? [];
  checkEntries(controls, 'controls');
  const platforms = record['platforms'];
  if (!isObject(platforms)) throw wrong('platforms', 'an object of lists by platform', platforms);
  for (const name in platforms) checkEntries(platforms[name], 'platforms', name);
  const companies = record['companies'] ?? defaults.companies;
  if (!isObject(companies)) throw wrong('companies', 'an object of company names by platform', companies);
  const vantage = record['vantage'] ?? {};
  if (!isObject(vantage)) throw wrong('vantage', 'an object', vantage);
  record['verdicts'] = undefined;
  record['states'] = undefined;
  record['version'] = version;
  record['round'] = typeof record['round'] === 'number' ? record['round'] : number;
  record['interval_ms'] = interval;
  record['controls'] = controls;
  record['companies'] = companies;
  record['vantage'] = vantage;
  return record as unknown as Round;
}

/** Years 1970 to 9999: what RFC 3339 can say and the judge can reckon with. */
function plausible(ms: number): boolean {
  return ms >= 0 && ms < 253_402_300_800_000;
}

/** `list`, and `name` in it where there is one, say where the entries are. Paths are put together only to complain. */
function checkEntries(entries: unknown, list: string, name?: string): void {
  const path = (field = '') => `${list}${name === undefined ? '' : `.${name}`}${field}`;
  if (!Array.isArray(entries)) throw wrong(path(), 'a list', entries);
  for (let i = 0; i < entries.length; i++) {
    const entry: unknown = entries[i];
    if (!isObject(entry)) throw wrong(path(`[${i}]`), 'an object', entry);
    const { target, outcome, failure, phases } = entry;
    if (typeof target !== 'string') throw wrong(path(`[${i}].target`), 'a name', target);
    if (!known.has(outcome)) throw wrong(path(`[${i}].outcome`), `one of ${outcomes.join(', ')}`, outcome);
    if (failure !== undefined && failure !== null && !isObject(failure)) {
      throw wrong(path(`[${i}].failure`), 'an object with phase and reason', failure);
    }
    if (phases !== undefined && phases !== null && !isObject(phases)) {
      throw wrong(path(`[${i}].phases`), 'an object of milliseconds by phase', phases);
    }
  }
}
