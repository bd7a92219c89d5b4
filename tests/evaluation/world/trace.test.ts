/** The generator keeps its promises: same seed, same rounds; forks share the past; interference looks as documented. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Observation, Round } from '../../../src/model/round.ts';
import type { Trouble } from './air.ts';
import { eventClasses } from './events.ts';
import { normalQuantile, Rng } from './random.ts';
import { Trace } from './trace.ts';
import { drawVantage, platforms } from './vantage.ts';
import { drawWeather, pathsOf } from './weather.ts';

const live = (trace: Trace, minutes: number): Round[] => {
  const rounds: Round[] = [];
  for (const end = trace.minute + minutes; trace.minute < end; ) {
    const round = trace.step();
    if (round) rounds.push(round);
  }
  return rounds;
};
const fresh = (seed: number, options = {}) => {
  const vantage = drawVantage(seed, options);
  return new Trace(vantage, drawWeather(vantage, 3_000));
};
const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!;

describe('random numbers', () => {
  test('quantiles of the normal', () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.959964, 5);
    expect(normalQuantile(0.001)).toBeCloseTo(-3.090232, 5);
  });

  test('moments of what is drawn', () => {
    const rng = new Rng(5);
    const n = 40_000;
    const mean = (draw: () => number) => Array.from({ length: n }, draw).reduce((a, b) => a + b) / n;
    expect(Math.abs(mean(() => rng.uniform()) - 0.5)).toBeLessThan(0.01);
    expect(Math.abs(mean(() => rng.normal() ** 2) - 1)).toBeLessThan(0.05);
    expect(Math.abs(mean(() => rng.exponential(3)) - 3)).toBeLessThan(0.1);
    expect(Math.abs(mean(() => Math.abs(rng.laplace(0.095))) - 0.095)).toBeLessThan(0.005);
  });

  test('neighbouring seeds and streams are unrelated', () => {
    const first = (seed: number, stream: number) => new Rng(seed, stream).u32();
    expect(new Set([first(1, 0), first(2, 0), first(1, 1), first(2, 1), first(700_001, 0)]).size).toBe(5);
  });
});

test('a seed means the same rounds, another seed others', () => {
  expect(JSON.stringify(live(fresh(11), 200))).toBe(JSON.stringify(live(fresh(11), 200)));
  expect(JSON.stringify(live(fresh(11), 200))).not.toBe(JSON.stringify(live(fresh(12), 200)));
});

test('every round is a record: increasing numbers, whole clocks, phases only where they happened', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
      let last = -1;
      for (const round of live(fresh(seed), 60)) {
        expect(round.round).toBeGreaterThan(last);
        last = round.round;
        expect(Number.isInteger(round.monotonic_ms)).toBe(true);
        expect(new Date(round.started_at).toISOString()).toBe(round.started_at);
        for (const one of [...round.controls, ...Object.values(round.platforms).flat()]) check(one);
      }
    }),
    { numRuns: 12 },
  );
  function check(one: Observation): void {
    if (one.outcome === 'ok') {
      expect(one.failure).toBeUndefined();
      expect(one.phases?.connect).toBeGreaterThan(0);
      expect(one.phases?.tls).toBeGreaterThan(0);
    } else expect(one.failure?.reason).toMatch(/_/);
    for (const ms of Object.values(one.phases ?? {})) expect(ms).toBeLessThanOrEqual(10_000);
    if (one.failure?.phase === 'connect') expect(one.phases?.connect).toBeUndefined();
    if (one.failure?.phase === 'resolve') expect(one.phases?.resolve).toBeUndefined();
  }
});

test('a calm round is small, and widens when something fails', () => {
  const trace = fresh(21, { plan: 'calm' });
  const calm = live(trace, 60).map((round) => Object.values(round.platforms).flat().length);
  expect(median(calm)).toBeLessThanOrEqual(6);
  const block: Trouble = { kind: 'interference', from: 0, to: 1e9, act: (air) => air.break(pathsOf(0), 'blackhole') };
  for (const round of live(trace.fork(1, [block]), 30)) {
    expect(round.platforms['x']!.filter((one) => one.ip_protocol === 'ip4').length).toBeGreaterThanOrEqual(3);
    expect(round.controls.filter((one) => one.ip_protocol === 'ip4').length).toBe(trace.vantage.paths.length - 12);
  }
});

describe('interference as it is documented', () => {
  const seen = (name: string, seed = 33) => {
    const trace = fresh(seed, { plan: 'full', cadence: 'every', records: 'rich' });
    const before = live(trace, 60);
    const kind = eventClasses.find((one) => one.name === name)!;
    const from = trace.minute + 1;
    const own = kind.make({ paths: pathsOf(0), from, to: from + 60, rng: new Rng(1), vantage: trace.vantage });
    return { before, during: live(trace.fork(2, own), 60) };
  };
  const phase = (rounds: Round[], which: 'connect' | 'tls') =>
    median(rounds.flatMap((round) => round.platforms['x']!.flatMap((one) => one.phases?.[which] ?? [])));
  const goodput = (rounds: Round[]) =>
    median(rounds.flatMap((round) => round.platforms['x']!.flatMap((one) => one.goodput_bps ?? [])));

  test('128 kbit/s without a burst: the connection opens as ever, the handshake crawls, the rate is the limit', () => {
    const { before, during } = seen('128 kbit/s');
    expect(phase(during, 'connect') / phase(before, 'connect')).toBeLessThan(1.3);
    expect(phase(during, 'tls') / phase(before, 'tls')).toBeGreaterThan(3);
    expect(goodput(during)).toBeGreaterThan(90_000);
    expect(goodput(during)).toBeLessThan(135_000);
  });

  test('with a burst only the rate tells', () => {
    const { before, during } = seen('128 kbit/s, burst');
    expect(phase(during, 'tls') / phase(before, 'tls')).toBeLessThan(1.3);
    expect(goodput(during)).toBeLessThan(135_000);
  });

  test('latency × 4 stretches every phase alike', () => {
    const { before, during } = seen('latency ×4');
    expect(phase(during, 'connect') / phase(before, 'connect')).toBeGreaterThan(3);
  });

  test('a reset is quicker than a distant server, and the neutral name is answered', () => {
    const { during } = seen('reset');
    for (const one of during.flatMap((round) => round.platforms['x']!)) {
      if (one.ip_protocol === 'ip6' || one.failure?.reason !== 'connection_reset') continue;
      expect(one.experiments?.[0]).toMatchObject({ kind: 'neutral_sni', outcome: 'ok' });
    }
    expect(
      during.flatMap((round) => round.platforms['x']!).filter((one) => one.failure?.reason === 'connection_reset')
        .length,
    ).toBeGreaterThan(100);
  });

  test('other platforms never notice', () => {
    for (const kind of eventClasses.filter((one) => one.platforms === 1 && one.name !== 'in an outage')) {
      const { during } = seen(kind.name, 35);
      const failed = during
        .flatMap((round) => round.platforms['youtube']!)
        .filter((one) => one.outcome === 'failed').length;
      expect(failed / (during.length * 3), kind.name).toBeLessThan(0.05);
    }
  });
});

test('a vantage is drawn from its seed alone and has four platforms of three targets', () => {
  for (let seed = 1; seed < 50; seed++) {
    const vantage = drawVantage(seed);
    expect(vantage).toEqual(drawVantage(seed));
    expect(vantage.paths.filter((path) => path.platform >= 0).length).toBe(3 * platforms.length);
    expect(vantage.paths.length - 12).toBeGreaterThanOrEqual(3);
  }
});
