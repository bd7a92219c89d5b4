/** One question put to one resolver, whichever way, as facts of the record. */
import type { DnsAnswer, DnsFact } from '../model/round.ts';
import type { TrustedResolver } from '../model/target.ts';
import type { Rcode, Reason } from '../model/vocabulary.ts';
import { isBogon } from './bogon.ts';
import type { DnsAnswerMessage, Question } from './dns-message.ts';
import type { Instruments } from './instruments.ts';
import { isPublicResolver } from './public-resolvers.ts';
import { tcpQuery } from './tcp-query.ts';
import { udpQuery } from './udp-query.ts';

/** What is needed to put a question. */
export type AskInstruments = Pick<Instruments, 'network' | 'doh' | 'asnOf'>;

/** The first usable answer, as a program would have it. */
export interface FirstAnswer {
  rcode: Rcode;
  addresses: string[];
  waited_ms: number;
  /** With `timeout`: why nobody could be asked. */
  refusal?: Reason | undefined;
}

export interface Asked {
  /** As soon as there is one, or nobody answered in time. Never rejects. */
  first: Promise<FirstAnswer>;
  /** Every answer and every silence, once no more are expected. Never rejects. */
  facts: Promise<DnsFact[]>;
}

/** Addresses with what is known of them. */
export function annotate(addresses: readonly string[], { asnOf }: Pick<Instruments, 'asnOf'>): DnsAnswer[] {
  return addresses.map((ip) => {
    const asn = asnOf(ip);
    return { ip, ...(asn === undefined ? {} : { asn }), ...(isBogon(ip) ? { bogon: true } : {}) };
  });
}

const readable = (message: DnsAnswerMessage | undefined, instruments: AskInstruments) => ({
  rcode: message?.rcode ?? ('garbage' as const),
  ...(message?.ttl_s === undefined ? {} : { ttl_s: message.ttl_s }),
  answers: annotate(message?.addresses ?? [], instruments),
});

export interface ServerQuestion {
  via: 'configured' | 'public';
  server: string;
  question: Question;
  timeout_ms: number;
  /** `DnsFact.query`; 0 where the question is asked once only. */
  query: number;
}

/** Cleartext: UDP with all its datagrams, TCP when the first answer was truncated. */
export function askServer(
  { via, server, question, timeout_ms, query }: ServerQuestion,
  instruments: AskInstruments,
  signal: AbortSignal,
): Asked {
  const { network } = instruments;
  // The configured resolver is named only where that says nothing about the household.
  const named = via === 'public' || isPublicResolver(server);
  const common = { via, ...(named ? { server } : {}), type: question.type, ...(query > 0 ? { query } : {}) };
  const udp = udpQuery({ question, server, timeout_ms }, network, signal);
  const overTcp = udp.first.then(async (reply) => {
    if (!reply?.message?.truncated) return undefined;
    const left_ms = Math.max(1, timeout_ms - reply.at_ms);
    const answer = await tcpQuery({ question, server, timeout_ms: left_ms }, network, signal);
    return answer && { ...answer, at_ms: Math.round((answer.at_ms + reply.at_ms) * 10) / 10 };
  });

  const first = udp.first.then(async (reply): Promise<FirstAnswer> => {
    const answer = (await overTcp) ?? reply;
    if (answer?.message) return { ...answer.message, waited_ms: answer.at_ms };
    const heard = (await udp.all).length > 0;
    const refusal = heard ? undefined : udp.refusal();
    return { rcode: heard ? 'garbage' : 'timeout', addresses: [], waited_ms: udp.waited_ms(), refusal };
  });
  const facts = Promise.all([udp.all, overTcp]).then(([replies, answer]): DnsFact[] => {
    const seen = replies.map(
      ({ message, at_ms, retransmitted }): DnsFact => ({
        ...common,
        at_ms,
        ...(retransmitted ? { retransmitted } : {}),
        ...readable(message, instruments),
      }),
    );
    if (answer) {
      // The truncated datagram was only the invitation to this one.
      const truncated = replies.findIndex(({ message }) => message?.truncated);
      seen.splice(truncated, 1, {
        ...common,
        at_ms: answer.at_ms,
        tcp: true,
        ...readable(answer.message, instruments),
      });
    }
    if (replies.some(({ message }) => message)) return seen;
    const refusal = replies.length > 0 ? undefined : udp.refusal();
    const silence: DnsFact = { ...common, rcode: 'timeout', at_ms: udp.waited_ms(), answers: [] };
    return [...seen, refusal === undefined ? silence : { ...silence, refusal }];
  });
  return { first, facts };
}

/** A trusted resolver over HTTPS. */
export function askTrusted(
  { resolver, question, timeout_ms }: { resolver: TrustedResolver; question: Question; timeout_ms: number },
  instruments: AskInstruments,
  signal: AbortSignal,
): Asked {
  const reply = instruments.doh.query(resolver, question, timeout_ms, signal);
  const rcodeOf = (garbage: boolean): Rcode => (garbage ? 'garbage' : 'timeout');
  return {
    first: reply.then(({ message, garbage, at_ms }) => ({
      rcode: message?.rcode ?? rcodeOf(garbage),
      addresses: message?.addresses ?? [],
      waited_ms: at_ms,
    })),
    facts: reply.then(({ message, garbage, at_ms }) => [
      {
        via: 'trusted',
        server: resolver.address,
        type: question.type,
        at_ms,
        ...readable(message, instruments),
        ...(message ? {} : { rcode: rcodeOf(garbage) }),
      },
    ]),
  };
}
