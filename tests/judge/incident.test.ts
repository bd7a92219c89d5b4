import { beforeAll, describe, expect, test } from 'vitest';
import { blackhole, fail, Life, police, stretch, warm } from './life.ts';

let past: Life;
beforeAll(() => {
  past = warm();
});

/** The same past, another future. */
function future(): Life {
  const life = new Life();
  life.state = structuredClone(past.state);
  life.minute = past.minute;
  return life;
}

const opened = (life: Life, platform = 'x') =>
  life.events.filter((event) => event.event === 'opened' && event.platform === platform);

test('two quiet days raise nothing', () => {
  expect(past.events).toEqual([]);
  expect(past.held('x')).toBe('reachable');
});

describe('a full block without any trace of intent', () => {
  test('opens in three rounds as unreachable, with an onset between last good and first bad sample', () => {
    const life = future();
    const from = life.minute;
    life.run(3, blackhole('x'));
    const [event] = opened(life);
    expect(event).toMatchObject({ state: 'unreachable', basis: 'comparison', mechanism: 'tcp.timeout' });
    expect(Date.parse(event!.onset_earliest)).toBe(Date.parse('2024-01-06T00:00:00Z') + (from - 1) * 60_000);
    expect(Date.parse(event!.onset_latest)).toBe(Date.parse('2024-01-06T00:00:00Z') + from * 60_000);
    expect(life.held('x')).toBe('unreachable');
    expect(life.held('youtube')).toBe('reachable');
  });

  test('one bad round, or two, open nothing and move nothing', () => {
    const life = future();
    life.run(1, blackhole('x'));
    expect(life.held('x')).toBe('reachable');
    life.run(5);
    life.run(2, blackhole('x'));
    life.run(20);
    expect(life.events).toEqual([]);
  });

  test('closes within eight rounds of its end, once, and says between which samples it ended', () => {
    const life = future();
    life.run(30, blackhole('x'));
    const end = life.minute;
    const closed = life.run(8).filter((event) => event.event === 'closed');
    expect(closed).toHaveLength(1);
    expect(Date.parse(closed[0]!.ended_earliest!)).toBe(Date.parse('2024-01-06T00:00:00Z') + (end - 1) * 60_000);
    expect(Date.parse(closed[0]!.ended_latest!)).toBe(Date.parse('2024-01-06T00:00:00Z') + end * 60_000);
    expect(life.held('x')).toBe('reachable');
  });
});

describe('what a suspicion would be called', () => {
  const kind = (life: Life, platform = 'x') => life.last!.detail.platforms[platform]!.suspect_kind;

  test('nothing in calm, and of what does not answer that it is unreachable, before and after it is an incident', () => {
    const life = future();
    life.step();
    expect(kind(life)).toBeUndefined();
    const seen = Array.from({ length: 6 }, () => {
      const { detail } = life.step(blackhole('x'));
      const { suspect, suspect_kind, open } = detail.platforms['x']!;
      return { suspect, suspect_kind, open: open?.state };
    });
    expect(seen.some(({ suspect, open }) => suspect && open === undefined)).toBe(true);
    for (const { suspect, suspect_kind, open } of seen) {
      expect(suspect_kind).toBe(suspect ? 'unreachable' : undefined);
      if (open) expect(suspect_kind).toBe(open);
    }
    expect(kind(life, 'youtube')).toBeUndefined();
  });

  test('slowness is degraded, until a rate is proved', () => {
    const life = future();
    const kinds: (string | undefined)[] = [];
    for (let n = 0; n < 25; n++) {
      life.step(police(128_000, 'x'));
      kinds.push(kind(life));
    }
    const first = kinds.findIndex((one) => one !== undefined);
    expect(kinds[first]).toBe('degraded');
    expect(kinds.at(-1)).toBe('throttled');
    const slow = future();
    slow.run(40, (round) => stretch(round.platforms['x']!, 4));
    expect(slow.last!.detail.platforms['x']).toMatchObject({ suspect: true, suspect_kind: 'degraded' });
  });
});

describe('one target of three', () => {
  const oneOfThree = (round: Parameters<ReturnType<typeof blackhole>>[0]) =>
    fail(round.platforms['x']![1]!, 'tls', 'generic_timeout_error');

  test('opens within seven rounds', () => {
    const life = future();
    life.run(7, oneOfThree);
    expect(opened(life)).toHaveLength(1);
  });

  test('does not close while it goes on: good is relative to what opened it', () => {
    const life = future();
    life.run(180, oneOfThree);
    expect(life.events.filter((event) => event.event === 'closed')).toEqual([]);
    expect(opened(life)).toHaveLength(1);
  });
});

test('five minutes on, five off: one incident, however often it comes back', () => {
  const life = future();
  life.run(60, (round, minute) => {
    if (Math.floor(minute / 5) % 2 === 0) blackhole('x')(round, minute);
  });
  expect(new Set(life.events.map((event) => event.incident)).size).toBe(1);
});

test('a relapse within half an hour is the same incident, and is noted as flapping', () => {
  const life = future();
  life.run(20, blackhole('x'));
  life.run(20);
  expect(life.held('x')).toBe('reachable');
  life.run(10, blackhole('x'));
  const [first, second] = opened(life);
  expect(second!.incident).toBe(first!.incident);
  expect(second!.notes).toContain('flapping');
  expect(second!.onset_latest).toBe(first!.onset_latest);
});

test('a relapse after an hour is another incident', () => {
  const life = future();
  life.run(20, blackhole('x'));
  life.run(70);
  life.run(10, blackhole('x'));
  const [first, second] = opened(life);
  expect(second!.incident).not.toBe(first!.incident);
});

test('controls lost while it is open: the incident stays, the state says that nobody knows', () => {
  const life = future();
  life.run(10, blackhole('x'));
  life.run(6, (round) => {
    for (const entries of [round.controls, ...Object.values(round.platforms)]) {
      for (const entry of entries) fail(entry, 'connect', 'generic_timeout_error');
    }
  });
  expect(life.held('x')).toBe('inconclusive');
  expect(life.last!.detail.platforms['x']!.open?.state).toBe('unreachable');
  expect(life.events.map((event) => event.event)).toEqual(['opened']);
});

test('a longer path, alone, is degraded, and after six hours the new normal', () => {
  const life = future();
  const detour = (round: Parameters<ReturnType<typeof blackhole>>[0]) => stretch(round.platforms['x']!, 4);
  life.run(6, detour);
  expect(opened(life)[0]).toMatchObject({ state: 'degraded', basis: 'comparison' });
  const closed = life.run(6 * 60 + 5, detour).filter((event) => event.event === 'closed');
  expect(closed[0]!.notes).toContain('path_change');
  expect(life.run(240, detour)).toEqual([]);
});

test('less than twice as slow is never an alarm', () => {
  const life = future();
  expect(life.run(300, (round) => stretch(round.platforms['x']!, 1.8))).toEqual([]);
});

test('three times as slow within three days: no alarm, but a note against the frog that is boiled slowly', () => {
  // A day of rounds, whose anchor is told to have seen eight.
  const life = warm({}, 1440);
  for (const platform of Object.values(life.state!.platforms)) platform.anchor.latency![1] = 8 * 24;
  const start = life.minute;
  const events = life.run(4 * 1440, (round, minute) =>
    stretch(round.platforms['x']!, 3 ** Math.min(1, (minute - start) / 4320)),
  );
  expect(events).toEqual([]);
  expect(life.last!.verdicts['x']!.notes).toContain('slow_degradation');
  expect(life.last!.verdicts['youtube']!.notes).not.toContain('slow_degradation');
});

test('after a week it is persistent, and never silently normal', () => {
  const life = future();
  life.run(5, blackhole('x'));
  for (let day = 0; day < 7; day++) {
    life.pass(1440);
    life.run(5, blackhole('x'));
  }
  expect(life.state!.platforms['x']!.incident!.notes).toContain('persistent');
  expect(life.held('x')).toBe('unreachable');
});

test('blocked since before the probe began: low confidence, and it says so', () => {
  const life = new Life();
  life.run(6, blackhole('x'));
  expect(opened(life)[0]).toMatchObject({ confidence: 'low', notes: ['since_start'] });
  expect(opened(life)[0]!.statement).toMatch(/^Since this probe began to measure at 00:00 \(UTC\) on 6 January 2024/);
});

test('nothing slow is evidence before sixty rounds, nothing thin before twenty transfers', () => {
  const life = new Life({ transfers: 1 });
  life.run(15);
  expect(life.run(40, police(128_000, 'x'))).toEqual([]);
});

test('IPv6 alone, where IPv6 controls work: degraded, and which it is', () => {
  const life = warm({ ip6: true }, 300);
  life.run(12, (round) => {
    for (const entry of round.platforms['x']!) {
      if (entry.ip_protocol === 'ip6') fail(entry, 'connect', 'generic_timeout_error');
    }
  });
  expect(opened(life)[0]).toMatchObject({ state: 'degraded', mechanism: 'ip6.only' });
});

test('broken IPv6 at home is no verdict', () => {
  const life = warm({ ip6: true }, 300);
  const events = life.run(60, (round) => {
    for (const entries of [round.controls, ...Object.values(round.platforms)]) {
      for (const entry of entries) if (entry.ip_protocol === 'ip6') fail(entry, 'connect', 'network_unreachable', 1);
    }
  });
  expect(events).toEqual([]);
});
