/**
 * The downloads of one round: one after the other, alone on the line, after everything else. What shares the line with
 * them would be measured too.
 */
import type { Observed } from '../measure/observe.ts';
import {
  grown_bytes,
  least_time_ms,
  mayGrow,
  needsLonger,
  type Transferred,
  transferFact,
} from '../measure/transfer.ts';
import type { ControlObservation, ExperimentFact, Observation } from '../model/round.ts';
import type { Experiment } from '../model/verdict.ts';
import type { ExperimentKind, IpProtocol, Skip } from '../model/vocabulary.ts';
import type { PlannedControl, PlannedTarget } from './plan.ts';
import type { PlannedTransfer, TransferPlan, TransferPlanner } from './transfer-plan.ts';
import type { TransferWork } from './transfer-work.ts';

/** What a control's download takes beyond the least time in which one is begun, ms. */
const forControlMs = 250;

/**
 * Kept for a beacon's two downloads, ms: on a path of 100 ms the quick one and both handshakes take about nine round trips, and the
 * slow one has twice the second and more from which a rate is claimed. Most rounds have more left; longer paths need it.
 */
const forBeaconMs = 4000;

/**
 * Tries beside a bad sample: a control that is down, or 80 ms that a busy processor spoiled, leave another one to show what the
 * line carries. Without any, a freeze is no freeze and a throttle is only slowness.
 */
const triedBesideBad = 3;

/** A target's observation with what is needed to download from where it was made. */
export interface Seen {
  planned: PlannedTarget;
  observed: Observed;
}

export interface SeenControl {
  planned: PlannedControl;
  observed: Observed;
  entry: ControlObservation;
}

export interface TransferRoundInput {
  planner: TransferPlanner;
  plan: TransferPlan;
  /** The budget allows them. */
  allowed: boolean;
  /** Platforms with an open incident whose kind is decided: followed, not chased. */
  settled: ReadonlySet<string>;
  /** One protocol, so that every sample of a target is held against its like. */
  ip_protocol: IpProtocol;
  work: TransferWork;
  seen: readonly Seen[];
  controls: readonly SeenControl[];
  /** Looks at a control that this round has not looked at. */
  lookAt: (control: PlannedControl['control']) => Promise<void>;
  /** Time until the round's deadline, ms. */
  left: () => number;
  /** Monotonic ms. */
  now: () => number;
  signal: AbortSignal;
}

export interface TransferRound {
  /** What the plan holds, with time left for what is wished `besides`. Resolves with whether anything was downloaded. */
  planned(besides: readonly Experiment[]): Promise<boolean>;
  /** What the judge wishes besides; `subjects` as for other experiments. */
  wished(wishes: readonly Experiment[], subjects: (wish: Experiment) => Seen[]): Promise<void>;
  /** Something was bad or asked for: the next round samples everybody. */
  readonly again: boolean;
}

const transferKinds: readonly ExperimentKind[] = ['transfer', 'control_transfer', 'beacon'];

export const isTransferWish = ({ kind }: Experiment): boolean => transferKinds.includes(kind);

export function createTransferRound(input: TransferRoundInput): TransferRound {
  const { planner, plan, work, seen, signal } = input;
  let again = false;
  let controlFact: ExperimentFact | undefined;
  let triedControls = 0;
  let toAskBeacon = false;
  const uselessControls = new Set<string>();

  const note = (observation: Observation, ...facts: ExperimentFact[]) => {
    observation.experiments = [...(observation.experiments ?? []), ...facts];
  };
  const skipped = (kind: 'transfer' | 'control_transfer' | 'beacon', why: Skip): ExperimentFact => ({
    kind,
    outcome: 'skipped',
    skipped: why,
  });
  /** Why nothing can be downloaded now. */
  const obstacle = (): Skip | undefined =>
    !input.allowed ? 'budget' : signal.aborted || input.left() < least_time_ms ? 'round_deadline' : undefined;

  /** A control has shown what the line carries. One that stalled has shown nothing: it may be filtered itself. */
  const compared = (): boolean => controlFact?.transfer !== undefined && controlFact.transfer.stalled_at === undefined;

  /** What a slow download leaves of the round for the control that it will be held against. */
  const keptForControl = (): number =>
    !compared() && triedControls < triedBesideBad && planner.controls().some(({ name }) => !uselessControls.has(name))
      ? Math.min(least_time_ms + forControlMs, input.left() / 4)
      : 0;

  /** And for the beacon, where it is to be asked: with everybody slow, the plan alone would fill the round. */
  const keptForBeacon = (): number => (toAskBeacon ? Math.min(forBeaconMs, input.left() / 4) : 0);

  /** The download, or why there was none. */
  async function fetch({ planned, observed }: Seen, how: Omit<PlannedTransfer, 'target'>): Promise<Transferred | Skip> {
    const why = obstacle();
    if (why) return why;
    const url = await work.sizedObject(planned, observed, signal);
    if (url === undefined) return signal.aborted ? 'round_deadline' : 'not_measured';
    const late = obstacle();
    if (late) return late;
    const most_ms = Math.max(least_time_ms, input.left() - keptForControl() - keptForBeacon());
    const done = await work.download(url, observed, { ...how, most_ms }, signal);
    if (done === undefined) return 'no_address';
    const { exchange } = done.attempt;
    if (exchange.outcome === 'ok' && done.transfer === undefined && !done.late) {
      work.forget(planned.target.name);
      return 'not_measured';
    }
    return exchange.outcome === 'skipped' ? (exchange.skipped ?? 'round_deadline') : done;
  }

  async function sample(one: Seen, how: PlannedTransfer): Promise<boolean> {
    const { observation } = one.observed;
    const done = await fetch(one, how);
    if (typeof done === 'string') {
      note(observation, skipped('transfer', done));
      return false;
    }
    if (done.transfer === undefined) {
      // It failed before there was a curve: a fact of its own connection, not of the observation's.
      note(observation, transferFact('transfer', done, undefined));
      return false;
    }
    observation.transfer = done.transfer;
    if (done.goodput_bps !== undefined) observation.goodput_bps = done.goodput_bps;
    const bad = planner.sampled(one.planned.platform, observation, mayGrow(done), input.now());
    if (bad && !input.settled.has(one.planned.platform)) again = true;
    return true;
  }

  /** Whether anything at all answered in this round. */
  const online = () =>
    seen.some(({ observed }) => observed.observation.outcome === 'ok') ||
    input.controls.some(({ entry }) => entry.outcome === 'ok');

  /** What this round has seen of a control. */
  const seenOf = (name: string) =>
    input.controls.find(({ planned }) => planned.control.name === name && planned.ip_protocol === input.ip_protocol);

  /** One control's transfer a round; `most` of them are tried for it, in this share of the time that is left. */
  async function control(most: number, share = 1): Promise<ExperimentFact> {
    while (!compared() && triedControls < most) {
      const next = planner.controls().find(({ name }) => !uselessControls.has(name));
      const why = next === undefined ? 'not_measured' : obstacle();
      if (next === undefined || why) return controlFact ?? skipped('control_transfer', why ?? 'not_measured');
      const known = seenOf(next.name);
      if (!known) await input.lookAt(next);
      planner.controlSampled(next.name, input.now(), online());
      uselessControls.add(next.name);
      // For one that has failed in this round nothing is waited again.
      if (known?.entry.outcome === 'failed') continue;
      triedControls += 1;
      const fact = await downloadControl(next, share);
      // What was not even tried says less than what failed before it.
      if (controlFact === undefined || fact.outcome !== 'skipped') controlFact = fact;
      // A late clock is our own: the same control may tell it the next time.
      if (fact.skipped === 'event_loop_lag') uselessControls.delete(next.name);
    }
    return controlFact ?? skipped('control_transfer', 'not_measured');
  }

  async function downloadControl({ name, url }: PlannedControl['control'], share: number): Promise<ExperimentFact> {
    const found = seenOf(name);
    const why = obstacle() ?? (found?.entry.outcome === 'ok' ? undefined : 'not_measured');
    if (!found || why) return skipped('control_transfer', why ?? 'not_measured');
    const how = { ...work.ordinary, most_ms: share * (input.left() - keptForBeacon()) };
    const done = await work.download(new URL(url), found.observed, how, signal);
    if (done === undefined) return skipped('control_transfer', 'no_address');
    if (done.transfer) {
      found.entry.transfer = done.transfer;
      if (done.goodput_bps !== undefined) found.entry.goodput_bps = done.goodput_bps;
    }
    return transferFact('control_transfer', done, undefined);
  }

  /** What a repeated download is about: over the protocol of the first one, whatever else was looked at. */
  const mine = (wish: Experiment, subjects: (wish: Experiment) => Seen[]): Seen[] => {
    const same = seen.filter(
      ({ planned }) => planned.target.name === wish.target && planned.ip_protocol === input.ip_protocol,
    );
    return same.length > 0 ? same.slice(0, 1) : subjects(wish);
  };

  return {
    get again() {
      return again;
    },
    async planned(besides) {
      let any = false;
      toAskBeacon = besides.some(({ kind }) => kind === 'beacon');
      // Before the platforms', where there is no look to wait for: where they are slow the round ends with them, and nothing
      // would show the line. Half of the time is theirs.
      const [first] = planner.controls();
      if (plan.control && first && seenOf(first.name)?.entry.outcome === 'ok') await control(1, 1 / 2);
      for (const [platform, how] of plan.targets) {
        const one = seen.find(
          ({ planned, observed }) =>
            planned.platform === platform &&
            planned.target.name === how.target.name &&
            planned.ip_protocol === input.ip_protocol &&
            observed.observation.outcome === 'ok',
        );
        if (one && (await sample(one, how))) any = true;
        // For the same reason before those of the other platforms.
        if (any && (again || plan.control)) await control(again ? triedBesideBad : 1);
      }
      if (plan.control) await control(1);
      return any;
    },
    async wished(wishes, subjects) {
      // Most telling first: the line itself, the name on a helper of our own, the same download again.
      for (const wish of wishes.filter(({ kind }) => kind === 'control_transfer')) {
        const [one] = subjects(wish);
        const about = one ?? seen.find(({ planned }) => planned.platform === wish.platform);
        if (about) note(about.observed.observation, await control(triedBesideBad));
      }
      const named = wishes.filter(({ kind }) => kind === 'beacon').flatMap(subjects);
      for (const [index, { observed }] of named.entries()) {
        const why = obstacle();
        // The first one does not use up the time in which the others could be told.
        const most_ms = Math.min(input.left(), Math.max(forBeaconMs, input.left() / (named.length - index)));
        const facts = why ? [skipped('beacon', why)] : await work.beacon(observed, most_ms, signal);
        note(observed.observation, ...facts);
      }
      toAskBeacon = false;
      for (const wish of wishes.filter(({ kind }) => kind === 'transfer')) {
        for (const one of mine(wish, subjects)) {
          const bytes = needsLonger(one.observed.observation.transfer) ? grown_bytes : work.ordinary.bytes;
          const done = await fetch(one, { ...work.ordinary, bytes: Math.max(bytes, work.ordinary.bytes) });
          const fact = typeof done === 'string' ? skipped('transfer', done) : transferFact('transfer', done, undefined);
          note(one.observed.observation, fact);
          if (fact.transfer && !input.settled.has(wish.platform)) again = true;
        }
      }
    },
  };
}
