/** A real Prometheus with a past: blocks made by promtool, and whatever is written to it afterwards, however old. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Sample, writeRequest } from './remote-write.ts';

export const hasPrometheus = ['prometheus', 'promtool'].every((name) => spawnSync(name, ['--version']).status === 0);

export interface Matrix {
  metric: Record<string, string>;
  values: [seconds: number, value: string][];
}

export interface PastPrometheus {
  url: string;
  /** Throws with Prometheus' own words for a query that it refuses. `step` in seconds. */
  range(query: string, from_s: number, to_s: number, step: number): Promise<Matrix[]>;
  instant(query: string, at_s: number): Promise<{ metric: Record<string, string>; value: [number, string] }[]>;
  /** Prometheus' parser and type checker; throws with its words. */
  check(query: string): Promise<void>;
  write(samples: readonly Sample[]): Promise<void>;
  stop(): Promise<void>;
}

/** A port that nobody listens on now. Prometheus cannot say which one it was given. */
const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

/** Lines of OpenMetrics, with times, become blocks; then Prometheus is started on them. */
export async function startPast(lines: AsyncIterable<string>): Promise<PastPrometheus> {
  const folder = mkdtempSync(path.join(tmpdir(), 'reachd-past-'));
  const text = path.join(folder, 'samples.txt');
  await pipeline(Readable.from(batched(lines)), createWriteStream(text));
  const data = path.join(folder, 'data');

  // One block for all of it: promtool reads the file once a block.
  const made = spawnSync(
    'promtool',
    ['tsdb', 'create-blocks-from', '--max-block-duration=486h', 'openmetrics', text, data],
    { encoding: 'utf8', timeout: 120_000 },
  );
  if (made.status !== 0) throw new Error(`promtool: ${made.stdout}${made.stderr}`);
  rmSync(text);
  const config = path.join(folder, 'prometheus.yaml');
  // Recorded series are written after the blocks and are older than their end: out of order, for Prometheus.
  writeFileSync(config, 'storage:\n  tsdb:\n    out_of_order_time_window: 30d\n');
  const port = await freePort();
  const child = spawn(
    'prometheus',
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${data}`,
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-remote-write-receiver',
      '--log.level=warn',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk).slice(-4000);
  });
  const url = `http://127.0.0.1:${port}`;
  const stop = () => end(child, folder);
  const deadline = Date.now() + 60_000;
  for (;;) {
    const ready = await fetch(`${url}/-/ready`).then(
      ({ status }) => status === 200,
      () => false,
    );
    if (ready) break;
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`prometheus did not become ready: ${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { url, ...client(url), stop };
}

/** A line at a time would be a write at a time. */
async function* batched(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let batch = '';
  for await (const line of lines) {
    batch += line;
    if (batch.length > 1 << 20) {
      yield batch;
      batch = '';
    }
  }
  yield `${batch}# EOF\n`;
}

function client(url: string): Omit<PastPrometheus, 'url' | 'stop'> {
  const ask = async (endpoint: string, params: Record<string, string>) => {
    const response = await fetch(`${url}/api/v1/${endpoint}`, { method: 'POST', body: new URLSearchParams(params) });
    const answer = (await response.json()) as { status: string; error?: string; data: unknown };
    if (answer.status !== 'success') throw new Error(`${answer.error} in ${params['query']}`);
    return answer.data;
  };
  return {
    async range(query, from_s, to_s, step) {
      const window = { query, start: String(from_s), end: String(to_s), step: String(step) };
      return ((await ask('query_range', window)) as { result: Matrix[] }).result;
    },
    async instant(query, at_s) {
      const { result } = (await ask('query', { query, time: String(at_s) })) as { result: never };
      return result;
    },
    async check(query) {
      await ask('format_query', { query });
    },
    async write(samples) {
      const response = await fetch(`${url}/api/v1/write`, {
        method: 'POST',
        headers: { 'content-encoding': 'snappy', 'content-type': 'application/x-protobuf' },
        body: writeRequest(samples),
      });
      if (response.status !== 204) throw new Error(`remote write: ${response.status} ${await response.text()}`);
    },
  };
}

async function end(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), 15_000);
    await ended;
    clearTimeout(late);
  }
  rmSync(folder, { recursive: true, force: true });
}
