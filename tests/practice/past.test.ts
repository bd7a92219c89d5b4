/** What the judge makes of days that were written down instead of lived through. */
import { expect, test } from 'vitest';
import { load } from '../../src/config/load.ts';
import { judge } from '../../src/judge/judge.ts';
import { defaultParams, type JudgeState } from '../../src/judge/state.ts';
import type { Round } from '../../src/model/round.ts';
import type { IncidentEvent } from '../../src/model/verdict.ts';
import { pastRounds, type Stretch } from '../../src/practice/past.ts';
import { seededRandom } from '../../src/practice/random.ts';

const { config } = load({ flags: { 'config.file': undefined }, env: {} });
const minute = 60_000;
const from_ms = Date.parse('2024-01-07T10:00:00Z');

function live(stretch: Stretch): { rounds: Round[]; events: IncidentEvent[] } {
  const rounds = [
    ...pastRounds(stretch, 1, {
      platforms: config.platforms.filter(({ enabled }) => enabled),
      controls: config.controls.filter(({ country }) => country === undefined || country === 'PK'),
      vantage: { id: 'practice', country: 'PK', asn: 'AS17557', resolver_scope: 'isp' },
      rtt_ms: 50,
      bytes: 48 * 1024,
      slowed_bps: 240_000,
      held_ms: 350,
      boot_ms: from_ms - 1000 * minute,
      random: seededRandom(3),
    }),
  ];
  const params = defaultParams(minute, { transfer_every_ms: minute, ready_after_ms: 60 * minute });
  let state: JudgeState | undefined;
  const events: IncidentEvent[] = [];
  for (const round of rounds) {
    const judgement = judge(state, round, params);
    state = judgement.state;
    events.push(...judgement.events);
  }
  return { rounds, events };
}

test('ten calm hours: a round a minute, and nothing to report', () => {
  const { rounds, events } = live({ from_ms, to_ms: from_ms + 600 * minute });
  expect(rounds.map(({ round }) => round)).toEqual(Array.from({ length: 600 }, (_, i) => i + 1));
  expect(rounds[1]!.monotonic_ms - rounds[0]!.monotonic_ms).toBe(minute);
  expect(events).toEqual([]);
});

test('an evening of slowness is opened within minutes, named, and closed', () => {
  const slowed = { from_ms: from_ms + 300 * minute, to_ms: from_ms + 400 * minute };
  const { events } = live({ from_ms, to_ms: from_ms + 500 * minute, slowed });
  const joint = events.filter(({ platform }) => platform === '*');
  // Who is a round behind joins the others.
  expect(joint.map(({ event }) => event).filter((event) => event !== 'changed')).toEqual(['opened', 'closed']);
  const last = joint.at(-1)!;
  expect(last).toMatchObject({ event: 'closed', state: 'throttled', companies: ['google', 'meta', 'x'] });
  expect(Date.parse(joint[0]!.at) - slowed.from_ms).toBeLessThan(10 * minute);
  expect(Date.parse(joint[0]!.onset_earliest)).toBeLessThanOrEqual(slowed.from_ms);
  // A record begins some milliseconds after its minute does.
  expect(Date.parse(joint[0]!.onset_latest) - slowed.from_ms).toBeGreaterThanOrEqual(0);
  expect(Date.parse(last.at) - slowed.to_ms).toBeLessThan(30 * minute);
});
