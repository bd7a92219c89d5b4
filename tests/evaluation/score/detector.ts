/** Detectors side by side: the judge in one or more settings, and the rivals, each writing the same log of alarms. */
import type { Judge } from '../../../src/judge/judge.ts';
import type { JudgeParams, JudgeState } from '../../../src/judge/state.ts';
import type { Round } from '../../../src/model/round.ts';
import type { AnomalyKind } from '../../../src/model/vocabulary.ts';
import type { Glance } from '../rivals/glance.ts';
import type { Rival, Rule } from '../rivals/rival.ts';
import { platforms } from '../world/vantage.ts';

/** One alarm from its opening to its close. `platform` −1: the joint event. */
export interface Alarm {
  platform: number;
  incident: string;
  opened: number;
  closed?: number | undefined;
  /** States it has shown, with the minute of each; empty for rivals. */
  kinds: [minute: number, kind: AnomalyKind][];
  /** Onset interval in ms since the epoch, as last reported. */
  onset?: [earliest: number, latest: number] | undefined;
}

export interface Detector {
  name: string;
  /** Alarms opened since creation or fork, and those still open from before the fork. */
  alarms: Alarm[];
  step(round: Round, seen: Glance, minute: number): void;
  /** An independent detector with the same past and an empty log, save for what is open now. */
  fork(): Detector;
}

/** Alarms that are open now, as a fork inherits them. */
function stillOpen(alarms: readonly Alarm[]): Alarm[] {
  return alarms
    .filter((alarm) => alarm.closed === undefined)
    .map((alarm) => ({ ...alarm, kinds: alarm.kinds.slice(-1) }));
}

export class JudgeDetector implements Detector {
  readonly name: string;
  alarms: Alarm[] = [];
  private readonly judge: Judge;
  private readonly params: JudgeParams;
  private state: JudgeState | undefined;

  constructor(name: string, judge: Judge, params: JudgeParams, state?: JudgeState) {
    this.name = name;
    this.judge = judge;
    this.params = params;
    this.state = state;
  }

  step(round: Round, _seen: Glance, minute: number): void {
    const { state, events } = this.judge(this.state, round, this.params);
    this.state = state;
    for (const event of events) {
      const platform = event.platform === '*' ? -1 : platforms.indexOf(event.platform as (typeof platforms)[number]);
      let alarm = this.alarms.findLast((one) => one.incident === event.incident);
      if (!alarm) {
        alarm = { platform, incident: event.incident, opened: minute, kinds: [] };
        this.alarms.push(alarm);
      }
      if (event.event === 'closed') alarm.closed = minute;
      else {
        // A relapse within half an hour is the same incident: it is open again, and the first opening counts.
        alarm.closed = undefined;
        alarm.kinds.push([minute, event.state]);
        alarm.onset = [Date.parse(event.onset_earliest), Date.parse(event.onset_latest)];
      }
    }
  }

  /** Goes through JSON, as a restart of the daemon does. */
  fork(): JudgeDetector {
    const state = this.state === undefined ? undefined : (JSON.parse(JSON.stringify(this.state)) as JudgeState);
    const copy = new JudgeDetector(this.name, this.judge, this.params, state);
    copy.alarms = stillOpen(this.alarms);
    return copy;
  }
}

export class RivalDetector implements Detector {
  readonly name: string;
  alarms: Alarm[] = [];
  private readonly rival: Rival;
  private rules: Rule[];
  private open: (Alarm | undefined)[];

  constructor(rival: Rival) {
    this.rival = rival;
    this.name = rival.name;
    this.rules = platforms.map(() => rival.make());
    this.open = platforms.map(() => undefined);
  }

  step(_round: Round, seen: Glance, minute: number): void {
    if (this.rival.gated && seen.gated) return;
    for (let p = 0; p < this.rules.length; p++) {
      const on = this.rules[p]!.step(seen.platforms[p]!);
      const open = this.open[p];
      if (on && !open) {
        const alarm: Alarm = { platform: p, incident: `${p}-${minute}`, opened: minute, kinds: [] };
        this.open[p] = alarm;
        this.alarms.push(alarm);
      }
      if (!on && open) {
        open.closed = minute;
        this.open[p] = undefined;
      }
    }
  }

  fork(): RivalDetector {
    const copy = new RivalDetector(this.rival);
    copy.rules = this.rules.map((rule) => rule.clone());
    copy.alarms = stillOpen(this.alarms);
    for (const alarm of copy.alarms) copy.open[alarm.platform] = alarm;
    return copy;
  }
}
