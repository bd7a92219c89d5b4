/** Reads the server name out of a TLS ClientHello, as a filter on the path does: from the bytes alone. */

export type Hello =
  /** More bytes are needed to tell. */
  | { kind: 'incomplete' }
  | { kind: 'not_tls' }
  /** `length`: bytes of the hello with its record headers. */
  | { kind: 'hello'; server_name: string | undefined; length: number };

/** RFC 8446 5.1: TLSPlaintext carries at most 2^14 bytes. */
const maxRecord = 2 ** 14;
const handshakeRecord = 22;
const clientHelloMessage = 1;
const serverNameExtension = 0;
const hostNameType = 0;

/** A cursor over hostile bytes: reading past the end yields undefined once and for all. */
class Reader {
  #at = 0;
  readonly #bytes: Buffer;
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }
  take(length: number): Buffer | undefined {
    if (this.#at + length > this.#bytes.length) return undefined;
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
  number(width: 1 | 2 | 3): number | undefined {
    return this.take(width)?.readUIntBE(0, width);
  }
  /** A vector preceded by its length (RFC 8446 3.4). */
  vector(width: 1 | 2 | 3): Buffer | undefined {
    const length = this.number(width);
    return length === undefined ? undefined : this.take(length);
  }
}

/** RFC 6066 3: the host name of the server_name extension, lower case. */
function hostName(extension: Buffer): string | undefined {
  const list = new Reader(new Reader(extension).vector(2) ?? Buffer.alloc(0));
  for (let type = list.number(1); type !== undefined; type = list.number(1)) {
    const name = list.vector(2);
    if (name === undefined) return undefined;
    if (type === hostNameType) return name.toString('latin1').toLowerCase();
  }
  return undefined;
}

/** RFC 8446 4.1.2: version, random, session id, cipher suites, compression methods, extensions. */
function serverName(body: Buffer): string | undefined {
  const reader = new Reader(body);
  reader.take(2 + 32);
  reader.vector(1);
  reader.vector(2);
  reader.vector(1);
  const extensions = new Reader(reader.vector(2) ?? Buffer.alloc(0));
  for (let type = extensions.number(2); type !== undefined; type = extensions.number(2)) {
    const data = extensions.vector(2);
    if (data === undefined) return undefined;
    if (type === serverNameExtension) return hostName(data);
  }
  return undefined;
}

/**
 * Looks at the first bytes of a connection. The handshake message may lie in several records, the records in any
 * number of segments. Never throws; a hello that is malformed inside is a hello without a name.
 */
export function readClientHello(bytes: Buffer): Hello {
  const message: Buffer[] = [];
  let collected = 0;
  let needed = 4;
  let at = 0;
  while (collected < needed) {
    const [type, major] = [bytes[at], bytes[at + 1]];
    if (type !== undefined && type !== handshakeRecord) return { kind: 'not_tls' };
    if (major !== undefined && major !== 3) return { kind: 'not_tls' };
    if (bytes.length < at + 5) return { kind: 'incomplete' };
    const length = bytes.readUInt16BE(at + 3);
    if (length === 0 || length > maxRecord) return { kind: 'not_tls' };
    const fragment = bytes.subarray(at + 5, at + 5 + length);
    message.push(fragment);
    collected += fragment.length;
    const start = Buffer.concat(message);
    if (start.length > 0 && start[0] !== clientHelloMessage) return { kind: 'not_tls' };
    if (start.length >= 4) needed = 4 + start.readUIntBE(1, 3);
    if (needed > 4 * maxRecord) return { kind: 'not_tls' };
    if (fragment.length < length && collected < needed) return { kind: 'incomplete' };
    at += 5 + fragment.length;
  }
  const body = Buffer.concat(message).subarray(4, needed);
  return { kind: 'hello', server_name: serverName(body), length: at };
}
