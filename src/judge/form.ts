/** What a scanner compares lines with: stretches of bytes, and the fields of an object with what they held the last time. */

/** Bytes to be met again; compared four at a time, little-endian, the last ones under a mask. */
export class Literal {
  readonly length: number;
  readonly #fours: number[] = [];
  readonly #last: number;
  readonly #mask: number;

  constructor(bytes: Uint8Array) {
    this.length = bytes.length;
    this.#last = (bytes.length - 1) >> 2;
    for (let i = 0; i < bytes.length; i += 4) {
      let four = 0;
      for (let k = i; k < i + 4 && k < bytes.length; k++) four |= bytes[k]! << (8 * (k - i));
      this.#fours.push(four);
    }
    const last = bytes.length % 4;
    this.#mask = last === 0 ? -1 : (1 << (8 * last)) - 1;
  }

  /** Whether they stand at `at`; never where the view's bytes (`size`) end within the last four: `JSON.parse` reads that. */
  stands(view: DataView, at: number, size: number): boolean {
    const fours = this.#fours;
    const last = this.#last;
    if (at + 4 * last + 4 > size) return false;
    for (let i = 0; i < last; i++) if (view.getInt32(at + 4 * i, true) !== fours[i]) return false;
    return (view.getInt32(at + 4 * last, true) & this.#mask) === fours[last];
  }
}

/** Place of no word. */
export const nowhere = -1;

/**
 * The fields that one kind of object may have, and what was met the last time: lines are alike, and a good guess is a
 * comparison, where a bad one costs a search. Belongs to one scanner, and an object of it holds no other one.
 */
export class Form<Name extends string> {
  readonly names: readonly Name[];
  /** `{"name":` and `,"name":`. */
  readonly opening: readonly Literal[];
  readonly following: readonly Literal[];
  /** What came after each field: its index, or `end`. What came first stands at `end`. */
  readonly next: number[];
  readonly end: number;
  /** Place of the last word of each field. */
  readonly words: number[];
  /** The field read last, while an object is being read. */
  last: number;

  constructor(names: readonly Name[]) {
    const literals = (before: string) => names.map((name) => new Literal(Buffer.from(`${before}"${name}":`)));
    this.names = names;
    this.opening = literals('{');
    this.following = literals(',');
    this.end = names.length;
    this.next = [...names.map((_, index) => index + 1), 0];
    this.words = names.map(() => nowhere);
    this.last = this.end;
  }
}

/** A value that is the same in line after line, such as who belongs to which company. */
export class Repeated {
  literal: Literal | undefined = undefined;
  value: unknown = undefined;
}

/** An object of a form as it is read: all of its fields, `undefined` where it has none. */
export type Fields<Names extends readonly string[]> = Record<Names[number], unknown>;
