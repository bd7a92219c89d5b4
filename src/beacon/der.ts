/** The few words of DER (ITU-T X.690) that a certificate is made of. */

/** Identifier octets of the universal types used here, and of the context-specific tags of TBSCertificate. */
const tags = {
  boolean: 0x01,
  integer: 0x02,
  bit_string: 0x03,
  octet_string: 0x04,
  object_id: 0x06,
  utf8_string: 0x0c,
  utc_time: 0x17,
  generalized_time: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Tag, length, contents. The length is in its shortest form, as DER wants it (X.690 10.1). */
function wrap(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(contents);
  const { length } = body;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), body]);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Buffer.concat([Buffer.from([tag, 0x80 | bytes.length, ...bytes]), body]);
}

export const sequence = (...items: readonly Uint8Array[]): Buffer => wrap(tags.sequence, ...items);
export const set = (...items: readonly Uint8Array[]): Buffer => wrap(tags.set, ...items);
export const octetString = (bytes: Uint8Array): Buffer => wrap(tags.octet_string, bytes);
export const utf8String = (text: string): Buffer => wrap(tags.utf8_string, Buffer.from(text, 'utf8'));
export const yes = wrap(tags.boolean, Buffer.from([0xff]));

/** `[n] EXPLICIT`: constructed, context-specific. */
export const explicit = (n: number, item: Uint8Array): Buffer => wrap(0xa0 | n, item);

/** All bits of these bytes: no unused ones at the end. */
export const bitString = (bytes: Uint8Array): Buffer => wrap(tags.bit_string, Buffer.from([0]), bytes);

/** A number that is not negative, from its big-endian bytes: without leading zeros, and with one where it would look negative. */
export function integer(bytes: Uint8Array): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const rest = start < 0 ? Buffer.from([0]) : Buffer.from(bytes.subarray(start));
  return wrap(tags.integer, rest[0]! & 0x80 ? Buffer.concat([Buffer.from([0]), rest]) : rest);
}

/** `1.2.840.10045.4.3.2`: the first two arcs in one byte, the others in base 128 (X.690 8.19). */
export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...others] = dotted.split('.').map(Number);
  const arcs = others.flatMap((arc) => {
    const bytes = [arc % 128];
    for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift(0x80 | (rest % 128));
    return bytes;
  });
  return wrap(tags.object_id, Buffer.from([40 * first + second, ...arcs]));
}

/** A moment: with two digits of the year until 2049, with four from then on (RFC 5280 4.1.2.5). */
export function time(date: Date): Buffer {
  const text = `${date.toISOString().replace(/\D/g, '').slice(0, 14)}Z`;
  const late = date.getUTCFullYear() >= 2050;
  return wrap(late ? tags.generalized_time : tags.utc_time, Buffer.from(late ? text : text.slice(2), 'ascii'));
}
