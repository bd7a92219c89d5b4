/**
 * What rounds cost on the wire, measured where the customer's line ends: bytes of frames both ways, TCP connections and
 * UDP datagrams of calm rounds and of rounds under censors, beside the daemon's own account of them.
 * `node tests/bench/wire.ts [ROUNDS]` in the kernel lab (root on Linux).
 */
import type { CensorName } from '../lab/censors.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { whyNot } from '../lab/packages.ts';
import { daemon, page } from '../lab/product.ts';

/** A sixth of the usual durations, so that rounds, transfers and rotations keep their proportions (60s, 5m, 10s). */
const settings = {
  round: { interval: '10s', timeout: '3s', jitter: 0 },
  transfer: { every: '50s', timeout: '3s' },
  web: { listen_address: '127.0.0.1:7322' },
};

interface Counters {
  received: number;
  sent: number;
  connections: number;
  datagrams: number;
}

/** The vantage's own kernel counters: its one wire, and sockets. Nothing else runs there; loopback is not counted. */
async function count(lab: Lab): Promise<Counters> {
  const { stdout } = await lab.exec(['cat', '/proc/net/dev', '/proc/net/snmp']);
  const wire = /eth0:\s*(.*)/.exec(stdout)?.[1]?.trim().split(/\s+/).map(Number) ?? [];
  const field = (protocol: string, name: string): number => {
    const [names, values] = [...stdout.matchAll(new RegExp(`^${protocol}: (.*)$`, 'gm'))].map((line) =>
      line[1]!.split(' '),
    );
    return Number(values![names!.indexOf(name)]);
  };
  return {
    received: wire[0]!,
    sent: wire[8]!,
    connections: field('Tcp', 'ActiveOpens'),
    datagrams: field('Udp', 'OutDatagrams'), // IPv4's; resolvers are asked over IPv4 here
  };
}

const minus = (a: Counters, b: Counters): Counters => ({
  received: a.received - b.received,
  sent: a.sent - b.sent,
  connections: a.connections - b.connections,
  datagrams: a.datagrams - b.datagrams,
});

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const kb = (bytes: number) => (bytes / 1000).toFixed(1).padStart(8);

function print(name: string, rounds: readonly Counters[]): void {
  const of = (field: keyof Counters, by: (values: readonly number[]) => number) =>
    by(rounds.map((round) => round[field]));
  const total = rounds.map(({ received, sent }) => received + sent);
  console.log(
    `${name.padEnd(22)} ${String(rounds.length).padStart(6)} ${kb(of('received', mean))} ${kb(of('sent', mean))} ${kb(median(total))} ${kb(Math.max(...total))} ${of('connections', mean).toFixed(1).padStart(6)} ${of('datagrams', mean).toFixed(1).padStart(6)}`,
  );
}

/** The counters' growth from one finished round to the next. */
async function rounds(lab: Lab, server: ReturnType<typeof daemon>, howMany: number): Promise<Counters[]> {
  const grown: Counters[] = [];
  let before = await count(lab);
  for (let n = 0; n < howMany; n++) {
    await server.hear((line) => /round \d+:/.test(line), 60_000);
    const now = await count(lab);
    grown.push(minus(now, before));
    before = now;
  }
  return grown;
}

async function bench(calmRounds: number): Promise<void> {
  const lab = await startLab();
  try {
    const idle = await count(lab);
    const server = daemon(lab, settings);
    console.log('rounds                 number  kB in, mean  kB out  kB, median  kB, most  TCP  UDP');
    print('first', await rounds(lab, server, 1));
    const calm = await rounds(lab, server, calmRounds);
    print('calm', calm);
    for (const censor of ['sni-reset', 'dns-nxdomain', 'ip-drop', 'all-four-blackholed'] satisfies CensorName[]) {
      await lab.on(censor, ['x']);
      await rounds(lab, server, 1); // the round in which it began
      print(`under ${censor}`, await rounds(lab, server, 3));
      await lab.clear();
      await rounds(lab, server, 2);
    }
    const perDay = mean(calm.map(({ received, sent }) => received + sent)) * 1440;
    console.log(`a calm day of 60-second rounds: ${(perDay / 1e6).toFixed(0)} MB of at most 200`);
    const whole = minus(await count(lab), idle);
    const metrics = (await page(lab, '/metrics')) ?? '';
    for (const [direction, wire] of [
      ['received', whole.received],
      ['sent', whole.sent],
    ] as const) {
      const lines = metrics
        .split('\n')
        .filter((line) => line.startsWith('reachd_bytes_total{') && line.includes(`"${direction}"`));
      const own = lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
      console.log(
        `${direction}: ${kb(wire)} kB on the wire, ${kb(own)} kB in the daemon's own account (${((own / wire) * 100).toFixed(0)} %)`,
      );
    }
    await server.stop();
  } finally {
    await lab.close();
  }
}

const reason = await whyNot(console.log);
if (reason) console.log(`not run: ${reason}`);
else await bench(Number(process.argv[2] ?? 10));
