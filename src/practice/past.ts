/**
 * Days gone by on the practice Internet: the records that a probe would have kept of them, without waiting for days to
 * pass. Times are those that the servers really take here; the plan is the calm one's (one target a platform in turn,
 * two controls, a download from each platform), and while something is odd the widened one's.
 */
import type { ControlObservation, ExperimentFact, Observation, Phases, Round, Transfer } from '../model/round.ts';
import type { Control, Platform, Target } from '../model/target.ts';
import { distances } from './distance.ts';
import { scopeOf, stationsOf } from './world.ts';

/** Consecutive minutes of the past, and when in them the platforms were slowed down (end exclusive). Epoch, ms. */
export interface Stretch {
  from_ms: number;
  to_ms: number;
  slowed?: { from_ms: number; to_ms: number } | undefined;
}

export interface PastOptions {
  platforms: readonly Platform[];
  controls: readonly Control[];
  vantage: Round['vantage'];
  /** Base round trip of the practice Internet, ms. */
  rtt_ms: number;
  /** Size of the downloads. */
  bytes: number;
  /** What a slowed-down download gets, bits per second. */
  slowed_bps: number;
  /** By so much a slowed-down handshake is held up, ms. */
  held_ms: number;
  /** When the computer was started, epoch, ms: uptime counts from there. */
  boot_ms: number;
  /** Uniform in [0, 1). */
  random: () => number;
}

const minute_ms = 60_000;
/** A control is downloaded from every so many rounds. */
const controlEvery = 10;
/** Controls that a calm round looks at. */
const calmControls = 2;
/** So long after the end a probe goes on looking closely: its evidence takes that long to wane. */
const wary_ms = 20 * minute_ms;

/** On top of the round trip, ms, as measured on the practice Internet with two busy cores. */
const work = { connect: 0.8, tls: 8, processing: 8 } as const;
/** A lookup at the provider's resolver, ms. */
const lookup_ms = 9;
/** The plateau of a small download begins after its first 20 KiB, rounded up to whole records. */
const plateauAfter = 24_567;
/** What comes after it on an unhindered line takes a round trip and half: slow start decides, not the line. */
const freeTrips = 1.5;
/** The name that nobody blocks, asked for at the same address. */
const neutralName = 'example.org';

/** The rounds of a stretch, a minute apart, numbered from `first`. */
export function* pastRounds(stretch: Stretch, first: number, options: PastOptions): Generator<Round> {
  const { slowed } = stretch;
  for (let at = stretch.from_ms, index = 0; at < stretch.to_ms; at += minute_ms, index++) {
    const slow = slowed !== undefined && at >= slowed.from_ms && at < slowed.to_ms;
    const wary = slowed !== undefined && at >= slowed.from_ms && at < slowed.to_ms + wary_ms;
    yield pastRound(first + index, at, { slow, wary }, options);
  }
}

function pastRound(
  number: number,
  at_ms: number,
  { slow, wary }: { slow: boolean; wary: boolean },
  options: PastOptions,
): Round {
  const controls = wary
    ? options.controls
    : Array.from({ length: calmControls }, (_, i) => turn(options.controls, number * calmControls + i));
  const sized = turn(
    options.controls.filter(({ transfer }) => transfer),
    Math.floor(number / controlEvery),
  );
  const seen = controls.map((control) => lookAtControl(control, options));
  if (wary || number % controlEvery === 0) {
    const mine = seen.find(({ target }) => target === sized?.name) ?? (sized && lookAtControl(sized, options));
    if (mine !== undefined) {
      mine.transfer = download(free(options), options);
      if (!seen.includes(mine)) seen.push(mine);
    }
  }
  return {
    version: 1,
    round: number,
    started_at: new Date(at_ms + options.random() * 40).toISOString(),
    monotonic_ms: Math.round(at_ms - options.boot_ms),
    interval_ms: minute_ms,
    duration_ms: Math.round(900 + 300 * options.random()),
    companies: Object.fromEntries(options.platforms.map(({ name, company }) => [name, company])),
    vantage: options.vantage,
    controls: seen,
    platforms: Object.fromEntries(
      options.platforms.map((platform) => [
        platform.name,
        lookAtPlatform(platform, { slow, all: wary }, number, options),
      ]),
    ),
  };
}

function lookAtPlatform(
  { targets }: Platform,
  now: { slow: boolean; all: boolean },
  number: number,
  options: PastOptions,
): Observation[] {
  const sized = targets.find(isSized);
  const mine = turn(targets, number);
  return targets
    .filter((target) => now.all || target === mine || target === sized)
    .map((target): Observation => {
      const seen = look(target.name, target.url, now.slow, options);
      if (target !== sized) return seen;
      const bps = now.slow ? options.slowed_bps : free(options);
      const transfer = download(bps, options);
      // What comes in one burst shows no rate; a policed download does.
      return { ...seen, transfer, ...(now.slow ? { goodput_bps: transfer.plateau_bps } : {}) };
    });
}

const isSized = ({ url, transfer, transfer_candidates }: Target): boolean =>
  url.startsWith('https:') && (transfer || transfer_candidates.length > 0);

const lookAtControl = ({ name, url, scope }: Control, options: PastOptions): ControlObservation => ({
  ...look(name, url, false, options),
  scope,
});

function look(target: string, url: string, slow: boolean, options: PastOptions): Observation {
  const { hostname, protocol } = new URL(url);
  const ip = stationsOf(hostname)[0]?.ip4[0] ?? '';
  const way = distances(options.rtt_ms).to(scopeOf(ip));
  const phases: Phases = {
    resolve: jittered(lookup_ms, options),
    connect: jittered(way + work.connect, options),
    processing: jittered(way + work.processing, options),
  };
  if (protocol === 'https:') {
    phases.tls = jittered(way + work.tls + (slow ? options.held_ms : 0), options);
  }
  const network = ip.replace(/\.\d+$/, '.0/24');
  return {
    target,
    host: hostname,
    scheme: protocol === 'https:' ? 'https' : 'http',
    ip_protocol: 'ip4',
    network,
    address_source: 'system',
    outcome: 'ok',
    phases,
    method: 'HEAD',
    status: 200,
    ...(slow ? { experiments: [neutral(network, way, options)] } : {}),
  };
}

/** Another name at the same address: it is refused, as by every content network, and at once. */
const neutral = (network: string, way: number, options: PastOptions): ExperimentFact => ({
  kind: 'neutral_sni',
  host: neutralName,
  ip_protocol: 'ip4',
  network,
  rested_s: 1,
  outcome: 'ok',
  alert: 'unrecognized_name',
  phases: { connect: jittered(way + work.connect, options), tls: jittered(way + work.connect, options) },
});

function download(bps: number, options: PastOptions): Transfer {
  const rate = Math.round(spread(bps, 0.05, options));
  return {
    bytes: options.bytes,
    ms: Math.round((8000 * options.bytes) / rate),
    after_bytes: plateauAfter,
    plateau_bps: rate,
    ...(bps === options.slowed_bps ? { cov: 0.2 } : {}),
  };
}

const free = ({ bytes, rtt_ms }: PastOptions): number => (8000 * (bytes - plateauAfter)) / (freeTrips * rtt_ms);

const turn = <T>(items: readonly T[], index: number): T => items[index % items.length]!;

/** Times are late, never early: up to a tenth, and once in forty by half. */
function jittered(ms: number, { random }: PastOptions): number {
  const late = random() < 0.025 ? 0.5 * random() : 0.1 * random();
  return Math.round(10 * ms * (1 + late)) / 10;
}

const spread = (value: number, share: number, { random }: PastOptions): number =>
  value * (1 + share * (2 * random() - 1));
