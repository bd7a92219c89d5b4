/** The server that both probers check: TLS 1.2 and 1.3, HTTP/1.1, 204. Prints its port. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

const pki = (name: string) => readFileSync(new URL(`../../src/practice/pki/${name}`, import.meta.url));
const server = createServer({ cert: pki('leaf.pem'), key: pki('leaf.key') }, (_request, response) => {
  response.writeHead(204).end();
});
server.listen(0, '127.0.0.1', () => console.log(`port ${(server.address() as AddressInfo).port}`));
