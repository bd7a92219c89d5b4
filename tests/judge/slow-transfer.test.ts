import { expect, test } from 'vitest';
import { isControlRateKnown, type TransferHistory, usualRate, weighTransfer } from '../../src/judge/slow-transfer.ts';
import type { Observation } from '../../src/model/round.ts';
import { type Change, download, Life } from './life.ts';

const sample = (bps: number, more: Partial<Observation> = {}): Observation => ({
  target: 'x/cdn',
  outcome: 'ok',
  goodput_bps: bps,
  transfer: { bytes: 65_536, ms: 1000, after_bytes: 20_480, plateau_bps: bps },
  ...more,
});
/** So many samples at this rate, in a row. */
function after(count: number, bps: number, history: TransferHistory = []) {
  let last = { bad: false, history };
  for (let i = 0; i < count; i++) last = weighTransfer(last.history, sample(bps));
  return last;
}

test('bad is below a quarter of the median, and not before there is one', () => {
  expect(weighTransfer([], sample(1000)).bad).toBe(false);
  expect(weighTransfer(after(4, 8e6).history, sample(1000)).bad).toBe(false);
  const { history } = after(5, 8e6);
  expect(weighTransfer(history, sample(2.1e6)).bad).toBe(false);
  expect(weighTransfer(history, sample(1.9e6)).bad).toBe(true);
});

test('a stall is bad at once and teaches nothing', () => {
  const frozen = sample(1, {
    goodput_bps: undefined,
    transfer: { bytes: 16e3, ms: 1e4, after_bytes: 16e3, stalled_at: 16e3 },
  });
  expect(weighTransfer([], frozen)).toEqual({ bad: true, history: [] });
});

test('twenty samples are kept; what stays slow for long becomes the measure', () => {
  const { history } = after(40, 8e6);
  expect(history).toHaveLength(20);
  expect(after(1, 1e5, history).bad).toBe(true);
  expect(after(9, 1e5, history).bad).toBe(true);
  expect(after(15, 1e5, history).bad).toBe(false);
});

test('no transfer, no opinion', () => {
  expect(weighTransfer([1, 2], { target: 'x/cdn', outcome: 'ok' })).toEqual({ bad: false, history: [1, 2] });
});

test.each(['ip4', 'ip6'] as const)(
  'a learned rate is found over %s, when that is what is downloaded over',
  (protocol) => {
    const only: Change = (round) => {
      for (const entry of [...round.controls, ...Object.values(round.platforms).flat()]) entry.ip_protocol = protocol;
      download(round.controls[0]!, 20e6, 0.1);
    };
    const life = new Life();
    life.run(4, only);
    expect(isControlRateKnown(life.state, 'control-0')).toBe(false);
    expect(usualRate(life.state, 'x', 'x/cdn')).toBeUndefined();
    life.run(26, only);
    expect(isControlRateKnown(life.state, 'control-0')).toBe(true);
    expect(Math.exp(usualRate(life.state, 'x', 'x/cdn')!) / 20e6).toBeCloseTo(1, 0);
  },
);
