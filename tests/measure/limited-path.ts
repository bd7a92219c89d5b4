/**
 * A server behind a link of an exact rate: what goodput is measured against. The rate counts every byte of the connection;
 * the sender begins with ten segments and doubles, as TCP does, so that a distant fast line looks as slow as in the world.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Instruments } from '../../src/measure/instruments.ts';
import { instrumentsOn } from './loopback.ts';

export interface PathOptions {
  /** Bits per second. */
  bps: number;
  rtt_ms: number;
  /** Bytes that pass at once before the rate holds: a policer's bucket. */
  burst_bytes?: number;
  /** Bytes of the connection after which nothing more comes. */
  freeze_after?: number;
  /** Largest TLS record. */
  record_bytes?: number;
  /** Segments that the sender begins with. */
  initial_window?: number;
}

export interface LimitedPath {
  instruments: Instruments;
  /** An object of so many bytes. */
  object(bytes: number): URL;
  ip: string;
  close(): Promise<void>;
}

/** An address for the loopback network to map. */
const ip = '199.232.44.159';

/** `strict`: with the guard against a late clock, for tables of values; tests must not depend on a busy machine. */
export async function limitedPath(options: PathOptions, strict = false): Promise<LimitedPath> {
  const worker = new Worker(new URL('./limited-path-worker.ts', import.meta.url), { workerData: options });
  const [port] = (await once(worker, 'message')) as [number];
  const plan = { tcp: { [`${ip}:443`]: port }, connect_delay_ms: options.rtt_ms };
  return {
    instruments: instrumentsOn(plan, undefined, strict),
    object: (bytes) => new URL(`https://abs.twimg.com/${bytes}`),
    ip,
    async close() {
      await worker.terminate();
    },
  };
}
