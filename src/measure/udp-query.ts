/**
 * One question to one resolver by raw UDP, with every datagram that comes back: an injector answers before the real
 * resolver does, and `node:dns` would show only the forged answer.
 */
import type { Reason } from '../model/vocabulary.ts';
import { canonical, protocolOf } from './address.ts';
import { pause } from './deadline.ts';
import { type DnsAnswerMessage, encodeQuery, type Question, readAnswer } from './dns-message.ts';
import { reasonOf } from './failure.ts';
import type { Datagram, Network, UdpPort } from './network.ts';

/** Listened on after the first answer: the real one, behind an injected one, comes a path's length later (GFW studies: < 0.4 s). */
export const tail_ms = 500;
/** Sent once more after this; RFC 1035 section 4.2.1 recommends 2–5 s, current stubs about one. */
const retransmit_after_ms = 1500;
/** Datagrams kept of one query: a flood must not fill the memory. */
const most_datagrams = 8;
const dns_port = 53;

export interface UdpReply {
  /** Undefined: it came from the resolver's address, but was no answer to the question. */
  message?: DnsAnswerMessage | undefined;
  /** Milliseconds after the first transmission. */
  at_ms: number;
  /** The question had been sent again before this came. */
  retransmitted: boolean;
}

export interface UdpQuery {
  /** The first reply that is an answer; undefined when the time ran out or the port was refused. */
  first: Promise<UdpReply | undefined>;
  /** All replies, once the tail is over. Never rejects. */
  all: Promise<UdpReply[]>;
  /** Milliseconds waited, valid when `first` has resolved. */
  waited_ms(): number;
  /** Why nobody could be asked, where the system said so (no route, no socket); valid when `first` has resolved. */
  refusal(): Reason | undefined;
}

export interface UdpQueryInput {
  question: Question;
  server: string;
  timeout_ms: number;
}

/**
 * Asks. Random id, random source port (the system's), no 0x20 randomisation: some forwarders fail with it.
 * Aborting `signal` ends waiting and listening; nothing stays open after `all` has resolved.
 */
export function udpQuery(
  { question, server, timeout_ms }: UdpQueryInput,
  network: Pick<Network, 'openUdp' | 'random' | 'monotonic'>,
  signal: AbortSignal,
): UdpQuery {
  const replies: UdpReply[] = [];
  let waited_ms = 0;
  let refusal: Reason | undefined;
  let answered: (reply: UdpReply | undefined) => void = () => {};
  const first = new Promise<UdpReply | undefined>((resolve) => {
    answered = resolve;
  });

  const run = async () => {
    const start = network.monotonic();
    const elapsed = () => Math.round((network.monotonic() - start) * 10) / 10;
    const listening = new AbortController();
    const stop = () => listening.abort();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    let port: UdpPort | undefined;
    let retransmitted = false;
    let tail: Promise<void> | undefined;
    try {
      port = await network.openUdp(protocolOf(server) ?? 'ip4');
      const id = Math.floor(network.random() * 65536);
      const packet = encodeQuery(id, question);
      const send = () => {
        port?.send(packet, server, dns_port);
      };
      const take = ({ data, ip, port: from }: Datagram) => {
        if (canonical(ip) !== canonical(server) || from !== dns_port || replies.length >= most_datagrams) return;
        const message = readAnswer(data, id, question);
        const reply = { message, at_ms: elapsed(), retransmitted };
        replies.push(reply);
        if (message && !tail) {
          waited_ms = reply.at_ms;
          answered(reply);
          tail = pause(tail_ms, listening.signal).then(stop);
        }
      };
      port.onMessage(take);
      port.onError((error) => {
        // Nobody listens there, or there is no way: no need to wait for the deadline.
        refusal = reasonOf(error);
        stop();
      });
      send();
      const again = Math.min(retransmit_after_ms, timeout_ms / 2);
      await pause(again, listening.signal);
      if (!tail && !listening.signal.aborted) {
        retransmitted = true;
        send();
        await pause(timeout_ms - again, listening.signal);
      }
      await tail;
    } catch (error) {
      // The socket could not be opened or the name not encoded: nobody was asked, nobody answered.
      refusal = reasonOf(error);
    } finally {
      stop();
      signal.removeEventListener('abort', stop);
      port?.close();
      if (waited_ms === 0) waited_ms = elapsed();
      answered(undefined);
    }
    return replies;
  };

  return { first, all: run(), waited_ms: () => waited_ms, refusal: () => refusal };
}
