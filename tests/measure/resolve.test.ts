import { createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type ResolveInput, resolve } from '../../src/measure/resolve.ts';
import { answerTo, withId } from './dns-server.ts';
import { instrumentsOn, type Listening, listen, never, type Plan, udpServer } from './loopback.ts';

const isp = '203.99.160.1';
const servers: Listening[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
const keep = async (starting: Promise<Listening>) => {
  const server = await starting;
  servers.push(server);
  return server;
};
const resolver = (serve: Parameters<typeof udpServer>[0]) => keep(udpServer(serve));

async function ask(plan: Plan, input: Partial<ResolveInput> = {}, signal = never) {
  const instruments = instrumentsOn(plan);
  const defaults: ResolveInput = {
    host: 'x.test',
    ip_protocol: 'ip4',
    configured: [isp],
    system: false,
    public: [],
    trusted: [],
    timeout_ms: 600,
  };
  const resolved = await resolve({ ...defaults, ...input }, instruments, signal);
  const settled = await resolved.settled;
  await instruments.close();
  return { ...resolved, ...settled };
}

test('an honest answer: addresses with ASN, TTL and arrival', async () => {
  const { port } = await resolver((query, reply) =>
    reply(answerTo(query, ['104.244.42.1', '104.244.42.65'], { ttl: 60 })),
  );
  const { addresses, facts, failure, ms } = await ask({ udp: { [isp]: port } });
  expect(failure).toBeUndefined();
  expect(addresses).toEqual([
    { ip: '104.244.42.1', source: 'configured' },
    { ip: '104.244.42.65', source: 'configured' },
  ]);
  expect(ms).toBeGreaterThan(0);
  expect(facts).toEqual([
    {
      via: 'configured',
      type: 'A',
      rcode: 'NOERROR',
      at_ms: expect.any(Number),
      ttl_s: 60,
      answers: [
        { ip: '104.244.42.1', asn: 13414 },
        { ip: '104.244.42.65', asn: 13414 },
      ],
    },
  ]);
});

// What a censoring resolver says, and a broken one.
test.each([
  ['NXDOMAIN', 'dns_nxdomain_error'],
  ['REFUSED', 'dns_refused_error'],
  ['SERVFAIL', 'dns_servfail_error'],
  ['NOERROR', 'dns_no_answer'],
  ['FORMERR', 'dns_server_misbehaving'],
] as const)('rcode %s without an address: %s', async (rcode, reason) => {
  const { port } = await resolver((query, reply) => reply(answerTo(query, [], { rcode })));
  const { addresses, failure, facts } = await ask({ udp: { [isp]: port } });
  expect(addresses).toEqual([]);
  expect(failure).toMatchObject({ phase: 'resolve', reason });
  expect(facts.map((fact) => fact.rcode)).toEqual([rcode]);
});

test('a mute resolver: asked twice, then generic_timeout_error', async () => {
  const mute = await resolver(() => {});
  const { failure, facts } = await ask({ udp: { [isp]: mute.port } });
  expect(failure).toMatchObject({ phase: 'resolve', reason: 'generic_timeout_error' });
  expect(failure?.after_ms).toBeGreaterThanOrEqual(590);
  expect(facts).toMatchObject([{ via: 'configured', rcode: 'timeout', answers: [] }]);
  expect(mute.connections()).toBe(2);
});

test('no route to the resolver is said at once, and by its name', async () => {
  const instruments = instrumentsOn();
  const unreachable = Object.assign(new Error('send ENETUNREACH'), { code: 'ENETUNREACH', syscall: 'send' });
  const network = {
    ...instruments.network,
    openUdp: async () => {
      let report: (error: NodeJS.ErrnoException) => void = () => {};
      return {
        send: () => report(unreachable),
        onMessage() {},
        onError: (listener: typeof report) => (report = listener),
        close() {},
      };
    },
  };
  const input = {
    host: 'x.test',
    ip_protocol: 'ip4',
    configured: [isp],
    system: false,
    public: [],
    trusted: [],
  } as const;
  const { failure, settled } = await resolve({ ...input, timeout_ms: 5000 }, { ...instruments, network }, never);
  expect(failure).toMatchObject({ phase: 'resolve', reason: 'network_unreachable' });
  expect(failure?.after_ms).toBeLessThan(2000);
  expect((await settled).facts).toMatchObject([{ rcode: 'timeout' }]);
});

test('a second server is asked for its word when the first is mute', async () => {
  const mute = await resolver(() => {});
  const good = await resolver((query, reply) => reply(answerTo(query, ['104.244.42.1'])));
  const other = '203.99.160.2';
  const { addresses } = await ask({ udp: { [isp]: mute.port, [other]: good.port } }, { configured: [isp, other] });
  expect(addresses).toEqual([{ ip: '104.244.42.1', source: 'configured' }]);
});

test('an injected answer and the real one behind it are both seen, the first is dialled', async () => {
  const { port } = await resolver((query, reply) => {
    reply(answerTo(query, ['10.10.34.35']));
    reply(answerTo(query, ['104.244.42.1']), 80);
  });
  const { addresses, facts, known } = await ask({ udp: { [isp]: port } });
  expect(addresses).toEqual([{ ip: '10.10.34.35', source: 'configured' }]);
  expect(facts.map(({ answers }) => answers)).toEqual([
    [{ ip: '10.10.34.35', bogon: true }],
    [{ ip: '104.244.42.1', asn: 13414 }],
  ]);
  expect(facts[1]!.at_ms).toBeGreaterThanOrEqual(facts[0]!.at_ms + 60);
  expect(facts.some(({ retransmitted }) => retransmitted)).toBe(false);
  expect(known.map(({ ip }) => ip)).toEqual(['10.10.34.35', '104.244.42.1']);
});

test('two honest answers to a query sent twice are marked as such', async () => {
  let queries = 0;
  const { port } = await resolver((query, reply) => {
    queries += 1;
    // The answer to the first one is on its way while we ask again.
    reply(answerTo(query, [`104.244.42.${queries}`]), queries === 1 ? 450 : 250);
  });
  const { facts } = await ask({ udp: { [isp]: port } });
  expect(facts.map(({ retransmitted }) => retransmitted)).toEqual([true, true]);
});

test('forgeries with the wrong id or question are garbage and do not end the waiting', async () => {
  const { port } = await resolver((query, reply) => {
    const real = answerTo(query, ['104.244.42.1']);
    reply(withId(real, real[0]! * 256 + real[1]! + 1));
    const other = Buffer.from(real);
    other[13] = other[13]! ^ 1; // another first letter
    reply(other);
    reply(Buffer.from('no dns at all'));
    reply(real, 60);
  });
  const { addresses, facts } = await ask({ udp: { [isp]: port } });
  expect(addresses).toEqual([{ ip: '104.244.42.1', source: 'configured' }]);
  expect(facts.map(({ rcode }) => rcode)).toEqual(['garbage', 'garbage', 'garbage', 'NOERROR']);
});

test('nothing but garbage: dns_server_misbehaving, and the silence is a fact too', async () => {
  const { port } = await resolver((_query, reply) => reply(Buffer.from('no dns at all')));
  const { failure, facts } = await ask({ udp: { [isp]: port } });
  expect(failure?.reason).toBe('dns_server_misbehaving');
  expect(facts.map(({ rcode }) => rcode)).toEqual(['garbage', 'garbage', 'timeout']);
});

test('a flood of answers is bounded', async () => {
  const { port } = await resolver((query, reply) => {
    for (let index = 0; index < 200; index++) reply(answerTo(query, [`104.244.42.${index}`]));
  });
  const { facts } = await ask({ udp: { [isp]: port } });
  expect(facts.length).toBe(8);
});

test('a truncated answer is fetched over TCP', async () => {
  const { port } = await resolver((query, reply) => reply(answerTo(query, [], { truncated: true })));
  const many = Array.from({ length: 20 }, (_, index) => `104.244.42.${index + 1}`);
  const tcp = await keep(
    listen(
      createServer((socket) => {
        socket.on('data', (data: Buffer) => {
          const answer = answerTo(data.subarray(2), many);
          const length = Buffer.alloc(2);
          length.writeUInt16BE(answer.length);
          // In pieces, as TCP may deliver it.
          socket.write(length.subarray(0, 1));
          setTimeout(() => socket.write(Buffer.concat([length.subarray(1), answer])), 20);
        });
      }),
    ),
  );
  const { addresses, facts } = await ask({ udp: { [isp]: port }, tcp: { [`${isp}:53`]: tcp.port } });
  expect(addresses).toHaveLength(20);
  expect(facts).toMatchObject([{ tcp: true, rcode: 'NOERROR' }]);
});

test('an answer that leads to our own machine is a fact and is not dialled', async () => {
  const { port } = await resolver((query, reply) => reply(answerTo(query, ['127.0.0.1', '0.0.0.0'])));
  const { addresses, failure, facts, known } = await ask({ udp: { [isp]: port } });
  expect(addresses).toEqual([]);
  expect(failure).toMatchObject({ phase: 'resolve', reason: 'dns_bogon_error' });
  expect(facts[0]?.answers).toEqual([
    { ip: '127.0.0.1', bogon: true },
    { ip: '0.0.0.0', bogon: true },
  ]);
  expect(known).toEqual([]);
});

test('getaddrinfo decides what is dialled and gives the phase; the raw answer stands beside it', async () => {
  const { port } = await resolver((query, reply) => reply(answerTo(query, ['104.244.42.1'])));
  const lookup = async () => {
    await new Promise((done) => setTimeout(done, 60));
    return ['104.244.42.193'];
  };
  const { addresses, facts, ms } = await ask({ udp: { [isp]: port }, lookup }, { system: true });
  expect(addresses).toEqual([{ ip: '104.244.42.193', source: 'system' }]);
  expect(ms).toBeGreaterThanOrEqual(50);
  expect(ms).toBeLessThan(1000);
  expect(facts.map(({ via, answers }) => [via, answers[0]?.ip])).toEqual([
    ['system', '104.244.42.193'],
    ['configured', '104.244.42.1'],
  ]);
});

test('getaddrinfo’s ENOTFOUND takes its rcode from the resolver’s own word, and has none alone', async () => {
  const { port } = await resolver((query, reply) => reply(answerTo(query, [], { rcode: 'NXDOMAIN' })));
  const both = await ask({ udp: { [isp]: port } }, { system: true });
  expect(both.failure?.reason).toBe('dns_nxdomain_error');
  expect(both.facts.map(({ via, rcode }) => [via, rcode])).toEqual([
    ['system', 'NXDOMAIN'],
    ['configured', 'NXDOMAIN'],
  ]);
  const alone = await ask({}, { system: true, configured: [] });
  expect(alone.failure?.reason).toBe('unknown_failure');
  expect(alone.facts).toMatchObject([{ via: 'system', rcode: 'OTHER' }]);
});

test('a mute getaddrinfo gives way to the raw answer, and nobody queues behind it', async () => {
  const { port } = await resolver((query, reply) => reply(answerTo(query, ['104.244.42.1'])));
  const instruments = instrumentsOn({ udp: { [isp]: port }, lookup: () => new Promise(() => {}) });
  const input = {
    ip_protocol: 'ip4',
    configured: [isp],
    system: true,
    public: [],
    trusted: [],
    timeout_ms: 300,
  } as const;
  const first = await resolve({ ...input, host: 'mute.test' }, instruments, never);
  expect(first.addresses).toEqual([{ ip: '104.244.42.1', source: 'configured' }]);
  expect(first.ms).toBeUndefined();
  await new Promise((done) => setTimeout(done, 800));
  const start = performance.now();
  const second = await resolve({ ...input, host: 'healthy.test', timeout_ms: 5000 }, instruments, never);
  expect(second.addresses).toEqual([{ ip: '104.244.42.1', source: 'configured' }]);
  // Not the five seconds of its own deadline: the gate says at once that it is busy.
  expect(performance.now() - start).toBeLessThan(2000);
  expect((await second.settled).facts.map(({ via }) => via)).toEqual(['configured']);
});

test('a public resolver is named, heard in full, and never dialled on', async () => {
  const { port } = await resolver((query, reply) => reply(answerTo(query, ['104.244.42.1'])));
  const { facts, known, addresses } = await ask({ udp: { '8.8.8.8': port } }, { configured: [], public: ['8.8.8.8'] });
  expect(facts).toMatchObject([{ via: 'public', server: '8.8.8.8', rcode: 'NOERROR' }]);
  expect(known).toEqual([]);
  expect(addresses).toEqual([]);
});

test('the round’s end interrupts without a failure', async () => {
  const mute = await resolver(() => {});
  const round = new AbortController();
  setTimeout(() => round.abort(), 50);
  const { interrupted, failure } = await ask({ udp: { [isp]: mute.port } }, { timeout_ms: 5000 }, round.signal);
  expect(interrupted).toBe(true);
  expect(failure).toBeUndefined();
});
