/**
 * Sends one ClientHello with a server name and these key-exchange groups to a literal address and prints what came:
 * `answered`, `timeout`, or the error's code. Run where the user sits: `node hello.ts IP NAME GROUPS`.
 * With X25519MLKEM768 the hello spans two segments, without it fits one.
 */
import { connect } from 'node:tls';

const [host = '', servername = '', ecdhCurve = ''] = process.argv.slice(2);
const socket = connect({ host, port: 443, servername, ecdhCurve, rejectUnauthorized: false, ALPNProtocols: ['h2'] });
const end = (word: string) => {
  console.log(word);
  process.exit();
};
setTimeout(() => end('timeout'), 3000);
socket.on('secureConnect', () => end('answered'));
socket.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
