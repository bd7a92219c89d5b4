/**
 * One simulated vantage point: its line, its paths to four platforms and to controls, and how its probe is set up.
 * Drawn once from a seed and never changed: what changes with time is the weather (`weather.ts`) and the trace's state.
 */
import type { ControlScope } from '../../../src/model/vocabulary.ts';
import { type Access, accesses } from './access.ts';
import { Rng } from './random.ts';

/** Platforms and their companies, as the built-in set has them; three targets each, the second one with an object. */
export const platforms = ['x', 'facebook', 'instagram', 'youtube'] as const;
export const companies: Readonly<Record<string, string>> = {
  x: 'x',
  facebook: 'meta',
  instagram: 'meta',
  youtube: 'google',
};
const roles = ['website', 'cdn', 'media'] as const;
export const TARGETS_PER_PLATFORM = roles.length;
/** Index within its platform of the target that has a sized object. */
export const TRANSFER_ROLE = 1;

/** `full`: every target and control each round. `calm`: the small round that widens on suspicion. */
export type Plan = 'full' | 'calm';
/** How often a platform's goodput is sampled in full rounds; calm ones rotate and repeat a bad sample. */
export type Cadence = 'every' | 'fifth' | 'none';

/** One address block that a name may resolve to, and its round-trip time relative to the usual one. */
export interface Edge {
  network: string;
  factor: number;
}

export interface Path {
  target: string;
  /** Index into `platforms`, −1 for a control. */
  platform: number;
  scope: ControlScope;
  /** Usual round-trip time without queues, ms. */
  base_ms: number;
  /** Crosses a sea cable. */
  far: boolean;
  /** Server's own time in the TLS handshake and before the first byte, ms. */
  tls_ms: number;
  processing_ms: number;
  /** Chance that one exchange fails for no reason that lasts, on top of the line's. */
  flake: number;
  edges: readonly Edge[];
  /** Chance per minute that the name is mapped to another edge. */
  remap: number;
}

export interface Vantage {
  seed: number;
  access: Access;
  plan: Plan;
  cadence: Cadence;
  /** `rich` records carry experiments, DNS answers and transfer facts; `thin` ones only what replay needs. */
  records: 'rich' | 'thin';
  interval_ms: number;
  /** First round, ms since the epoch (UTC), and the local clock against UTC. */
  start_ms: number;
  utc_offset_h: number;
  /** The line's rate down, bits per second, and the noise of one transfer. */
  rate_bps: number;
  goodput_sigma: number;
  /** Chance that a round is lost altogether (an overloaded Pi, a full disk, an impatient OOM killer). */
  missing: number;
  ip6: boolean;
  /** First `platforms.length × 3` are the platforms', the rest controls'. */
  paths: readonly Path[];
}

/** Milliseconds of a minute: the trace's unit of time is the minute, whatever the interval. */
export const MINUTE = 60_000;

function drawEdges(rng: Rng, index: number): { edges: Edge[]; remap: number } {
  const kind = rng.uniform();
  // Half of the names stay put; a third move a few times a day; the rest get another address at every look-up.
  const n = kind < 0.5 ? 1 : kind < 0.85 ? 2 + rng.below(2) : 3 + rng.below(3);
  const edges: Edge[] = [];
  for (let i = 0; i < n; i++) {
    // One extra edge in fifty is a site further away (a mapping to another country).
    const away = i > 0 && rng.chance(0.02);
    edges.push({
      network: `151.${100 + index}.${i}.0/24`,
      factor: i === 0 ? 1 : away ? rng.between(1.5, 2.5) : Math.exp(0.06 * rng.normal()),
    });
  }
  return { edges, remap: n === 1 ? 0 : kind < 0.85 ? 3 / 1440 : 0.6 };
}

function drawPath(
  rng: Rng,
  target: string,
  platform: number,
  scope: ControlScope,
  trip_ms: number,
  index: number,
  last_mile_ms: number,
): Path {
  return {
    target,
    platform,
    scope,
    base_ms: last_mile_ms + trip_ms * Math.exp(0.12 * rng.normal()),
    far: trip_ms > 50,
    tls_ms: rng.lognormal(6, 0.5),
    processing_ms: rng.lognormal(25, 0.7),
    // One target in thirty is chronically a little unreliable.
    flake: rng.chance(1 / 30) ? rng.between(0.004, 0.02) : 0,
    ...drawEdges(rng, index),
  };
}

export interface VantageOptions {
  plan?: Plan;
  cadence?: Cadence;
  records?: 'rich' | 'thin';
}

/** Draws the vantage of a seed. Options override what the seed would have chosen. */
export function drawVantage(seed: number, options: VantageOptions = {}): Vantage {
  const rng = new Rng(seed, 1);
  const access = rng.weighted(accesses);
  const paths: Path[] = [];
  // Two platforms in three have a cache in or near the country; the others answer from across the sea.
  for (let p = 0; p < platforms.length; p++) {
    const trip = rng.chance(0.65) ? rng.lognormal(14, 0.7) : rng.lognormal(120, 0.35);
    for (const role of roles)
      paths.push(drawPath(rng, `${platforms[p]}/${role}`, p, 'foreign', trip, paths.length, access.last_mile_ms));
  }
  const controls = 3 + rng.below(5);
  for (let c = 0; c < controls; c++) {
    const inCountry = c > 1 && rng.chance(0.4);
    const trip = inCountry
      ? rng.lognormal(10, 0.6)
      : rng.chance(0.5)
        ? rng.lognormal(18, 0.6)
        : rng.lognormal(120, 0.4);
    const scope = inCountry ? 'in_country' : 'foreign';
    paths.push(drawPath(rng, `control-${c + 1}`, -1, scope, trip, paths.length, access.last_mile_ms));
  }
  const kind = rng.uniform();
  return {
    seed,
    access,
    plan: options.plan ?? (kind < 0.6 ? 'full' : 'calm'),
    cadence: options.cadence ?? (kind < 0.4 ? 'fifth' : kind < 0.5 ? 'every' : kind < 0.6 ? 'none' : 'fifth'),
    records: options.records ?? (rng.chance(0.75) ? 'rich' : 'thin'),
    interval_ms: MINUTE,
    start_ms: Date.UTC(2024, rng.below(12), 1 + rng.below(28), rng.below(24)),
    utc_offset_h: rng.below(24) - 11,
    rate_bps: 1e6 * Math.max(2, rng.lognormal(access.mbps, access.mbps_sigma)),
    goodput_sigma: access.goodput_sigma * Math.exp(0.7 * rng.normal()),
    missing: rng.chance(0.12) ? 0.3 : rng.chance(0.3) ? 0.01 : 0,
    ip6: rng.chance(0.45),
    paths,
  };
}
