/**
 * Who is downloaded from in which round: platforms in rotation, so that each is sampled every `transfer.every`, one
 * control now and then and beside every bad sample, and every platform in the round after a bad one.
 */
import { remembered, type TransferHistory, weighTransfer } from '../judge/slow-transfer.ts';
import { grown_bytes, needsLonger } from '../measure/transfer.ts';
import type { Observation } from '../model/round.ts';
import type { Control, Platform, Target } from '../model/target.ts';
import type { IpProtocol } from '../model/vocabulary.ts';
import { methodFor, type Plan, type PlannedTarget } from './plan.ts';

/** A control's transfer tells a slow line from a slow platform: every 10 min, or as seldom as platforms are sampled. */
const controlEveryMs = 600_000;
/**
 * The larger object tells fast lines apart. Hourly ones cost 20 MB a day, and with them a day of downloads did not fit beside
 * a day of rounds (docs/bytes.md): every six hours.
 */
const growEveryMs = 21_600_000;

/** So many rounds in a row sample everybody; by then the fold has decided, or there is nothing to decide. */
const mostInARow = 20;

/**
 * Turns that a control of which nothing is known yet is hurried for. Five teach what is needed; the rest is for rounds that teach
 * nothing. Two hours with two of them: one that never answers, or gives no rate, would cost 9 MB a day for ever.
 */
const hurriedTurns = 12;

/** What may be downloaded in one round, and for how long. */
export interface TransferPlan {
  /** By platform: its turn's target. */
  targets: ReadonlyMap<string, PlannedTransfer>;
  /** A control whether or not anything is bad. */
  control: boolean;
}

export interface PlannedTransfer {
  target: Target;
  bytes: number;
  plateau_ms: number;
}

/**
 * Stop early (docs/methodology.md): after 2.5 s of plateau; while an incident is open and decided after 2 s. Not after fewer bytes
 * then: 48 KiB out of slow start read half the rate of 64 KiB, and an incident measured with them does not see its end.
 */
const plateauMs = 2500;
const decidedPlateauMs = 2000;

/** The plan with the sized targets in it: a download follows an observation of the same round. */
export function withSized(plan: Plan, { targets }: TransferPlan, ip_protocol: IpProtocol): Plan {
  const missing = [...targets].filter(
    ([, { target }]) =>
      !plan.targets.some((planned) => planned.target.name === target.name && planned.ip_protocol === ip_protocol),
  );
  const added = missing.map(
    ([platform, { target }]): PlannedTarget => ({
      platform,
      target,
      ip_protocol,
      method: methodFor(target.url, false),
      trusted: false,
      public: false,
      large_hello: false,
    }),
  );
  return { ...plan, targets: [...plan.targets, ...added] };
}

export interface TransferPlanner {
  /**
   * `now` in monotonic ms; `settled`: platforms with an open incident whose kind is decided; `suspect`: those that the fold
   * suspects. While it suspects and has not decided, a control is downloaded from in every round: a narrow line must be
   * seen beside the platform, not after it.
   */
  plan(now: number, interval_ms: number, settled: ReadonlySet<string>, suspect?: ReadonlySet<string>): TransferPlan;
  /** The sized controls, the one whose turn it is first. */
  controls(): Control[];
  /** Takes in a platform's sample: true when it is bad. `grow`: the next one may be larger. */
  sampled(platform: string, observation: Observation, grow: boolean, now: number): boolean;
  /** A control had its turn, whatever came of it. `online`: something answered in this round, so that nothing is its own fault. */
  controlSampled(name: string, now: number, online: boolean): void;
  /** Ends a round: `again` when the next one has to sample every platform. */
  close(again: boolean): void;
}

export interface TransferPlannerOptions {
  every_ms: number;
  bytes: number;
  platforms: readonly Platform[];
  controls: readonly Control[];
  /**
   * The stored natural logarithm of a target's usual rate, where enough samples are behind it. Without it the first samples
   * after a start would have nothing to be held against, and a probe that restarts during an event would see none.
   */
  usual?: ((platform: string, target: string) => number | undefined) | undefined;
  /**
   * Whether enough is known of a sized control's rate, or nothing is to be had from it. Until then it is downloaded from as often
   * as a platform: a line that is narrow for everybody could not be told from slow platforms in the first hours of a probe.
   */
  controlKnown?: ((control: string) => boolean) | undefined;
}

interface Turn {
  last: number;
  /** Turns through the platform's sized targets. */
  next: number;
  grow: boolean;
  grown: number;
  /** The last sample was bad, and too short to show a plateau. */
  short: boolean;
}

const isSized = ({ url, transfer, transfer_candidates }: Target): boolean =>
  transfer || (url.startsWith('https:') && transfer_candidates.length > 0);

export function createTransferPlanner(options: TransferPlannerOptions): TransferPlanner {
  const { every_ms, bytes } = options;
  const sized = new Map(options.platforms.map(({ name, targets }) => [name, targets.filter(isSized)] as const));
  for (const [name, targets] of sized) if (targets.length === 0) sized.delete(name);
  const never = (): Turn => ({ last: -Infinity, next: 0, grow: false, grown: -Infinity, short: false });
  const turns = new Map([...sized.keys()].map((name) => [name, never()]));
  const histories = new Map<string, TransferHistory>();
  const pool = options.controls.filter(({ transfer }) => transfer);
  let control = { last: Number.NEGATIVE_INFINITY, next: 0 };
  const turnsOf = new Map<string, number>();
  let everybody = true;
  let inARow = 0;

  const due = (now: number, interval_ms: number): string[] => {
    // Rounds are jittered: what is due within half of one is due.
    const soon = now + interval_ms / 2;
    const waiting = [...turns]
      .filter(([, { last }]) => soon - last >= every_ms)
      .sort(([, a], [, b]) => a.last - b.last)
      .map(([name]) => name);
    if (everybody) return [...turns.keys()];
    // One a round, unless rounds are too rare for everybody to have a turn in time.
    return waiting.slice(0, Math.max(1, Math.ceil((turns.size * interval_ms) / every_ms)));
  };

  return {
    plan(now, interval_ms, settled, suspect = new Set()) {
      const targets = due(now, interval_ms).map((name): [string, PlannedTransfer] => {
        const turn = turns.get(name)!;
        // Also when nothing comes of it: who cannot be measured must not keep the others from their turn.
        turn.last = now;
        const mine = sized.get(name)!;
        const target = mine[turn.next % mine.length]!;
        if (settled.has(name)) return [name, { target, plateau_ms: decidedPlateauMs, bytes }];
        // Bad samples are compared with each other: not the moment for another size, but where this one shows no plateau.
        const larger = turn.short || (!everybody && turn.grow && now - turn.grown >= growEveryMs);
        return [name, { target, bytes: larger ? Math.max(bytes, grown_bytes) : bytes, plateau_ms: plateauMs }];
      });
      const learned = pool.every(
        ({ name }) => (turnsOf.get(name) ?? 0) >= hurriedTurns || (options.controlKnown?.(name) ?? true),
      );
      const wait = learned ? Math.max(controlEveryMs, every_ms) : every_ms;
      return {
        targets: new Map(targets),
        control:
          pool.length > 0 &&
          (everybody ||
            [...suspect].some((name) => !settled.has(name)) ||
            now + interval_ms / 2 - control.last >= wait),
      };
    },
    controls: () => pool.map((_, index) => pool[(control.next + index) % pool.length]!),
    sampled(platform, observation, grow, now) {
      const known = histories.get(observation.target) ?? remembered(options.usual?.(platform, observation.target));
      const { bad, history } = weighTransfer(known, observation);
      histories.set(observation.target, history);
      const turn = turns.get(platform);
      if (turn) {
        // A bad one is repeated with the same object.
        Object.assign(turn, { next: turn.next + (bad ? 0 : 1), grow, short: bad && needsLonger(observation.transfer) });
        if ((observation.transfer?.bytes ?? 0) > bytes) turn.grown = now;
      }
      return bad;
    },
    controlSampled(name, now, online) {
      if (online) turnsOf.set(name, (turnsOf.get(name) ?? 0) + 1);
      control = { last: now, next: pool.findIndex((one) => one.name === name) + 1 };
    },
    close(again) {
      inARow = again ? inARow + 1 : 0;
      everybody = again && inARow <= mostInARow;
    },
  };
}
