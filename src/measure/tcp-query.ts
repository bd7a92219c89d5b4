/** One question to one resolver over TCP (RFC 7766), after a truncated datagram. */
import { deadline } from './deadline.ts';
import { type DnsAnswerMessage, encodeQuery, type Question, readAnswer } from './dns-message.ts';
import type { Network } from './network.ts';

const dns_port = 53;

export interface TcpReply {
  /** Undefined: what came was no answer to the question. */
  message?: DnsAnswerMessage | undefined;
  at_ms: number;
}

/**
 * Asks; undefined when nobody answered in time. The connection is closed in every case.
 * `at_ms` counts from the call, the connection included.
 */
export async function tcpQuery(
  { question, server, timeout_ms }: { question: Question; server: string; timeout_ms: number },
  network: Pick<Network, 'connectTcp' | 'random' | 'monotonic'>,
  signal: AbortSignal,
): Promise<TcpReply | undefined> {
  const start = network.monotonic();
  const limit = deadline(timeout_ms, signal);
  try {
    const socket = await network.connectTcp(server, dns_port, limit.signal);
    const id = Math.floor(network.random() * 65536);
    const packet = encodeQuery(id, question);
    const framed = Buffer.alloc(2 + packet.length);
    framed.writeUInt16BE(packet.length);
    framed.set(packet, 2);
    const data = await new Promise<Buffer | undefined>((resolve) => {
      let parts: Buffer[] = [];
      let received = 0;
      let needed = 2;
      const end = (message?: Buffer) => {
        limit.signal.removeEventListener('abort', onAbort);
        resolve(message);
        socket.destroy();
      };
      const onAbort = () => end();
      limit.signal.addEventListener('abort', onAbort, { once: true });
      socket.on('error', () => end());
      socket.on('close', () => end());
      socket.on('data', (chunk: Buffer) => {
        parts.push(chunk);
        received += chunk.length;
        if (received < needed) return;
        const all = Buffer.concat(parts);
        parts = [all];
        // The length prefix bounds the message at 65,535 bytes; what follows it is not ours.
        needed = 2 + all.readUInt16BE();
        if (received >= needed) end(all.subarray(2, needed));
      });
      if (limit.signal.aborted) return end();
      socket.write(framed);
    });
    if (!data) return undefined;
    return { message: readAnswer(data, id, question), at_ms: Math.round((network.monotonic() - start) * 10) / 10 };
  } catch {
    return undefined;
  } finally {
    limit.end();
  }
}
