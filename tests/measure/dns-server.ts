/** Answers for tests, built with the same library as real resolvers' messages look: question echoed, RA set. */
import * as wire from '@dnsquery/dns-packet';

const rcodes = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const;

/** An answer to `query`: `addresses` by family, or an rcode. */
export function answerTo(
  query: Uint8Array,
  addresses: readonly string[],
  {
    rcode = 'NOERROR',
    ttl = 300,
    truncated = false,
  }: { rcode?: keyof typeof rcodes; ttl?: number; truncated?: boolean } = {},
): Uint8Array {
  const { id = 0, questions = [] } = wire.decode(query);
  const [question] = questions;
  return wire.encode({
    type: 'response',
    id,
    flags:
      wire.RECURSION_DESIRED | wire.RECURSION_AVAILABLE | rcodes[rcode] | (truncated ? wire.TRUNCATED_RESPONSE : 0),
    questions,
    answers: addresses.map((data) => ({
      type: question?.type === 'TXT' ? 'TXT' : data.includes(':') ? 'AAAA' : 'A',
      name: question?.name ?? '.',
      ttl,
      class: 'IN',
      data,
    })) as wire.Answer[],
  });
}

/** The name asked for. */
export const nameIn = (query: Uint8Array): string => wire.decode(query).questions?.[0]?.name ?? '';

/** The same message with another transaction id. */
export function withId(message: Uint8Array, id: number): Uint8Array {
  const copy = Buffer.from(message);
  copy.writeUInt16BE(id & 0xffff);
  return copy;
}
