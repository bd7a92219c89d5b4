/**
 * The classes of trouble without interference, each made to happen once: what a detector may say of them, and what it
 * must never say. The same functions as in the weather, at a known minute.
 */
import type { AnomalyKind } from '../../../src/model/vocabulary.ts';
import { absent, busy, clockOff, lineDown, lossy, starved, worsen } from './acts.ts';
import type { Trouble } from './air.ts';
import type { Rng } from './random.ts';
import type { Vantage } from './vantage.ts';
import { cableCut, congestedEvenings, controlPaths, drift, hiccup, pathsOf, refusals } from './weather.ts';

export interface TroubleClass {
  name: string;
  why: string;
  /** States that may be shown; none: the detector must stay silent. */
  allowed: readonly AnomalyKind[];
  /** Only the drawn platform is touched, and only its alarms are counted. */
  single?: true;
  /** Minutes that are watched. */
  length: number;
  make(hit: { platform: number; from: number; rng: Rng; vantage: Vantage }): Trouble[];
}

const farPaths = (vantage: Vantage) => vantage.paths.flatMap((path, i) => (path.far ? [i] : []));

export const troubleClasses: readonly TroubleClass[] = [
  {
    name: 'cable cut',
    why: 'a sea cable: every far path slow and lossy for hours, near caches fine',
    allowed: ['degraded', 'unreachable'],
    length: 300,
    make: ({ from, rng, vantage }) => [cableCut(rng, farPaths(vantage), from, 240)],
  },
  {
    name: 'peering congestion',
    why: 'one company’s paths up to 3 × slower, lossy, plateau varies',
    allowed: ['degraded', 'unreachable'],
    length: 300,
    make: ({ platform, from, rng, vantage }) => {
      // The evening's bell, moved to where this event is, on both platforms of a company where there are two.
      const paths = platform === 1 || platform === 2 ? [...pathsOf(1), ...pathsOf(2)] : pathsOf(platform);
      const [always] = congestedEvenings(vantage, rng, paths, 0);
      const start = (((vantage.start_ms / 60_000 + vantage.utc_offset_h * 60) % 1440) + 1440) % 1440;
      const shift = 21 * 60 - ((start + from + 120) % 1440);
      return [{ ...always!, from, to: from + 240, act: (air, minute) => always!.act(air, minute + shift) }];
    },
  },
  {
    name: 'path loss',
    why: 'a bad link towards one platform: a tenth of the packets lost for half an hour, as policing would, by accident',
    allowed: ['degraded', 'unreachable'],
    single: true,
    length: 90,
    make: ({ platform, from, rng }) => [
      { kind: 'path loss', from, to: from + 30, act: worsen(pathsOf(platform), { loss: rng.between(0.03, 0.15) }) },
    ],
  },
  {
    name: 'path detour ×1.8',
    why: 'a platform’s path becomes 1.8 × as long and stays so: below every cut-off',
    allowed: [],
    single: true,
    length: 180,
    make: ({ platform, from }) => [
      { kind: 'detour', from, to: from + 180, act: worsen(pathsOf(platform), { rtt: 1.8 }) },
    ],
  },
  {
    name: 'hiccup < 5 min',
    why: 'the platform itself is away for one to five minutes: true, but nobody wants the page',
    allowed: ['unreachable', 'degraded'],
    single: true,
    length: 60,
    make: ({ platform, from, rng }) => [hiccup(rng, pathsOf(platform), from, 1 + 3.9 * rng.uniform())],
  },
  {
    name: 'wall of 429',
    why: 'the server itself says no over valid TLS',
    allowed: [],
    single: true,
    length: 180,
    make: ({ platform, from, rng }) => [refusals(rng, pathsOf(platform), from, 150)],
  },
  {
    name: 'line down',
    why: 'twelve minutes without a line',
    allowed: [],
    length: 60,
    make: ({ from, rng }) => {
      const start = from + rng.uniform();
      return [{ kind: 'line down', from: start, to: start + 12, act: lineDown(start, start + 12) }];
    },
  },
  {
    name: 'flapping line',
    why: 'a minute or two down, a few minutes up, for an hour',
    allowed: [],
    length: 90,
    make: ({ from, rng }) => {
      const out: Trouble[] = [];
      for (let t = from + rng.uniform(); t < from + 60; ) {
        const to = t + rng.between(0.3, 2.5);
        out.push({ kind: 'line down', from: t, to, act: lineDown(t, to) });
        t = to + rng.between(1, 6);
      }
      return out;
    },
  },
  {
    name: 'loss burst',
    why: 'a tenth to a third of all packets lost on the line for twenty minutes',
    allowed: [],
    length: 60,
    make: ({ from, rng }) => {
      const loss = rng.between(0.1, 0.33);
      return [{ kind: 'loss burst', from, to: from + 20, act: lossy(loss) }];
    },
  },
  {
    name: 'CGNAT full',
    why: 'half of all new connections get no port for half an hour',
    allowed: [],
    length: 60,
    make: ({ from, rng }) => {
      const share = rng.between(0.15, 0.6);
      return [{ kind: 'cgnat', from, to: from + 30, act: starved(share) }];
    },
  },
  {
    name: 'busy line',
    why: 'somebody at home uses nine tenths of the line for an hour',
    allowed: [],
    length: 90,
    make: ({ from, rng, vantage }) => {
      const queue = vantage.access.last_mile_ms * rng.between(2, 8);
      return [
        {
          kind: 'busy household',
          from,
          to: from + 60,
          act: busy(0.1, queue),
        },
      ];
    },
  },
  {
    name: 'sleep',
    why: 'a laptop sleeps for two hours and wakes up without Wi-Fi',
    allowed: [],
    length: 180,
    make: ({ from }) => [
      { kind: 'sleep', from, to: from + 120, act: absent },
      { kind: 'sleep', from: from + 120, to: from + 121.2, act: lineDown(from + 120, from + 121.2) },
    ],
  },
  {
    name: 'clock jump',
    why: 'the wall clock is wrong by up to a day for an hour',
    allowed: [],
    length: 120,
    make: ({ from, rng }) => {
      const offset = rng.between(-86_400_000, 86_400_000);
      return [{ kind: 'clock jump', from, to: from + 60, act: clockOff(offset) }];
    },
  },
  {
    name: 'reboot',
    why: 'ten minutes without power, uptime begins at 0, the modem takes two minutes more',
    allowed: [],
    length: 60,
    make: ({ from }) => [
      { kind: 'power cut', from, to: from + 10, reboots: true, act: absent },
      { kind: 'power cut', from: from + 10, to: from + 12, act: lineDown(from + 10, from + 12) },
    ],
  },
  {
    name: 'control blocked',
    why: 'one control is filtered for hours (an encyclopaedia, Pakistan 2023)',
    allowed: [],
    length: 300,
    make: ({ from, rng, vantage }) => {
      const one = [rng.pick(controlPaths(vantage))];
      return [{ kind: 'control down', from, to: from + 300, act: (air) => air.break(one, 'reset') }];
    },
  },
  {
    name: 'drift to ×3',
    why: 'a platform’s paths get three times slower over three days',
    allowed: ['degraded'],
    single: true,
    length: 3 * 1440 + 360,
    make: ({ platform, from }) => [drift(pathsOf(platform), from, 3)],
  },
];
