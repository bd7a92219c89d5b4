/** The rows that need history, played live; those that take longest come first. */
import { createPublicKey } from 'node:crypto';
import { spkiHash } from '../../src/beacon/certificate.ts';
import type { Config } from '../../src/config/config.ts';
import type { Censor } from '../../src/practice/censor.ts';
import { practicePem } from '../../src/practice/pki.ts';
import { type History, history } from './history.ts';

const four = ['x', 'facebook', 'instagram', 'youtube'] as const;

/** In twelve seconds a round cannot wait for handshakes of eight, nor download at 130 kbit/s twice and more. */
const slowly = { interval_s: 24 } as const;

/** A helper of our own, on the practice Internet's side of the filter; it is known by its key. */
const withBeacon = (config: Config): Config => ({
  ...config,
  beacons: [{ address: '185.70.41.131', port: 443, spki: spkiHash(createPublicKey(practicePem('leaf.pem'))) }],
});

/** Where nothing answers, or everything is slow, no platform's speed is judged. */
const ofSpeed = ['handshake', 'latency', 'goodput'] as const;

const quiet = { state: 'reachable', incident: 'none', disruption: false } as const;

const facebookSilent: Censor = {
  name: 'facebook-silent',
  says: 'no packet of Facebook comes back',
  rules: [
    { on: 'syn', to: { platforms: ['facebook'] }, do: { kind: 'drop' } },
    { on: 'datagram', to: { platforms: ['facebook'] }, do: { kind: 'drop' } },
  ],
};

/** One control alone: its pictures, which are another one, come from another name. */
export const encyclopaedia: Censor = {
  name: 'encyclopaedia',
  says: 'an encyclopaedia is reset by its name',
  rules: [{ on: 'hello', names: ['*.wikipedia.org'], do: { kind: 'reset' } }],
};

export const histories: readonly History[] = [
  history('all-four-throttled', {
    why: 'Pakistan, 20 January 2024: four platforms of three companies slow at once, everything else as usual',
    ...slowly,
    rounds: 8,
    expect: {
      state: 'throttled',
      platforms: four,
      mechanism: ['throttle.unknown', 'throttle.sni'],
      disruption: true,
      never: ['blocked', 'unreachable'],
    },
  }),
  history('restored', {
    why: 'three hours later: the end is told as surely as the beginning',
    on: [],
    from: 'all-four-throttled',
    ...slowly,
    rounds: 15,
    expect: { state: 'reachable', platforms: four, disruption: false },
  }),
  history('one-blip', {
    why: 'one failed round in thirty: the strongest traces that one can leave, at two companies at once, move nothing',
    on: ['sni-reset', facebookSilent],
    rounds: 30,
    // A calm round takes two seconds and this one three: thirty of them in three minutes.
    interval_s: 6,
    only_in: 15,
    to_the_end: true,
    expect: quiet,
  }),
  history('shape-1m', {
    why: 'a twentieth of the line is no blockade, and nobody can watch a film through it',
    rounds: 24,
    expect: { state: ['throttled', 'degraded'] },
  }),
  history('slow-handshake', {
    why: 'Türkiye 2022–25: the connection is there at once, the handshake takes eight seconds, what follows is quick',
    ...slowly,
    rounds: 8,
    without: ['goodput'],
    expect: { state: 'throttled' },
  }),
  history('residual', {
    why: 'after one such hello the whole address is slow for any name: the address is not what is being slowed',
    ...slowly,
    rounds: 8,
    without: ['goodput'],
    expect: { state: 'throttled', never: ['throttle.ip'] },
  }),
  history('sni-police-130k-beacon', {
    why: 'a helper of our own shows that it is the name: said sooner, and as a finding',
    on: ['sni-police-130k'],
    ...slowly,
    settings: withBeacon,
    rounds: 5,
    expect: { state: 'throttled', mechanism: 'throttle.sni' },
  }),
  history('all-four-blackholed', {
    why: 'nothing comes back from three companies at once, and every wait is a long one: no round may run over',
    ...slowly,
    rounds: 6,
    without: ofSpeed,
    expect: { overruns: 0, state: 'blocked', platforms: four, confidence: 'medium', disruption: true },
  }),
  history('peering-congestion', {
    why: 'one company’s paths are three times as long every evening: nobody’s intent',
    rounds: 12,
    to_the_end: true,
    expect: { state: ['reachable', 'degraded'], never: ['throttled', 'blocked'] },
  }),
  history('cdn-only-throttle', {
    why: 'Russia 2024: the website opens at once, its pictures do not',
    rounds: 10,
    expect: { state: 'throttled', targets: ['x/cdn'] },
  }),
  history('no-object-throttle', {
    why: 'the throttled name has nothing large to download: only its handshake shows it',
    rounds: 8,
    expect: { state: 'throttled' },
  }),
  history('one-control-censored', {
    why: 'an encyclopaedia is blocked, the platforms are not (Pakistan, February 2023)',
    on: [encyclopaedia],
    rounds: 8,
    to_the_end: true,
    expect: quiet,
  }),
  history('whole-line-slow', {
    why: 'the household’s own line, at 200 kbit/s for everybody',
    rounds: 8,
    without: ofSpeed,
    to_the_end: true,
    expect: { state: 'reachable', platforms: four, vantage: 'degraded', never: ['throttled', 'blocked'] },
  }),
  history('cable-cut', {
    why: 'Pakistan 2025: every way abroad six times as long and lossy, the country’s own networks as always',
    rounds: 8,
    without: ofSpeed,
    to_the_end: true,
    expect: { state: ['reachable', 'degraded'], platforms: four, never: ['throttled', 'blocked'] },
  }),
  history('delay-300ms-loss-10', {
    why: 'longer and lossier for one name only',
    rounds: 8,
    expect: { state: ['throttled', 'degraded'] },
  }),
  history('sni-police-130k', {
    why: 'Russia, March 2021: a burst, and then a modem',
    rounds: 8,
    expect: { state: 'throttled', mechanism: 'throttle.unknown', rate_kbit: [110, 160] },
  }),
  history('sni-police-130k-noburst', {
    why: 'without the burst the handshakes crawl as well',
    rounds: 6,
    expect: { state: 'throttled', mechanism: ['throttle.sni', 'throttle.unknown'] },
  }),
  history('sni-shape-130k', {
    why: 'the same rate, the excess waits instead of being dropped',
    rounds: 8,
    expect: { state: 'throttled', rate_kbit: [110, 160] },
  }),
  history('ip-police-130k', {
    why: 'by address: whatever name is said',
    rounds: 8,
    expect: { state: 'throttled', mechanism: ['throttle.ip', 'throttle.unknown'] },
  }),
  history('freeze-16k', {
    why: 'Russia 2025: every download stops for ever after sixteen kilobytes',
    rounds: 4,
    expect: { state: 'blocked', mechanism: 'http.freeze' },
  }),
];
