/**
 * Sends one query for A records and prints every datagram that answers it within 400 ms, as `ADDRESS+MS` separated by
 * blanks: dig stops listening at the first. Run where the user sits: `node answers.ts NAME SERVER`.
 */
import { createSocket } from 'node:dgram';
import { decode, encode } from '@dnsquery/dns-packet';

const [name = '', server = ''] = process.argv.slice(2);
const socket = createSocket(server.includes(':') ? 'udp6' : 'udp4');
const query = encode({ type: 'query', id: 4711, flags: 0x100, questions: [{ type: 'A', name, class: 'IN' }] });
const seen: string[] = [];
const start = performance.now();
socket.on('message', (data) => {
  const addresses = (decode(data).answers ?? []).flatMap((answer) => (answer.type === 'A' ? [answer.data] : []));
  seen.push(`${addresses.sort().join(',') || 'empty'}+${Math.round(performance.now() - start)}`);
});
socket.send(query, 53, server);
setTimeout(() => {
  console.log(seen.join(' '));
  socket.close();
}, 400);
