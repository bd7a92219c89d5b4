/**
 * JSON as this program writes it, read from bytes without making a string of it first: names of fields are compared where they
 * stand, words that were read before are found again, numbers are reckoned. It throws `odd` at whatever it is not sure of, and the
 * line is left to `JSON.parse`, which reads it or says what is wrong with it. Nothing here may come to another value than that does.
 */
import { type Form, Literal, nowhere, type Repeated } from './form.ts';

const quote = 0x22;
const comma = 0x2c;
const minus = 0x2d;
const point = 0x2e;
const zero = 0x30;
const nine = 0x39;
const colon = 0x3a;
const bigE = 0x45;
const openList = 0x5b;
const backslash = 0x5c;
const closeList = 0x5d;
const smallE = 0x65;
const openObject = 0x7b;
const closeObject = 0x7d;

/** Made once: its stack says nothing, and to make one costs more than to read a line. */
export const odd = new Error('not in the form in which records are written');

/**
 * A number of up to 15 digits is a whole one below 2^53 over a power of ten, both exact in a double: the one division rounds
 * once, as reading the decimals would (Clinger, How to read floating point numbers accurately, PLDI 1990).
 */
const exactDigits = 15;
const powers = Array.from({ length: exactDigits + 1 }, (_, digits) => 10 ** digits);

/** Words remembered, each in one of four places from the one that its hash names; a new one takes the place of an old one. */
const places = 1024;
const tries = 4;
/** Names of ours are shorter: a longer one is left to `JSON.parse`, and never remembered. */
const longestWord = 256;
/** What is longer than this is hardly the same the next time. */
const longestRepeated = 1024;

interface Word {
  text: string;
  /** Its bytes, with the quotation marks. */
  literal: Literal;
  /** Place of the word that came after it in the same field the last time; by now another one may stand there. */
  next: number;
}
const yes = new Literal(Buffer.from('true'));
const no = new Literal(Buffer.from('false'));

/** A letter that stands for itself in a string. */
function isPlain(byte: number): boolean {
  return byte >= 0x20 && byte <= 0x7e && byte !== backslash;
}

/** Reads one line after the other: `start`, then what is expected, then `ended`. */
export class Scanner {
  #bytes: Buffer = Buffer.alloc(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  #size = 0;
  #at = 0;
  #end = 0;
  /** Of `measured`: from, to, as what; three entries each. Whoever asks for them empties it first. */
  readonly spans: number[] = [];
  readonly #words: (Word | undefined)[] = new Array(places + tries).fill(undefined);

  /** Begins with the bytes from `from` up to `end`. */
  start(bytes: Buffer, from: number, end: number): void {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      this.#size = bytes.length;
    }
    this.#at = from;
    this.#end = end;
  }

  /** Where it is. */
  get at(): number {
    return this.#at;
  }

  /** Back to where it was. */
  back(at: number): void {
    this.#at = at;
  }

  /** What stands from one place to the other. */
  literal(from: number, to: number): Literal {
    return new Literal(this.#bytes.subarray(from, to));
  }

  /** Whether all of the line has been read. */
  get ended(): boolean {
    return this.#at === this.#end;
  }

  /** Into an object of that form: the name of its first field; undefined when it is empty. */
  first<Name extends string>(form: Form<Name>): Name | undefined {
    form.last = form.end;
    return this.#field(form, form.opening, openObject);
  }

  /** Past a value: the name of the next field; undefined after the last. */
  next<Name extends string>(form: Form<Name>): Name | undefined {
    return this.#field(form, form.following, comma);
  }

  #field<Name extends string>(form: Form<Name>, literals: readonly Literal[], before: number): Name | undefined {
    const guess = form.next[form.last]!;
    if (guess === form.end) {
      if (this.#bytes[this.#at] === closeObject) {
        this.#at++;
        return undefined;
      }
    } else if (this.passes(literals[guess]!)) {
      form.last = guess;
      return form.names[guess]!;
    }
    return this.#search(form, literals, before);
  }

  #search<Name extends string>(form: Form<Name>, literals: readonly Literal[], before: number): Name | undefined {
    for (let i = 0; i < form.end; i++) {
      if (!this.passes(literals[i]!)) continue;
      form.next[form.last] = i;
      form.last = i;
      return form.names[i]!;
    }
    // An object without fields has its end after its beginning.
    const at = before === openObject && this.#bytes[this.#at] === openObject ? this.#at + 1 : this.#at;
    if (this.#bytes[at] !== closeObject || (before === openObject && at === this.#at)) throw odd;
    form.next[form.last] = before === openObject ? 0 : form.end;
    this.#at = at + 1;
    return undefined;
  }

  /** Into an object with fields of any name. False: it has none. */
  anyFirst(): boolean {
    return this.#open(openObject, closeObject);
  }

  /** Past a value in it. False: it was the last. */
  anyNext(): boolean {
    return this.#more(closeObject);
  }

  /** The name of one of its fields. `__proto__` would be no field of an object of ours. */
  anyName(): string {
    const name = this.#words[this.#find()]!.text;
    if (name === '__proto__' || this.#bytes[this.#at] !== colon) throw odd;
    this.#at++;
    return name;
  }

  /** Into a list. False: it is empty. */
  firstEntry(): boolean {
    return this.#open(openList, closeList);
  }

  /** Past an entry. False: it was the last. */
  nextEntry(): boolean {
    return this.#more(closeList);
  }

  #open(open: number, close: number): boolean {
    const bytes = this.#bytes;
    if (bytes[this.#at] !== open) throw odd;
    if (bytes[this.#at + 1] !== close) {
      this.#at++;
      return true;
    }
    this.#at += 2;
    return false;
  }

  #more(close: number): boolean {
    const byte = this.#bytes[this.#at++];
    if (byte === comma) return true;
    if (byte === close) return false;
    throw odd;
  }

  /** A number, to the double that JavaScript makes of it. */
  number(): number {
    const bytes = this.#bytes;
    let at = this.#at;
    const negative = bytes[at] === minus;
    if (negative) at++;
    const first = at;
    let whole = 0;
    let byte = bytes[at]!;
    while (byte >= zero && byte <= nine) {
      whole = whole * 10 + (byte - zero);
      byte = bytes[++at]!;
    }
    let digits = at - first;
    if (digits === 0 || (digits > 1 && bytes[first] === zero)) throw odd;
    let decimals = 0;
    if (byte === point) {
      byte = bytes[++at]!;
      const from = at;
      while (byte >= zero && byte <= nine) {
        whole = whole * 10 + (byte - zero);
        byte = bytes[++at]!;
      }
      decimals = at - from;
      digits += decimals;
      if (decimals === 0) throw odd;
    }
    if (digits > exactDigits || byte === smallE || byte === bigE) return this.#longNumber();
    this.#at = at;
    if (decimals > 0) whole /= powers[decimals]!;
    return negative ? -whole : whole;
  }

  /** A number that is another one each time: where it stands, and as what, is written down. */
  measured(as: number): number {
    const from = this.#at;
    const value = this.number();
    this.spans.push(from, this.#at, as);
    return value;
  }

  #longNumber(): number {
    const value = this.value();
    if (typeof value !== 'number') throw odd;
    return value;
  }

  /** A word, and not past it: what it says. */
  peek(): string {
    const at = this.#at;
    const place = this.#find();
    this.#at = at;
    return this.#words[place]!.text;
  }

  /** The value of the form's present field, a name or a word in printable ASCII. The same one is the same string each time. */
  word<Name extends string>(form: Form<Name>): string {
    const last = this.#words[form.words[form.last]!];
    const next = last?.next ?? nowhere;
    const guess = this.#words[next];
    if (guess !== undefined && this.passes(guess.literal)) {
      form.words[form.last] = next;
      return guess.text;
    }
    const place = this.#find();
    if (last !== undefined) last.next = place;
    form.words[form.last] = place;
    return this.#words[place]!.text;
  }

  /** Past a word: its place among those remembered. */
  #find(): number {
    const bytes = this.#bytes;
    const at = this.#at;
    if (bytes[at] !== quote) throw odd;
    let end = at + 1;
    let hash = 0;
    for (let byte = bytes[end]!; byte !== quote; byte = bytes[++end]!) {
      if (!isPlain(byte) || end >= this.#end || end - at > longestWord) throw odd;
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    this.#at = ++end;
    const first = (hash ^ (hash >>> 10)) & (places - 1);
    for (let place = first; place < first + tries; place++) {
      const known = this.#words[place];
      if (known === undefined) return this.#remember(place, at, end);
      if (known.literal.length === end - at && known.literal.stands(this.#view, at, this.#size)) return place;
    }
    return this.#remember(first, at, end);
  }

  #remember(place: number, from: number, end: number): number {
    const literal = new Literal(this.#bytes.subarray(from, end));
    // As the key of an object a string is made unique, and looks itself up faster ever after.
    const text = Object.keys({ [this.#bytes.toString('latin1', from + 1, end - 1)]: true })[0]!;
    this.#words[place] = { text, literal, next: nowhere };
    return place;
  }

  /** A string in printable ASCII that is another one in every line. */
  text(): string {
    const bytes = this.#bytes;
    if (bytes[this.#at] !== quote) throw odd;
    const from = this.#at + 1;
    let at = from;
    for (let byte = bytes[at]!; byte !== quote; byte = bytes[++at]!) if (!isPlain(byte) || at >= this.#end) throw odd;
    this.#at = at + 1;
    return bytes.toString('latin1', from, at);
  }

  boolean(): boolean {
    if (this.passes(yes)) return true;
    if (this.passes(no)) return false;
    throw odd;
  }

  /** Any value, by `JSON.parse`; a `SyntaxError` when it is none. */
  value(): unknown {
    const from = this.#at;
    this.#at = this.#after(from);
    return JSON.parse(this.#bytes.toString('utf8', from, this.#at));
  }

  /** An object or a list: the one of the line before where it is the same. It is not to be changed. */
  repeated(last: Repeated): unknown {
    const { literal } = last;
    if (literal !== undefined && this.passes(literal)) return last.value;
    const from = this.#at;
    const value = this.value();
    // What a bracket ends is ended; of a number more might follow.
    if (typeof value === 'object' && value !== null && this.#at - from <= longestRepeated) {
      last.literal = new Literal(this.#bytes.subarray(from, this.#at));
      last.value = value;
    }
    return value;
  }

  /** Past these bytes, if they stand here. */
  passes(literal: Literal): boolean {
    if (!literal.stands(this.#view, this.#at, this.#size)) return false;
    this.#at += literal.length;
    return true;
  }

  /** Where the value that begins at `at` ends, if it is sound. */
  #after(at: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    let depth = 0;
    for (let i = at; i < end; i++) {
      const byte = bytes[i]!;
      if (byte === quote) {
        for (i++; i < end && bytes[i] !== quote; i++) if (bytes[i] === backslash) i++;
        if (depth === 0) return i + 1;
      } else if (byte === openObject || byte === openList) depth++;
      else if (byte === closeObject || byte === closeList) {
        if (depth === 0) return i;
        if (--depth === 0) return i + 1;
      } else if (byte === comma && depth === 0) return i;
    }
    throw odd;
  }
}
