/**
 * The far end of `limited-path.ts`, in a thread of its own so that the measuring side's clocks stay honest: a TLS server,
 * and before it a link with an exact rate, a length, and a sender that begins with ten segments and slow start.
 */
import { createSecureServer } from 'node:http2';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { parentPort, workerData } from 'node:worker_threads';
import { delayLine } from '../../src/practice/delay-line.ts';
import { practicePem } from '../../src/practice/pki.ts';
import type { PathOptions } from './limited-path.ts';

const {
  bps,
  rtt_ms,
  burst_bytes = 0,
  freeze_after,
  record_bytes = 16_384,
  initial_window = 10,
} = workerData as PathOptions;

/** Payload of a full segment on an Ethernet path with timestamps. */
const segment = 1448;

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });

const site = createSecureServer(
  { cert: practicePem('leaf.pem'), key: practicePem('leaf.key'), allowHTTP1: true },
  (request, response) => {
    const range = /bytes=0-(\d+)/.exec(String(request.headers.range ?? ''))?.[1];
    const whole = Number(/^\/(\d+)$/.exec(request.url)?.[1] ?? 0);
    const bytes = range === undefined ? whole : Math.min(whole, Number(range) + 1);
    if (whole === 0) response.statusCode = 404;
    else if (range !== undefined) response.statusCode = 206;
    response.setHeader('content-length', bytes);
    response.end(Buffer.alloc(request.method === 'HEAD' ? 0 : bytes, 'goodput '));
  },
);
site.on('secureConnection', (socket: TLSSocket) => socket.setMaxSendFragment(record_bytes));
site.on('sessionError', () => undefined);

/** Carries one direction: segments leave as window and link allow, and arrive half a round trip later. */
function download(from: Socket, to: Socket): void {
  const line = delayLine();
  let queue = Buffer.alloc(0);
  let ended = false;
  let window = initial_window * segment;
  let flying = 0;
  let passed = 0;
  let linkFree = 0;
  let tokens = burst_bytes;
  const pump = (now: number) => {
    while (queue.length > 0 && flying < window) {
      const bytes = queue.subarray(0, segment);
      queue = queue.subarray(bytes.length);
      flying += bytes.length;
      const free = Math.min(tokens, bytes.length);
      tokens -= free;
      linkFree = Math.max(now, linkFree) + ((bytes.length - free) * 8000) / bps;
      const arrives = linkFree + rtt_ms / 2;
      passed += bytes.length;
      const lost = freeze_after !== undefined && passed > freeze_after;
      line.push(arrives - performance.now(), () => {
        if (!lost) to.write(bytes);
      });
      if (lost) continue;
      line.push(arrives + rtt_ms / 2 - performance.now(), () => {
        flying -= bytes.length;
        window += bytes.length;
        pump(arrives + rtt_ms / 2);
      });
    }
    if (queue.length < 1 << 20) from.resume();
    if (ended && queue.length === 0) line.push(rtt_ms, () => to.end());
  };
  from.on('data', (bytes: Buffer) => {
    queue = Buffer.concat([queue, bytes]);
    if (queue.length > 1 << 20) from.pause();
    pump(performance.now());
  });
  from.on('end', () => {
    ended = true;
    pump(performance.now());
  });
  for (const socket of [from, to]) {
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      line.close();
      from.destroy();
      to.destroy();
    });
  }
}

function upload(from: Socket, to: Socket): void {
  const line = delayLine();
  from.on('data', (bytes: Buffer) => line.push(rtt_ms / 2, () => to.write(bytes)));
  from.on('end', () => line.push(rtt_ms / 2, () => to.end()));
  from.on('close', () => line.close());
}

const behind = await listen(site as unknown as Server);
const gate = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
  const server = createConnection({ host: '127.0.0.1', port: behind, noDelay: true });
  download(server, client);
  upload(client, server);
});
parentPort?.postMessage(await listen(gate));
