/** The thresholds of the judge, each with its reason. Everything that a number decides is here or beside its formula. */
import type { Stream } from '../model/outcome.ts';

export interface JudgeParams {
  /** Planned distance between rounds, ms; a record's own `interval_ms` wins. */
  interval_ms: number;
  /** Observed time until a baseline is called ready and the probe may vote, ms. */
  ready_after_ms: number;
  /** Planned distance between two transfers of one platform, ms. */
  transfer_every_ms: number;
  /** IANA name, for the clock times in statements. */
  timezone: string;
  /** Platform name to the title used in statements; the name itself where it is missing. */
  titles: Readonly<Record<string, string>>;
  /** Coinciding events that a statement names when an onset falls within three hours. */
  events: readonly { at: string; title: string }[];
  /** False alarms that one probe may raise in a month: the budget from which the threshold follows. */
  alarms_per_month: number;
  /** Streams that share the budget: five for each of four platforms. */
  streams_watched: number;
  /** Log-evidence at which more is measured, and at which the probe votes in its fleet. */
  suspicion: number;
  /** Least null mean of each stream's badness: how much evidence one bad sample can be. Swept: docs/evaluation.md. */
  floors: Readonly<Record<Stream, number>>;
  /**
   * The same for *reach* of a platform with one target: in 20 months of RIPE Atlas pings sixteen runs of three time-outs,
   * seven of four and six of five came by themselves; a second target fails with the first only when something is wrong.
   */
  lone_floor: number;
  /** How many times its learned mean the badness of a calm stream may have. Swept: docs/evaluation.md. */
  margins: Readonly<Record<Stream, number>>;
  /** Share of the controls that may fail in a round that still counts for comparisons. */
  controls_may_fail: number;
  /** Rounds that do not count after a round whose controls failed. */
  cooldown: number;
  /** Which experiments `wanted` may ask for. */
  experiments: Readonly<{ neutral_sni: boolean; large_hello: boolean }>;
}

/**
 * Parameters for rounds that come every `interval_ms`.
 *
 * The floors decide how many bad rounds open an incident; they differ because the streams differ in how often a calm
 * Internet makes them bad: never a whole platform at once, but a single slow handshake every day.
 */
export function defaultParams(interval_ms: number, overrides: Partial<JudgeParams> = {}): JudgeParams {
  return {
    interval_ms,
    ready_after_ms: 24 * 3_600_000,
    transfer_every_ms: 5 * 60_000,
    timezone: 'UTC',
    titles: { x: 'X', facebook: 'Facebook', instagram: 'Instagram', youtube: 'YouTube' },
    events: [],
    alarms_per_month: 0.26,
    streams_watched: 20,
    suspicion: 8,
    floors: { all: 0.003, reach: 0.01, handshake: 0.008, latency: 0.008, goodput: 0.006 },
    lone_floor: 0.025,
    margins: { all: 3, reach: 3, handshake: 3, latency: 3, goodput: 1.5 },
    controls_may_fail: 1 / 3,
    cooldown: 3,
    experiments: { neutral_sni: true, large_hello: true },
    ...overrides,
  };
}
