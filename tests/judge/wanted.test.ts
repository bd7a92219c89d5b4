/** What a round asks for before it is judged. */
import { describe, expect, test } from 'vitest';
import { wanted as wantedOfFold } from '../../src/judge/judge.ts';
import type { RoundMemory } from '../../src/judge/memory.ts';
import { recall, slowTargets } from '../../src/judge/recall.ts';
import { type WantedParams, wanted } from '../../src/judge/wanted.ts';
import type { Observation, Round } from '../../src/model/round.ts';
import { everything, nameDenied, replaced, sniCut } from './censors.ts';
import { download, warm } from './life.ts';
import { calm, control, fails, on, onControls, unresolved } from './rounds.ts';

const params: WantedParams = { neutral_sni: true, large_hello: true, pass: 1 };
const ask = (change: (round: Round) => void, more: Partial<WantedParams> = {}, memory: RoundMemory = {}) =>
  wanted(memory, calm(change), { ...params, ...more });
const kindsFor = (wishes: ReturnType<typeof ask>, target?: string) =>
  wishes.filter((wish) => wish.target === target).map(({ kind }) => kind);
const cut = (one: Observation) => fails(one, 'tls', 'connection_reset');

test('a calm round asks for nothing', () => {
  expect(ask(() => {})).toEqual([]);
  expect(ask(() => {}, { siblings: ['x'], beacons: true })).toEqual([]);
});

test('a failure widens the round: all controls once, the platform’s other targets, experiments for the target', () => {
  const wishes = ask((r) => {
    on(r, 'x/website', cut);
    on(r, 'youtube/website', cut);
  });
  expect(wishes[0]).toEqual({ kind: 'all_controls', platform: '*' });
  expect(wishes.filter(({ kind }) => kind === 'all_controls')).toHaveLength(1);
  expect(wishes.filter(({ kind }) => kind === 'all_targets').map(({ platform }) => platform)).toEqual(['x', 'youtube']);
});

describe('by the phase that failed', () => {
  test.each<[string, (one: Observation) => Observation, string[]]>([
    [
      'a cut handshake: another name first, before the address is tainted further',
      cut,
      ['neutral_sni', 'repeat', 'trusted_address', 'other_address', 'large_hello'],
    ],
    ['a foreign chain', replaced(), ['neutral_sni', 'repeat', 'trusted_address', 'other_address']],
    [
      'silence at TCP',
      (one) => fails(one, 'connect', 'generic_timeout_error'),
      ['repeat', 'trusted_address', 'other_address'],
    ],
    [
      'a name that does not resolve',
      (one) => unresolved(one, 'NXDOMAIN', 'dns_nxdomain_error'),
      ['repeat', 'trusted_address'],
    ],
    [
      'clear text cut after the request',
      (one) => ({ ...fails(one, 'processing', 'connection_reset'), scheme: 'http' }),
      ['neutral_sni', 'repeat', 'trusted_address', 'other_address'],
    ],
    [
      'an answer only from an address that the user’s resolver did not give',
      (one) => ({ ...one, address_source: 'trusted' }),
      ['repeat', 'trusted_address'],
    ],
  ])('%s', (_why, change, kinds) => {
    expect(
      kindsFor(
        ask((r) => on(r, 'x/website', change)),
        'x/website',
      ),
    ).toEqual(expect.arrayContaining(kinds));
    expect(
      kindsFor(
        ask((r) => on(r, 'x/website', change)),
        'x/website',
      ).slice(0, kinds.length),
    ).toEqual(kinds);
  });
});

test('only the first failing target of a platform is repeated', () => {
  const wishes = ask((r) => on(r, 'x', cut));
  expect(wishes.filter(({ kind }) => kind === 'repeat')).toHaveLength(1);
  expect(wishes.filter(({ kind }) => kind === 'neutral_sni')).toHaveLength(3);
});

test('what is switched off is not asked for', () => {
  const wishes = ask((r) => on(r, 'x', cut), { neutral_sni: false, large_hello: false });
  expect(wishes.map(({ kind }) => kind)).not.toContain('neutral_sni');
  expect(wishes.map(({ kind }) => kind)).not.toContain('large_hello');
});

test('a second pass asks only for what the first one brought to light', () => {
  const once = (r: Round) => on(r, 'x/website', sniCut('connection_reset'));
  const second = ask(once, { pass: 2 });
  expect(second.map(({ kind }) => kind)).not.toContain('all_controls');
  expect(kindsFor(second, 'x/website')).toEqual(['other_address', 'large_hello']);
  const widened = ask(
    (r) => {
      once(r);
      on(r, 'x/cdn', cut);
    },
    { pass: 2 },
  );
  expect(kindsFor(widened, 'x/cdn')).toContain('neutral_sni');
});

test('a failing control brings all the others, and no experiment with a platform’s name', () => {
  expect(ask((r) => onControls(r, cut, ['kernel']))).toEqual([{ kind: 'all_controls', platform: '*' }]);
  expect(ask((r) => onControls(r, cut, ['kernel']), {}, { impaired_controls: ['kernel'] })).toEqual([]);
});

test('an open and decided incident is followed by its samples, and looked into every tenth round', () => {
  const during = (rounds: number) => ask((r) => on(r, 'x', cut), {}, { decided: { x: rounds } });
  expect(during(3)).toEqual([]);
  expect(during(20).length).toBeGreaterThan(5);
  // Another platform's failure is still new.
  expect(
    ask(
      (r) => {
        on(r, 'x', cut);
        on(r, 'youtube', cut);
      },
      {},
      { decided: { x: 3 } },
    ).map(({ platform }) => platform),
  ).toContain('youtube');
});

test('a slow handshake or history’s suspicion asks for contrasts, in the same round', () => {
  const slow = (r: Round) => on(r, 'x/website', (one) => ({ ...one, phases: { ...one.phases, tls: 400 } }));
  const memory = { baselines: { 'x/website': { handshake_ms: 86 } } };
  expect(kindsFor(ask(slow, {}, memory), 'x/website')).toContain('neutral_sni');
  expect(ask(slow, {}, { baselines: { 'x/website': { handshake_ms: 300 } } })).toEqual([]);
  const suspected = ask(() => {}, { siblings: ['x'], beacons: true }, { suspects: ['x'] });
  expect(suspected.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['all_controls', 'neutral_sni', 'sibling', 'beacon']),
  );
});

test('the first slow handshake widens its own round, by the levels that the fold has learned', () => {
  const life = warm({}, 120);
  const round = life.round();
  expect(wantedOfFold(life.state, round, life.params, { pass: 1 })).toEqual([]);
  const [one] = round.platforms['x']!;
  one!.phases!.tls! *= 8;
  const wishes = wantedOfFold(life.state, round, life.params, { pass: 1 });
  expect(wishes).toEqual(
    expect.arrayContaining([
      { kind: 'all_targets', platform: 'x' },
      { kind: 'neutral_sni', platform: 'x', target: one!.target },
    ]),
  );
  expect(slowTargets(life.state!, round)).toEqual(new Set([one!.target]));
});

test('a beacon is asked about one name: the slowest', () => {
  const slow = (r: Round) => on(r, 'x/shortener', (one) => ({ ...one, phases: { ...one.phases, tls: 400 } }));
  const memory = { suspects: ['x'], baselines: { 'x/shortener': { handshake_ms: 86 } } };
  const wishes = ask(slow, { beacons: true }, memory).filter(({ kind }) => kind === 'beacon');
  expect(wishes).toEqual([{ kind: 'beacon', platform: 'x', target: 'x/shortener' }]);
});

test('a throttle that was decided without it: for three rounds more a beacon is asked, and nobody else', () => {
  const seek = (rounds: number, more: RoundMemory = {}, beacons = true) =>
    ask(
      () => {},
      { beacons, siblings: ['x'] },
      { suspects: ['x'], decided: { x: rounds }, unexplained: ['x'], ...more },
    );
  for (const rounds of [1, 2, 3]) expect(seek(rounds).map(({ kind }) => kind)).toEqual(['beacon']);
  expect(seek(4)).toEqual([]);
  expect(seek(1, { unexplained: [] })).toEqual([]);
  expect(seek(1, {}, false)).toEqual([]);
  expect(seek(10).map(({ kind }) => kind)).toContain('neutral_sni');
});

test('of whose throttle the trigger is not known, the fold says to the next round', () => {
  const life = warm({}, 120);
  life.run(25, (round) => {
    for (const entry of round.platforms['x']!) if (entry.transfer) download(entry, 140_000, 0.05);
  });
  const { incident } = life.state!.platforms['x']!;
  expect(incident).toMatchObject({ kind: 'throttled', mechanism: 'throttle.unknown' });
  expect(recall(life.state!, life.round()).unexplained).toEqual(['x']);
  incident!.mechanism = 'throttle.sni';
  expect(recall(life.state!, life.round()).unexplained).toBeUndefined();
});

test('a stall asks for a second download and a control’s beside it', () => {
  const wishes = ask((r) =>
    on(r, 'x/cdn', (one) => ({ ...one, transfer: { bytes: 16_384, ms: 9_000, after_bytes: 0, stalled_at: 16_384 } })),
  );
  expect(wishes).toEqual(
    expect.arrayContaining([
      { kind: 'transfer', platform: 'x', target: 'x/cdn' },
      { kind: 'control_transfer', platform: 'x' },
    ]),
  );
});

test('four platforms at once stay within bounds', () => {
  const wishes = ask((r) => everything(r, cut), { siblings: ['x', 'facebook', 'instagram', 'youtube'], beacons: true });
  expect(wishes.length).toBeLessThan(80);
  expect(wishes.filter(({ kind }) => kind === 'repeat')).toHaveLength(4);
});

test('a denied name that the trusted answer proves wrong needs no second pass', () => {
  const wishes = ask((r) => on(r, 'x/website', nameDenied('NXDOMAIN', 'dns_nxdomain_error')), { pass: 2 });
  expect(kindsFor(wishes, 'x/website')).toEqual(['repeat']);
});

describe('while nobody at all has answered', () => {
  const dead = (r: Round) => {
    everything(r, (one) => fails(one, 'connect', 'generic_timeout_error'));
    onControls(r, (one) => fails(one, 'connect', 'generic_timeout_error'));
  };
  test('a round asks for the other controls and one trusted address a platform, and then for nothing', () => {
    const wishes = ask(dead);
    expect(wishes[0]).toEqual({ kind: 'all_controls', platform: '*' });
    expect(wishes.slice(1).map(({ kind }) => kind)).toEqual(Array(4).fill('trusted_address'));
    expect(ask(dead, { pass: 2 })).toEqual([]);
  });
  test('one living control brings the experiments in the second pass', () => {
    const lives = (r: Round) => {
      dead(r);
      r.controls.push(control('late'));
    };
    expect(kindsFor(ask(lives, { pass: 2 }), 'x/website')).toEqual(['trusted_address', 'other_address']);
  });
  test('a reset from the far side is a sign of life', () => {
    const reset = (r: Round) => {
      dead(r);
      on(r, 'x', cut);
    };
    expect(ask(reset).map(({ kind }) => kind)).toContain('neutral_sni');
  });
});
