import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { mayGrow, type TransferInput, transfer, transferFact } from '../../src/measure/transfer.ts';
import { type LimitedPath, limitedPath, type PathOptions } from './limited-path.ts';
import { instrumentsOn, type Listening, listen, never, rawServer } from './loopback.ts';

const paths: LimitedPath[] = [];
const servers: Listening[] = [];
afterEach(async () => {
  await Promise.all([...paths.splice(0), ...servers.splice(0)].map((one) => one.close()));
});

async function over(options: PathOptions, more: Partial<TransferInput> = {}) {
  const path = await limitedPath(options);
  paths.push(path);
  const input = { url: path.object(1 << 20), ip: path.ip, source: 'pinned', bytes: 65_536, ...more } as const;
  return await transfer({ timeout_ms: 8000, plateau_ms: 2500, ...input }, path.instruments, never);
}

describe('values', () => {
  test('a line of 500 kbit/s at 80 ms, within what a busy machine may add', async () => {
    const { transfer: sample, goodput_bps, attempt } = await over({ bps: 500_000, rtt_ms: 80 });
    expect(attempt.exchange).toMatchObject({ outcome: 'ok', status: 206 });
    expect(sample?.bytes).toBe(65_536);
    expect(goodput_bps).toBeGreaterThan(400_000);
    expect(goodput_bps).toBeLessThan(550_000);
  });

  test('Russia 2021: 130 kbit/s after a burst of 16 KB; the plateau is read, not the burst, and it ends early', async () => {
    const policed = { bps: 130_000, rtt_ms: 40, burst_bytes: 16_000, record_bytes: 4096 };
    const { transfer: sample, goodput_bps } = await over(policed, { plateau_ms: 1500 });
    expect(goodput_bps).toBeGreaterThan(100_000);
    expect(goodput_bps).toBeLessThan(150_000);
    expect(sample?.after_bytes).toBeGreaterThanOrEqual(20 * 1024);
    expect(sample?.bytes).toBeLessThan(65_536);
  });

  test('a healthy line of 20 Mbit/s at 250 ms is not called slow: no rate is claimed', async () => {
    const done = await over({ bps: 20_000_000, rtt_ms: 250 });
    expect(done.goodput_bps).toBeUndefined();
    expect(done.transfer?.bytes).toBe(65_536);
    // Slow start lets 44 KiB through in a round trip; a slower clock can only lower it.
    expect(done.transfer?.plateau_bps).toBeLessThan(1_600_000);
    expect(mayGrow(done)).toBe(true);
  });

  test('a larger object tells what a small one cannot: 5 Mbit/s at 20 ms', async () => {
    const { goodput_bps } = await over({ bps: 5_000_000, rtt_ms: 20 }, { bytes: 256 * 1024 });
    expect(goodput_bps).toBeGreaterThan(3_500_000);
    expect(goodput_bps).toBeLessThan(5_500_000);
  });
});

describe('ends', () => {
  test('Russia 2025: the connection freezes after 20 KB; the bytes are kept, in large records too', async () => {
    for (const record_bytes of [4096, 16_384]) {
      const frozen = { bps: 20_000_000, rtt_ms: 20, freeze_after: 20_000, record_bytes };
      const { transfer: sample, goodput_bps, attempt } = await over(frozen, { timeout_ms: 1000 });
      expect(attempt.exchange.outcome).toBe('failed');
      expect(goodput_bps).toBeUndefined();
      // The handshake's own bytes came off the 20 KB.
      expect(sample?.stalled_at).toBeGreaterThan(15_000);
      expect(sample?.stalled_at).toBeLessThanOrEqual(20_000);
      expect(mayGrow({ transfer: sample })).toBe(false);
    }
  });

  test('slow, but not silent, at its deadline: counts with what it got', async () => {
    const { transfer: sample, goodput_bps } = await over(
      { bps: 64_000, rtt_ms: 20, record_bytes: 1024 },
      { timeout_ms: 2000 },
    );
    expect(sample?.stalled_at).toBeUndefined();
    expect(goodput_bps).toBeGreaterThan(40_000);
    expect(goodput_bps).toBeLessThan(80_000);
  });

  test('the round ends before the object does: what came by then counts, and a short silence is no freeze', async () => {
    const before = performance.now();
    const { transfer: sample, goodput_bps } = await over(
      { bps: 64_000, rtt_ms: 20, record_bytes: 1024 },
      { ends_at: before + 2500 },
    );
    expect(performance.now() - before).toBeLessThan(6000);
    expect(goodput_bps).toBeGreaterThan(40_000);
    expect(goodput_bps).toBeLessThan(80_000);
    expect(sample?.stalled_at).toBeUndefined();
    // A second's silence behind a policer is a retransmission that was lost too.
    const frozen = { bps: 20_000_000, rtt_ms: 20, freeze_after: 20_000, record_bytes: 4096 };
    const silent = await over(frozen, { ends_at: performance.now() + 1500 });
    expect(silent.transfer?.stalled_at).toBeUndefined();
  });

  test('the round’s end leaves no sample', async () => {
    const path = await limitedPath({ bps: 64_000, rtt_ms: 20 });
    paths.push(path);
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 500);
    const input = { url: path.object(1 << 20), ip: path.ip, source: 'pinned', bytes: 65_536 } as const;
    const done = await transfer({ ...input, timeout_ms: 8000, plateau_ms: 2500 }, path.instruments, stop.signal);
    expect(done.transfer).toBeUndefined();
    expect(transferFact('transfer', done, undefined)).toMatchObject({ outcome: 'skipped', skipped: 'round_deadline' });
  });
});

describe('what is no object', () => {
  const at = async (server: Promise<Listening>, timeout_ms = 1000) => {
    const { port } = await server;
    servers.push(await server);
    const url = new URL(`http://site.test:${port}/object.js`);
    const input = { url, ip: '127.0.0.1', source: 'pinned', bytes: 65_536, timeout_ms, plateau_ms: 2500 } as const;
    return await transfer(input, instrumentsOn(), never);
  };
  const raw = (serve: (socket: Socket) => void) => rawServer((socket) => socket.once('data', () => serve(socket)));

  test('another status, a short answer', async () => {
    const gone = await at(
      listen(createServer((_request, response) => response.writeHead(404).end('x'.repeat(70_000)))),
    );
    expect(gone.transfer).toBeUndefined();
    const short = await at(listen(createServer((_request, response) => response.end('short'))));
    expect(short.transfer).toBeUndefined();
    expect(short.attempt.exchange.outcome).toBe('ok');
  });

  test('silence after the request, a reset in the middle, no server', async () => {
    expect(
      (
        await at(
          raw(() => {}),
          300,
        )
      ).transfer,
    ).toBeUndefined();
    const reset = await at(
      raw((socket) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 65536\r\n\r\n');
        socket.write(Buffer.alloc(30_000), () => socket.resetAndDestroy());
      }),
    );
    expect(reset.transfer).toBeUndefined();
    expect(transferFact('transfer', reset, 12)).toMatchObject({ outcome: 'failed', rested_s: 12 });
  });

  test('a server that knows no ranges is cut at our size', async () => {
    const whole = await at(listen(createServer((_request, response) => response.end(Buffer.alloc(1 << 20)))));
    expect(whole.transfer?.bytes).toBeGreaterThanOrEqual(65_536);
    expect(whole.transfer?.bytes).toBeLessThan(2 * 65_536);
  });
});
