/** Reads `tls.ca_file`. Throws a `Complaint` when it cannot be read; what is in it is `createTrust`'s to check. */
import { readFileSync } from 'node:fs';
import { Complaint } from '../model/errors.ts';

export function readAnchors(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Complaint('file_unreadable', `tls.ca_file: cannot read ${path}: ${code ?? 'unknown error'}`, { cause });
  }
}
