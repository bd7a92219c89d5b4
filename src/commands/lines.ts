/** The lines of a file or of standard input, one after the other, in constant memory. */
import { isAscii } from 'node:buffer';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { Complaint } from '../model/errors.ts';

/** A record of ours has some kilobytes; a line of more than this is no record. */
export const longestLine = 8 * 1024 * 1024;
/** Read at once: large enough that splitting costs less than parsing, small enough for a Raspberry Pi. */
const chunkBytes = 256 * 1024;

export interface Line {
  text: string;
  /** From 1. */
  number: number;
}

/** Lines that were read at once. */
export interface Batch {
  lines: Line[];
  /** Bytes of the file up to the end of the last of them. */
  offset: number;
}

/**
 * Yields the lines of a file (`-`: of `stdin`), without their ends; blank ones are counted and left out.
 * A file that cannot be read, or a line beyond `longestLine`, is a `Complaint`.
 */
export async function* lines(file: string, stdin: Readable): AsyncGenerator<Batch> {
  let rest: Buffer[] = [];
  let kept = 0;
  let number = 0;
  let offset = 0;
  try {
    for await (const piece of file === '-' ? stdin : chunks(file)) {
      const chunk = typeof piece === 'string' ? Buffer.from(piece) : (piece as Buffer);
      const last = chunk.lastIndexOf(10) + 1;
      if (last > 0) {
        const whole = chunk.subarray(0, last);
        const bytes = rest.length > 0 ? Buffer.concat([...rest, whole]) : whole;
        rest = [];
        kept = 0;
        offset += bytes.length;
        const found = split(bytes, number);
        number = found.number;
        if (found.lines.length > 0) yield { lines: found.lines, offset };
      }
      if (last < chunk.length) {
        // A copy: the chunk is written over.
        rest.push(Buffer.from(chunk.subarray(last)));
        kept += chunk.length - last;
        if (kept > longestLine) throw tooLong(file, number + 1);
      }
    }
  } catch (error) {
    if (error instanceof Complaint) throw error;
    throw unreadable(file, error as NodeJS.ErrnoException);
  }
  if (rest.length === 0) return;
  const bytes = Buffer.concat(rest);
  const found = split(bytes, number);
  if (found.lines.length > 0) yield { lines: found.lines, offset: offset + bytes.length };
}

/** A file in pieces, each of which is good until the next one is asked for. */
async function* chunks(file: string): AsyncGenerator<Buffer> {
  const handle = await open(file);
  try {
    const buffer = Buffer.allocUnsafeSlow(chunkBytes);
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, chunkBytes, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

/** Whole lines. `before`: number of the line before them; the last one's comes back. */
function split(bytes: Buffer, before: number): { lines: Line[]; number: number } {
  const found: Line[] = [];
  let number = before;
  const add = (raw: string) => {
    number++;
    const text = raw.trim();
    const line = number === 1 && text.startsWith('\ufeff') ? text.slice(1) : text;
    if (line !== '') found.push({ text: line, number });
  };
  if (isAscii(bytes)) {
    // Nearly all records are: decoded at once, each line is a part of the one string and never copied.
    const text = bytes.toString('latin1');
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      add(text.slice(from, end));
      from = end + 1;
    }
    if (from < text.length) add(text.slice(from));
    return { lines: found, number };
  }
  // One letter beyond Latin-1 would make the whole string twice as wide, and slow to parse.
  let from = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
    add(bytes.toString('utf8', from, end));
    from = end + 1;
  }
  if (from < bytes.length) add(bytes.toString('utf8', from));
  return { lines: found, number };
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
