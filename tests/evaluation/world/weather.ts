/**
 * A vantage's ordinary life: everything that happens to probes without anybody interfering. Drawn for a whole trace
 * at once, so that a fork of it goes on under the same weather.
 *
 * Rates are a month of 30 days. Sources: shao-ripe-atlas-rtt for path changes (in `trace.ts`); Gilbert (1960) and
 * Elliott (1963) for bursts of loss; upptime-social for refusals; the rest are round figures from operators' reports,
 * chosen to be unpleasant rather than typical.
 */
import { absent, busy, clockOff, lineDown, lossy, starved, worsen } from './acts.ts';
import type { Trouble } from './air.ts';
import { Rng } from './random.ts';
import { platforms, TARGETS_PER_PLATFORM, type Vantage } from './vantage.ts';

export const MONTH = 30 * 24 * 60;
const DAY = 24 * 60;

/** Indexes of a platform's paths. */
export function pathsOf(platform: number): number[] {
  return Array.from({ length: TARGETS_PER_PLATFORM }, (_, i) => platform * TARGETS_PER_PLATFORM + i);
}

/** Indexes of the controls' paths. */
export function controlPaths(vantage: Vantage): number[] {
  const first = platforms.length * TARGETS_PER_PLATFORM;
  return Array.from({ length: vantage.paths.length - first }, (_, i) => first + i);
}

/** Minute of the day at the vantage. */
function localMinute(vantage: Vantage, minute: number): number {
  const start = (vantage.start_ms / 60_000 + vantage.utc_offset_h * 60) % DAY;
  return (start + minute + DAY) % DAY;
}

/** The evening's bell: 0 at noon, 1 at 21:00, as access and peering links fill. */
export function evening(vantage: Vantage, minute: number): number {
  let hours = localMinute(vantage, minute) / 60 - 21;
  if (hours < -12) hours += 24;
  return Math.exp(-0.5 * (hours / 2.2) ** 2);
}

/** Poisson arrivals over the trace; `make` gets the minute and draws the rest. */
function arrivals(rng: Rng, minutes: number, perMonth: number, make: (from: number) => Trouble): Trouble[] {
  const out: Trouble[] = [];
  if (perMonth <= 0) return out;
  for (let t = rng.exponential(MONTH / perMonth); t < minutes; t += rng.exponential(MONTH / perMonth))
    out.push(make(t));
  return out;
}

/** Troubles of the line and of the device. */
function atHome(vantage: Vantage, rng: Rng, minutes: number): Trouble[] {
  const { access } = vantage;
  const out: Trouble[] = [];
  const span = (from: number, length: number) => ({ from, to: from + length });
  out.push(
    ...arrivals(rng, minutes, access.bursts, (t) => {
      const s = span(t, rng.exponential(4) + 0.2);
      const loss = rng.between(0.05, 0.3);
      return { kind: 'loss burst', ...s, act: lossy(loss) };
    }),
    ...arrivals(rng, minutes, access.outages, (t) => {
      const s = span(t, Math.min(600, rng.lognormal(5, 1.2)));
      return { kind: 'line down', ...s, act: lineDown(s.from, s.to) };
    }),
    // Somebody at home downloads: the queue grows and the rate shrinks for everything at once.
    ...arrivals(rng, minutes, access.name === 'server' ? 2 : 40, (t) => {
      const s = span(t, rng.lognormal(8, 0.8));
      const rate = rng.between(0.15, 0.7);
      const queue = access.last_mile_ms * rng.between(0.5, 4);
      return {
        kind: 'busy household',
        ...s,
        act: busy(rate, queue),
      };
    }),
    ...arrivals(rng, minutes, 3, (t) => ({
      kind: 'restart',
      ...span(t, rng.between(1, 6)),
      act: absent,
    })),
    ...arrivals(rng, minutes, 2, (t) => {
      const offset = rng.pick([-1, 1]) * Math.exp(rng.between(Math.log(5_000), Math.log(7_200_000)));
      return { kind: 'clock jump', ...span(t, rng.lognormal(30, 1)), act: clockOff(offset) };
    }),
  );
  // Load-shedding: every day at nearly the same hours; half of the probes stay up on a battery and see the line die.
  const shedding = rng.chance(0.2) ? 1 + rng.below(3) : 0;
  const battery = rng.chance(0.5);
  const hours = Array.from({ length: shedding }, () => rng.below(DAY));
  const powerCut = (from: number, length: number): Trouble[] => {
    const to = from + length;
    // The modem needs a few minutes to synchronise once the power is back.
    const sync = rng.between(0.5, 4);
    if (battery) return [{ kind: 'power cut', from, to: to + sync, act: lineDown(from, to + sync) }];
    return [
      { kind: 'power cut', from, to, reboots: true, act: absent },
      { kind: 'power cut', from: to, to: to + sync, act: lineDown(to, to + sync) },
    ];
  };
  for (const hour of hours)
    for (let day = 0; day < minutes; day += DAY)
      if (rng.chance(0.85)) out.push(...powerCut(day + hour + rng.between(0, 15), rng.between(50, 70)));
  for (let t = rng.exponential(MONTH / 2); t < minutes; t += rng.exponential(MONTH / 2))
    out.push(...powerCut(t, rng.lognormal(20, 1)));
  // One vantage in eight is a laptop: it sleeps at night and now and then by day, and wakes up without Wi-Fi.
  if (rng.chance(0.125)) {
    const bed = rng.below(DAY);
    for (let day = 0; day < minutes; day += DAY) {
      for (const [from, length] of [
        [day + bed + rng.between(0, 90), rng.between(360, 560)],
        [day + rng.below(DAY), rng.between(10, 120)],
      ] as const) {
        const to = from + length;
        const wifi = to + rng.between(0, 1.5);
        out.push({ kind: 'sleep', from, to, act: absent });
        out.push({ kind: 'sleep', from: to, to: wifi, act: lineDown(to, wifi) });
      }
    }
  }
  // Carrier-grade NAT out of ports, in the evening: new connections time out at random, whoever they are for.
  if ((access.name === 'mobile' || access.name === 'wireless') && rng.chance(0.4)) {
    for (let day = 0; day < minutes; day += DAY) {
      if (!rng.chance(0.25)) continue;
      const from = day + rng.below(DAY);
      const share = rng.between(0.1, 0.6);
      out.push({
        kind: 'cgnat',
        from,
        to: from + rng.between(8, 60),
        act: starved(share),
      });
    }
  }
  return out;
}

/** Troubles out on the network, which only some paths feel. */
function outside(vantage: Vantage, rng: Rng, minutes: number): Trouble[] {
  const out: Trouble[] = [];
  const far = vantage.paths.flatMap((path, i) => (path.far ? [i] : []));
  const controls = controlPaths(vantage);
  for (let p = 0; p < platforms.length; p++) {
    const paths = pathsOf(p);
    out.push(
      ...arrivals(rng, minutes, 0.2, (from) => hiccup(rng, paths, from, 1 + 3.9 * rng.uniform() ** 1.5)),
      ...arrivals(rng, minutes, 1, (from) => ({
        kind: 'path loss',
        from,
        to: from + rng.exponential(5),
        act: worsen(paths, { loss: rng.between(0.03, 0.2) }),
      })),
      ...arrivals(rng, minutes, 1.5, (from) => refusals(rng, paths, from, rng.lognormal(120, 1.2))),
    );
    if (rng.chance(0.1)) out.push(...congestedEvenings(vantage, rng, paths, minutes));
    if (rng.chance(0.01)) out.push(drift(paths, rng.below(minutes), rng.between(2, 3)));
  }
  out.push(
    ...arrivals(rng, minutes, 0.08, (from) => cableCut(rng, far, from, rng.lognormal(600, 0.8))),
    ...arrivals(rng, minutes, 1, (from) => {
      const one = rng.pick(controls);
      const mode = rng.pick(['reset', 'blackhole'] as const);
      return { kind: 'control down', from, to: from + rng.lognormal(40, 1.5), act: (air) => air.break([one], mode) };
    }),
  );
  return out;
}

/** A platform is really away for a few minutes: all of it, or a share of its answers. */
export function hiccup(rng: Rng, paths: readonly number[], from: number, length: number): Trouble {
  const share = rng.chance(0.6) ? 1 : rng.between(0.3, 0.9);
  return { kind: 'hiccup', from, to: from + length, act: (air) => air.break(paths, 'hiccup', share) };
}

/** A wall of 429, 403 or 503 over valid TLS: an answer, not an outage. */
export function refusals(rng: Rng, paths: readonly number[], from: number, length: number): Trouble {
  const status = rng.pick([429, 429, 503, 400, 403]);
  const hit = rng.chance(0.5) ? paths : [paths[0]!];
  return {
    kind: 'refusals',
    from,
    to: from + length,
    act: (air) => {
      air.touched = true;
      for (const p of hit) air.status[p] = status;
    },
  };
}

/** A platform's peering link fills up in the evening: up to 3× slower, lossy, the rate well below the line's. */
export function congestedEvenings(vantage: Vantage, rng: Rng, paths: readonly number[], minutes: number): Trouble[] {
  const rtt = rng.between(0.3, 2);
  const loss = rng.between(0.002, 0.02);
  const rate = rng.between(0.15, 0.7);
  return [
    {
      kind: 'peering congestion',
      from: 0,
      to: minutes,
      act: (air, minute) => {
        const bell = evening(vantage, minute);
        if (bell > 0.1) air.worsen(paths, { rtt: 1 + rtt * bell, loss: loss * bell, rate: 1 - (1 - rate) * bell });
      },
    },
  ];
}

/** A sea cable is cut: every far path is slower and lossy, whoever is at its end; nearby caches stay fast. */
export function cableCut(rng: Rng, far: readonly number[], from: number, length: number): Trouble {
  return {
    kind: 'cable cut',
    from,
    to: from + length,
    act: worsen(far, { rtt: rng.between(1.5, 6), loss: rng.between(0.005, 0.05), rate: rng.between(0.1, 0.6) }),
  };
}

/** A platform's paths get slower over three days and stay so: no step that anybody would notice. */
export function drift(paths: readonly number[], from: number, factor: number): Trouble {
  const days = 3 * DAY;
  const slope = Math.log(factor) / days;
  return {
    kind: 'drift',
    from,
    to: Number.POSITIVE_INFINITY,
    act: (air, minute) => air.worsen(paths, { rtt: Math.exp(slope * Math.min(days, minute - from)) }),
  };
}

/** Everything that will happen at this vantage in so many minutes, in order of beginning. */
export function drawWeather(vantage: Vantage, minutes: number): Trouble[] {
  const rng = new Rng(vantage.seed, 2);
  return [...atHome(vantage, rng, minutes), ...outside(vantage, rng, minutes)].sort((a, b) => a.from - b.from);
}
