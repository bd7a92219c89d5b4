/**
 * `npm run bench:probe [CHECKS]`: the same check (fresh connection, TLS handshake, verified chain and name, HEAD, 204) of the
 * same local server by us and by Debian's prometheus-blackbox-exporter, in turns, each kept on one processor; then our
 * memory over 10,000 checks, and our clock against the kernel's over default rounds at a round trip of 40 ms in the
 * kernel lab. Prints a table; the exit status is 1 where a target of the design is missed.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { finish, must, type Server, serve } from '../lab/child.ts';
import { createScore } from '../lab/report.ts';
import { checkClocks } from './clocks.ts';
import { startFlags } from './flags.ts';

const root = join(import.meta.dirname, '..', '..');
/** Below the repository, so that the compiled program finds its dependencies. */
const scratch = join(root, 'node_modules', '.cache', 'reachd-bench');
const pkiRoot = join(root, 'src', 'practice', 'pki', 'root.pem');
const blackboxPort = 19_115;
const concurrency = 4;
const turns = 4;
/** CPU of `/proc/PID/stat` is counted in ticks of 10 ms (sysconf(_SC_CLK_TCK) is 100 on every Linux). */
const tickMs = 10;

interface Result {
  good: number;
  cpu_ms: number;
  ms: number;
  rss: number;
}

interface Prober {
  name: string;
  check(checks: number): Promise<Result>;
}

/** Compiles the program as it is shipped. */
async function build(): Promise<string> {
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  const tsc = join(root, 'node_modules', '.bin', 'tsc');
  await must([tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', scratch], { timeout_ms: 120_000 });
  const child = join(scratch, 'probe-child.mjs');
  writeFileSync(child, stripTypeScriptTypes(readFileSync(join(import.meta.dirname, 'probe-child.ts'), 'utf8')));
  return child;
}

function ours(child: string, url: string, servers: Server[]): Prober {
  const server = serve([
    'taskset',
    '-c',
    '0',
    process.execPath,
    ...startFlags,
    child,
    `file://${scratch}/`,
    url,
    pkiRoot,
  ]);
  servers.push(server);
  return {
    name: 'reachd',
    async check(checks) {
      const line = server.hear((text) => text.startsWith('{'), 300_000);
      server.tell(`checks ${checks} ${concurrency}`);
      return JSON.parse(await line) as Result;
    },
  };
}

const blackboxConfig = `
modules:
  check:
    prober: http
    timeout: 10s
    http:
      method: HEAD
      valid_status_codes: [204]
      preferred_ip_protocol: ip4
      headers: { Host: x.com }
      tls_config: { ca_file: ${pkiRoot}, server_name: x.com }
`;

async function blackbox(port: number, servers: Server[]): Promise<Prober> {
  const file = join(scratch, 'blackbox.yml');
  writeFileSync(file, blackboxConfig);
  const program = 'prometheus-blackbox-exporter';
  const listen = `--web.listen-address=127.0.0.1:${blackboxPort}`;
  const server = serve(['taskset', '-c', '0', program, `--config.file=${file}`, listen, '--log.level=error']);
  servers.push(server);
  const base = `http://127.0.0.1:${blackboxPort}`;
  await until(async () => (await fetch(`${base}/-/healthy`)).ok);
  const target = encodeURIComponent(`https://127.0.0.1:${port}/generate_204`);
  const stat = () => {
    const text = readFileSync(`/proc/${server.pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { cpu_ms: (Number(fields[11]) + Number(fields[12])) * tickMs, rss: Number(fields[21]) * 4096 };
  };
  return {
    name: 'blackbox_exporter',
    async check(checks) {
      const before = stat();
      const start = performance.now();
      let left = checks;
      let good = 0;
      await Promise.all(
        Array.from({ length: concurrency }, async () => {
          while (left > 0) {
            left -= 1;
            const text = await (await fetch(`${base}/probe?module=check&target=${target}`)).text();
            if (text.includes('\nprobe_success 1')) good += 1;
          }
        }),
      );
      const after = stat();
      return { good, cpu_ms: after.cpu_ms - before.cpu_ms, ms: performance.now() - start, rss: after.rss };
    },
  };
}

/** Tries every 50 ms, for five seconds. */
async function until(ready: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (await ready().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('not ready within five seconds');
}

async function whyNoBlackbox(): Promise<string | undefined> {
  if ((await finish(['prometheus-blackbox-exporter', '--version'])).code === 0) return undefined;
  return 'prometheus-blackbox-exporter is not installed (apt-get install prometheus-blackbox-exporter)';
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
const { report, end } = createScore();
const perTurn = Math.max(10, Math.round(Number(process.argv[2] ?? 2000) / turns));
const servers: Server[] = [];
try {
  const child = await build();
  const server = serve(['taskset', '-c', '1', process.execPath, join(import.meta.dirname, 'server.ts')]);
  servers.push(server);
  const port = Number((await server.hear((line) => line.startsWith('port '))).slice(5));
  const missing = await whyNoBlackbox();
  const us = ours(child, `https://x.com:${port}/generate_204`, servers);
  const probers = missing ? [us] : [us, await blackbox(port, servers)];
  for (const prober of probers) await prober.check(perTurn / 2); // warm
  const results = new Map<string, Result[]>(probers.map(({ name }) => [name, []]));
  for (let turn = 0; turn < turns; turn++)
    for (const prober of probers) results.get(prober.name)!.push(await prober.check(perTurn));
  console.log(`node ${process.version} ${startFlags.join(' ')}; blackbox as Debian ships it`);
  console.log(`${perTurn} checks a turn, ${turns} turns, ${concurrency} at a time, on one processor`);
  console.log('                    CPU ms/check  checks/CPU s  checks/s   RSS MB');
  const cost = new Map<string, number>();
  for (const [name, all] of results) {
    const cpu = median(all.map(({ cpu_ms }) => cpu_ms / perTurn));
    cost.set(name, cpu);
    const rate = median(all.map(({ ms }) => (1000 * perTurn) / ms));
    console.log(
      `${name.padEnd(20)}${cpu.toFixed(2).padStart(12)}${(1000 / cpu).toFixed(0).padStart(14)}${rate.toFixed(0).padStart(10)}${(all.at(-1)!.rss / 1e6).toFixed(0).padStart(9)}`,
    );
    const good = all.reduce((sum, one) => sum + one.good, 0);
    report(`${name}: every check`, 'ok', `${good} of ${perTurn * turns}`, good === perTurn * turns);
  }
  if (missing) console.log(`not compared: ${missing}`);
  else {
    const ratio = cost.get('reachd')! / cost.get('blackbox_exporter')!;
    report('CPU against blackbox', '≤ 1.5', ratio.toFixed(2), ratio <= 1.5);
  }
  const before = perTurn * turns + perTurn / 2;
  const rss: [number, number][] = [[before, results.get('reachd')!.at(-1)!.rss]];
  for (let done = before; done < 10_000 && perTurn >= 100; done += 1000)
    rss.push([done + 1000, (await us.check(1000)).rss]);
  console.log(
    `RSS MB after so many checks: ${rss.map(([n, bytes]) => `${n}: ${(bytes / 1e6).toFixed(0)}`).join('  ')}`,
  );
  const [last = 0, half = 0] = [rss.at(-1)![1], rss[Math.floor(rss.length / 2)]![1]];
  report('memory', '≤ 120 MB', `${(last / 1e6).toFixed(0)} MB`, last <= 120e6);
  report('memory is flat', 'second half grows ≤ 5 %', `${((last / half - 1) * 100).toFixed(1)} %`, last <= 1.05 * half);
} finally {
  for (const server of servers) await server.stop();
  rmSync(scratch, { recursive: true, force: true });
}
await checkClocks(report);
end();
