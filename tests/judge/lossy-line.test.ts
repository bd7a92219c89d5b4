/** A line that loses packets makes every handshake wait for a timer: on a near path that is a factor of twenty. */
import { expect, test } from 'vitest';
import { judge } from '../../src/judge/judge.ts';
import { defaultParams, type JudgeState } from '../../src/judge/state.ts';
import type { ControlObservation, Observation, Round } from '../../src/model/round.ts';

const minute = 60_000;
const params = defaultParams(minute);

const seen = (target: string, connect: number, tls: number): Observation => ({
  target,
  ip_protocol: 'ip4',
  outcome: 'ok',
  phases: { resolve: 2, connect, tls, processing: connect + 10 },
  status: 200,
});

/** `late`: which of the controls, and whether the platform, wait 200 ms for a retransmission in this round. */
function round(i: number, late: { controls: (c: number) => boolean; platform: boolean }): Round {
  const controls = [95, 120, 240].map(
    (trip, c): ControlObservation => ({
      ...seen(`control-${c}`, trip + (i % 3), trip + 6 + (late.controls(c) ? 200 : 0)),
      scope: 'foreign',
    }),
  );
  const x = ['website', 'cdn', 'media'].map((role) =>
    seen(`x/${role}`, 9 + (i % 3) / 10, 18 + (late.platform ? 200 : 0)),
  );
  return {
    version: 1,
    round: i,
    started_at: new Date(Date.UTC(2024, 0, 1) + i * minute).toISOString(),
    monotonic_ms: 1_000_000 + i * minute,
    interval_ms: minute,
    companies: { x: 'x' },
    vantage: { resolver_scope: 'isp' },
    controls,
    platforms: { x },
  };
}

function opened(late: (i: number) => { controls: (c: number) => boolean; platform: boolean }): number {
  let state: JudgeState | undefined;
  let count = 0;
  for (let i = 0; i < 230; i++) {
    const calm = { controls: () => false, platform: false };
    const judgement = judge(state, round(i, i < 200 ? calm : late(i)), params);
    state = judgement.state;
    count += judgement.events.filter((event) => event.event === 'opened').length;
  }
  return count;
}

test('two of three controls wait as well: the line, not the platform', () => {
  expect(opened((i) => ({ controls: (c) => c !== i % 3, platform: true }))).toBe(0);
});

test('the controls wait for nothing: the platform', () => {
  expect(opened(() => ({ controls: () => false, platform: true }))).toBe(1);
});

test('one control that waits now and then clears nobody', () => {
  expect(opened((i) => ({ controls: (c) => c === 0 && i % 2 === 0, platform: true }))).toBe(1);
});
