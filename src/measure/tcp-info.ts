/**
 * What the kernel itself knows of a TCP connection: getsockopt(TCP_INFO) by way of Node's foreign function interface.
 *
 * Optional: Linux only, Node 26.1 and later. Where it is not to be had the function is undefined, and a socket without a
 * descriptor has no account; neither is ever a crash.
 */

import type { Socket } from 'node:net';
import { endianness, platform } from 'node:os';
import type { TcpInfo } from './network.ts';

/** linux/in.h, linux/tcp.h. */
const IPPROTO_TCP = 6;
const TCP_INFO = 11;
/** Longer than `struct tcp_info` of any kernel so far (256 bytes on 6.18). */
const room = 512;
/** Offsets in `struct tcp_info` (linux/tcp.h, append-only since 2.4); each field was added with the one before it. */
const offsets = { rtt: 68, total_retrans: 100, bytes_received: 128, min_rtt: 148, bytes_sent: 200 } as const;
/** What the kernel says when no round trip was measured yet: all bits set. */
const unknown = 0xffff_ffff;

/** Reads one socket's account; undefined when it has none (closed, no TCP, another system). */
export type ReadTcpInfo = (socket: Socket) => TcpInfo | undefined;

/** Opens the interface; undefined where there is none. Node says once that it is experimental. */
export function openTcpInfo(): ReadTcpInfo | undefined {
  if (platform() !== 'linux' || endianness() !== 'LE') return undefined;
  try {
    const ffi = process.getBuiltinModule('node:ffi');
    // Null finds the symbols of the running program. The keys are `return` and `arguments`: others are ignored in silence.
    const { functions } = ffi.dlopen(null, {
      getsockopt: { return: 'int32', arguments: ['int32', 'int32', 'int32', 'buffer', 'buffer'] },
    });
    const info = Buffer.alloc(room);
    const length = Buffer.alloc(4);
    return (socket) => {
      const fd = descriptorOf(socket);
      if (fd === undefined) return undefined;
      length.writeUInt32LE(room);
      const status: unknown = functions.getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, length);
      return status === 0 ? readInfo(info.subarray(0, Math.min(room, length.readUInt32LE()))) : undefined;
    };
  } catch {
    // Built without it, switched off, or not permitted.
    return undefined;
  }
}

/** Undefined when the socket is not open (any more): libuv says −1 then. */
function descriptorOf(socket: Socket): number | undefined {
  const fd: unknown = (socket as { _handle?: { fd?: unknown } | null })._handle?.fd;
  return typeof fd === 'number' && fd >= 0 && !socket.destroyed ? fd : undefined;
}

/** The fields that this kernel has, from the bytes that it wrote. */
export function readInfo(info: Buffer): TcpInfo {
  const u32 = (offset: number) => (info.length >= offset + 4 ? info.readUInt32LE(offset) : undefined);
  const u64 = (offset: number) => (info.length >= offset + 8 ? Number(info.readBigUInt64LE(offset)) : undefined);
  const ms = (us: number | undefined) => (us === undefined || us === unknown || us === 0 ? undefined : us / 1000);
  return {
    rtt_ms: ms(u32(offsets.rtt)),
    min_rtt_ms: ms(u32(offsets.min_rtt)),
    bytes_received: u64(offsets.bytes_received),
    bytes_sent: u64(offsets.bytes_sent),
    retransmits: u32(offsets.total_retrans),
  };
}
