/** DNS over TCP: each message preceded by its length in two bytes (RFC 1035 4.2.2). */
import type { Socket } from 'node:net';
import { readQuestion, writeAnswer } from './dns-packet.ts';
import type { Coming } from './resolver.ts';
import type { RecordType } from './zone.ts';

/** Serves questions on one connection until it ends. The way there and back is the connection's own. */
export function serveDnsStream(socket: Socket, ask: (name: string, type: RecordType) => Coming[] | undefined): void {
  let seen = Buffer.alloc(0);
  socket.on('data', (bytes: Buffer) => {
    seen = Buffer.concat([seen, bytes]);
    while (seen.length >= 2 && seen.length >= 2 + seen.readUInt16BE(0)) {
      const end = 2 + seen.readUInt16BE(0);
      const question = readQuestion(seen.subarray(2, end));
      seen = seen.subarray(end);
      const coming = question && ask(question.name, question.type ?? 'TXT')?.[0];
      if (question === undefined || coming === undefined) continue;
      const answer = writeAnswer(question, coming);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(answer.length);
      socket.write(Buffer.concat([length, answer]));
    }
  });
  socket.on('end', () => socket.end());
}
