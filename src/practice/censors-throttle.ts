/** Slowness with intent: by name, by address, by bytes. */
import type { Censor, FlowAction } from './censor.ts';
import { allFour, xNames } from './names.ts';

function byName(name: string, says: string, act: FlowAction, names: readonly string[] = xNames): Censor {
  return { name, says, rules: [{ on: 'hello', names, do: act }] };
}

/** Russia's rate of 2021 (Xue et al., IMC 2021: 130–150 kbit/s, a burst, then a plateau). */
const rate = 130_000;
const burst = 16_000;

export const throttlers: readonly Censor[] = [
  byName('sni-police-130k', 'downloads under the name of X are policed to 130 kbit/s', {
    kind: 'police',
    bps: rate,
    burst_bytes: burst,
  }),
  byName('sni-police-130k-noburst', 'the same without a burst', { kind: 'police', bps: rate, burst_bytes: 1500 }),
  byName('sni-shape-130k', 'downloads under the name of X are queued at 130 kbit/s', {
    kind: 'shape',
    bps: rate,
    burst_bytes: burst,
  }),
  {
    name: 'ip-police-130k',
    says: "everything from X's addresses is policed to 130 kbit/s",
    rules: [{ on: 'syn', to: { platforms: ['x'] }, do: { kind: 'police', bps: rate, burst_bytes: burst } }],
  },
  byName(
    'cdn-only-throttle',
    "only X's content network is policed",
    { kind: 'police', bps: rate, burst_bytes: burst },
    ['*.twimg.com'],
  ),
  // Eight times the handshake of a base round trip of 40 ms, and nothing else.
  byName(
    'no-object-throttle',
    "the handshake under the name of X's website takes eight times as long",
    {
      kind: 'delay_handshake',
      ms: 280,
    },
    ['x.com', 'www.x.com'],
  ),
  byName('shape-1m', 'downloads under the name of X are queued at 1 Mbit/s', {
    kind: 'shape',
    bps: 1_000_000,
    burst_bytes: burst,
  }),
  byName('slow-handshake', 'the handshake under the name of X takes eight seconds', {
    kind: 'delay_handshake',
    ms: 8000,
  }),
  {
    name: 'residual',
    says: 'the handshake under the name of X takes eight seconds, and then its address is slow for any name for three minutes',
    rules: [{ on: 'hello', names: xNames, residual_ms: 180_000, do: { kind: 'delay_handshake', ms: 8000 } }],
  },
  byName('freeze-16k', 'connections under the name of X freeze after 16 KB', { kind: 'freeze', after_bytes: 16_000 }),
  byName('delay-300ms-loss-10', 'connections under the name of X are 300 ms longer and lose every tenth segment', {
    kind: 'impair',
    delay_ms: 300,
    loss: 0.1,
  }),
  byName(
    'all-four-throttled',
    'downloads from all four platforms are policed to 130 kbit/s',
    { kind: 'police', bps: rate, burst_bytes: burst },
    allFour,
  ),
];
