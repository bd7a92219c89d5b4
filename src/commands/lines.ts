/** The lines of a file or of standard input, one after the other, in constant memory. */
import { createReadStream } from 'node:fs';
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
  /** Bytes of the file up to the end of this line. */
  offset: number;
}

/**
 * Yields the lines of a file (`-`: of `stdin`), without their ends; blank ones are counted and left out.
 * A file that cannot be read, or a line beyond `longestLine`, is a `Complaint`.
 */
export async function* lines(file: string, stdin: Readable): AsyncGenerator<Line[]> {
  const source = file === '-' ? stdin : createReadStream(file, { highWaterMark: chunkBytes });
  let rest: Buffer[] = [];
  let kept = 0;
  let number = 0;
  let offset = 0;
  try {
    for await (const piece of source) {
      const chunk = typeof piece === 'string' ? Buffer.from(piece) : (piece as Buffer);
      const batch: Line[] = [];
      let from = 0;
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
        const part = chunk.subarray(from, end);
        const bytes = rest.length > 0 ? Buffer.concat([...rest, part]) : part;
        rest = [];
        kept = 0;
        from = end + 1;
        number++;
        offset += bytes.length + 1;
        const text = decoded(bytes, number);
        if (text !== '') batch.push({ text, number, offset });
      }
      if (from < chunk.length) {
        // A copy: the piece would keep the whole chunk alive.
        rest.push(Buffer.from(chunk.subarray(from)));
        kept += chunk.length - from;
        if (kept > longestLine) throw tooLong(file, number + 1);
      }
      if (batch.length > 0) yield batch;
    }
  } catch (error) {
    if (error instanceof Complaint) throw error;
    throw unreadable(file, error as NodeJS.ErrnoException);
  }
  if (rest.length > 0) {
    const bytes = Buffer.concat(rest);
    const text = decoded(bytes, number + 1);
    if (text !== '') yield [{ text, number: number + 1, offset: offset + bytes.length }];
  }
}

function decoded(bytes: Buffer, number: number): string {
  const text = bytes.toString('utf8').trim();
  return number === 1 && text.startsWith('\ufeff') ? text.slice(1) : text;
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
