/**
 * The one seam between us and the world. The real network is `createRealNetwork` in `real.ts`; the practice Internet is
 * another implementation. Everything else in `measure/` is the same code on both.
 */
import type { Socket } from 'node:net';
import type { IpProtocol } from '../model/vocabulary.ts';

export interface Datagram {
  data: Buffer;
  /** The sender's address as the caller knows it: mapped back where a practice network maps addresses. */
  ip: string;
  port: number;
}

/** An unconnected UDP socket: answers from unexpected senders are seen, not hidden. */
export interface UdpPort {
  send(data: Uint8Array, ip: string, port: number): void;
  /** Called for every datagram; at most one listener. */
  onMessage(listener: (datagram: Datagram) => void): void;
  /** Called for a socket error such as ECONNREFUSED or EHOSTUNREACH; at most one listener. */
  onError(listener: (error: NodeJS.ErrnoException) => void): void;
  close(): void;
}

/** The kernel's own account of a TCP connection (Linux TCP_INFO); fields absent where the kernel does not tell. */
export interface TcpInfo {
  rtt_ms?: number | undefined;
  min_rtt_ms?: number | undefined;
  bytes_received?: number | undefined;
  bytes_sent?: number | undefined;
  retransmits?: number | undefined;
}

/** The configured resolvers. `stub`: only a forwarder on loopback is known, second answers are invisible behind it. */
export interface SystemResolvers {
  servers: string[];
  stub: boolean;
}

export interface Network {
  /**
   * Opens a TCP connection to a literal address; rejects with the system's error, or with `signal.reason`. A network that
   * can tell calls `onSyn` when the first packet is about to leave: what ran before is no part of the round trip.
   */
  connectTcp(ip: string, port: number, signal: AbortSignal, onSyn?: () => void): Promise<Socket>;
  openUdp(protocol: IpProtocol): Promise<UdpPort>;
  /** getaddrinfo; rejects with the system's error (`code` ENOTFOUND, EAI_AGAIN, …). Cannot be aborted. */
  systemLookup(name: string, protocol: IpProtocol): Promise<string[]>;
  systemResolvers(): Promise<SystemResolvers>;
  /** Absent where not switched on or not to be had. */
  tcpInfo?: ((socket: Socket) => TcpInfo | undefined) | undefined;
  /** Milliseconds that never go back (`performance.now()`). */
  monotonic(): number;
  /** Milliseconds since boot, counting through suspend (`os.uptime()`). */
  uptime(): number;
  /** Milliseconds since the epoch. */
  wall(): number;
  /** Uniform in [0, 1). */
  random(): number;
}
