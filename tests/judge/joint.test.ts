import { beforeAll, describe, expect, test } from 'vitest';
import { blackhole, Life, police, warm } from './life.ts';

let past: Life;
beforeAll(() => {
  past = warm({ params: { timezone: 'Asia/Karachi' } });
});

function future(params = {}): Life {
  const life = new Life({ params: { timezone: 'Asia/Karachi', ...params } });
  life.state = structuredClone(past.state);
  life.minute = past.minute;
  return life;
}

const joint = (life: Life) => life.events.filter((event) => event.platform === '*');
const all = ['x', 'facebook', 'instagram', 'youtube'];

describe('four platforms throttled in the same minute', () => {
  test('one joint event, with its companies, and a sentence that can be quoted', () => {
    const life = future();
    life.run(8, police(128_000, ...all));
    expect(joint(life)[0]).toMatchObject({
      event: 'opened',
      incident: 'joint-20240108T0000',
      state: 'throttled',
      confidence: 'high',
      platforms: ['facebook', 'instagram', 'x', 'youtube'],
      companies: ['google', 'meta', 'x'],
    });
    expect(joint(life)[0]!.statement).toMatch(
      /^Since 04:59–05:00 \(UTC\+5\) on 8 January 2024 X, Facebook, Instagram and YouTube have been throttled as seen from AS17557 \(PK\), over TCP: downloads at 0\.\d+ % of normal, handshakes 7\.?\d*× slower\. Control sites are unaffected\. Confidence: high\. This does not show who ordered it\.$/,
    );
    expect(life.last!.detail.disruption?.state).toBe('throttled');
  });

  test('ends when it is over, within a quarter of an hour', () => {
    const life = future();
    life.run(60, police(128_000, ...all));
    life.run(15);
    expect(joint(life).at(-1)!.event).toBe('closed');
    expect(life.last!.detail.disruption).toBeUndefined();
    for (const platform of all) expect(life.held(platform)).toBe('reachable');
  });

  test('comes again two weeks later: the first is named', () => {
    const life = future();
    life.run(60, police(128_000, ...all));
    life.run(200);
    life.pass(13 * 1440);
    life.run(100);
    life.run(8, police(130_000, ...all));
    const second = joint(life).at(-1)!;
    expect(second.seen_before).toEqual(['joint-20240108T0000']);
    expect(second.statement).toContain('This is consistent with 8 January 2024.');
  });

  test('an event of the configuration near its beginning is named', () => {
    const life = future({ events: [{ at: '2024-01-08T02:00:00Z', title: 'an online rally' }] });
    life.run(8, police(128_000, ...all));
    expect(joint(life)[0]!.statement).toContain('It coincides with an online rally.');
  });
});

test('two platforms of one company are no joint event', () => {
  const life = future();
  life.run(20, blackhole('facebook', 'instagram'));
  expect(joint(life)).toEqual([]);
  expect(life.events).toHaveLength(2);
});

test('two companies an hour apart are no joint event', () => {
  const life = future();
  life.run(60, blackhole('x'));
  life.run(20, blackhole('x', 'youtube'));
  expect(joint(life)).toEqual([]);
});

test('all four dropped at TCP in the same round: blocked, by comparison, at most medium', () => {
  const life = future();
  life.run(6, blackhole(...all));
  expect(joint(life)[0]).toMatchObject({ state: 'blocked', basis: 'comparison', confidence: 'medium' });
  for (const platform of all) expect(life.held(platform)).toBe('blocked');
});

test('everything remembered of eight and more incidents is the last eight', () => {
  const life = future();
  for (let i = 0; i < 10; i++) {
    life.run(10, blackhole('x'));
    life.run(45);
  }
  expect(life.state!.fingerprints).toHaveLength(8);
  expect(new Set(life.state!.fingerprints.map(({ id }) => id)).size).toBe(8);
});
