/**
 * One round: the base plan, then at most twice what the judge wants to know besides, all before the round's deadline.
 *
 * Facts only. What has not run by the deadline is `skipped: round_deadline` and says nothing about anybody.
 */
import type { ValidatedAddress } from '../model/outcome.ts';
import type { Round } from '../model/round.ts';
import type { Experiment } from '../model/verdict.ts';
import { createCrew } from './crew.ts';
import type { FieldWork } from './field-work.ts';
import type { Plan } from './plan.ts';
import { roundDeadline } from './round-deadline.ts';
import { createSightings, type Sightings } from './sightings.ts';
import type { TransferPlan, TransferPlanner } from './transfer-plan.ts';
import { createTransferRound, isTransferWish, type TransferRound } from './transfers.ts';
import {
  controlJob,
  experimentSubjects,
  jobsFor,
  largeHelloJobs,
  type Reach,
  skipForBudget,
  targetJob,
} from './wishes.ts';

/** Passes of `wanted` after the base plan: what the first one finds may raise one more question, not an endless chain. */
const passes = 2;

export interface RoundInput extends Reach {
  /** Number of the record. */
  number: number;
  interval_ms: number;
  /** Milliseconds after which the round ends. */
  deadline_ms: number;
  concurrency: number;
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
  const round = beginRecord(input, work);
  const [ip_protocol = 'ip4'] = input.ip_protocols;
  const sightings = createSightings(round, work, { ip_protocol, mute: input.mute }, deadline.signal);
  const transfers = createTransferRound({
    ...input.transfers,
    ip_protocol,
    work: work.transfers,
    seen: sightings.targets,
    controls: sightings.controls,
    lookAt: (control) => sightings.lookAtControl({ control, ip_protocol }),
    left: () => end - work.network.monotonic(),
    now: () => work.network.monotonic(),
    signal: deadline.signal,
  });
  try {
    await look(input, { round, work, sightings, transfers }, deadline.signal);
    const clock_skew_s = sightings.clock_skew_s();
    if (clock_skew_s !== undefined) round.vantage = { ...round.vantage, clock_skew_s };
    if (input.plan.targets.length > 0) Object.assign(round, await work.lookRound(round, deadline.signal));
  } finally {
    deadline.end();
    round.lag_ms = work.takeLag();
  }
  return { round, validated: sightings.validated, again: transfers.again };
}

/** The record of a round in which nothing has been seen yet. */
function beginRecord(input: RoundInput, { network }: FieldWork): Round {
  return {
    version: 1,
    round: input.number,
    started_at: new Date(network.wall()).toISOString(),
    monotonic_ms: Math.round(network.uptime()),
    interval_ms: input.interval_ms,
    companies: Object.fromEntries(input.platforms.map(({ name, company }) => [name, company])),
    vantage: input.vantage,
    controls: [],
    platforms: Object.fromEntries(input.platforms.map(({ name }) => [name, []])),
  };
}

interface Looking {
  round: Round;
  work: FieldWork;
  sightings: Sightings;
  transfers: TransferRound;
}

/** The base plan, what the judge wishes to know of it, and at the end, alone on the line, the downloads. */
async function look(
  input: RoundInput,
  { round, work, sightings, transfers }: Looking,
  signal: AbortSignal,
): Promise<void> {
  const crew = createCrew(input.concurrency, work.network.random);
  const asked = new Set<string>();
  const ask = (pass: 1 | 2): Experiment[] =>
    input.wanted(round, pass).filter((wish) => {
      const key = `${wish.kind} ${wish.platform} ${wish.target ?? ''}`;
      return !asked.has(key) && asked.add(key);
    });
  /** Wishes for downloads wait until nothing else is on the line. */
  const waiting: Experiment[] = [];
  const fulfil = async (wishes: readonly Experiment[]) => {
    waiting.push(...wishes.filter(isTransferWish));
    const others = wishes.filter((wish) => !isTransferWish(wish));
    if (!input.experiments) for (const wish of others) skipForBudget(wish, sightings);
    // In the judge's order: what decides most comes first, should the deadline cut the rest.
    else
      await crew.run(
        others.flatMap((wish) => jobsFor(wish, input, round, sightings)),
        { shuffle: false },
      );
  };

  await crew.run([
    ...input.plan.controls.map((planned) => controlJob(planned, sightings)),
    ...input.plan.targets.map((planned) => targetJob(planned, sightings)),
  ]);
  if (input.experiments) await crew.run(largeHelloJobs(sightings));
  let calm = false;
  for (let pass = 1; pass <= passes && !calm && !signal.aborted; pass++) {
    const wishes = ask(pass as 1 | 2);
    calm = wishes.length === 0;
    await fulfil(wishes);
    if (!input.experiments) break;
  }
  // What a download shows may raise a question: the second one of a calm round, else only about downloads.
  if ((await transfers.planned(waiting)) && !signal.aborted) {
    const wishes = ask(2);
    await fulfil(calm ? wishes : wishes.filter(isTransferWish));
  }
  await transfers.wished(waiting, (wish) => experimentSubjects(wish, sightings.targets));
}
