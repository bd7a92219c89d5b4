/**
 * The operator's own table of who announces an address: a MaxMind DB file (GeoLite2-ASN, DB-IP's ASN Lite, IPinfo's).
 * Format: MaxMind DB File Format Specification 2.0. It also knows the provider that we sit behind, which the shipped
 * table does not.
 */
import { type AsnResponse, Reader } from 'mmdb-lib';
import { Complaint } from '../model/errors.ts';

/** What the files name the number: MaxMind's and DB-IP's key, and IPinfo's `"AS15169"`. */
type Entry = Partial<AsnResponse> & { asn?: unknown };

/** Largest AS number (RFC 6793: four octets). */
const largest = 2 ** 32 - 1;

/**
 * Reads the file once; looking up takes a microsecond. `name` is for the complaint that a file of another kind earns.
 * An address that the file does not know, or an entry that makes no sense, is undefined.
 */
export function openAsnFile(file: Buffer, name: string): (ip: string) => number | undefined {
  let reader: Reader<AsnResponse>;
  try {
    reader = new Reader<AsnResponse>(file);
    reader.get('192.0.2.1');
  } catch (cause) {
    throw new Complaint('config', `asn.mmdb_file: ${name} is not a MaxMind DB file that can be read`, { cause });
  }
  return (ip) => {
    try {
      return numberIn(reader.get(ip) as Entry | null);
    } catch {
      // A damaged branch of the tree says nothing of the others.
      return undefined;
    }
  };
}

function numberIn(entry: Entry | null): number | undefined {
  const raw = entry?.autonomous_system_number ?? entry?.asn;
  const number = typeof raw === 'string' ? Number(/^AS(\d{1,10})$/.exec(raw)?.[1]) : raw;
  return typeof number === 'number' && Number.isInteger(number) && number > 0 && number <= largest ? number : undefined;
}
