/**
 * Real goodput of real homes (ndt-raspberrypi-brazil): the order and the sizes of the tests are theirs, the clock is not
 * (they lie hours apart; here one is taken every five rounds). Four servers stand for the platforms, up to three for
 * sized controls. Round trips are the series' median: the tests' own are taken under load. Nobody limited anything:
 * every alarm is false.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { glance } from '../rivals/glance.ts';
import type { Detector } from '../score/detector.ts';
import { quantile } from '../score/intervals.ts';
import { companies, MINUTE, platforms } from '../world/vantage.ts';
import { MONTH } from '../world/weather.ts';
import { control, observation, record } from './record.ts';

/** One server as one home saw it: throughput in bit/s in the order of the tests, median of the mean round trips in ms. */
export interface NdtSeries {
  client: string;
  server: string;
  bps: number[];
  trip_ms: number;
}

const ROUNDS_PER_TEST = 5;
const LEAST = 200;

const values = (file: string): number[] =>
  readFileSync(file, 'utf8')
    .split(/\r?\n/)
    .filter((row) => row !== '')
    .map((row) => Number(row.split(',')[1]));

/** Download series with at least 200 tests. */
export function readNdt(directory: string): NdtSeries[] {
  const out: NdtSeries[] = [];
  for (const name of readdirSync(directory).sort()) {
    const named = /^([0-9a-f]{12})_(.+)_d_throughput\.txt$/.exec(name);
    if (!named) continue;
    const trips = join(directory, name.replace('throughput', 'rttmean'));
    if (!existsSync(trips)) continue;
    const bps = values(join(directory, name))
      .map((mbps) => mbps * 1e6)
      .filter((rate) => rate > 0);
    const trip_ms = quantile(values(trips), 0.5);
    if (bps.length >= LEAST && trip_ms) out.push({ client: named[1]!, server: named[2]!, bps, trip_ms });
  }
  return out;
}

export interface NdtScore {
  homes: number;
  tests: number;
  /** Probe-months, a test of every platform each five minutes. */
  months: number;
  alarms: Record<string, number>;
}

/** Runs every home with two series or more through fresh detectors. */
export function scoreNdt(series: readonly NdtSeries[], detectors: () => Detector[]): NdtScore {
  const score: NdtScore = { homes: 0, tests: 0, months: 0, alarms: {} };
  for (const client of new Set(series.map((one) => one.client))) {
    const mine = series.filter((one) => one.client === client).sort((a, b) => b.bps.length - a.bps.length);
    if (mine.length < 2) continue;
    // With few servers, one is the sized control and the others are platforms.
    const sized = mine.length >= 6 ? mine.slice(4, 7) : mine.slice(-1);
    const hosts = mine.slice(0, Math.min(platforms.length, mine.length - sized.length));
    const tests = Math.min(...hosts.map((one) => one.bps.length));
    const running = detectors();
    score.homes++;
    score.tests += tests * hosts.length;
    score.months += (tests * ROUNDS_PER_TEST) / MONTH;
    for (let i = 0; i < tests * ROUNDS_PER_TEST; i++) {
      const test = Math.floor(i / ROUNDS_PER_TEST);
      const sampled = i % ROUNDS_PER_TEST === 0;
      const measure = (one: NdtSeries) => ({
        trip_ms: one.trip_ms,
        ...(sampled ? { goodput_bps: one.bps[test % one.bps.length]! } : {}),
      });
      const round = record(
        i,
        Date.UTC(2023, 4, 1) + i * MINUTE,
        i * MINUTE,
        MINUTE,
        Object.fromEntries(hosts.map((_, p) => [platforms[p]!, companies[platforms[p]!]!])),
        Object.fromEntries(hosts.map((one, p) => [platforms[p]!, [observation(`${platforms[p]}/cdn`, measure(one))]])),
        sized.map((one) => control(one.server, measure(one))),
      );
      const seen = glance(round);
      for (const one of running) one.step(round, seen, i);
    }
    for (const one of running)
      score.alarms[one.name] = (score.alarms[one.name] ?? 0) + one.alarms.filter((alarm) => alarm.platform >= 0).length;
  }
  return score;
}
