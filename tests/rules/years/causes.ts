/**
 * Common causes that no nation ordered, and true shutdowns: how often each comes, where that is known from, and what it
 * does to a country's lines. A rate is an assumption with a source, not a measurement; what is printed scales with it.
 */
import { absent, lineDown } from '../../evaluation/world/acts.ts';
import type { Trouble } from '../../evaluation/world/air.ts';
import { Rng } from '../../evaluation/world/random.ts';
import type { Vantage } from '../../evaluation/world/vantage.ts';
import { cableCut, controlPaths, pathsOf } from '../../evaluation/world/weather.ts';
import type { Make } from './probes.ts';

/** Networks in a country, each with two probes: the fewest probes that BlackoutSuspected looks at are ten. */
export const networks = 5;

/** What happens in one country: by network, so that what is one provider's stays there. */
export type Hit = (network: number, probe: number) => Make | undefined;

export interface Cause {
  name: string;
  /** A country and year; of those that take the whole world at once, a fleet and year. */
  rate: number;
  source: string;
  world?: true;
  /** Draws one occurrence: what it does in each of the countries that take part (one, or all of the world's). */
  draw(rng: Rng, countries: number): (Hit | undefined)[];
}

const far = ({ paths }: Vantage) => paths.flatMap((path, i) => (path.far ? [i] : []));
const foreign = ({ paths }: Vantage) => paths.flatMap((path, i) => (path.scope === 'foreign' ? [i] : []));
const companyPaths = [pathsOf(0), [...pathsOf(1), ...pathsOf(2)], pathsOf(3)];
const everyPlatform = companyPaths.flat();

const trouble =
  (kind: string, minutes: number, act: (vantage: Vantage) => Trouble['act']): Make =>
  (vantage, from) => [{ kind, from, to: from + minutes, act: act(vantage) }];

export const causes: readonly Cause[] = [
  {
    name: 'cable cut',
    rate: 0.3,
    source:
      'ICPC: 150 to 200 faults a year world-wide, of which one in four or so is felt in a country; 200 countries; doubled for countries with few cables',
    draw(rng) {
      // One cable, so one severity for the country; a network in five has lost its only way abroad.
      const seed = rng.u32();
      const minutes = rng.lognormal(600, 0.8);
      const lost = Array.from({ length: networks }, () => rng.chance(0.2));
      return [
        (network) =>
          lost[network]
            ? trouble('cable cut', minutes, (vantage) => (air) => air.break(foreign(vantage), 'blackhole'))
            : (vantage, from) => [cableCut(new Rng(seed), far(vantage), from, minutes)],
      ];
    },
  },
  {
    name: 'control outage',
    rate: 0.5,
    source:
      'assumed: a control site that is down or blocked for a whole country every second year (Wikipedia in Pakistan, February 2023)',
    draw(rng) {
      const minutes = rng.lognormal(40, 1.5);
      const share = rng.weighted([
        { weight: 6, share: 0.15 },
        { weight: 3, share: 0.34 },
        { weight: 1, share: 1 },
      ]).share;
      const mode = rng.pick(['reset', 'blackhole'] as const);
      return [
        () =>
          trouble('control outage', minutes, (vantage) => {
            const controls = controlPaths(vantage);
            const hit = controls.slice(0, Math.ceil(share * controls.length));
            return (air) => air.break(hit, mode);
          }),
      ];
    },
  },
  {
    name: 'grid failure',
    rate: 0.2,
    source: 'assumed: a nation-wide loss of power every five years (Pakistan, January 2021 and January 2023)',
    draw(rng) {
      const minutes = rng.between(60, 600);
      // One probe in ten stands behind batteries; the others go within ten minutes, as the grid falls apart.
      return [
        () =>
          rng.chance(0.1)
            ? undefined
            : lateBy(
                rng.between(0, 10),
                trouble('grid failure', minutes, () => absent),
              ),
      ];
    },
  },
  {
    name: 'platform outage',
    rate: 6,
    source:
      'assumed: two a year each of X, Meta and Google that last longer than a few minutes; four in five are felt everywhere, the others in 15 to 100 % of the countries',
    world: true,
    draw(rng, countries) {
      const paths = rng.pick(companyPaths);
      const minutes = rng.lognormal(40, 1);
      const share = rng.chance(0.6) ? 1 : rng.between(0.3, 0.9);
      const reach = rng.chance(0.8) ? 1 : rng.between(0.15, 1);
      const felt = trouble('platform outage', minutes, () => (air) => air.break(paths, 'hiccup', share));
      return Array.from({ length: countries }, (_, n) => (n < Math.round(reach * countries) ? () => felt : undefined));
    },
  },
];

/** Bad releases a year of a fleet, each on a share of the probes, suspecting one company's platforms or all. */
export const release = {
  name: 'bad release',
  rate: 2,
  source: 'assumed: two releases a year that judge wrongly, on 10 to 60 % of the probes when it is noticed',
} as const;

/**
 * Load-shedding: every probe without batteries (seven in ten) hangs on one of twelve schedules of its country, each off for
 * an hour three times a day; every tenth day two schedules are off at the same time. Assumed, after Pakistan's summers.
 */
export const shedding = {
  name: 'load-shedding',
  rate: 365,
  source: 'assumed: every day; twelve schedules, an hour each, seven probes in ten without batteries',
} as const;

/** Draws so many days and returns the darkest: which of the probes are off, most of them at one moment first. */
export function darkestDays(rng: Rng, days: number, keep: number): { dark: boolean[][]; over: number } {
  const probes = 2 * networks;
  const all: boolean[][] = [];
  let over = 0;
  let least = 0;
  for (let day = 0; day < days; day++) {
    const schedule = Array.from({ length: probes }, () => (rng.chance(0.3) ? -1 : rng.below(12)));
    const first = rng.below(12);
    const second = rng.chance(0.1) ? rng.below(12) : first;
    const dark = schedule.map((one) => one === first || one === second);
    const count = dark.filter(Boolean).length;
    if (count > probes / 2) over++;
    if (all.length < keep || count > least) {
      all.push(dark);
      all.sort((a, b) => b.filter(Boolean).length - a.filter(Boolean).length);
      all.length = Math.min(all.length, keep);
      least = all.at(-1)!.filter(Boolean).length;
    }
  }
  return { dark: all, over };
}

/** What one such day does to a country: who is dark is so for an hour. */
export const shed =
  (dark: readonly boolean[]): Hit =>
  (network, probe) =>
    dark[network * 2 + probe] ? trouble('load-shedding', 60, () => absent) : undefined;

/** Shutdowns as they happened, on four of five networks. */
export const shutdowns: readonly Cause[] = [
  {
    name: 'all throttled',
    rate: 0,
    source: 'Pakistan, 20 January 2024; 128 to 512 kbit/s after Russia 2021 and 2024',
    draw(rng) {
      const bps = rng.between(128e3, 512e3);
      return onFour(
        rng,
        trouble('throttled', 180, () => (air) => air.limit(everyPlatform, bps, false)),
      );
    },
  },
  {
    name: 'all blocked by name',
    rate: 0,
    source: 'Turkey 2016, Pakistan 2023',
    draw: (rng) =>
      onFour(
        rng,
        trouble('blocked', 180, () => (air) => air.break(everyPlatform, 'reset')),
      ),
  },
  {
    name: 'one company blocked',
    rate: 0,
    source: 'X in Pakistan, February 2024',
    draw(rng) {
      const paths = rng.pick(companyPaths);
      return onFour(
        rng,
        trouble('blocked', 180, () => (air) => air.break(paths, 'blackhole')),
      );
    },
  },
  {
    name: 'one company throttled',
    rate: 0,
    source: 'Twitter in Russia, 2021',
    draw(rng) {
      const paths = rng.pick(companyPaths);
      return onFour(
        rng,
        trouble('throttled', 180, () => (air) => air.limit(paths, 140e3, false)),
      );
    },
  },
  {
    name: 'internet shut down',
    rate: 0,
    source: 'Iran, November 2019: everything but a few lines within hours; here within ten minutes, on all networks',
    draw: (rng) => [
      () =>
        rng.chance(0.1)
          ? undefined
          : lateBy(rng.between(0, 10), (_, from) => [
              { kind: 'shut down', from, to: from + 500, act: lineDown(from, from + 500) },
            ]),
    ],
  },
];

function onFour(rng: Rng, make: Make): Hit[] {
  const spared = rng.below(networks);
  return [(network) => (network === spared ? undefined : make)];
}

const lateBy =
  (minutes: number, make: Make): Make =>
  (vantage, from) =>
    make(vantage, from + minutes);
