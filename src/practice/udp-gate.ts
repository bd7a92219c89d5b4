/** Where the seam's datagrams arrive: every resolver's port 53, in one loopback socket. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readQuestion, writeAnswer } from './dns-packet.ts';
import { seal, unseal } from './envelope.ts';
import type { Surroundings } from './flow.ts';
import type { Resolvers } from './resolver.ts';

export interface UdpGate {
  port: number;
  close(): void;
}

const errors = { refuse: 'ECONNREFUSED', no_route: 'ENETUNREACH' } as const;

export async function openUdpGate(
  { policy, distances, random }: Pick<Surroundings, 'policy' | 'distances' | 'random'>,
  resolvers: Resolvers,
): Promise<UdpGate> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const timers = new Set<NodeJS.Timeout>();
  let open = true;

  const later = (ms: number, action: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (open) action();
    }, ms);
    timers.add(timer);
  };

  // The probe closes its socket when it has heard enough: what still comes for it is refused, and nobody minds.
  socket.on('error', () => undefined);
  socket.on('message', (bytes, sender) => {
    const envelope = unseal(bytes);
    if (envelope === undefined) return;
    const { ip, port } = envelope;
    const reply = (kind: 'data' | 'error', data: Buffer) =>
      socket.send(seal({ kind, ip, port, data }), sender.port, sender.address);

    const action = policy.datagram(ip, port);
    if (action?.kind === 'drop') return;
    if (action?.kind === 'refuse' || action?.kind === 'no_route') {
      const code = Buffer.from(errors[action.kind]);
      return later(action.kind === 'refuse' ? distances.filter : 0, () => reply('error', code));
    }
    const lost = () => action !== undefined && random() < action.share;
    if (lost()) return;
    const question = port === 53 ? readQuestion(envelope.data) : undefined;
    if (question === undefined) return;
    for (const coming of resolvers.ask(ip, question.name, question.type ?? 'TXT', 'cleartext') ?? []) {
      if (!lost()) later(coming.after_ms, () => reply('data', writeAnswer(question, coming)));
    }
  });

  return {
    port: socket.address().port,
    close() {
      open = false;
      for (const timer of timers) clearTimeout(timer);
      socket.close();
    },
  };
}
