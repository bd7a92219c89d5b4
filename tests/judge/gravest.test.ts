/** What an incident is called while it goes on, and when it is over. */
import { beforeAll, describe, expect, test } from 'vitest';
import { type Change, fail, Life, police } from './life.ts';

/** The calm plan looks over IPv6 only in every fifth round. */
const sparing: Change = (round, minute) => {
  if (minute % 5 === 0) return;
  for (const name of Object.keys(round.platforms)) {
    round.platforms[name] = round.platforms[name]!.filter(({ ip_protocol }) => ip_protocol === 'ip4');
  }
  round.controls = round.controls.filter(({ ip_protocol }) => ip_protocol === 'ip4');
};

/** Connections that name X are reset faster than its servers could: an artefact, over both protocols. */
const reset: Change = (round) => {
  for (const entry of round.platforms['x']!) fail(entry, 'tls', 'connection_reset', 4);
};

const both =
  (...changes: Change[]): Change =>
  (round, minute) => {
    for (const change of changes) change(round, minute);
  };

let past: Life;
beforeAll(() => {
  past = new Life({ ip6: true });
  past.run(600, sparing);
});

function future(): Life {
  const life = new Life({ ip6: true });
  life.state = structuredClone(past.state);
  life.minute = past.minute;
  return life;
}

const ofX = (life: Life) => life.events.filter(({ platform }) => platform === 'x');
/** Its names, one after the other; that more confidence is told under the same name is firmer.test.ts's matter. */
const states = (life: Life) =>
  ofX(life)
    .filter(({ event, state, mechanism }, index, all) => {
      const before = all[index - 1];
      return event !== 'changed' || state !== before?.state || mechanism !== before.mechanism;
    })
    .map(({ event, state, mechanism }) => [event, state, mechanism]);

describe('when a block is lifted', () => {
  test.each([0, 1, 2, 3, 4])(
    'failures over IPv6 that are held from before do not rename it (minute %i of five)',
    (offset) => {
      const life = future();
      life.run(20 + offset, both(sparing, reset));
      life.run(40, sparing);
      expect(states(life)).toEqual([
        ['opened', 'blocked', 'tls.reset'],
        ['closed', 'blocked', 'tls.reset'],
      ]);
      expect(ofX(life).at(-1)?.statement).toMatch(/X was blocked as seen from AS17557/);
      expect(life.held('x')).toBe('reachable');
    },
  );

  test('over IPv4 only, the rest is named for as long as it lasts, and the whole after its gravest part', () => {
    const life = future();
    life.run(20, both(sparing, reset));
    const only6: Change = (round) => {
      for (const entry of round.platforms['x']!) {
        if (entry.ip_protocol === 'ip6') fail(entry, 'tls', 'connection_reset', 4);
      }
    };
    life.run(60, only6);
    expect(life.held('x')).toBe('degraded');
    life.run(60, sparing);
    expect(ofX(life).at(-1)).toMatchObject({ event: 'closed', state: 'blocked', mechanism: 'tls.reset' });
  });
});

test('what still fails, only without a trace any more, is not called less than blocked', () => {
  const life = future();
  life.run(20, both(sparing, reset));
  const mute: Change = (round) => {
    for (const entry of round.platforms['x']!) fail(entry, 'tls', 'generic_timeout_error');
  };
  life.run(30, both(sparing, mute));
  expect(states(life)).toEqual([['opened', 'blocked', 'tls.reset']]);
  expect(life.held('x')).toBe('blocked');
});

test('a block that gives way to a throttle is called so while it lasts, and by its gravest name when all is over', () => {
  const life = future();
  life.run(20, both(sparing, reset));
  life.run(60, both(sparing, police(128_000, 'x')));
  expect(life.held('x')).toBe('throttled');
  life.run(90, sparing);
  const [first, ...others] = ofX(life);
  expect(first).toMatchObject({ event: 'opened', state: 'blocked' });
  expect(others.filter(({ event }) => event !== 'closed').map(({ state }) => state)).toContain('throttled');
  expect(others.at(-1)).toMatchObject({ event: 'closed', state: 'blocked', mechanism: 'tls.reset' });
  expect(new Set(ofX(life).map(({ incident }) => incident)).size).toBe(1);
});

describe('the joint event', () => {
  test('is not renamed when those recover first who were hit hardest', () => {
    const life = future();
    const hit: Change = (round) => {
      for (const name of ['x', 'facebook']) {
        for (const entry of round.platforms[name]!) fail(entry, 'tls', 'connection_reset', 4);
      }
    };
    const slow = police(128_000, 'instagram', 'youtube');
    life.run(40, both(sparing, hit, slow));
    const joint = () => life.events.filter(({ platform }) => platform === '*');
    expect(joint().at(-1)).toMatchObject({ state: 'blocked' });
    life.run(40, both(sparing, slow));
    life.run(60, sparing);
    expect(joint().at(-1)).toMatchObject({ event: 'closed', state: 'blocked', mechanism: 'tls.reset' });
    expect(joint().map(({ state }) => state)).not.toContain('throttled');
  });
});

test('a freeze stays one when a round’s end cuts a download before it could freeze', () => {
  const life = future();
  // Downloads in every round, as while an incident is followed; a control’s beside every fifth.
  const frozen =
    (cut: boolean): Change =>
    (round) => {
      const cdn = round.platforms['x']!.find(({ target }) => target === 'x/cdn')!;
      delete cdn.goodput_bps;
      cdn.transfer = { bytes: 17_504, ms: 4_000, after_bytes: 0, ...(cut ? {} : { stalled_at: 17_504 }) };
    };
  life.run(20, both(sparing, frozen(false)));
  const named = states(life);
  expect(named.at(-1)).toEqual(['changed', 'blocked', 'http.freeze']);
  for (let i = 0; i < 10; i += 1) {
    life.run(1, both(sparing, frozen(true)));
    life.run(1, both(sparing, frozen(false)));
  }
  expect(states(life)).toEqual(named);
});
