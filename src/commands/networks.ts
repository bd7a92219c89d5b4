/** Who announces an address: the operator's own file where there is one, else and besides the shipped table. */
import { readFileSync } from 'node:fs';
import type { Config } from '../config/config.ts';
import { asnOf } from '../measure/asn.ts';
import { openAsnFile } from '../measure/asn-file.ts';
import { Complaint } from '../model/errors.ts';

/** Throws a `Complaint` for a file that cannot be read or is none of the kind. */
export function openNetworks({ asn: { mmdb_file } }: Pick<Config, 'asn'>): (ip: string) => number | undefined {
  if (mmdb_file === undefined) return asnOf;
  let file: Buffer;
  try {
    file = readFileSync(mmdb_file);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Complaint('file_unreadable', `asn.mmdb_file: cannot read ${mmdb_file}: ${code ?? 'unknown error'}`, {
      cause,
    });
  }
  const own = openAsnFile(file, mmdb_file);
  return (ip) => own(ip) ?? asnOf(ip);
}
