/**
 * The bench in small, without its clock: the program as it is shipped and blackbox_exporter check the same server, and agree.
 * `npm run bench:probe` says what it costs.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { build, startBench } from '../bench/probers.ts';

const checks = 40;
const patience_ms = 180_000;

describe.runIf(process.platform === 'linux')('beside blackbox_exporter', () => {
  let built: Awaited<ReturnType<typeof build>>;
  beforeAll(async () => {
    built = await build();
  }, patience_ms);
  afterAll(() => built.remove());

  const goodOf = async (name: string) => {
    const bench = await startBench(built.directory, console.log, name);
    try {
      if (bench.missing) console.log(`not compared: ${bench.missing}`);
      const good: number[] = [];
      for (const prober of [bench.us, bench.blackbox]) if (prober) good.push((await prober.check(checks, 4)).good);
      return good;
    } finally {
      await bench.close();
    }
  };

  test('every check of a good server succeeds, fresh connections four at a time', {
    timeout: patience_ms,
  }, async () => {
    const good = await goodOf('x.com');
    expect(good).toEqual(good.map(() => checks));
    expect(good.length).toBeGreaterThanOrEqual(1);
  });

  // A bench that counted a failed handshake as a check would be fast.
  test('none succeeds where the certificate is for another name', { timeout: patience_ms }, async () => {
    const good = await goodOf('not-in-the-certificate.test');
    expect(good).toEqual(good.map(() => 0));
  });
});
