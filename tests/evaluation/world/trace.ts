/**
 * A vantage's life, minute by minute, as round records. Deterministic in (vantage, weather, seed); can be forked at any
 * minute, so that many events start from the same learned past.
 */
import type { ControlObservation, Observation, Round } from '../../../src/model/round.ts';
import { Air, type Trouble } from './air.ts';
import { type Conditions, exchange, roundTrip } from './exchange.ts';
import { Rng } from './random.ts';
import { transfer } from './transfer.ts';
import { truthOf } from './truth.ts';
import { companies, MINUTE, platforms, TARGETS_PER_PLATFORM, TRANSFER_ROLE, type Vantage } from './vantage.ts';
import { evening, MONTH } from './weather.ts';

/**
 * Path changes: 22 a path-month, sizes Laplace(.095) in ln RTT, levels drawn back to the usual one. Fitted to the 1,047
 * labelled changes of shao-ripe-atlas-rtt (|ratio| p50 1.05, p90 1.22, p99 1.43, one in a thousand ≥ 2).
 */
const SHIFTS_PER_MONTH = 22;
const SHIFT_SCALE = 0.095;
const SHIFT_MEMORY = 0.8;
/** A handshake that makes the agent widen its round (docs/methodology.md: 3 × its own baseline). */
const HANDSHAKE_ODD = 3;
/** A transfer that makes the agent repeat it, relative to the line's usual rate. */
const TRANSFER_ODD = 0.4;
const FIRST_CONTROL = platforms.length * TARGETS_PER_PLATFORM;

export class Trace implements Conditions {
  readonly vantage: Vantage;
  readonly air: Air;
  rng: Rng;
  level: Float64Array;
  edge: Uint8Array;
  minute = 0;
  queue_ms = 0;
  loss = 0;
  private readonly schedule: readonly Trouble[];
  private own: readonly Trouble[] = [];
  private next = 0;
  private active: Trouble[] = [];
  private shiftAt: Float64Array;
  private booted = 0;
  private rebooting = false;
  private counter = 0;
  /** Calm plan: paths that failed last time, and rounds for which transfers are repeated. */
  private failing: Uint8Array;
  private repeat = 0;

  constructor(vantage: Vantage, schedule: readonly Trouble[], seed: number = vantage.seed) {
    this.vantage = vantage;
    this.schedule = schedule;
    const n = vantage.paths.length;
    this.air = new Air(n);
    this.rng = new Rng(seed, 3);
    this.level = new Float64Array(n);
    this.edge = new Uint8Array(n);
    this.failing = new Uint8Array(n);
    this.shiftAt = new Float64Array(n);
    for (let p = 0; p < n; p++) this.shiftAt[p] = this.rng.exponential(MONTH / SHIFTS_PER_MONTH);
    this.booted = -this.rng.below(10_000);
  }

  /** The same past and the same weather, other dice, and troubles of its own. */
  fork(seed: number, own: readonly Trouble[]): Trace {
    const copy = new Trace(this.vantage, this.schedule, seed);
    copy.level = this.level.slice();
    copy.edge = this.edge.slice();
    copy.shiftAt = this.shiftAt.slice();
    copy.failing = this.failing.slice();
    copy.minute = this.minute;
    copy.next = this.next;
    copy.active = [...this.active];
    copy.booted = this.booted;
    copy.rebooting = this.rebooting;
    copy.counter = this.counter;
    copy.repeat = this.repeat;
    copy.own = own;
    return copy;
  }

  /** Lives one minute on. Undefined when no round was recorded in it; `air` and `truth()` speak of that minute. */
  step(): Round | undefined {
    this.minute++;
    this.weather();
    if (this.air.off) return undefined;
    if (this.rebooting) {
      this.booted = this.minute;
      this.rebooting = false;
    }
    this.counter++;
    if (this.vantage.missing > 0 && this.rng.uniform() < this.vantage.missing) return undefined;
    return this.measure();
  }

  /** What is really wrong with a platform in this minute, whoever's fault it is. */
  truth(platform: number): ReturnType<typeof truthOf> {
    return truthOf(this, platform);
  }

  private weather(): void {
    const { air, minute, vantage } = this;
    air.clear();
    while (this.next < this.schedule.length && this.schedule[this.next]!.from < minute + 1)
      this.active.push(this.schedule[this.next++]!);
    for (let i = this.active.length - 1; i >= 0; i--) {
      const trouble = this.active[i]!;
      if (trouble.to <= minute) {
        this.active.splice(i, 1);
        if (trouble.reboots) this.rebooting = true;
      }
    }
    for (const trouble of this.active)
      if (trouble.from <= minute || trouble.from < minute + 0.15) trouble.act(air, minute);
    for (const trouble of this.own) {
      if (trouble.from <= minute && trouble.to > minute) trouble.act(air, minute);
      if (trouble.reboots && trouble.to <= minute && trouble.to > minute - 1) this.rebooting = true;
    }
    const bell = vantage.access.evening_ms === 0 ? 0 : evening(vantage, minute);
    this.queue_ms = air.queue_ms + vantage.access.evening_ms * bell;
    this.loss = air.loss + vantage.access.loss;
    for (let p = 0; p < this.level.length; p++) {
      if (this.shiftAt[p]! <= minute) {
        this.level[p] = SHIFT_MEMORY * this.level[p]! + this.rng.laplace(SHIFT_SCALE);
        this.shiftAt[p] = minute + this.rng.exponential(MONTH / SHIFTS_PER_MONTH);
      }
      const path = vantage.paths[p]!;
      if (path.remap > 0 && this.rng.uniform() < path.remap) this.edge[p] = this.rng.below(path.edges.length);
    }
  }

  private measure(): Round {
    const { vantage, rng, minute } = this;
    const calm = vantage.plan === 'calm';
    const i = this.counter;
    const record: Record<string, Observation[]> = {};
    let widen = false;
    let beside = false;
    for (let q = 0; q < platforms.length; q++) {
      const first = q * TARGETS_PER_PLATFORM;
      const sample = this.samples(q, i);
      const turn = i % TARGETS_PER_PLATFORM;
      const seen: Observation[] = [];
      let odd = false;
      for (let r = 0; r < TARGETS_PER_PLATFORM; r++) {
        if (calm && r !== turn && !this.failing[first + r] && !(sample && r === TRANSFER_ROLE)) continue;
        odd = this.observe(first + r, sample && r === TRANSFER_ROLE, seen) || odd;
      }
      if (calm && odd) {
        widen = true;
        for (let r = 0; r < TARGETS_PER_PLATFORM; r++)
          if (r !== turn && !this.failing[first + r] && !(sample && r === TRANSFER_ROLE))
            this.observe(first + r, false, seen);
      }
      for (const one of seen) {
        const p = first + (one.target.endsWith('/cdn') ? 1 : one.target.endsWith('/media') ? 2 : 0);
        this.failing[p] = one.outcome === 'ok' ? 0 : 1;
        if (one.goodput_bps !== undefined && one.goodput_bps < TRANSFER_ODD * this.usualGoodput(p)) beside = true;
        if (one.failure?.reason === 'http_body_stalled') beside = true;
      }
      if (vantage.ip6 && i % 5 === 0) seen.push(exchange(this, first, 'ip6'));
      record[platforms[q]!] = seen;
    }
    if (beside) this.repeat = 2;
    else if (this.repeat > 0) this.repeat--;
    const at = vantage.start_ms + minute * vantage.interval_ms + 1000 * rng.between(0, 4);
    return {
      version: 1,
      round: i,
      started_at: new Date(at + this.air.clock_ms).toISOString(),
      monotonic_ms: Math.round(at - vantage.start_ms - this.booted * MINUTE),
      interval_ms: vantage.interval_ms,
      companies,
      vantage: { country: 'PK', asn: 'AS17557', resolver_scope: 'isp' },
      controls: this.controls(i, calm && !widen, beside),
      platforms: record,
    };
  }

  /** Whether this platform's object is downloaded in this round. */
  private samples(platform: number, i: number): boolean {
    if (this.vantage.plan === 'calm') return this.repeat > 0 || i % 5 === platform;
    return this.vantage.cadence === 'every' || (this.vantage.cadence === 'fifth' && i % 5 === 0);
  }

  /** Measures one path of a platform; true when something about it is odd. */
  private observe(p: number, sample: boolean, into: Observation[]): boolean {
    const one = exchange(this, p);
    into.push(one);
    if (one.outcome !== 'ok') return true;
    if (sample) transfer(this, p, one);
    const path = this.vantage.paths[p]!;
    return (
      one.outcome !== 'ok' || one.phases!.tls! > HANDSHAKE_ODD * (path.base_ms + this.queue_ms + 1.3 * path.tls_ms)
    );
  }

  /** What a transfer on this path brings on an ordinary day, by the line's rate and slow start. */
  private usualGoodput(p: number): number {
    const trip_s = roundTrip(this, p) / this.air.rtt[p]! / 1000;
    const serial = (44 * 1024 * 8) / this.vantage.rate_bps;
    return (44 * 1024 * 8) / (serial + trip_s / (1 + serial / (2 * trip_s)));
  }

  private controls(i: number, few: boolean, beside: boolean): ControlObservation[] {
    const { vantage } = this;
    const n = vantage.paths.length - FIRST_CONTROL;
    const seen: ControlObservation[] = [];
    // Two controls have sized objects; the calm plan takes one every ten rounds and beside every bad transfer.
    const sized =
      vantage.plan === 'calm'
        ? beside || this.repeat > 0 || i % 10 === 4
        : vantage.cadence === 'every' || (vantage.cadence === 'fifth' && i % 5 === 0);
    for (let c = 0; c < n; c++) {
      const planned = c === i % n || c === (i + 1) % n || (sized && c < 2);
      if (few && !planned) continue;
      const p = FIRST_CONTROL + c;
      const path = vantage.paths[p]!;
      const one = exchange(this, p) as ControlObservation;
      one.scope = path.scope;
      if (sized && c < 2 && one.outcome === 'ok') transfer(this, p, one);
      seen.push(one);
    }
    if (vantage.ip6 && i % 5 === 0) {
      for (let c = 0; c < 2; c++) {
        const p = FIRST_CONTROL + c;
        const one = exchange(this, p, 'ip6') as ControlObservation;
        one.scope = vantage.paths[p]!.scope;
        seen.push(one);
      }
    }
    return seen;
  }
}
