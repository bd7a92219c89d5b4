/** The lines of a file or of standard input, one after the other, in constant memory. */
import { readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { Complaint } from '../model/errors.ts';

/** A record of ours has some kilobytes; a line of more than this is no record. */
export const longestLine = 8 * 1024 * 1024;
/** Read at once: large enough that asking costs less than parsing, small enough for a Raspberry Pi. */
const chunkBytes = 256 * 1024;
/** Lines of a batch. */
const together = 16;

/** Where a line stands among the bytes of its batch: without its end, and without ASCII white space around it. */
export interface Line {
  from: number;
  end: number;
  /** From 1. */
  number: number;
}

/**
 * Lines to be taken together. Few: with a hundred rounds in hand whenever the collector looks, V8 comes to think that rounds live
 * long and makes them where only a full collection frees them (a third slower, in one run of three). Its bytes are good
 * until the next batch is asked for.
 */
export interface Batch {
  bytes: Buffer;
  lines: Line[];
  /** Bytes of the file up to the end of the last of them. */
  offset: number;
}

/**
 * Yields the lines of a file (`-`: of `stdin`), without their ends; blank ones are counted and left out.
 * A file that cannot be read, or a line beyond `longestLine`, is a `Complaint`.
 */
export async function* lines(file: string, stdin: Readable): AsyncGenerator<Batch> {
  const gathered = new Gathered();
  let number = 0;
  let offset = 0;
  try {
    for await (const _more of file === '-' ? pieces(gathered, stdin) : chunks(gathered, file)) {
      const bytes = gathered.whole();
      const found = split(bytes, number);
      number = found.number;
      yield* batches(bytes, found.lines, offset);
      offset += bytes.length;
      gathered.drop(bytes.length);
      if (gathered.size > longestLine) throw tooLong(file, number + 1);
    }
  } catch (error) {
    if (error instanceof Complaint) throw error;
    throw unreadable(file, error as NodeJS.ErrnoException);
  }
  const bytes = gathered.all();
  yield* batches(bytes, split(bytes, number).lines, offset);
}

/** `offset`: bytes of the file before these. */
function* batches(bytes: Buffer, all: readonly Line[], offset: number): Generator<Batch> {
  for (let i = 0; i < all.length; i += together) {
    const lines = all.slice(i, i + together);
    yield { bytes, lines, offset: offset + lines.at(-1)!.end };
  }
}

/** What has been read and not handed out yet: one buffer for a whole file, so that nobody has to collect one for each piece. */
class Gathered {
  #buffer = Buffer.allocUnsafeSlow(2 * chunkBytes);
  size = 0;

  /** Room for at least `bytes` more. */
  room(bytes: number): Buffer {
    if (this.#buffer.length - this.size < bytes) {
      const larger = Buffer.allocUnsafeSlow(2 * (this.size + bytes));
      this.#buffer.copy(larger, 0, 0, this.size);
      this.#buffer = larger;
    }
    return this.#buffer.subarray(this.size);
  }

  all(): Buffer {
    return this.#buffer.subarray(0, this.size);
  }

  /** The whole lines in it. */
  whole(): Buffer {
    const all = this.all();
    return all.subarray(0, all.lastIndexOf(10) + 1);
  }

  drop(bytes: number): void {
    this.#buffer.copyWithin(0, bytes, this.size);
    this.size -= bytes;
  }
}

/** Takes in what comes from a stream, a piece at a time. */
async function* pieces(gathered: Gathered, stream: Readable): AsyncGenerator<number> {
  for await (const piece of stream) {
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : (piece as Buffer);
    bytes.copy(gathered.room(bytes.length));
    gathered.size += bytes.length;
    yield bytes.length;
  }
}

/** The same from a file. */
async function* chunks(gathered: Gathered, file: string): AsyncGenerator<number> {
  const handle = await open(file);
  try {
    const isFile = (await handle.stat()).isFile();
    for (;;) {
      const room = gathered.room(chunkBytes);
      // A piece that another thread has read comes with cold caches; what may keep us waiting is not read so.
      const bytesRead = isFile
        ? readSync(handle.fd, room, 0, chunkBytes, null)
        : (await handle.read(room, 0, chunkBytes, null)).bytesRead;
      if (isFile) await setImmediate();
      if (bytesRead === 0) return;
      gathered.size += bytesRead;
      yield bytesRead;
    }
  } finally {
    await handle.close();
  }
}

/** Whole lines. `before`: number of the line before them; the last one's comes back. */
function split(bytes: Buffer, before: number): { lines: Line[]; number: number } {
  const found: Line[] = [];
  let number = before;
  for (let at = 0; at < bytes.length; ) {
    const next = bytes.indexOf(10, at);
    let end = next < 0 ? bytes.length : next;
    let from = at;
    at = end + 1;
    number++;
    while (from < end && isSpace(bytes[from]!)) from++;
    while (from < end && isSpace(bytes[end - 1]!)) end--;
    if (number === 1 && bytes.subarray(from, end).indexOf(byteOrderMark) === 0) from += byteOrderMark.length;
    if (from < end && !isBlank(bytes, from, end)) found.push({ from, end, number });
  }
  return { lines: found, number };
}

const byteOrderMark = Buffer.from('\ufeff');

/** Space, or a control character that separates: tab, carriage return, vertical tab, form feed. */
function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

/** Nothing but white space of Unicode's: a record begins with a brace. */
function isBlank(bytes: Buffer, from: number, end: number): boolean {
  return bytes[from]! >= 0x80 && bytes.toString('utf8', from, end).trim() === '';
}

function tooLong(file: string, number: number): Complaint {
  return new Complaint(
    'record_invalid',
    `${name(file)}:${number}: a line of more than ${longestLine} bytes is no round record`,
  );
}

function unreadable(file: string, { code, message }: NodeJS.ErrnoException): Complaint {
  const reasons: Record<string, string> = {
    ENOENT: 'there is no such file',
    EACCES: 'no permission to read it',
    EISDIR: 'it is a directory',
  };
  return new Complaint('file_unreadable', `${name(file)}: ${reasons[code ?? ''] ?? message}`);
}

/** How a file is called in messages. */
export function name(file: string): string {
  return file === '-' ? 'stdin' : file;
}
