/** DNS messages: the question that we ask, and what can be read from whatever comes back. Everything here is hostile. */
import * as wire from '@dnsquery/dns-packet';
import type { Rcode } from '../model/vocabulary.ts';
import { canonical, protocolOf } from './address.ts';

export type DnsType = 'A' | 'AAAA' | 'TXT';

export interface Question {
  /** Without a trailing dot, ASCII (an internationalised name in its xn-- form). */
  name: string;
  type: DnsType;
}

export interface DnsAnswerMessage {
  rcode: Rcode;
  /** A and AAAA records of the asked type, in order, canonical; TXT strings that are literal addresses. */
  addresses: string[];
  /** Shortest TTL of the answer section, seconds. */
  ttl_s?: number | undefined;
  /** TC: the rest is to be had over TCP. */
  truncated: boolean;
}

/** RFC 1035 section 4.1.1, RFC 6895 section 2.3; what is not here is OTHER. */
const rcodeNames: readonly Rcode[] = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'];

/** More records than any honest answer to our questions has; beyond, the message is not even decoded. */
const most_records = 200;
/** Addresses kept of one answer: Google gives 16, injectors one. */
const most_addresses = 32;
/** RFC 1035 section 4.1.1: the fixed header. */
const header_bytes = 12;
const class_in = 1;

/** A query with recursion desired, as a stub resolver sends it: no EDNS, no padding. */
export function encodeQuery(id: number, { name, type }: Question): Uint8Array {
  return wire.encode({ type: 'query', id, flags: wire.RECURSION_DESIRED, questions: [{ name, type, class: 'IN' }] });
}

/**
 * Reads an answer to our question; undefined when it is none: too short, another id or question, undecodable.
 *
 * A refusal without a question section counts (RFC 2136 servers and small forwarders send a bare header).
 * Addresses are taken wherever they stand in the answer section: programs differ in how strictly they follow aliases,
 * and an injector's answer has to be seen as it came.
 */
export function readAnswer(data: Uint8Array, id: number, question: Question): DnsAnswerMessage | undefined {
  if (data.length < header_bytes) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const flags = view.getUint16(2);
  const [questions, answers, authorities, additionals] = [4, 6, 8, 10].map((at) => view.getUint16(at)) as Counts;
  if (view.getUint16(0) !== id || (flags & 0x8000) === 0 || questions > 1) return undefined;
  if (answers + authorities + additionals > most_records) return undefined;
  const rcode = rcodeNames[flags & 0xf] ?? 'OTHER';
  const truncated = (flags & wire.TRUNCATED_RESPONSE) !== 0;
  if (questions === 0) {
    const bare = answers === 0 && rcode !== 'NOERROR' && rcode !== 'NXDOMAIN';
    return bare ? { rcode, addresses: [], truncated } : undefined;
  }
  if (!asks(data, question)) return undefined;
  try {
    // Only what we read is decoded: a broken additional section must not hide an answer.
    const shortened = Buffer.from(data);
    shortened.writeUInt32BE(0, 8);
    return { rcode, truncated, ...readRecords(wire.decode(shortened).answers ?? [], question.type) };
  } catch {
    // Cut in the middle of a record: with TC that is how a truncated answer looks.
    return truncated ? { rcode, addresses: [], truncated } : undefined;
  }
}

type Counts = [number, number, number, number];

/** Whether the first question is ours: name without regard to case (RFC 4343), type, class IN. */
function asks(data: Uint8Array, { name, type }: Question): boolean {
  const labels: string[] = [];
  let at = header_bytes;
  for (;;) {
    const length = data[at];
    // The first name of a message has nothing to point back to: a pointer here is garbage.
    if (length === undefined || length > 63) return false;
    at += 1;
    if (length === 0) break;
    if (at + length > data.length) return false;
    labels.push(Buffer.from(data.buffer, data.byteOffset + at, length).toString('latin1'));
    at += length;
  }
  if (at + 4 > data.length) return false;
  const typeNumber = (data[at]! << 8) | data[at + 1]!;
  const classNumber = (data[at + 2]! << 8) | data[at + 3]!;
  return (
    labels.join('.').toLowerCase() === name.toLowerCase() &&
    typeNumber === typeNumbers[type] &&
    classNumber === class_in
  );
}

/** RFC 1035 section 3.2.2, RFC 3596. */
const typeNumbers: Readonly<Record<DnsType, number>> = { A: 1, TXT: 16, AAAA: 28 };

function readRecords(records: readonly wire.Answer[], type: DnsType): { addresses: string[]; ttl_s?: number } {
  const ttls = records.flatMap(({ ttl }: { ttl?: number | undefined }) => (ttl === undefined ? [] : [ttl]));
  const addresses = records
    .flatMap((record) => (record.type === type ? texts((record as { data: unknown }).data) : []))
    .filter((text) => protocolOf(text) !== undefined)
    .map(canonical);
  return {
    addresses: [...new Set(addresses)].slice(0, most_addresses),
    ...(ttls.length > 0 ? { ttl_s: Math.min(...ttls) } : {}),
  };
}

/** The texts of a record's data: one for A and AAAA, one for each string of a TXT record. */
function texts(data: unknown): string[] {
  if (typeof data === 'string') return [data];
  if (data instanceof Uint8Array) return [Buffer.from(data).toString('latin1')];
  return Array.isArray(data) ? data.flatMap(texts) : [];
}
