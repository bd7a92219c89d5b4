/**
 * The two that are compared: our measuring code as it is shipped (compiled, every module of the daemon loaded), and Debian's
 * prometheus-blackbox-exporter. Both do the same check of the same local server: fresh connection, TLS handshake, verified
 * chain and name, HEAD, 204. Each is kept on the first processor, the server on the second.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { createServer } from 'node:net';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { finish, must, type Server, serve } from '../lab/child.ts';
import { startFlags } from './flags.ts';

const root = join(import.meta.dirname, '..', '..');
const pkiRoot = join(root, 'src', 'practice', 'pki', 'root.pem');
/** CPU of `/proc/PID/stat` is counted in ticks of 10 ms (sysconf(_SC_CLK_TCK) is 100 on every Linux). */
const tickMs = 10;
const blackboxName = 'prometheus-blackbox-exporter';

export interface Result {
  /** Checks that succeeded. */
  good: number;
  cpu_ms: number;
  ms: number;
  /** Bytes resident afterwards. */
  rss: number;
}

export interface Prober {
  name: string;
  /** So many checks, so many at a time. */
  check(checks: number, concurrency: number): Promise<Result>;
}

export interface Bench {
  us: Prober;
  /** Absent where it is not to be had; `missing` says why. */
  blackbox?: Prober | undefined;
  missing?: string | undefined;
  /** Stops what was started. */
  close(): Promise<void>;
}

/** Compiles the program as it is shipped, below the repository, where it finds its dependencies; `remove` undoes it. */
export async function build(): Promise<{ directory: string; remove: () => void }> {
  const cache = join(root, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const directory = mkdtempSync(join(cache, 'reachd-bench-'));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  try {
    const tsc = join(root, 'node_modules', '.bin', 'tsc');
    await must([tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', directory], { timeout_ms: 120_000 });
    writeFileSync(
      join(directory, 'probe-child.mjs'),
      stripTypeScriptTypes(readFileSync(join(import.meta.dirname, 'probe-child.ts'), 'utf8')),
    );
    return { directory, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Starts the server and both probers. `directory`: of `build`; `name`: what the server is asked for and checked against. */
export async function startBench(directory: string, say: (line: string) => void, name = 'x.com'): Promise<Bench> {
  const servers: Server[] = [];
  const close = async () => {
    for (const server of servers.splice(0)) await server.stop();
  };
  try {
    const server = serve([...pinned(1), process.execPath, join(import.meta.dirname, 'server.ts')]);
    servers.push(server);
    const port = Number((await server.hear((line) => line.startsWith('port '))).slice(5));
    const us = ours(directory, `https://${name}:${port}/generate_204`, servers);
    const missing = await whyNoBlackbox(say);
    return { us, missing, close, blackbox: missing ? undefined : await blackbox(directory, name, port, servers) };
  } catch (error) {
    await close();
    throw error;
  }
}

const pinned = (processor: number) => ['taskset', '-c', String(Math.min(processor, availableParallelism() - 1))];

function ours(directory: string, url: string, servers: Server[]): Prober {
  const child = join(directory, 'probe-child.mjs');
  const argv = [...pinned(0), process.execPath, ...startFlags, child, `file://${directory}/`, url, pkiRoot];
  const server = serve(argv);
  servers.push(server);
  return {
    name: 'reachd',
    async check(checks, concurrency) {
      const line = server.hear((text) => text.startsWith('{'), 300_000);
      server.tell(`checks ${checks} ${concurrency}`);
      return JSON.parse(await line) as Result;
    },
  };
}

/** Installs it with apt-get where that is possible; resolves with the reason why it is not there. */
async function whyNoBlackbox(say: (line: string) => void): Promise<string | undefined> {
  const there = async () => (await finish([blackboxName, '--version'])).code === 0;
  if (await there()) return undefined;
  const how = `not installed (apt-get install ${blackboxName})`;
  if (process.getuid?.() !== 0) return how;
  say(`installing ${blackboxName} with apt-get`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }; // nothing may start by itself
  await finish(['apt-get', '-q', '-o', 'Acquire::http::Timeout=10', 'update'], { env, timeout_ms: 120_000 });
  const argv = ['apt-get', 'install', '-y', '-q', '--no-install-recommends', blackboxName];
  const { stderr } = await finish(argv, { env, timeout_ms: 300_000 });
  return (await there()) ? undefined : `${how}; apt-get said: ${stderr.trim().split('\n').at(-1) ?? ''}`;
}

async function blackbox(directory: string, name: string, port: number, servers: Server[]): Promise<Prober> {
  const file = join(directory, 'blackbox.yml');
  writeFileSync(
    file,
    `modules:
  check:
    prober: http
    timeout: 10s
    http:
      method: HEAD
      valid_status_codes: [204]
      preferred_ip_protocol: ip4
      headers: { Host: ${name} }
      tls_config: { ca_file: ${pkiRoot}, server_name: ${name} }
`,
  );
  const own = await freePort();
  const listen = `--web.listen-address=127.0.0.1:${own}`;
  const server = serve([...pinned(0), blackboxName, `--config.file=${file}`, listen, '--log.level=error']);
  servers.push(server);
  const base = `http://127.0.0.1:${own}`;
  await until(async () => (await fetch(`${base}/-/healthy`)).ok);
  const target = encodeURIComponent(`https://127.0.0.1:${port}/generate_204`);
  const stat = () => {
    const text = readFileSync(`/proc/${server.pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { cpu_ms: (Number(fields[11]) + Number(fields[12])) * tickMs, rss: Number(fields[21]) * 4096 };
  };
  return {
    name: 'blackbox_exporter',
    async check(checks, concurrency) {
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

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Tries every 50 ms, for five seconds and more. */
async function until(ready: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (await ready().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('not ready within five seconds');
}
