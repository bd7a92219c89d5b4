/** The beacon experiment: real beacons behind filters that slow down, freeze or impersonate, by name. */
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { connect as dial } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { selfSigned, spkiHash } from '../../src/beacon/certificate.ts';
import { type Beacon as Server, startBeacon } from '../../src/beacon/server.ts';
import { beacon } from '../../src/measure/beacon.ts';
import { createInstruments } from '../../src/measure/instruments.ts';
import { createLagGuard } from '../../src/measure/lag.ts';
import { censorNamed } from '../../src/practice/censors.ts';
import { createPracticeInternet } from '../../src/practice/internet.ts';
import { instrumentsOn, never, pem, practiceTrust } from './loopback.ts';
import { raw } from './stage.ts';

const ip = '185.70.41.131';
const second = '185.70.41.132';
const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function start(limits: { client_requests?: number } = {}) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const server = await startBeacon({
    host: '127.0.0.1',
    port: 0,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: selfSigned(privateKey),
    client_requests: 100,
    client_bytes: 10e6,
    daily_bytes: 10e6,
    ...limits,
  });
  servers.push(server);
  return { port: server.port, spki: spkiHash(privateKey), server };
}

const heard: string[] = [];
const asked = (more: Partial<Parameters<typeof beacon>[0]> = {}) => ({
  beacons: [],
  host: 'x.com',
  neutral_name: 'example.org',
  bytes: 65_536,
  timeout_ms: 3000,
  plateau_ms: 2500,
  rested_s: () => undefined,
  touch: (address: string) => void heard.push(address),
  ...more,
});

/** Where a name in the hello decides: `kbps` for what comes back after the first 16 KB, 0 for nothing more. */
const policer = (behind: number, name: string, kbps: number) =>
  raw((socket) => {
    socket.once('data', (hello) => {
      const inner = dial(behind, '127.0.0.1');
      inner.on('error', () => {});
      socket.on('close', () => inner.destroy());
      inner.write(hello);
      socket.pipe(inner);
      if (!hello.includes(name)) return void inner.pipe(socket);
      const waiting: Buffer[] = [];
      let burst = 16_000;
      inner.on('data', (data: Buffer) => {
        const now = data.subarray(0, burst);
        burst -= now.length;
        if (now.length > 0) socket.write(now);
        if (data.length > now.length) waiting.push(data.subarray(now.length));
      });
      const timer = setInterval(() => {
        let left = Math.round(kbps * 2.5); // 20 ms
        while (left > 0 && waiting.length > 0) {
          const first = waiting[0]!;
          socket.write(first.subarray(0, left));
          if (first.length > left) waiting[0] = first.subarray(left);
          else waiting.shift();
          left -= first.length;
        }
      }, 20);
      socket.on('close', () => clearInterval(timer));
    });
  });

const rate = (
  fact: { goodput_bps?: number | undefined; transfer?: { plateau_bps?: number | undefined } | undefined } | undefined,
) => fact?.goodput_bps ?? fact?.transfer?.plateau_bps ?? Number.NaN;

test('a clear path: both names, the same server, the same bytes, nothing said of a certificate', async () => {
  const { port, spki } = await start();
  heard.length = 0;
  const instruments = instrumentsOn({ tcp: { [`${ip}:443`]: port } });
  const facts = await beacon(asked({ beacons: [{ address: ip, port: 443, spki }] }), instruments, never);
  expect(facts).toMatchObject([
    { kind: 'beacon', host: 'example.org', outcome: 'ok', address_id: `id-${ip}`, transfer: { bytes: 65_536 } },
    { kind: 'beacon', host: 'x.com', outcome: 'ok', address_id: `id-${ip}`, transfer: { bytes: 65_536 } },
  ]);
  for (const fact of facts) expect(fact.evidence?.tls?.error).toBe(undefined);
  expect(heard).toEqual([ip]);
});

// Russia, 2021: SNI-triggered policing to 130 kbit/s (Xue et al., IMC 2021).
test('policing by name shows in the rates, many times over', async () => {
  const { port, spki } = await start();
  const filter = await policer(port, 'x.com', 130);
  const instruments = instrumentsOn({ tcp: { [`${ip}:443`]: filter.port } });
  const [neutral, named] = await beacon(asked({ beacons: [{ address: ip, port: 443, spki }] }), instruments, never);
  expect([neutral?.host, named?.host]).toEqual(['example.org', 'x.com']);
  expect(rate(named)).toBeGreaterThan(80_000);
  expect(rate(named)).toBeLessThan(180_000);
  expect(rate(neutral) / rate(named)).toBeGreaterThan(5);
});

test('whoever answers with another key is not measured', async () => {
  const { port } = await start();
  const { spki } = await start();
  const instruments = instrumentsOn({ tcp: { [`${ip}:443`]: port } });
  const facts = await beacon(asked({ beacons: [{ address: ip, port: 443, spki }] }), instruments, never);
  expect(facts).toMatchObject([{ outcome: 'failed', failure: { phase: 'tls', reason: 'ssl_unknown_authority' } }]);
  expect(facts[0]?.transfer).toBe(undefined);
});

test('a beacon that has given enough, or is gone, is passed over', async () => {
  const spent = await start({ client_requests: 1 });
  const good = await start();
  const tcp = { [`${ip}:443`]: spent.port, [`${second}:443`]: good.port };
  const beacons = [
    { address: ip, port: 443, spki: spent.spki },
    { address: '185.70.41.133', port: 443, spki: good.spki },
    { address: second, port: 443, spki: good.spki },
  ];
  const instruments = instrumentsOn({ tcp });
  await beacon(asked({ beacons: beacons.slice(0, 1) }), instruments, never);
  expect(await beacon(asked({ beacons }), instruments, never)).toMatchObject([
    { host: 'example.org', outcome: 'skipped', skipped: 'not_measured', status: 429 },
    { host: 'example.org', outcome: 'failed', failure: { phase: 'connect', reason: 'connection_refused' } },
    { host: 'example.org', outcome: 'ok' },
    { host: 'x.com', outcome: 'ok' },
  ]);
});

test('no name, no experiment; no time, no experiment', async () => {
  const instruments = instrumentsOn({});
  expect(await beacon(asked({ host: '104.244.42.1' }), instruments, never)).toEqual([
    { kind: 'beacon', outcome: 'skipped', skipped: 'not_measured' },
  ]);
  expect(await beacon(asked(), instruments, AbortSignal.abort())).toEqual([
    { kind: 'beacon', outcome: 'skipped', skipped: 'round_deadline' },
  ]);
});

/** A beacon behind a wire; while `isLate` connections of it carry the object, our clock is half a second late. */
async function lateOn(isLate: (connection: number) => boolean) {
  const { port, spki } = await start();
  let clock = 0;
  let connections = 0;
  const wire = await raw((socket) => {
    const late = isLate(++connections);
    const inner = dial(port, '127.0.0.1');
    inner.on('error', () => {});
    socket.on('close', () => inner.destroy());
    socket.pipe(inner);
    if (!late) return void inner.pipe(socket);
    // The object in two halves: the clock jumps between them, in the middle of what is measured.
    let first = 40_000;
    const second: Buffer[] = [];
    inner.on('data', (data: Buffer) => {
      const now = data.subarray(0, first);
      first -= now.length;
      socket.write(now);
      if (data.length === now.length) return;
      second.push(data.subarray(now.length));
      if (second.length > 1) return;
      setTimeout(() => {
        clock += 500;
        first = Number.POSITIVE_INFINITY;
        socket.write(Buffer.concat(second));
      }, 50);
    });
  });
  const instruments = { ...instrumentsOn({ tcp: { [`${ip}:443`]: wire.port } }), lag: createLagGuard(() => clock) };
  heard.length = 0;
  const facts = await beacon(asked({ beacons: [{ address: ip, port: 443, spki }] }), instruments, never);
  return { facts, connections };
}

test('a download that our own late clock spoiled is made once more, of either name', async () => {
  const { facts, connections } = await lateOn((connection) => connection % 2 === 1);
  expect(facts).toMatchObject([
    { host: 'example.org', outcome: 'ok', transfer: { bytes: 65_536 } },
    { host: 'x.com', outcome: 'ok', transfer: { bytes: 65_536 } },
  ]);
  expect(connections).toBe(4);
  expect(heard).toEqual([ip, ip]);
});

test('a clock that is always late ends it: twice, and no name is said', async () => {
  const { facts, connections } = await lateOn(() => true);
  expect(facts).toMatchObject([{ host: 'example.org', outcome: 'skipped', skipped: 'event_loop_lag' }]);
  expect(connections).toBe(2);
  expect(heard).toEqual([]);
});

test('the practice Internet’s policer treats a beacon as it treats the platform', async () => {
  const internet = await createPracticeInternet();
  try {
    await internet.on(censorNamed('sni-police-130k'));
    const instruments = {
      ...createInstruments({
        network: internet.network,
        trust: practiceTrust(),
        user_agent: 'reachd-test/1',
        asnOf: () => undefined,
        addressId: (address) => `id-${address}`,
      }),
      lag: createLagGuard(() => 0),
    };
    const spki = spkiHash(createPublicKey(pem('leaf.pem')));
    const facts = await beacon(
      asked({ beacons: [{ address: ip, port: 443, spki }], timeout_ms: 8000 }),
      instruments,
      never,
    );
    const [neutral, named] = facts;
    expect(facts).toMatchObject([{ host: 'example.org', outcome: 'ok' }, { host: 'x.com' }]);
    expect(rate(neutral) / rate(named)).toBeGreaterThan(5);
    await instruments.close();
  } finally {
    await internet.close();
  }
});
