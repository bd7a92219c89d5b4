/** A server on loopback that answers as Prometheus' HTTP API does, with whatever a test wants: a hostile one, a broken one. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Asked {
  path: string;
  query: string;
  start: number;
  end: number;
  step: number;
  authorization: string | undefined;
}

/** Returns its address. `answer` gets what was asked, and says or writes the answer. */
export async function answering(answer: (asked: Asked, response: ServerResponse) => unknown): Promise<string> {
  const server = createServer(async (request, response) => {
    const params = new URLSearchParams(
      request.method === 'POST' ? await body(request) : (request.url ?? '').split('?')[1],
    );
    const number = (name: string) => Number(params.get(name));
    const asked: Asked = {
      path: (request.url ?? '').split('?')[0]!,
      query: params.get('query') ?? params.get('match[]') ?? '',
      start: number('start'),
      end: number('end'),
      step: number('step'),
      authorization: request.headers.authorization,
    };
    const data = answer(asked, response);
    if (response.writableEnded || response.headersSent) return;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ status: 'success', data }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function body(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request) text += part;
  return text;
}

/** A series with one value for every time that was asked for. */
export const series = (
  metric: Record<string, string>,
  { start, end, step }: Asked,
  value: (at: number) => unknown,
) => ({
  metric,
  values: Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, i) => [start + i * step, value(i)]),
});
