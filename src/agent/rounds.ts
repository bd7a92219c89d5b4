/**
 * From one round to the next: plan, measure, judge, and what has to be remembered in between.
 *
 * `run`, `probe` and `demo` use this one function; only the network and the plan's width differ.
 */
import { type Judgement, judge, wanted } from '../judge/judge.ts';
import { own } from '../judge/own.ts';
import { recall, slowTargets } from '../judge/recall.ts';
import { isControlRateKnown, usualRate } from '../judge/slow-transfer.ts';
import type { JudgeParams, JudgeState } from '../judge/state.ts';
import type { RoundOutcome } from '../model/outcome.ts';
import type { Round, VantageFacts } from '../model/round.ts';
import type { Control, Platform } from '../model/target.ts';
import type { IpProtocol } from '../model/vocabulary.ts';
import type { Account } from './account.ts';
import type { FieldWork } from './field-work.ts';
import { failingKey, type Plan, planRound } from './plan.ts';
import { measureRound } from './round.ts';
import { isMute } from './sightings.ts';
import { createTransferPlanner, withSized } from './transfer-plan.ts';

/** A round ends at this share of its slot, so that it never runs into the next one. */
export const deadlineShare = 0.75;

export interface RoundsOptions {
  /** Distance between slots, ms, and between rounds while all is calm (a multiple of it): suspicion uses every slot. */
  slot_ms: number;
  interval_ms: number;
  concurrency: number;
  ip_protocols: readonly IpProtocol[];
  platforms: readonly Platform[];
  controls: readonly Control[];
  /** What is known of the vantage before measuring; the resolver's scope is found out. */
  vantage: VantageFacts;
  params: JudgeParams;
  /** Stored state of the judge, absent at the very first start. */
  state: JudgeState | undefined;
  /** Number of the first round: numbers go on over restarts. */
  first_round: number;
  work: FieldWork;
  account: Account;
  /** How often each platform is downloaded from, and how much. */
  transfer: { every_ms: number; bytes: number };
  /** There is a helper of our own to try names on. */
  beacons: boolean;
}

export interface Rounds {
  /**
   * Measures and judges the round of slot `slot` (from 1 since the start). `overruns` so far. Returns nothing when this
   * slot is left out, or when `signal` was aborted meanwhile: half a round is no evidence.
   */
  next(slot: number, overruns: number, signal: AbortSignal): Promise<RoundOutcome | undefined>;
}

export function createRounds(options: RoundsOptions): Rounds {
  const { work } = options;
  let state = options.state;
  let vantage = options.vantage;
  let suspect: ReadonlySet<string> = new Set();
  const planner = createTransferPlanner({
    ...options,
    ...options.transfer,
    usual: (platform, target) => usualRate(state, platform, target),
    // One that has left the gate is no yardstick: nothing waits for it.
    controlKnown: (control) => isControlRateKnown(state, control) || isImpaired(state, control),
  });
  let settled: ReadonlySet<string> = new Set();
  let index = 0;
  let lastSlot = 0;
  const failing = new Set<string>();
  let mute: ReadonlySet<string> = new Set();
  const siblings = options.platforms.filter((platform) => platform.siblings.length > 0).map(({ name }) => name);

  return {
    async next(slot, overruns, signal) {
      const suspicious = suspect.size > 0 || failing.size > 0;
      const may = options.account.allowance(suspicious);
      const stride = suspicious ? may.stride : Math.max(may.stride, Math.round(options.interval_ms / options.slot_ms));
      if (index > 0 && slot < lastSlot + stride) return undefined;
      lastSlot = slot;
      index += 1;
      const start = work.network.monotonic();
      const interval_ms = stride * options.slot_ms;
      const transfers = planner.plan(start, interval_ms, settled, suspect);
      const base: Plan = may.rounds
        ? planRound({
            ...options,
            large_hello: options.params.experiments.large_hello,
            index,
            interval_ms,
            country: vantage.country,
            failing,
            suspect,
          })
        : { targets: [], controls: [] };
      // Where the budget allows no downloads the sized targets are not looked at for their sake.
      const plan = may.transfers ? withSized(base, transfers, options.ip_protocols[0] ?? 'ip4') : base;
      const { round, validated, again } = await measureRound(
        {
          ...options,
          number: options.first_round + index - 1,
          interval_ms,
          deadline_ms: options.slot_ms * deadlineShare,
          vantage,
          plan,
          experiments: may.experiments,
          transfers: { planner, plan: transfers, allowed: may.transfers, settled },
          wanted: (soFar, pass) => wanted(state, soFar, options.params, { pass, siblings, beacons: options.beacons }),
          mute,
        },
        work,
        signal,
      );
      if (signal.aborted) return undefined;
      if (!may.rounds) sayBudget(round, options.platforms);
      const judgement = judge(state, round, options.params);
      state = judgement.state;
      vantage = { ...round.vantage, dns: undefined, clock_skew_s: undefined };
      suspect = suspects(judgement);
      planner.close(again);
      settled = new Set(Object.keys(recall(state, round).decided ?? {}));
      rememberFailing(failing, round, slowTargets(state, round));
      mute = mutePlatforms(round);
      const duration_ms = Math.round(work.network.monotonic() - start);
      return {
        round: { ...withOpinions(round, judgement), duration_ms },
        events: judgement.events,
        duration_ms,
        overruns,
        dropped: work.dropped(),
        inconclusive_cause: cause(judgement),
        detail: judgement.detail,
        judge_state: judgement.state,
        validated,
        bytes: options.account.settle(suspicious),
      };
    },
  };
}

/** Over IPv6 only, a control stands under its name with `|6`. */
const isImpaired = (state: JudgeState | undefined, control: string): boolean =>
  (own(state?.controls, control) ?? own(state?.controls, `${control}|6`))?.impaired === 1;

const suspects = ({ detail }: Judgement): Set<string> =>
  new Set(Object.entries(detail.platforms).flatMap(([name, { suspect }]) => (suspect ? [name] : [])));

const withOpinions = (round: Round, { vantage, verdicts, states }: Judgement): Round => ({
  ...round,
  vantage: { ...round.vantage, state: vantage },
  verdicts,
  states,
});

/** The vantage's state, when it is the reason why nothing can be said of any platform. */
const cause = ({ vantage, verdicts }: Judgement) =>
  vantage !== 'online' && Object.values(verdicts).every(({ state }) => state === 'inconclusive') ? vantage : undefined;

/** The cap is reached: nothing was sent, and the record says why. */
function sayBudget(round: Round, platforms: readonly Platform[]): void {
  for (const { name, targets } of platforms) {
    round.platforms[name] = targets.map(({ name: target }) => ({ target, outcome: 'skipped', skipped: 'budget' }));
  }
}

/** Platforms of which some target was mute. */
const mutePlatforms = ({ platforms }: Round): Set<string> =>
  new Set(Object.entries(platforms).flatMap(([name, entries]) => (entries.some(isMute) ? [name] : [])));

/**
 * A target that fails, or that shakes hands at a third of its speed, stays in the plan until it recovers. Over IPv6 only where an IPv6 control worked:
 * a household without IPv6 would otherwise dial it in vain every minute.
 */
function rememberFailing(failing: Set<string>, round: Round, slow: ReadonlySet<string>): void {
  const working = new Set(round.controls.filter(({ outcome }) => outcome === 'ok').map((entry) => entry.ip_protocol));
  for (const entries of Object.values(round.platforms)) {
    for (const { target, ip_protocol = 'ip4', outcome } of entries) {
      const key = failingKey(target, ip_protocol);
      // Slowness is judged over IPv4 alone.
      const crawls = ip_protocol === 'ip4' && slow.has(target);
      if (outcome === 'ok' && !crawls) failing.delete(key);
      else if (outcome === 'ok') failing.add(key);
      else if (outcome === 'failed' && working.has(ip_protocol)) failing.add(key);
    }
  }
}
