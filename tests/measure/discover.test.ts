import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import { afterEach, expect, test } from 'vitest';
import { type Discovered, type DiscoverInput, discover } from '../../src/measure/discover.ts';
import { instrumentsOn, type Listening, listen, never, serverIdentity } from './loopback.ts';

const servers: Listening[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const page_ip = '104.244.42.1';
const object_ip = '199.232.44.159';

/** x.com with this front page, and its content network; both note what they were asked. */
async function world(page: RequestListener, objects: RequestListener) {
  const asked: string[] = [];
  const noted =
    (serve: RequestListener): RequestListener =>
    (request, response) => {
      asked.push(`${request.method} ${request.headers.host}${request.url}`);
      serve(request, response);
    };
  const [front, cdn] = await Promise.all(
    [page, objects].map((serve) => listen(createServer(serverIdentity, noted(serve)))),
  );
  servers.push(front!, cdn!);
  const instruments = instrumentsOn({
    tcp: { [`${page_ip}:443`]: front!.port, [`${object_ip}:443`]: cdn!.port },
    lookup: async () => [page_ip],
  });
  const input: DiscoverInput = {
    host: 'abs.twimg.com',
    candidates: ['http://x.com/clear', 'https://x.com/'],
    ip: object_ip,
    ip_protocol: 'ip4',
    configured: [],
    system: true,
    timeout_ms: 2000,
    dns_timeout_ms: 1000,
  };
  return { asked, find: () => discover(input, instruments, never) };
}
const html = (...names: string[]) =>
  names.map((name) => `<script src="https://abs.twimg.com/${name}"></script>`).join('');
const sized = 64 * 1024;
const href = (found: Discovered) => (found instanceof URL ? found.href : found);
const pathname = (found: Discovered) => (found instanceof URL ? found.pathname : found);

test('the first object that is large enough, by its Content-Length; pages in clear text are not read', async () => {
  const { asked, find } = await world(
    (_request, response) => response.end(html('small.js', 'gone.js', 'main.js', 'later.js')),
    (request, response) => {
      if (request.url === '/gone.js') response.writeHead(404).end();
      else response.setHeader('content-length', request.url === '/small.js' ? 900 : sized).end();
    },
  );
  expect(href(await find())).toBe('https://abs.twimg.com/main.js');
  expect(asked).toEqual([
    'GET x.com/',
    'HEAD abs.twimg.com/small.js',
    'HEAD abs.twimg.com/gone.js',
    'HEAD abs.twimg.com/main.js',
  ]);
});

test('where a server does not say how long, by fetching that much', async () => {
  const serve =
    (bytes: number): RequestListener =>
    (request, response) => {
      response.write('x');
      response.end(request.method === 'HEAD' ? undefined : Buffer.alloc(bytes));
    };
  const page: RequestListener = (_request, response) => response.end(html('main.js'));
  expect(pathname(await (await world(page, serve(sized))).find())).toBe('/main.js');
  expect(await (await world(page, serve(1000))).find()).toBe('none');
});

test('after a redirect; from a page that stops after its head; not beyond four objects', async () => {
  const objects: RequestListener = (_request, response) => response.setHeader('content-length', sized).end();
  const moved = await world((request, response) => {
    if (request.url === '/') response.writeHead(302, { location: '/home' }).end();
    else response.end(html('main.js'));
  }, objects);
  expect(pathname(await moved.find())).toBe('/main.js');
  const frozen = await world((_request, response) => {
    response.writeHead(200, { 'content-length': 90_000 });
    response.write(html('main.js').padEnd(16_000));
  }, objects);
  expect(pathname(await frozen.find())).toBe('/main.js');
  const many = await world(
    (_request, response) => response.end(html('a.js', 'b.js', 'c.js', 'd.js', 'e.js')),
    (request, response) => response.setHeader('content-length', request.url === '/e.js' ? sized : 10).end(),
  );
  expect(await many.find()).toBe('none');
  expect(many.asked.filter((line) => line.startsWith('HEAD'))).toHaveLength(4);
});

test('a wall and a page without objects have none; what did not answer was not heard', async () => {
  const objects: RequestListener = (_request, response) => response.setHeader('content-length', sized).end();
  const cut: RequestListener = (request) => request.socket.destroy();
  const page: RequestListener = (_request, response) => response.end(html('main.js'));
  const found = async (front: RequestListener, behind: RequestListener) => (await world(front, behind)).find();
  expect(await found((_request, response) => response.writeHead(429).end(html('main.js')), objects)).toBe('none');
  expect(await found((_request, response) => response.end('<p>nothing here</p>'), objects)).toBe('none');
  expect(await found(cut, objects)).toBe('unheard');
  expect(await found(page, cut)).toBe('unheard');
  // Also where more are named than are looked at.
  const five: RequestListener = (_request, response) => response.end(html('a.js', 'b.js', 'c.js', 'd.js', 'e.js'));
  expect(await found(five, cut)).toBe('unheard');
  // What stands in the rest of a page that froze is not known.
  const frozen: RequestListener = (_request, response) => {
    response.writeHead(200, { 'content-length': 90_000 });
    response.write('<p>nothing yet</p>'.padEnd(16_000));
  };
  expect(await found(frozen, objects)).toBe('unheard');
});
