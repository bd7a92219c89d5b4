/**
 * A probe's life as full rounds of a minute: four platforms of three targets, five controls, a little jitter, one
 * transfer a platform every fifth round. Deterministic. A test changes rounds to make something happen.
 */
import { type Judgement, judge } from '../../src/judge/judge.ts';
import { defaultParams, type JudgeParams, type JudgeState } from '../../src/judge/state.ts';
import type { ControlObservation, Observation, Round } from '../../src/model/round.ts';
import type { IncidentEvent } from '../../src/model/verdict.ts';
import type { IpProtocol, Phase, Reason } from '../../src/model/vocabulary.ts';

export const companies = { x: 'x', facebook: 'meta', instagram: 'meta', youtube: 'google' };
const roles = ['website', 'cdn', 'media'] as const;
/** Bits per second of the line, and how large a plateau is that a transfer of 64 KiB leaves (bytes). */
const lineBps = 20e6;
const plateauBytes = 44 * 1024;

export type Change = (round: Round, minute: number) => void;

export interface LifeOptions {
  start?: string;
  ip6?: boolean;
  params?: Partial<JudgeParams>;
  /** Transfers every so many rounds; 0: never. */
  transfers?: number;
}

export class Life {
  readonly params: JudgeParams;
  state: JudgeState | undefined;
  minute = 0;
  events: IncidentEvent[] = [];
  last: Judgement | undefined;
  private readonly start: number;
  private readonly options: LifeOptions;
  private dice = 1;

  constructor(options: LifeOptions = {}) {
    this.options = options;
    this.start = Date.parse(options.start ?? '2024-01-06T00:00:00Z');
    this.params = defaultParams(60_000, options.params);
  }

  /** In [0, 1): Lehmer's generator (Park and Miller 1988). */
  private random(): number {
    this.dice = (this.dice * 48_271) % 2_147_483_647;
    return this.dice / 2_147_483_647;
  }

  /** The round of the present minute, everything fine. */
  round(): Round {
    const { minute } = this;
    const every = this.options.transfers ?? 5;
    const transfer = every > 0 && minute % every === 0;
    const platforms: Record<string, Observation[]> = {};
    for (const name of Object.keys(companies)) {
      platforms[name] = roles.map((role, i) => this.entry(`${name}/${role}`, 40 + 5 * i, transfer && role === 'cdn'));
      if (this.options.ip6)
        platforms[name].push(...roles.map((role) => this.entry(`${name}/${role}`, 45, false, 'ip6')));
    }
    const controls: ControlObservation[] = [];
    for (let i = 0; i < 5; i++) {
      const scope = i < 4 ? 'foreign' : 'in_country';
      controls.push({ ...this.entry(`control-${i}`, i < 4 ? 42 : 9, transfer && i < 2), scope });
      if (this.options.ip6 && i < 2) controls.push({ ...this.entry(`control-${i}`, 44, false, 'ip6'), scope });
    }
    return {
      version: 1,
      round: minute + 1,
      started_at: new Date(this.start + minute * 60_000).toISOString(),
      monotonic_ms: 10_000_000 + minute * 60_000,
      interval_ms: 60_000,
      companies,
      vantage: { country: 'PK', asn: 'AS17557', resolver_scope: 'isp' },
      controls,
      platforms,
    };
  }

  private entry(target: string, rtt: number, transfer: boolean, ip_protocol: IpProtocol = 'ip4'): Observation {
    const trip = rtt * (1 + 0.05 * this.random());
    const entry: Observation = {
      target,
      ip_protocol,
      network: `198.51.${target.length}.0/24`,
      outcome: 'ok',
      phases: { resolve: 3, connect: trip, tls: 1.05 * trip, processing: trip },
      status: 200,
    };
    if (transfer) download(entry, lineBps * (0.9 + 0.2 * this.random()), 0.3);
    return entry;
  }

  /** Folds one more round; `change` may rewrite it first. Returns what the judge made of it. */
  step(change?: Change): Judgement {
    const round = this.round();
    change?.(round, this.minute);
    return this.feed(round);
  }

  /** Folds a round as it is. */
  feed(round: Round): Judgement {
    const judgement = judge(this.state, round, this.params);
    this.state = judgement.state;
    this.last = judgement;
    this.events.push(...judgement.events);
    this.minute++;
    return judgement;
  }

  /** So many rounds; returns the events of these alone. */
  run(rounds: number, change?: Change): IncidentEvent[] {
    const before = this.events.length;
    for (let i = 0; i < rounds; i++) this.step(change);
    return this.events.slice(before);
  }

  /** Minutes pass without a round: asleep, killed, no power. */
  pass(minutes: number): void {
    this.minute += minutes;
  }

  held(platform: string): string | undefined {
    return this.last?.states[platform]?.state;
  }
}

/** Warmed-up lives are made once and copied: two days of rounds teach all there is to learn. */
export function warm(options: LifeOptions = {}, rounds = 2 * 1440): Life {
  const life = new Life(options);
  life.run(rounds);
  return life;
}

/** A sized object at this rate, with facts of its plateau. */
export function download(entry: Observation, bps: number, cov: number): void {
  entry.goodput_bps = Math.round(bps);
  const ms = Math.min(2_500, (plateauBytes * 8000) / bps);
  entry.transfer = {
    bytes: Math.round(20_480 + (bps * ms) / 8000),
    ms: ms + 100,
    after_bytes: 20_480,
    plateau_bps: Math.round(bps),
    cov,
  };
}

export function fail(entry: Observation, phase: Phase, reason: Reason, after_ms = 10_000): void {
  const { resolve, connect } = entry.phases ?? {};
  entry.outcome = 'failed';
  entry.failure = { phase, reason, after_ms };
  entry.phases = phase === 'resolve' ? {} : phase === 'connect' ? { resolve } : { resolve, connect };
  delete entry.status;
  delete entry.transfer;
  delete entry.goodput_bps;
}

/** Every target of these platforms is dropped at TCP. */
export const blackhole =
  (...platforms: string[]): Change =>
  (round) => {
    for (const name of platforms)
      for (const entry of round.platforms[name]!) fail(entry, 'connect', 'generic_timeout_error');
  };

/** Flows of these platforms are policed to `bps`: handshakes crawl, transfers show a plateau, connect is normal. */
export const police =
  (bps: number, ...platforms: string[]): Change =>
  (round) => {
    for (const name of platforms) {
      for (const entry of round.platforms[name]!) {
        entry.phases!.tls! += (4_500 * 8_000) / bps;
        if (entry.transfer) download(entry, bps, 0.05);
      }
    }
  };

/** Everything on these entries takes `factor` times as long. */
export function stretch(entries: readonly Observation[], factor: number): void {
  for (const { phases } of entries) {
    if (phases?.connect) phases.connect *= factor;
    if (phases?.tls) phases.tls *= factor;
    if (phases?.processing) phases.processing *= factor;
  }
}
