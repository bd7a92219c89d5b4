/**
 * The classes of interference: each a small function that turns platforms and a span of minutes into troubles, with
 * what a right verdict may call it. One row of the table each.
 */
import type { AnomalyKind } from '../../../src/model/vocabulary.ts';
import { absent, lineDown } from './acts.ts';
import type { Trouble } from './air.ts';
import type { Rng } from './random.ts';
import type { Vantage } from './vantage.ts';

export interface EventClass {
  name: string;
  why: string;
  /** Platforms hit: drawn afresh for every event. */
  platforms: number;
  /** Kinds that are right for a rich record, and for a thin one. */
  right: readonly AnomalyKind[];
  thin: readonly AnomalyKind[];
  /** Vantages at which this class can happen or be seen at all. */
  possible?: (vantage: Vantage) => boolean;
  /** The first rounds of the event are lost with the line: delay counts from the minute it is back. */
  hidden?: (from: number) => number;
  make(hit: { paths: number[]; from: number; to: number; rng: Rng; vantage: Vantage }): Trouble[];
}

const steady =
  (
    act: (air: Parameters<Trouble['act']>[0], paths: number[], minute: number, from: number) => void,
  ): EventClass['make'] =>
  ({ paths, from, to }) => [{ kind: 'interference', from, to, act: (air, minute) => act(air, paths, minute, from) }];

/** A limit of 1 Mbit/s is no throttling on a line that is hardly faster. */
const fastLine =
  (bps: number) =>
  (vantage: Vantage): boolean =>
    vantage.rate_bps >= 5 * bps;

const samplesGoodput = (vantage: Vantage): boolean => vantage.plan === 'calm' || vantage.cadence !== 'none';
const both = (a: (v: Vantage) => boolean, b: (v: Vantage) => boolean) => (v: Vantage) => a(v) && b(v);

const slowed: readonly AnomalyKind[] = ['throttled', 'degraded'];

/** Rounds of local outage that hide the beginning of an event of class `in an outage`. */
const OUTAGE = 15;

export const eventClasses: readonly EventClass[] = [
  {
    name: 'dns',
    why: 'the ISP resolver answers NXDOMAIN for the platform (Pakistan 2017)',
    platforms: 1,
    right: ['blocked'],
    thin: ['blocked', 'unreachable'],
    make: steady((air, paths) => air.break(paths, 'dns')),
  },
  {
    name: 'reset',
    why: 'RST on the platform name in the ClientHello: the commonest filter',
    platforms: 1,
    right: ['blocked'],
    thin: ['blocked', 'unreachable'],
    make: steady((air, paths) => air.break(paths, 'reset')),
  },
  {
    name: 'blackhole',
    why: 'the platform’s addresses dropped: alone no proof of intent',
    platforms: 1,
    right: ['unreachable'],
    thin: ['unreachable'],
    make: steady((air, paths) => air.break(paths, 'blackhole')),
  },
  {
    name: 'blackhole, all four',
    why: 'three companies dropped in the same minute',
    platforms: 4,
    right: ['blocked'],
    thin: ['blocked'],
    make: steady((air, paths) => air.break(paths, 'blackhole')),
  },
  {
    name: 'one of three',
    why: 'one name of the platform is filtered, the others work',
    platforms: 1,
    right: ['blocked'],
    thin: ['blocked', 'unreachable', 'degraded'],
    make: ({ paths, from, to, rng }) => {
      const one = [rng.pick(paths)];
      const mode = rng.chance(0.7) ? 'reset' : 'dns';
      return [{ kind: 'interference', from, to, act: (air) => air.break(one, mode) }];
    },
  },
  {
    name: '128 kbit/s',
    why: 'policed to 128 kbit/s without a burst, so that handshakes crawl too (Russia 2022)',
    platforms: 1,
    right: ['throttled'],
    thin: slowed,
    make: steady((air, paths) => air.limit(paths, 128_000, false)),
  },
  {
    name: '128 kbit/s, burst',
    why: 'the burst lets handshakes through: only a transfer sees it (Russia 2021)',
    platforms: 1,
    right: ['throttled'],
    thin: slowed,
    possible: samplesGoodput,
    make: steady((air, paths) => air.limit(paths, 128_000, true)),
  },
  {
    name: '128 kbit/s, all four',
    why: 'Pakistan, 20 January 2024',
    platforms: 4,
    right: ['throttled'],
    thin: slowed,
    make: steady((air, paths) => air.limit(paths, 128_000, false)),
  },
  {
    name: '500 kbit/s',
    why: 'the rate of throttled QUIC in Russia 2024, with a burst',
    platforms: 1,
    right: slowed,
    thin: slowed,
    possible: both(samplesGoodput, fastLine(500_000)),
    make: steady((air, paths) => air.limit(paths, 500_000, true)),
  },
  {
    name: '1 Mbit/s',
    why: 'a gentle limit, lines of 5 Mbit/s and more',
    platforms: 1,
    right: slowed,
    thin: slowed,
    possible: both(samplesGoodput, fastLine(1_000_000)),
    make: steady((air, paths) => air.limit(paths, 1_000_000, true)),
  },
  {
    name: '5 Mbit/s',
    why: 'hardly a limit at all, lines of 25 Mbit/s and more; a 64 KiB object hardly feels it',
    platforms: 1,
    right: slowed,
    thin: slowed,
    possible: both(samplesGoodput, fastLine(5_000_000)),
    make: steady((air, paths) => air.limit(paths, 5_000_000, true)),
  },
  {
    name: 'freeze',
    why: 'nothing more after 16 KB (Russia 2025)',
    platforms: 1,
    right: ['blocked'],
    thin: ['blocked', 'unreachable', 'throttled', 'degraded'],
    possible: samplesGoodput,
    make: steady((air, paths) => air.break(paths, 'freeze')),
  },
  {
    name: 'slow handshake',
    why: 'TLS takes 8 × as long and a second more, connect is normal (Turkey 2022–25)',
    platforms: 1,
    right: ['throttled'],
    thin: slowed,
    make: steady((air, paths) => {
      air.touched = true;
      for (const p of paths) {
        air.handshake[p] = 8;
        air.handshake_ms[p] = 1_000;
      }
    }),
  },
  {
    name: 'ramp',
    why: 'the limit tightens over half an hour from 4 Mbit/s to 128 kbit/s',
    platforms: 1,
    right: slowed,
    thin: slowed,
    possible: fastLine(1_000_000),
    make: steady((air, paths, minute, from) => {
      const done = Math.min(1, (minute - from) / 30);
      air.limit(paths, 4e6 * (128_000 / 4e6) ** done, false);
    }),
  },
  {
    name: 'flapping 5/5',
    why: 'five minutes on, five minutes off',
    platforms: 1,
    right: ['blocked'],
    thin: ['blocked', 'unreachable'],
    make: steady((air, paths, minute, from) => {
      if (Math.floor((minute - from) / 5) % 2 === 0) air.break(paths, 'reset');
    }),
  },
  {
    name: 'latency ×4',
    why: 'every round trip to the platform four times as long: a detour, or a queue',
    platforms: 1,
    right: slowed,
    thin: slowed,
    make: steady((air, paths) => air.worsen(paths, { rtt: 4 })),
  },
  {
    name: 'IPv6 only',
    why: 'the platform’s IPv6 addresses dropped while IPv6 controls work',
    platforms: 1,
    right: ['degraded'],
    thin: ['degraded'],
    possible: (vantage) => vantage.ip6,
    make: steady((air, paths) => air.break(paths, 'ip6')),
  },
  {
    name: 'in an outage',
    why: 'the block begins while the line is down for a quarter of an hour',
    platforms: 1,
    right: ['blocked'],
    thin: ['blocked', 'unreachable'],
    hidden: (from) => from + OUTAGE - 3,
    make: ({ paths, from, to }) => [
      { kind: 'line down', from: from - 3, to: from + OUTAGE - 3, act: lineDown(from - 3, from + OUTAGE - 3) },
      { kind: 'interference', from, to, act: (air) => air.break(paths, 'reset') },
    ],
  },
  {
    name: 'killed inside',
    why: 'the daemon is killed twenty minutes into a block and comes back six minutes later',
    platforms: 1,
    right: ['blocked'],
    thin: ['blocked', 'unreachable'],
    make: ({ paths, from, to }) => [
      { kind: 'interference', from, to, act: (air) => air.break(paths, 'reset') },
      { kind: 'restart', from: from + 20, to: from + 26, act: absent },
    ],
  },
  {
    name: 'two thirds seen',
    why: 'a block on a probe that loses 30 % of its rounds',
    platforms: 1,
    right: ['blocked'],
    thin: ['blocked', 'unreachable'],
    make: ({ paths, from, to, rng }) => {
      const lost = new Set<number>();
      for (let m = Math.floor(from); m < to; m++) if (rng.chance(0.3)) lost.add(m);
      return [
        { kind: 'interference', from, to, act: (air) => air.break(paths, 'reset') },
        {
          kind: 'restart',
          from,
          to,
          act: (air, minute) => {
            if (lost.has(minute)) absent(air, minute);
          },
        },
      ];
    },
  },
];
