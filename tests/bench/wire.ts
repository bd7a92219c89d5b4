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
  budget: { daily: '10GB' }, // six times the rounds would come to more than a day's budget, and be slowed down
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

/** What the daemon believes to have sent and received so far, headers included. */
async function account(lab: Lab): Promise<number> {
  const metrics = (await page(lab, '/metrics')) ?? '';
  const lines = metrics.split('\n').filter((line) => line.startsWith('reachd_bytes_total{'));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

function print(name: string, { grown, accounted }: Measured): void {
  const of = (field: keyof Counters) => mean(grown.map((round) => round[field]));
  const total = grown.map(({ received, sent }) => received + sent);
  const share = (100 * accounted) / (mean(total) * grown.length);
  const cells = [kb(of('received')), kb(of('sent')), kb(median(total)), kb(Math.max(...total))];
  const counts = [of('connections').toFixed(1), of('datagrams').toFixed(1), `${share.toFixed(0)} %`];
  console.log(
    [name.padEnd(26), String(grown.length).padStart(6), ...cells, ...counts.map((text) => text.padStart(7))].join(' '),
  );
}

interface Measured {
  grown: Counters[];
  /** Bytes in the daemon's own account of these rounds. */
  accounted: number;
}

/** The counters' growth from one finished round to the next. */
async function rounds(lab: Lab, server: ReturnType<typeof daemon>, howMany: number): Promise<Measured> {
  const grown: Counters[] = [];
  const accountedBefore = await account(lab);
  let before = await count(lab);
  for (let n = 0; n < howMany; n++) {
    await server.hear((line) => /round \d+:/.test(line), 60_000);
    const now = await count(lab);
    grown.push(minus(now, before));
    before = now;
  }
  return { grown, accounted: (await account(lab)) - accountedBefore };
}

async function bench(calmRounds: number): Promise<void> {
  const lab = await startLab();
  try {
    const server = daemon(lab, settings);
    console.log('rounds                     number    kB in   kB out   median     most     TCP     UDP  accounted');
    print('first', await rounds(lab, server, 1));
    const calm = await rounds(lab, server, calmRounds);
    print('calm', calm);
    for (const censor of ['sni-reset', 'dns-nxdomain', 'ip-drop', 'all-four-blackholed'] satisfies CensorName[]) {
      await lab.on(censor, ['x']);
      print(`first under ${censor}`, await rounds(lab, server, 1));
      print(`under ${censor}`, await rounds(lab, server, 3));
      await lab.clear();
      await rounds(lab, server, 2);
    }
    const perDay = mean(calm.grown.map(({ received, sent }) => received + sent)) * 1440;
    console.log(`a calm day of 60-second rounds: ${(perDay / 1e6).toFixed(0)} MB of at most 200`);
    await server.stop();
  } finally {
    await lab.close();
  }
}

const reason = await whyNot(console.log);
if (reason) console.log(`not run: ${reason}`);
else await bench(Number(process.argv[2] ?? 10));
