/** DNS messages in and out of bytes. */
import * as packet from '@dnsquery/dns-packet';
import type { RecordType, Told } from './zone.ts';

export interface DnsQuestion {
  id: number;
  name: string;
  /** The name as it was written: an answer repeats its letters' case. */
  written: string;
  type: RecordType | undefined;
  asked: packet.Question;
}

const answered: readonly string[] = ['A', 'AAAA', 'TXT'] satisfies RecordType[];
/** RFC 1035 4.1.1 and RFC 6895 2.3. */
const rcodes: Readonly<Record<Told['rcode'], number>> = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 };
/** Seconds: short enough that a censor switched on is seen by the next question. */
const ttl = 60;

/** Undefined when the bytes are no question. */
export function readQuestion(bytes: Uint8Array): DnsQuestion | undefined {
  try {
    const message = packet.decode(bytes);
    const asked = message.questions?.[0];
    if (message.type !== 'query' || asked === undefined) return undefined;
    const type = answered.includes(asked.type) ? (asked.type as RecordType) : undefined;
    return { id: message.id ?? 0, name: asked.name.toLowerCase(), written: asked.name, type, asked };
  } catch {
    return undefined;
  }
}

export function writeAnswer({ id, written, type, asked }: DnsQuestion, told: Told): Buffer {
  const answers: packet.Answer[] = [];
  if (type === 'A' || type === 'AAAA')
    for (const data of told.addresses) answers.push({ type, name: written, ttl, data });
  if (type === 'TXT') for (const data of told.text ?? []) answers.push({ type, name: written, ttl, data });
  const flags = packet.RECURSION_DESIRED | packet.RECURSION_AVAILABLE | rcodes[told.rcode];
  return Buffer.from(packet.encode({ type: 'response', id, flags, questions: [asked], answers }));
}
