/**
 * Sends one datagram to UDP port 443 of a literal address, where the lab serves nothing, and prints what came back:
 * `refused after N ms` (ICMP port unreachable, from whoever sent it) or `timeout`. Run where the user sits:
 * `node datagram.ts IP`.
 */
import { createSocket } from 'node:dgram';

const ip = process.argv[2] ?? '';
const socket = createSocket(ip.includes(':') ? 'udp6' : 'udp4');
const end = (word: string) => {
  console.log(word);
  process.exit();
};
socket.connect(443, ip, () => {
  const start = performance.now();
  socket.on('error', () => end(`refused after ${Math.round(performance.now() - start)} ms`));
  socket.send(Buffer.alloc(1200)); // as long as a QUIC Initial must be (RFC 9000 section 14.1)
  setTimeout(() => end('timeout'), 1500);
});
