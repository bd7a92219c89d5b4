/**
 * Counts what goes over the wire, at the one place where everything goes over it: the seam.
 *
 * Sockets tell payload bytes; frames, acknowledgements and handshakes are added by the arithmetic below, which
 * the kernel lab compares with an interface's own counters.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Socket } from 'node:net';
import type { Network, TcpInfo, UdpPort } from '../measure/network.ts';
import type { ByteAccount, Purpose } from '../model/outcome.ts';

/** Bytes around the payload of a TCP segment: Ethernet 14, IPv4 20 or IPv6 40, TCP 20 and 12 of timestamps (RFC 7323). */
const segmentHeader = { ip4: 66, ip6: 86 } as const;
/** Around a datagram's payload: Ethernet 14, IPv4 20 or IPv6 40, UDP 8. */
const datagramHeader = { ip4: 42, ip6: 62 } as const;
/** Payload of a full segment: 1500 less IP, TCP and timestamps. */
const segmentPayload = { ip4: 1448, ip6: 1428 } as const;
/** SYN and SYN-ACK carry 8 bytes of options more than other segments. */
const synExtra = 8;
/** Segments without payload that open and close a connection: SYN, ACK, FIN or RST, ACK; SYN-ACK, ACK, FIN. */
const bareSegments = { sent: 4, received: 3 } as const;

/** The same where what was sent was never answered: SYN, ACK, RST; SYN-ACK and the RST, or the ACK, that ended it. */
const unansweredSegments = { sent: 3, received: 2 } as const;
/**
 * First retransmission of a segment that nobody acknowledges, ms: Linux' least time-out is 200 ms more than the round trip
 * (RFC 6298, TCP_RTO_MIN); each further one waits twice as long.
 */
const firstResendMs = 250;

type Way = 'sent' | 'received';
export type Spent = ByteAccount['spent'];

export interface Meter {
  /** The network, with everything on it counted. */
  network: Network;
  /** Books what `work` sends and receives under `purpose`. */
  during<T>(purpose: Purpose, work: () => T): T;
  /** Wire bytes since the start, by purpose and direction: what is still open counts as far as it has come. */
  spent(): Spent;
}

/** Payload that went over one connection so far. */
interface Open {
  socket: Socket;
  purpose: Purpose;
  family: 'ip4' | 'ip6';
  /** Monotonic ms. */
  since: number;
  /** What the kernel said of segments that it sent again, when it was last asked. */
  retransmits: number | undefined;
}

/**
 * Segments that are not full: TLS and HTTP/2 speak in small messages, each in a segment of its own (hello, Finished, settings,
 * request; flight, tickets, settings, head), each acknowledged at once. Fitted to the kernel lab's wire (`tests/lab/bytes.ts`).
 */
const smallSegments = { sent: 2, received: 3 } as const;

/** DNS message around a name (RFC 1035 4.1: header 12, two length bytes, type and class 4), and one address record in an answer. */
const questionBytes = 18;
const recordBytes = { ip4: 16, ip6: 28 } as const;

/** Wire bytes of a TCP connection with so much payload each way. A receiver acknowledges every second full segment (RFC 9293). */
export function tcpWireBytes(family: 'ip4' | 'ip6', sent: number, received: number): Record<Way, number> {
  const header = segmentHeader[family];
  const segments = (bytes: number) => Math.ceil(bytes / segmentPayload[family]);
  if (sent > 0 && received === 0) {
    return {
      sent: sent + (segments(sent) + unansweredSegments.sent) * header + synExtra,
      received: unansweredSegments.received * header + synExtra,
    };
  }
  const oneWay = (way: Way, bytes: number, acknowledged: number) => {
    const small = sent + received > 0 ? smallSegments.sent + smallSegments.received : 0;
    const count = segments(bytes) + Math.ceil(segments(acknowledged) / 2) + small + bareSegments[way];
    return bytes + count * header + synExtra;
  };
  return {
    sent: oneWay('sent', sent, received),
    received: oneWay('received', received, sent),
  };
}

/**
 * SYNs until nobody has answered for so long: Linux sends one again after 1, 2, 3, 4 and 5 s, then at doubling distances
 * (net.ipv4.tcp_syn_linear_timeouts is 4 since 6.5; older kernels send fewer).
 */
export function synsWithin(ms: number): number {
  const linear = Math.min(5, Math.floor(ms / 1000));
  return 1 + linear + Math.floor(Math.log2(Math.max(1, ms / 1000 - 5 + 1)));
}

/** Wire bytes of segments that were sent again: as large as the connection's others, on average. */
export function resentWireBytes(family: 'ip4' | 'ip6', sent: number, retransmits: number): number {
  const segments = Math.max(1, Math.ceil(sent / segmentPayload[family]));
  return Math.round(retransmits * (segmentHeader[family] + sent / segments));
}

/** How often a segment has been sent again when nobody has acknowledged it for so long. */
export const resendsWithin = (ms: number): number => Math.floor(Math.log2(Math.max(1, ms / firstResendMs + 1)));

/** Wire bytes of one datagram. */
export const udpWireBytes = (family: 'ip4' | 'ip6', payload: number): number => payload + datagramHeader[family];

const familyOf = (ip: string): 'ip4' | 'ip6' => (ip.includes(':') ? 'ip6' : 'ip4');

/** `fallback`: the purpose of what runs outside `during`. */
export function meter(network: Network, fallback: Purpose): Meter {
  const purposes = new AsyncLocalStorage<Purpose>();
  const closed: Partial<Record<Purpose, Record<Way, number>>> = {};
  const open = new Set<Open>();

  const book = (into: typeof closed, purpose: Purpose, wire: Record<Way, number>) => {
    const entry = into[purpose] ?? { sent: 0, received: 0 };
    entry.sent += wire.sent;
    entry.received += wire.received;
    into[purpose] = entry;
  };
  const wireOf = ({ socket, family, since, retransmits }: Open) => {
    const { bytesWritten, bytesRead } = socket;
    const wire = tcpWireBytes(family, bytesWritten, bytesRead);
    const unanswered = bytesWritten > 0 && bytesRead === 0;
    const again = retransmits ?? (unanswered ? resendsWithin(network.monotonic() - since) : 0);
    return { ...wire, sent: wire.sent + resentWireBytes(family, bytesWritten, again) };
  };
  /** The system refused to send the last datagram: there is no way out, for getaddrinfo's neither. */
  let noWay = false;
  const purposeNow = () => purposes.getStore() ?? fallback;

  return {
    during: (purpose, work) => purposes.run(purpose, work),
    spent() {
      const total: typeof closed = structuredClone(closed);
      for (const one of open) book(total, one.purpose, wireOf(one));
      return total;
    },
    network: {
      ...network,
      tcpInfo: network.tcpInfo && ((socket) => noted(open, socket, network.tcpInfo?.(socket))),
      async connectTcp(ip, port, signal, onSyn) {
        const purpose = purposeNow();
        const family = familyOf(ip);
        const start = network.monotonic();
        // connect(2) that fails at once (no route, no address) has sent nothing; whatever the network says comes a turn later.
        let atOnce = false;
        const leaves = () => {
          atOnce = true;
          setImmediate(() => {
            atOnce = false;
          });
          onSyn?.();
        };
        try {
          const socket = await network.connectTcp(ip, port, signal, leaves);
          noWay = false;
          const one: Open = { socket, purpose, family, since: network.monotonic(), retransmits: undefined };
          open.add(one);
          socket.once('close', () => {
            open.delete(one);
            book(closed, purpose, wireOf(one));
          });
          return socket;
        } catch (error) {
          if (atOnce && !signal.aborted) throw error;
          // Nobody answered, or with a single segment.
          const header = segmentHeader[family] + synExtra;
          const syns = signal.aborted ? synsWithin(network.monotonic() - start) : 1;
          book(closed, purpose, { sent: header * syns, received: signal.aborted ? 0 : header });
          throw error;
        }
      },
      async systemLookup(name, protocol) {
        const purpose = purposeNow();
        const question = udpWireBytes(protocol, questionBytes + name.length);
        // What getaddrinfo asks goes past the seam: a question and an answer, over whichever protocol the resolver has.
        // Booked when it is known what became of it: nothing is ever taken back, sums only grow.
        try {
          const addresses = await network.systemLookup(name, protocol);
          const answer = question + recordBytes[protocol] * addresses.length;
          book(closed, purpose, { sent: question, received: answer });
          return addresses;
        } catch (error) {
          const { code } = error as NodeJS.ErrnoException;
          // That a name does not exist was somebody's answer; where datagrams cannot leave nobody was asked.
          if (code === 'ENOTFOUND') book(closed, purpose, { sent: question, received: question });
          else if (!noWay) book(closed, purpose, { sent: question, received: 0 });
          throw error;
        }
      },
      async openUdp(protocol) {
        const purpose = purposeNow();
        const port = await network.openUdp(protocol);
        let last = 0;
        const counted: UdpPort = {
          send(data, ip, to) {
            last = udpWireBytes(protocol, data.byteLength);
            book(closed, purpose, { sent: last, received: 0 });
            port.send(data, ip, to);
          },
          onMessage: (listener) =>
            port.onMessage((datagram) => {
              noWay = false;
              book(closed, purpose, { sent: 0, received: udpWireBytes(protocol, datagram.data.byteLength) });
              listener(datagram);
            }),
          onError: (listener) =>
            port.onError((error) => {
              // Refused by the system, not by the network: it has not left.
              if (last > 0 && error.syscall === 'send') {
                noWay = true;
                book(closed, purpose, { sent: -last, received: 0 });
                last = 0;
              }
              listener(error);
            }),
          close: () => port.close(),
        };
        return counted;
      },
    },
  };
}

/** The kernel's account of a socket, with its retransmissions kept for the time when the socket is gone. */
function noted(open: ReadonlySet<Open>, socket: Socket, info: TcpInfo | undefined): TcpInfo | undefined {
  for (const one of open) if (one.socket === socket) one.retransmits = info?.retransmits ?? one.retransmits;
  return info;
}
