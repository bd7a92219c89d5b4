/**
 * One round: the base plan, then at most twice what the judge wants to know besides, all before the round's deadline.
 *
 * Facts only. What has not run by the deadline is `skipped: round_deadline` and says nothing about anybody.
 */
import type { Observed } from '../measure/observe.ts';
import type { ValidatedAddress } from '../model/outcome.ts';
import type { ControlObservation, Observation, Round, VantageFacts } from '../model/round.ts';
import type { Control, Platform } from '../model/target.ts';
import type { Experiment } from '../model/verdict.ts';
import type { ExperimentKind, IpProtocol } from '../model/vocabulary.ts';
import { createCrew, type Job } from './crew.ts';
import type { FieldWork } from './field-work.ts';
import { methodFor, type Plan, type PlannedControl, type PlannedTarget, usableControls } from './plan.ts';
import { roundDeadline } from './round-deadline.ts';
import type { TransferPlan, TransferPlanner } from './transfer-plan.ts';
import { createTransferRound, isTransferWish, type Seen, type SeenControl } from './transfers.ts';

/** Key of the controls among the sides that can be mute; no platform's name has this form. */
const controls = '*';

/** Passes of `wanted` after the base plan: what the first one finds may raise one more question, not an endless chain. */
const passes = 2;

export interface RoundInput {
  /** Number of the record. */
  number: number;
  interval_ms: number;
  /** Milliseconds after which the round ends. */
  deadline_ms: number;
  concurrency: number;
  ip_protocols: readonly IpProtocol[];
  platforms: readonly Platform[];
  controls: readonly Control[];
  vantage: VantageFacts;
  plan: Plan;
  /** Whether the budget still allows to ask more than the plan. */
  experiments: boolean;
  /** Downloads: what is planned, whether the budget still allows them, and whose incident is decided. */
  transfers: { planner: TransferPlanner; plan: TransferPlan; allowed: boolean; settled: ReadonlySet<string> };
  /** Platforms that let deadlines pass in the round before. */
  mute: ReadonlySet<string>;
  /** The judge's wishes, given what has been seen so far. */
  wanted: (roundSoFar: Round, pass: 1 | 2) => Experiment[];
}

export interface RoundMeasured {
  round: Round;
  /** Addresses that completed a verified exchange for their host. */
  validated: ValidatedAddress[];
  /** A download was bad or asked for: the next round samples every platform. */
  again: boolean;
}

/**
 * Measures one round. Aborting `signal` (shutdown) ends it early; what was open is then `skipped: round_deadline` too,
 * and the caller throws the round away.
 */
export async function measureRound(input: RoundInput, work: FieldWork, signal: AbortSignal): Promise<RoundMeasured> {
  const deadline = roundDeadline(input.deadline_ms, signal);
  const end = work.network.monotonic() + input.deadline_ms;
  const crew = createCrew(input.concurrency, work.network);
  const round: Round = {
    version: 1,
    round: input.number,
    started_at: new Date(work.network.wall()).toISOString(),
    monotonic_ms: Math.round(work.network.uptime()),
    interval_ms: input.interval_ms,
    companies: Object.fromEntries(input.platforms.map(({ name, company }) => [name, company])),
    vantage: input.vantage,
    controls: [],
    platforms: Object.fromEntries(input.platforms.map(({ name }) => [name, []])),
  };
  const seen: Seen[] = [];
  const seenControls: SeenControl[] = [];
  const validated: ValidatedAddress[] = [];
  /** A hop that was followed by another one was answered; the last one is as good as the observation. */
  const remember = (url: string, { observation, dialled, last_url }: Observed) => {
    // Nothing that came over clear text validates an address.
    if (!url.startsWith('https:') || !last_url.startsWith('https:')) return;
    const last = Math.max(...dialled.map(({ hop }) => hop));
    for (const { host, ip, hop } of dialled) {
      if (hop < last || observation.outcome === 'ok') validated.push({ host, ip });
    }
  };

  /** Our clock against each control's Date header, seconds. */
  const skews: number[] = [];
  const mute = new Set(input.mute);
  /** After one deadline has passed in vain, the others of the same side are asked with less patience. */
  const listen = (side: string, { failure }: Observation) => {
    if (failure?.reason === 'generic_timeout_error') mute.add(side);
  };

  const lookAtTarget = (planned: PlannedTarget) => async () => {
    const observed = await work.observeTarget(planned, mute.has(planned.platform), deadline.signal);
    listen(planned.platform, observed.observation);
    round.platforms[planned.platform]?.push(observed.observation);
    remember(planned.target.url, observed);
    seen.push({ planned, observed });
  };
  const lookAtControl = (planned: PlannedControl) => async () => {
    const observed = await work.observeControl(planned, mute.has(controls), deadline.signal);
    listen(controls, observed.observation);
    if (observed.clock_skew_s !== undefined) skews.push(observed.clock_skew_s);
    const entry: ControlObservation = { ...observed.observation, scope: planned.control.scope };
    round.controls.push(entry);
    seenControls.push({ planned, observed, entry });
  };
  const lookAtSibling = (platform: string, url: string) => async () => {
    const observed = await work.observeSibling(url, input.ip_protocols[0] ?? 'ip4', deadline.signal);
    round.siblings ??= {};
    const siblings = round.siblings[platform] ?? [];
    siblings.push(observed.observation);
    round.siblings[platform] = siblings;
  };

  const experimentWith =
    (kind: ExperimentKind, { planned, observed }: Seen) =>
    async () => {
      const facts = await work.experiment(kind, planned, observed, deadline.signal);
      observed.observation.experiments = [...(observed.observation.experiments ?? []), ...facts];
    };

  /** Turns one wish into jobs; a wish that was fulfilled before brings none. */
  const jobsFor = (wish: Experiment): Job[] => {
    const platform = input.platforms.find(({ name }) => name === wish.platform);
    switch (wish.kind) {
      case 'all_controls':
        return missingControls(input, round).map((planned) => ({
          host: new URL(planned.control.url).hostname,
          run: lookAtControl(planned),
        }));
      case 'all_targets':
        return missingTargets(platform, input, round).map((planned) => ({
          host: new URL(planned.target.url).hostname,
          run: lookAtTarget(planned),
        }));
      case 'sibling':
        return (platform?.siblings ?? [])
          .filter((url) => !round.siblings?.[wish.platform]?.some(({ target }) => target === new URL(url).hostname))
          .map((url) => ({ host: new URL(url).hostname, run: lookAtSibling(wish.platform, url) }));
      default:
        return experimentSubjects(wish, seen).map(({ planned, observed }) => ({
          host: new URL(planned.target.url).hostname,
          run: experimentWith(wish.kind, { planned, observed }),
        }));
    }
  };

  /** Planned, not wished for: only where the ordinary hello has just been answered can the large one tell anything. */
  const largeHello = ({ planned, observed }: Seen): Job[] =>
    planned.large_hello && observed.observation.outcome === 'ok'
      ? [{ host: new URL(planned.target.url).hostname, run: experimentWith('large_hello', { planned, observed }) }]
      : [];

  const transfers = createTransferRound({
    ...input.transfers,
    ip_protocol: input.ip_protocols[0] ?? 'ip4',
    work: work.transfers,
    seen,
    controls: seenControls,
    lookAt: (control) => lookAtControl({ control, ip_protocol: input.ip_protocols[0] ?? 'ip4' })(),
    left: () => end - work.network.monotonic(),
    now: () => work.network.monotonic(),
    signal: deadline.signal,
  });
  const subjects = (wish: Experiment) => experimentSubjects(wish, seen);
  const done = new Set<string>();
  const ask = (pass: 1 | 2): Experiment[] =>
    input.wanted(round, pass).filter((wish) => {
      const key = `${wish.kind} ${wish.platform} ${wish.target ?? ''}`;
      return !done.has(key) && done.add(key);
    });
  /** Wishes for downloads wait until nothing else is on the line. */
  const waiting: Experiment[] = [];
  const fulfil = async (wishes: readonly Experiment[]) => {
    waiting.push(...wishes.filter(isTransferWish));
    const others = wishes.filter((wish) => !isTransferWish(wish));
    // In the judge's order: what decides most comes first, should the deadline cut the rest.
    if (input.experiments) await crew.run(others.flatMap(jobsFor), { shuffle: false });
    else for (const wish of others) skipForBudget(wish, seen);
  };

  try {
    await crew.run([
      ...input.plan.controls.map((planned) => ({
        host: new URL(planned.control.url).hostname,
        run: lookAtControl(planned),
      })),
      ...input.plan.targets.map((planned) => ({
        host: new URL(planned.target.url).hostname,
        run: lookAtTarget(planned),
      })),
    ]);
    if (input.experiments) await crew.run(seen.flatMap(largeHello));
    let calm = false;
    for (let pass = 1; pass <= passes && !calm && !deadline.signal.aborted; pass++) {
      const wishes = ask(pass as 1 | 2);
      calm = wishes.length === 0;
      await fulfil(wishes);
      if (!input.experiments) break;
    }
    // What a download shows may raise a question: the second one of a calm round, else only about downloads.
    if ((await transfers.planned()) && !deadline.signal.aborted) {
      const wishes = ask(2);
      await fulfil(calm ? wishes : wishes.filter(isTransferWish));
    }
    await transfers.wished(waiting, subjects);
    if (skews.length > 0) round.vantage = { ...round.vantage, clock_skew_s: median(skews) };
    if (input.plan.targets.length > 0) Object.assign(round, await work.lookRound(round, deadline.signal));
  } finally {
    deadline.end();
    round.lag_ms = work.takeLag();
  }
  return { round, validated, again: transfers.again };
}

/** One control with a clock of its own must not set ours. */
function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** The judge wished for it and the budget does not allow it: the record says so. */
function skipForBudget(wish: Experiment, seen: readonly Seen[]): void {
  for (const { observed } of experimentSubjects(wish, seen)) {
    const { observation } = observed;
    observation.experiments = [
      ...(observation.experiments ?? []),
      { kind: wish.kind, outcome: 'skipped', skipped: 'budget' },
    ];
  }
}

/** Controls that this round has not looked at; over the other IP protocol too if a target failed over it. */
function missingControls(input: RoundInput, round: Round): PlannedControl[] {
  const [primary = 'ip4', other] = input.ip_protocols;
  const otherFailed =
    other !== undefined &&
    Object.values(round.platforms).some((entries) =>
      entries.some(({ ip_protocol, outcome }) => ip_protocol === other && outcome === 'failed'),
    );
  return usableControls(input.controls, input.vantage.country)
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
function missingTargets(platform: Platform | undefined, input: RoundInput, round: Round): PlannedTarget[] {
  const [primary = 'ip4'] = input.ip_protocols;
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

/** Which observations an experiment is about: the named target's failed ones, else the platform's first failed one. */
function experimentSubjects(wish: Experiment, seen: readonly Seen[]): Seen[] {
  const mine = seen.filter(
    ({ planned }) =>
      planned.platform === wish.platform && (wish.target === undefined || planned.target.name === wish.target),
  );
  const failed = mine.filter(({ observed }) => observed.observation.outcome === 'failed');
  return wish.target === undefined ? failed.slice(0, 1) : failed.length > 0 ? failed : mine.slice(0, 1);
}
