/**
 * Debian's Prometheus and Alertmanager and a webhook, started from files and stopped again; for tests here and in the
 * lab. Each is a process of its own, asked with curl: with `inside` all of it happens in a network namespace
 * (`['ip', 'netns', 'exec', NAME]`).
 */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Message } from './webhook.ts';

export type { Message } from './webhook.ts';

const programs = { prometheus: 'prometheus', alertmanager: 'prometheus-alertmanager', curl: 'curl' } as const;

/** What of the stack is missing here, by the name of its Debian package; empty: all there. */
export const missing = (): string[] =>
  Object.values(programs).filter((program) => spawnSync(program, ['--version']).status !== 0);

/** Put in front of every command. */
export type Inside = readonly string[];

export interface Running {
  /** `http://host:port`, without a slash at the end. */
  url: string;
  pid: number;
  /** What it wrote so far; the last 64 KiB. */
  log(): string;
  /** Ends it: SIGTERM, after five seconds SIGKILL. */
  stop(): Promise<void>;
}

/** Both programs start within a second; a loaded machine gets more. */
const patienceMs = 30_000;
const logBytes = 64 * 1024;

/** A TCP port of loopback that is free now. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

/** Asks until `condition` gives something; throws with `what`, and with what `log` says, when it does not in time. */
export async function until<T>(
  what: string,
  condition: () => Promise<T | undefined> | T | undefined,
  { within_ms = patienceMs, log }: { within_ms?: number; log?: () => string } = {},
): Promise<T> {
  const patience = Date.now() + within_ms;
  for (;;) {
    const found = await condition();
    if (found !== undefined) return found;
    if (Date.now() > patience) throw new Error(`${what}: not within ${within_ms} ms\n${log?.() ?? ''}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** The body of a GET that was answered with 2xx; undefined for everything else. */
export async function get(url: string, inside: Inside = []): Promise<string | undefined> {
  const [program = '', ...args] = [...inside, programs.curl, '-sfg', '--max-time', '10', url];
  try {
    return (await promisify(execFile)(program, args, { timeout: 15_000, maxBuffer: 64 * 1024 * 1024 })).stdout;
  } catch {
    return undefined;
  }
}

/** One sample of an instant query. */
export interface Sample {
  metric: Record<string, string>;
  /** As text: Prometheus has NaN and infinities. */
  value: string;
}

/** Asks Prometheus; throws its own message for a query that is wrong. */
export async function query(prometheus: Pick<Running, 'url'>, expr: string, inside: Inside = []): Promise<Sample[]> {
  const [program = '', ...args] = [...inside, programs.curl, '-s', '--max-time', '60', '--get'];
  const url = `${prometheus.url}/api/v1/query`;
  const { stdout } = await promisify(execFile)(program, [...args, '--data-urlencode', `query=${expr}`, url], {
    maxBuffer: 64 * 1024 * 1024,
  });
  const { status, error, data } = JSON.parse(stdout);
  if (status !== 'success') throw new Error(`${expr}: ${error}`);
  return data.result.map(({ metric, value }: { metric: Record<string, string>; value: [number, string] }) => ({
    metric,
    value: value[1],
  }));
}

/** `config` as `layOut` writes it; `storage` is a folder for the data, made by Prometheus. */
export async function startPrometheus(options: {
  config: string;
  storage: string;
  listen: string;
  flags?: readonly string[];
  inside?: Inside;
}): Promise<Running> {
  const { config, storage, listen, flags = [], inside = [] } = options;
  const running = start(inside, listen, programs.prometheus, [
    `--config.file=${config}`,
    `--storage.tsdb.path=${storage}`,
    `--web.listen-address=${listen}`,
    ...flags,
  ]);
  return ready(running, '/-/ready', inside);
}

export async function startAlertmanager(options: {
  config: string;
  storage: string;
  listen: string;
  inside?: Inside;
}): Promise<Running> {
  const { config, storage, listen, inside = [] } = options;
  const running = start(inside, listen, programs.alertmanager, [
    `--config.file=${config}`,
    `--storage.path=${storage}`,
    `--web.listen-address=${listen}`,
    // Alone: no gossip, no further port.
    '--cluster.listen-address=',
  ]);
  return ready(running, '/-/ready', inside);
}

export interface Webhook extends Running {
  /** Everything received so far, oldest first. */
  messages: readonly Message[];
}

export async function startWebhook({ listen, inside = [] }: { listen: string; inside?: Inside }): Promise<Webhook> {
  const messages: Message[] = [];
  let rest = '';
  let listening = false;
  const running = start(inside, listen, process.execPath, [path.join(import.meta.dirname, 'webhook.ts'), listen], {
    stdout(chunk) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const said = JSON.parse(line);
        if ('listening' in said) listening = true;
        else messages.push(said);
      }
    },
  });
  await until('webhook listens', () => (running.gone() ? dead(running) : listening || undefined), running);
  return { ...running, messages };
}

type Started = Running & { gone(): boolean };

const dead = (running: Started): never => {
  throw new Error(`${running.url} ended at once:\n${running.log()}`);
};

async function ready(running: Started, path: string, inside: Inside): Promise<Running> {
  try {
    await until(
      `${running.url} is ready`,
      () => (running.gone() ? dead(running) : get(running.url + path, inside)),
      running,
    );
    return running;
  } catch (error) {
    await running.stop();
    throw error;
  }
}

function start(
  inside: Inside,
  listen: string,
  program: string,
  args: readonly string[],
  { stdout }: { stdout?: (chunk: string) => void } = {},
): Started {
  const [first = '', ...others] = [...inside, program, ...args];
  const child: ChildProcess = spawn(first, others, { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  let over = false;
  const keep = (chunk: string) => {
    log = (log + chunk).slice(-logBytes);
  };
  child.stdout?.setEncoding('utf8').on('data', stdout ?? keep);
  child.stderr?.setEncoding('utf8').on('data', keep);
  const exited = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      keep(String(error));
      over = true;
      resolve();
    });
    child.once('exit', () => {
      over = true;
      resolve();
    });
  });
  return {
    url: `http://${listen}`,
    pid: child.pid ?? 0,
    log: () => log,
    gone: () => over,
    async stop() {
      if (over) return;
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 5000);
      await exited;
      clearTimeout(late);
    },
  };
}
