/** What is remembered of the objects that downloads are made of, on real sockets. */
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import { afterEach, expect, test } from 'vitest';
import { Contacts } from '../../src/agent/contacts.ts';
import type { PlannedTarget } from '../../src/agent/plan.ts';
import { createTransferWork } from '../../src/agent/transfer-work.ts';
import type { Observed } from '../../src/measure/observe.ts';
import { instrumentsOn, type Listening, listen, never, serverIdentity } from '../measure/loopback.ts';

const servers: Listening[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const page_ip = '104.244.42.1';
const object_ip = '199.232.44.159';
const hour = 3_600_000;

const planned: PlannedTarget = {
  platform: 'x',
  target: {
    name: 'x/cdn',
    url: 'https://abs.twimg.com/',
    transfer: false,
    transfer_candidates: ['https://x.com/'],
    addresses: [],
  },
  ip_protocol: 'ip4',
  method: 'HEAD',
  trusted: false,
  public: false,
  large_hello: false,
};
const observed: Observed = {
  observation: { target: 'x/cdn', outcome: 'ok' },
  dialled: [{ host: 'abs.twimg.com', ip: object_ip, port: 443, source: 'system', hop: 0 }],
  known: [],
  last_url: 'https://abs.twimg.com/',
};

/** X's front page as `page` serves it; how often it was asked for, and a clock that can be put forward. */
async function world(page: RequestListener) {
  let asked = 0;
  let later = 0;
  const front: RequestListener = (request, response) => {
    asked += 1;
    page(request, response);
  };
  const objects: RequestListener = (_request, response) => response.setHeader('content-length', 65_536).end();
  const [pages, cdn] = await Promise.all([front, objects].map((serve) => listen(createServer(serverIdentity, serve))));
  servers.push(pages!, cdn!);
  const instruments = instrumentsOn({
    tcp: { [`${page_ip}:443`]: pages!.port, [`${object_ip}:443`]: cdn!.port },
    lookup: async () => [page_ip],
  });
  const network = { ...instruments.network, monotonic: () => performance.now() + later };
  const work = createTransferWork(
    {
      bytes: 65_536,
      timeout_ms: 2000,
      step_timeout_ms: 2000,
      dns_timeout_ms: 1000,
      system: true,
      beacons: [],
      neutral_name: 'example.org',
    },
    async () => [],
    new Contacts(),
    { ...instruments, network },
    (_purpose, make) => make(),
  );
  return {
    asked: () => asked,
    pass: (ms: number) => {
      later += ms;
    },
    find: async () => (await work.sizedObject(planned, observed, never))?.pathname,
  };
}
const html = '<script src="https://abs.twimg.com/main.js"></script>';

test('a page that did not answer is asked again in a later round, and what it names is kept for a day', async () => {
  let silent = true;
  const { find, asked, pass } = await world((request, response) => {
    if (silent) request.socket.destroy();
    else response.end(html);
  });
  expect(await find()).toBeUndefined();
  silent = false;
  expect(await find()).toBeUndefined();
  expect(asked()).toBe(1);
  pass(6000);
  expect(await find()).toBe('/main.js');
  pass(23 * hour);
  expect(await find()).toBe('/main.js');
  expect(asked()).toBe(2);
  pass(2 * hour);
  expect(await find()).toBe('/main.js');
  expect(asked()).toBe(3);
});

test('one that never answers is asked three times in a row, and then after an hour', async () => {
  const { find, asked, pass } = await world((request) => request.socket.destroy());
  const sixTurns = async () => {
    for (let turn = 0; turn < 6; turn++) {
      expect(await find()).toBeUndefined();
      pass(6000);
    }
  };
  await sixTurns();
  expect(asked()).toBe(3);
  pass(1.1 * hour);
  await sixTurns();
  expect(asked()).toBe(6);
});

test('one that names no object is read again after an hour', async () => {
  const { find, asked, pass } = await world((_request, response) => response.end('<p>nothing here</p>'));
  for (let turn = 0; turn < 3; turn++) expect(await find()).toBeUndefined();
  expect(asked()).toBe(1);
  pass(1.1 * hour);
  await find();
  expect(asked()).toBe(2);
});
