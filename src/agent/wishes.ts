/** From what the judge wishes to know to what is to be done for it in this round. */
import type { Round, VantageFacts } from '../model/round.ts';
import type { Control, Platform } from '../model/target.ts';
import type { Experiment } from '../model/verdict.ts';
import type { IpProtocol } from '../model/vocabulary.ts';
import type { Job } from './crew.ts';
import { methodFor, type PlannedControl, type PlannedTarget, usableControls } from './plan.ts';
import type { Sightings } from './sightings.ts';
import type { Seen } from './transfers.ts';

/** What there is to be looked at. */
export interface Reach {
  ip_protocols: readonly IpProtocol[];
  platforms: readonly Platform[];
  controls: readonly Control[];
  vantage: VantageFacts;
}

export const targetJob = (planned: PlannedTarget, sightings: Sightings): Job => ({
  host: new URL(planned.target.url).hostname,
  run: () => sightings.lookAtTarget(planned),
});

export const controlJob = (planned: PlannedControl, sightings: Sightings): Job => ({
  host: new URL(planned.control.url).hostname,
  run: () => sightings.lookAtControl(planned),
});

/** Turns one wish into jobs; a wish that was fulfilled before brings none. */
export function jobsFor(wish: Experiment, reach: Reach, round: Round, sightings: Sightings): Job[] {
  const platform = reach.platforms.find(({ name }) => name === wish.platform);
  switch (wish.kind) {
    case 'all_controls':
      return missingControls(reach, round).map((planned) => controlJob(planned, sightings));
    case 'all_targets':
      return missingTargets(platform, reach, round).map((planned) => targetJob(planned, sightings));
    case 'sibling':
      return (platform?.siblings ?? [])
        .map((url) => ({ url, host: new URL(url).hostname }))
        .filter(({ host }) => !round.siblings?.[wish.platform]?.some(({ target }) => target === host))
        .map(({ url, host }) => ({ host, run: () => sightings.lookAtSibling(wish.platform, url) }));
    default:
      return experimentSubjects(wish, sightings.targets).map((about) => ({
        host: new URL(about.planned.target.url).hostname,
        run: () => sightings.experiment(wish.kind, about),
      }));
  }
}

/** Planned, not wished for: only where the ordinary hello has just been answered can the large one tell anything. */
export function largeHelloJobs(sightings: Sightings): Job[] {
  return sightings.targets
    .filter(({ planned, observed }) => planned.large_hello && observed.observation.outcome === 'ok')
    .map((about) => ({
      host: new URL(about.planned.target.url).hostname,
      run: () => sightings.experiment('large_hello', about),
    }));
}

/** The judge wished for it and the budget does not allow it: the record says so. */
export function skipForBudget(wish: Experiment, sightings: Sightings): void {
  for (const { observed } of experimentSubjects(wish, sightings.targets)) {
    const { observation } = observed;
    observation.experiments = [
      ...(observation.experiments ?? []),
      { kind: wish.kind, outcome: 'skipped', skipped: 'budget' },
    ];
  }
}

/** Which observations an experiment is about: the named target's failed ones, else the platform's first failed one. */
export function experimentSubjects(wish: Experiment, seen: readonly Seen[]): Seen[] {
  const mine = seen.filter(
    ({ planned }) =>
      planned.platform === wish.platform && (wish.target === undefined || planned.target.name === wish.target),
  );
  const failed = mine.filter(({ observed }) => observed.observation.outcome === 'failed');
  return wish.target === undefined ? failed.slice(0, 1) : failed.length > 0 ? failed : mine.slice(0, 1);
}

/** Controls that this round has not looked at; over the other IP protocol too if a target failed over it. */
function missingControls({ ip_protocols, controls, vantage }: Reach, round: Round): PlannedControl[] {
  const [primary = 'ip4', other] = ip_protocols;
  const otherFailed =
    other !== undefined &&
    Object.values(round.platforms).some((entries) =>
      entries.some(({ ip_protocol, outcome }) => ip_protocol === other && outcome === 'failed'),
    );
  return usableControls(controls, vantage.country)
    .flatMap((control): PlannedControl[] => [
      { control, ip_protocol: primary },
      ...(otherFailed ? [{ control, ip_protocol: other }] : []),
    ])
    .filter(
      ({ control, ip_protocol }) =>
        !round.controls.some((entry) => entry.target === control.name && entry.ip_protocol === ip_protocol),
    );
}

/** Targets of a platform that this round has not looked at, over the first IP protocol. */
function missingTargets(platform: Platform | undefined, { ip_protocols }: Reach, round: Round): PlannedTarget[] {
  const [primary = 'ip4'] = ip_protocols;
  if (!platform) return [];
  return platform.targets
    .filter(
      ({ name }) =>
        !round.platforms[platform.name]?.some(({ target, ip_protocol }) => target === name && ip_protocol === primary),
    )
    .map((target) => ({
      platform: platform.name,
      target,
      ip_protocol: primary,
      method: methodFor(target.url, true),
      trusted: true,
      public: false,
      large_hello: false,
    }));
}
