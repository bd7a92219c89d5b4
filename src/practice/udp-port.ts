/** `UdpPort` on the practice Internet: a loopback socket whose datagrams travel in envelopes. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { Datagram, UdpPort } from '../measure/network.ts';
import type { IpProtocol } from '../model/vocabulary.ts';
import { seal, unseal } from './envelope.ts';

export async function openPracticeUdp(_protocol: IpProtocol, gate: number): Promise<UdpPort> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  let onMessage: ((datagram: Datagram) => void) | undefined;
  let onError: ((error: NodeJS.ErrnoException) => void) | undefined;
  let open = true;

  socket.on('error', (error) => onError?.(error));
  socket.on('message', (packet, sender) => {
    if (sender.port !== gate) return;
    const envelope = unseal(packet);
    if (envelope === undefined) return;
    if (envelope.kind === 'data') return onMessage?.({ data: envelope.data, ip: envelope.ip, port: envelope.port });
    const code = envelope.data.toString('latin1');
    onError?.(Object.assign(new Error(`send ${code} ${envelope.ip}:${envelope.port}`), { code, syscall: 'send' }));
  });

  return {
    send(data, ip, port) {
      if (open) socket.send(seal({ kind: 'data', ip, port, data }), gate, '127.0.0.1');
    },
    onMessage(listener) {
      onMessage = listener;
    },
    onError(listener) {
      onError = listener;
    },
    close() {
      if (!open) return;
      open = false;
      socket.close();
    },
  };
}
