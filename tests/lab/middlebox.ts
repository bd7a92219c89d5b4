/**
 * A transparent proxy that looks at the name in the first bytes and hands the connection to the real server or to an
 * impostor: what a filter does that answers one name at an address and lets the others pass. A program of its own,
 * run inside the `isp` namespace: `node middlebox.ts '{"names":[…],"to":"IP","port":443,"listen":{"PORT":"REAL IP"}}'`.
 */
import { connect, createServer, type Socket } from 'node:net';

interface Orders {
  names: string[];
  /** Address of the impostor, same port. */
  to: string;
  port: number;
  /** Our port to the real server's address. */
  listen: Record<string, string>;
}

/** Longest head that is waited for: a ClientHello or request head beyond this is passed on unread. */
const longest = 16_384;

const orders = JSON.parse(process.argv[2] ?? '{}') as Orders;

/** The bytes that carry a name: the host_name entry of RFC 6066 section 3, or a Host header. */
const needles = orders.names.map((name) =>
  orders.port === 443
    ? Buffer.concat([Buffer.from([0, name.length >> 8, name.length & 255]), Buffer.from(name)])
    : Buffer.from(`host: ${name}\r\n`),
);

/** Whether enough has arrived to see the name: a whole TLS record (RFC 8446 section 5.1), or a whole request head. */
function complete(head: Buffer): boolean {
  if (head.length >= longest) return true;
  if (orders.port !== 443) return head.includes('\r\n\r\n');
  return head.length >= 5 && (head[0] !== 22 || head.length >= 5 + head.readUInt16BE(3));
}

const carriesName = (head: Buffer) => {
  const seen = orders.port === 443 ? head : Buffer.from(head.toString('latin1').toLowerCase(), 'latin1');
  return needles.some((needle) => seen.includes(needle));
};

function join(client: Socket, head: Buffer, ip: string): void {
  const server = connect({ host: ip, port: orders.port, noDelay: true });
  server.on('error', () => client.resetAndDestroy());
  client.on('error', () => server.resetAndDestroy());
  client.on('close', () => server.destroy());
  server.on('close', () => client.destroy());
  server.write(head);
  client.pipe(server);
  server.pipe(client);
}

function accept(client: Socket, real: string): void {
  let head = Buffer.alloc(0);
  client.setNoDelay(true);
  client.on('error', () => client.destroy());
  const read = (chunk: Buffer) => {
    head = Buffer.concat([head, chunk]);
    if (!complete(head)) return;
    client.off('data', read);
    client.pause();
    join(client, head, carriesName(head) ? orders.to : real);
  };
  client.on('data', read);
}

const servers = Object.entries(orders.listen).map(([port, real]) => {
  const server = createServer((client) => accept(client, real));
  return new Promise<void>((resolve) => server.listen(Number(port), '::', resolve));
});
await Promise.all(servers);
console.log('ready');
process.stdin.on('end', () => process.exit(0)).resume();
