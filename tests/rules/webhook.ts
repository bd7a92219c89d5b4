/**
 * A receiver of Alertmanager's webhooks, as a process of its own so that it also runs inside a network namespace:
 * `node tests/rules/webhook.ts 127.0.0.1:9099` prints its address, then one JSON line for every message.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What Alertmanager posts (version 4), as far as it is looked at, and the path that it came to. */
export interface Message {
  path: string;
  /** Of the group: `firing` as long as one alert of it is. */
  status: 'firing' | 'resolved';
  groupLabels: Record<string, string>;
  alerts: {
    status: 'firing' | 'resolved';
    labels: Record<string, string>;
    annotations: Record<string, string>;
    startsAt: string;
    endsAt: string;
  }[];
}

/** Far above what a group of alerts takes. */
const mostBytes = 1024 * 1024;

function listen(address: string): void {
  const [, host, port] = /^(.*):(\d+)$/.exec(address) ?? [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      body += chunk;
      if (body.length > mostBytes) request.destroy();
    });
    request.on('end', () => {
      try {
        process.stdout.write(`${JSON.stringify({ path: request.url, ...JSON.parse(body) })}\n`);
        response.end();
      } catch {
        response.writeHead(400).end();
      }
    });
  });
  server.listen(Number(port), host, () => {
    const { address: ip, port: taken } = server.address() as AddressInfo;
    process.stdout.write(`${JSON.stringify({ listening: `${ip}:${taken}` })}\n`);
  });
}

if (process.argv[1] === import.meta.filename) listen(process.argv[2] ?? '127.0.0.1:0');
