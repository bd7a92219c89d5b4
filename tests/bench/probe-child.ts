/**
 * Our side of `probe.ts`: the whole daemon's modules loaded, then so many fresh TLS checks of one target as lines on standard
 * input ask for. Stripped of its types and run beside the compiled program, as it is shipped.
 * `node probe-child.mjs PROGRAM URL ROOT`; `checks N CONCURRENCY` in, one JSON line out.
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [program, url, root] = process.argv.slice(2) as [string, string, string];
const from = <T>(path: string): Promise<T> => import(new URL(path, program).href) as Promise<T>;
await from('commands/service.js');
await from('config/load.js');
const { observe } = await from<typeof import('../../src/measure/observe.ts')>('measure/observe.js');
const { createInstruments } = await from<typeof import('../../src/measure/instruments.ts')>('measure/instruments.js');
const { createRealNetwork } = await from<typeof import('../../src/measure/real.ts')>('measure/real.js');
const { createTrust } = await from<typeof import('../../src/measure/trust.ts')>('measure/trust.js');
const { meter } = await from<typeof import('../../src/agent/meter.ts')>('agent/meter.js');

const instruments = createInstruments({
  network: meter(createRealNetwork(), 'probe').network,
  trust: createTrust({ ca_pem: readFileSync(root, 'utf8') }),
  user_agent: 'reachd-bench',
  asnOf: () => undefined,
  addressId: () => 'local',
});
const aim = {
  target: 'bench',
  url,
  ip_protocol: 'ip4',
  addresses: ['127.0.0.1'],
  method: 'HEAD',
  body_cap: 4096,
  resolve: { configured: [], stub: false, system: false, public: [], trusted: [] },
  fallback_addresses: [],
  timeout_ms: 10_000,
  dns_timeout_ms: 4000,
} as const;

for await (const line of createInterface({ input: process.stdin })) {
  const [, checks = 0, concurrency = 1] = line.split(' ').map(Number);
  const cpu = process.cpuUsage();
  const start = performance.now();
  let left = checks;
  let good = 0;
  const never = new AbortController().signal;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (left > 0) {
        left -= 1;
        const { observation } = await observe(aim, instruments, never);
        if (observation.outcome === 'ok') good += 1;
      }
    }),
  );
  const { user, system } = process.cpuUsage(cpu);
  const result = {
    good,
    cpu_ms: (user + system) / 1000,
    ms: performance.now() - start,
    rss: process.memoryUsage.rss(),
  };
  console.log(JSON.stringify(result));
}
await instruments.close();
