/** The verdict of one round: a pure function of the round record and a little memory. Rules in `rules.ts`. */
import type { Round } from '../model/round.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Mechanism, Note, VantageState } from '../model/vocabulary.ts';
import { type Context, contextOf } from './context.ts';
import { strongest } from './contrast.ts';
import { everythingSlow, viewControls } from './controls-view.ts';
import { type Finding, joinPlatform, judgeCase, plainVerdict } from './finding.ts';
import type { PlatformMemory, RoundMemory, Slowdown } from './memory.ts';
import { isPlainRound, remembersNothing } from './plain.ts';
import { own } from './reading.ts';
import { remember } from './remember.ts';

/** What this round says of the controls, by name. */
export interface ControlTally {
  /** Measured, impaired ones included. */
  measured: string[];
  failed: string[];
  /** The only one that failed while at least two others answered: the fold counts for how long. */
  alone?: string | undefined;
  /** At most a third of the unimpaired ones failed, and at least one answered: comparisons may be made. */
  fit: boolean;
}

export interface Assessment {
  vantage: VantageState;
  vantage_notes: Note[];
  /** `ip.international`, `dns.interception`: seen at the vantage, whatever the platform. */
  vantage_mechanisms: Mechanism[];
  /** One for every platform in the record. */
  verdicts: Record<string, Verdict>;
  /** Same-round contrast in speed by platform, from 2× up, for the fold's own use (docs/methodology.md). */
  slowdowns: Record<string, Slowdown>;
  controls: ControlTally;
  /** `memory.platforms` for the next round: only platforms of which there is something to remember. */
  platforms: NonNullable<RoundMemory['platforms']>;
}

/**
 * Judges one round by itself. Never throws, whatever the record holds; the order of targets, controls and platforms
 * does not matter; nothing is read but the arguments. `plain`: `isPlainRound(round)`, by who has asked already.
 */
export function assess(round: Round, memory: RoundMemory, plain: boolean = isPlainRound(round)): Assessment {
  return plain && remembersNothing(memory) ? assessCalm(round, memory) : assessInFull(round, memory);
}

/** A round in which everything answered plainly, without reading what it does not hold. */
function assessCalm(round: Round, memory: RoundMemory): Assessment {
  const verdicts: Record<string, Verdict> = {};
  for (const name in round.platforms) define(verdicts, name, plainVerdict(round.platforms[name] ?? []));
  const measured: string[] = [];
  for (const { target } of round.controls) if (!measured.includes(target)) measured.push(target);
  const slow = memory.baselines !== undefined && everythingSlow(viewControls(round, memory), memory);
  return {
    vantage: slow ? 'degraded' : 'online',
    vantage_notes: [],
    vantage_mechanisms: [],
    verdicts,
    slowdowns: {},
    controls: { measured: sorted(measured), failed: [], fit: measured.length > 0 },
    platforms: {},
  };
}

/** In order, as they mostly are. */
function sorted(names: string[]): string[] {
  for (let i = 1; i < names.length; i++) if (names[i]! < names[i - 1]!) return names.sort();
  return names;
}

/** A platform named `__proto__` is a platform. */
function define(verdicts: Record<string, Verdict>, name: string, value: Verdict): void {
  if (name === '__proto__') Object.defineProperty(verdicts, name, { value, ...ordinary });
  else verdicts[name] = value;
}

const ordinary = { enumerable: true, configurable: true, writable: true } as const;

/** The table read from end to end; `assess` takes the short way where both come to the same. */
export function assessInFull(round: Round, memory: RoundMemory): Assessment {
  const context = contextOf(round, memory);
  const { vantage, controls, contrasts } = context;
  const verdicts: [string, Verdict][] = [];
  const slowdowns: [string, Slowdown][] = [];
  const platforms: [string, PlatformMemory][] = [];
  for (const [platform, cases] of context.cases) {
    if (isUntouched(platform, context)) {
      verdicts.push([platform, plainVerdict(cases.map(({ observation }) => observation))]);
      continue;
    }
    const findings = cases.map((one) => judgeCase(one, context));
    verdicts.push([platform, joinPlatform(findings, context)]);
    const slowdown = strongest(cases.flatMap((one) => contrasts.get(one) ?? []));
    if (slowdown) slowdowns.push([platform, slowdown]);
    const kept = remember(platform, findings, slowdown, memory);
    if (Object.keys(kept).length > 0) platforms.push([platform, kept]);
  }
  return {
    vantage: vantage.state,
    vantage_notes: vantage.notes,
    vantage_mechanisms: vantage.mechanisms,
    // fromEntries defines keys such as `__proto__` as what they are: names.
    verdicts: Object.fromEntries(verdicts),
    slowdowns: Object.fromEntries(slowdowns),
    controls: {
      measured: controls.measured,
      failed: controls.failed,
      ...(controls.alone === undefined ? {} : { alone: controls.alone }),
      fit: vantage.fit4.attempted > 0 ? vantage.fit4.fit : vantage.fit6.fit,
    },
    platforms: Object.fromEntries(platforms),
  };
}

/** Every target answered plainly, on a line with nothing to add, and nothing is remembered of the platform. */
function isUntouched(platform: string, { cases, vantage, contrasts, memory }: Context): boolean {
  return (
    vantage.cause === undefined &&
    vantage.mechanisms.length === 0 &&
    own(memory.platforms, platform) === undefined &&
    (cases.get(platform) ?? []).every((one) => one.plain && !contrasts.has(one))
  );
}

/**
 * The findings by target, for tests, `probe` and the methodology's examples: which rule decided what.
 * Same reading as `assess`.
 */
export function findings(round: Round, memory: RoundMemory): Finding[] {
  const context: Context = contextOf(round, memory);
  return [...context.cases.values()].flat().map((one) => judgeCase(one, context));
}
