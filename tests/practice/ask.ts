/** A plain DNS client on the practice Internet. */
import * as packet from '@dnsquery/dns-packet';
import type { Network } from '../../src/measure/network.ts';

export interface Heard {
  ip: string;
  rcode: string;
  addresses: string[];
  text: string[];
  after_ms: number;
}

/** Sends one question and collects every datagram that comes within `wait_ms`. */
export async function ask(
  network: Network,
  server: string,
  name: string,
  { type = 'A', wait_ms = 250 }: { type?: 'A' | 'AAAA' | 'TXT'; wait_ms?: number } = {},
): Promise<Heard[]> {
  const port = await network.openUdp('ip4');
  const heard: Heard[] = [];
  const start = performance.now();
  port.onMessage(({ data, ip }) => {
    const message = packet.decode(data);
    const answers = message.answers ?? [];
    heard.push({
      ip,
      rcode: String(Reflect.get(message, 'rcode')),
      addresses: answers
        .filter((answer) => answer.type === 'A' || answer.type === 'AAAA')
        .map(({ data: address }) => String(address)),
      text: answers.filter((answer) => answer.type === 'TXT').map(({ data: text }) => String(text)),
      after_ms: performance.now() - start,
    });
  });
  const question = packet.encode({
    type: 'query',
    id: 7,
    flags: packet.RECURSION_DESIRED,
    questions: [{ type, name }],
  });
  port.send(question, server, 53);
  await new Promise((resolve) => setTimeout(resolve, wait_ms));
  port.close();
  return heard;
}
