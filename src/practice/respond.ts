/** The web servers' one request handler, for HTTP/1.1 and HTTP/2 alike. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { Readable } from 'node:stream';
import type { Impostor } from './censor.ts';
import { decreed, healthy, impostor, type Reply } from './content.ts';
import { readQuestion, writeAnswer } from './dns-packet.ts';
import type { Policy } from './policy.ts';
import type { Resolvers } from './resolver.ts';
import { trustedResolvers } from './world.ts';
import type { WorldClock } from './world-clock.ts';

type Asked = IncomingMessage | Http2ServerRequest;
type Answered = ServerResponse | Http2ServerResponse;

/** Longest DNS message that a question may be (RFC 8484 leaves it to the server). */
const maxQuestion = 4096;

function hostOf(request: Asked): string {
  const named = request.headers[':authority'] ?? request.headers.host ?? '';
  return String(named).toLowerCase().replace(/:\d+$/, '');
}

function* filler(bytes: number): Generator<Buffer> {
  const block = Buffer.alloc(16_384, 'reachability is measured in bytes that arrive. ');
  for (let left = bytes; left > 0; left -= block.length) yield left < block.length ? block.subarray(0, left) : block;
}

/** So many of the first bytes are asked for (RFC 9110 section 14): as content networks do, only for files. */
function firstBytes({ headers }: Asked): number {
  const range = /^bytes=0-(\d{1,9})$/.exec(headers.range ?? '')?.[1];
  return range === undefined ? Number.POSITIVE_INFINITY : Number(range) + 1;
}

function send(request: Asked, response: Answered, { status, headers, body: whole }: Reply): void {
  const { method } = request;
  const asked = firstBytes(request);
  const part = status === 200 && typeof whole === 'number' && asked < whole;
  const body = part ? asked : whole;
  const bytes = typeof body === 'number' ? body : Buffer.byteLength(body);
  response.statusCode = part ? 206 : status;
  if (part) response.setHeader('content-range', `bytes 0-${asked - 1}/${whole}`);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (status !== 204) response.setHeader('content-length', bytes);
  if (method === 'HEAD' || bytes === 0) return void response.end();
  if (typeof body === 'string') return void response.end(body);
  const source = Readable.from(filler(body));
  response.on('close', () => source.destroy());
  source.pipe(response as ServerResponse);
}

async function readBody(request: Asked): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxQuestion) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** DNS over HTTPS, both methods of RFC 8484. */
async function answerDns(request: Asked, response: Answered, server: string, resolvers: Resolvers): Promise<void> {
  const encoded = /[?&]dns=([\w-]*)/.exec(request.url ?? '')?.[1];
  const question = readQuestion(encoded === undefined ? await readBody(request) : Buffer.from(encoded, 'base64url'));
  const coming = question && resolvers.ask(server, question.name, question.type ?? 'TXT', 'https')?.[0];
  if (question === undefined) return send(request, response, { status: 400, headers: {}, body: '' });
  // A resolver that cannot answer says so over HTTPS: SERVFAIL.
  const message = writeAnswer(question, coming ?? { rcode: 'SERVFAIL', addresses: [] });
  response.statusCode = 200;
  response.setHeader('content-type', 'application/dns-message');
  response.setHeader('content-length', message.length);
  response.end(message);
}

/** Makes the handler of one server; `who` is the site itself or whoever has taken its place. */
export function respondTo(
  place: { who: Impostor | 'site'; secure: boolean },
  policy: Policy,
  resolvers: Resolvers,
  clock: WorldClock,
) {
  return (request: Asked, response: Answered): void => {
    // A client that has gone away mid-answer is none of the server's business.
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    response.setHeader('date', clock.date());
    const host = hostOf(request);
    const path = request.url ?? '/';
    if (place.who !== 'site' && place.who !== 'evil') {
      send(request, response, impostor(place.who, host, place.secure));
      return;
    }
    const resolver = trustedResolvers[host];
    if (place.secure && resolver !== undefined && path.startsWith('/dns-query')) {
      answerDns(request, response, resolver, resolvers).catch(() => response.end());
      return;
    }
    request.resume();
    const forced = policy.site(host).map((action) => decreed(action, host, path, place.secure));
    send(request, response, forced.find((reply) => reply !== undefined) ?? healthy(host, path, place.secure));
  };
}
