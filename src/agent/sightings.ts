/**
 * What a round has looked at so far. Each look writes its observation into the record and remembers beside it what later
 * steps need: where it was made, which addresses proved themselves, who was mute, whose clock disagreed with ours.
 */
import type { Observed } from '../measure/observe.ts';
import type { ValidatedAddress } from '../model/outcome.ts';
import type { ControlObservation, Observation, Round } from '../model/round.ts';
import type { ExperimentKind, IpProtocol } from '../model/vocabulary.ts';
import type { FieldWork } from './field-work.ts';
import type { PlannedControl, PlannedTarget } from './plan.ts';
import type { Seen, SeenControl } from './transfers.ts';

/** Key of the controls among the sides that can be mute; no platform's name has this form. */
const controls = '*';

export interface Sightings {
  readonly targets: readonly Seen[];
  readonly controls: readonly SeenControl[];
  /** Addresses that completed a verified exchange for their host. */
  readonly validated: ValidatedAddress[];
  lookAtTarget(planned: PlannedTarget): Promise<void>;
  lookAtControl(planned: PlannedControl): Promise<void>;
  lookAtSibling(platform: string, url: string): Promise<void>;
  /** Makes the experiment and writes its facts beside the observation that it is about. */
  experiment(kind: ExperimentKind, about: Seen): Promise<void>;
  /** Our clock against the controls' Date headers, seconds; undefined where none carried one. */
  clock_skew_s(): number | undefined;
}

export interface SightingsOptions {
  /** Of siblings: the first one that is measured. */
  ip_protocol: IpProtocol;
  /** Platforms that let deadlines pass in the round before. */
  mute: ReadonlySet<string>;
}

/**
 * Whether a deadline passed before anybody answered. Where a connection was made, patience stays: a handshake that a
 * policer stretches to 8 s would become a time-out, and a slow platform a blocked one.
 */
export const isMute = ({ failure }: Pick<Observation, 'failure'>): boolean =>
  failure?.reason === 'generic_timeout_error' && (failure.phase === 'resolve' || failure.phase === 'connect');

/** `round` is written into. Aborting `signal` (the round's end) makes what is open `skipped: round_deadline`. */
export function createSightings(
  round: Round,
  work: FieldWork,
  options: SightingsOptions,
  signal: AbortSignal,
): Sightings {
  const targets: Seen[] = [];
  const seenControls: SeenControl[] = [];
  const validated: ValidatedAddress[] = [];
  const skews: number[] = [];
  const mute = new Set(options.mute);

  /** A hop that was followed by another one was answered; the last one is as good as the observation. */
  const remember = (url: string, { observation, dialled, last_url }: Observed) => {
    // Nothing that came over clear text validates an address.
    if (!url.startsWith('https:') || !last_url.startsWith('https:')) return;
    const last = Math.max(...dialled.map(({ hop }) => hop));
    for (const { host, ip, hop } of dialled) {
      if (hop < last || observation.outcome === 'ok') validated.push({ host, ip });
    }
  };
  /** After one deadline has passed in vain, the others of the same side are asked with less patience. */
  const listen = (side: string, observation: Observation) => {
    if (isMute(observation)) mute.add(side);
  };

  return {
    targets,
    controls: seenControls,
    validated,
    async lookAtTarget(planned) {
      const observed = await work.observeTarget(planned, mute.has(planned.platform), signal);
      listen(planned.platform, observed.observation);
      round.platforms[planned.platform]?.push(observed.observation);
      remember(planned.target.url, observed);
      targets.push({ planned, observed });
    },
    async lookAtControl(planned) {
      const observed = await work.observeControl(planned, mute.has(controls), signal);
      listen(controls, observed.observation);
      if (observed.clock_skew_s !== undefined) skews.push(observed.clock_skew_s);
      const entry: ControlObservation = { ...observed.observation, scope: planned.control.scope };
      round.controls.push(entry);
      seenControls.push({ planned, observed, entry });
    },
    async lookAtSibling(platform, url) {
      const { observation } = await work.observeSibling(url, options.ip_protocol, signal);
      round.siblings ??= {};
      round.siblings[platform] = [...(round.siblings[platform] ?? []), observation];
    },
    async experiment(kind, { planned, observed }) {
      const facts = await work.experiment(kind, planned, observed, signal);
      observed.observation.experiments = [...(observed.observation.experiments ?? []), ...facts];
    },
    clock_skew_s: () => (skews.length > 0 ? median(skews) : undefined),
  };
}

/** One control with a clock of its own must not set ours. */
function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
