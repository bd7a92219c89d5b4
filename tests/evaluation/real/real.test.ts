/** The extracts of real data that are in the repository, and what must never come of them. */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { fold } from '../../../src/judge/judge.ts';
import { detectorsOf } from '../score/job.ts';
import { readNdt, scoreNdt } from './ndt.ts';
import { readShao, scoreShao } from './shao.ts';
import { countedRefusals, readRefusals, scoreRefusals } from './upptime.ts';

const data = (name: string) => fileURLToPath(new URL(`../data/${name}`, import.meta.url));
const ours = [{ name: 'reachd', overrides: {} }];

test('a year of walls of 429, 403 and 503 opens nothing and blocks nothing', () => {
  const refusals = [...countedRefusals, ...readRefusals(data('upptime-social'))];
  expect(countedRefusals.length).toBe(167);
  expect(refusals.length).toBeGreaterThan(200);
  const score = scoreRefusals(refusals, fold);
  expect(score.blocked).toBe(0);
  expect(score.opened).toEqual([]);
});

test('RIPE Atlas pings are read in both date formats, time-outs as time-outs', () => {
  const traces = readShao(data('shao-ripe-atlas-rtt'));
  expect(traces.map((trace) => trace.samples.length)).toEqual([9_001, 10_001]);
  expect(traces[0]!.samples.filter((sample) => sample.trip_ms === undefined).length).toBe(18);
  expect(new Date(traces[1]!.samples[0]!.at).toISOString()).toBe('2016-10-26T00:01:00.000Z');
});

test('two months of real path changes raise no alarm of latency', () => {
  const score = scoreShao(readShao(data('shao-ripe-atlas-rtt')), () => detectorsOf(ours, false, 240_000));
  expect(score.months).toBeGreaterThan(1.7);
  expect(score.alarms['reachd']!.latency).toBe(0);
});

test('a home’s own goodput raises hardly an alarm', () => {
  const series = readNdt(data('ndt-raspberrypi-brazil'));
  expect(series.length).toBe(4);
  const score = scoreNdt(series, () => detectorsOf(ours, false));
  expect(score.tests).toBeGreaterThan(1_000);
  expect(score.alarms['reachd']).toBeLessThanOrEqual(1);
});
