/**
 * What one round measures before anything looks odd.
 *
 * A calm round is small, so that a volunteer's data plan lasts: one target a platform and two controls, in rotation.
 * What is failing stays in the plan until it recovers; suspicion widens the same round (`round.ts`).
 */
import type { Control, Platform, Target } from '../model/target.ts';
import type { IpProtocol } from '../model/vocabulary.ts';

/** The other IP protocol and DNS over HTTPS are looked at every fifth round: they discriminate, they do not decide. */
const otherEvery = 5;

/** Controls in a calm round: two, so that one control's own trouble is not taken for the line's. */
const calmControls = 2;

/** How often a page is fetched by GET rather than HEAD: often enough to see a changed page, at 15 KB a fetch. */
const pageEveryMs = 15 * 60_000;

/**
 * How often public resolvers are asked in clear text (four platform names every minute would list every volunteer), and
 * how often a hello that spans two segments is tried.
 */
const hourMs = 3_600_000;

export interface PlannedTarget {
  platform: string;
  target: Target;
  ip_protocol: IpProtocol;
  method: 'GET' | 'HEAD';
  /** Ask a trusted resolver over HTTPS too. */
  trusted: boolean;
  /** Ask a public resolver in clear text too. */
  public: boolean;
  /** Try a ClientHello with ML-KEM besides: some filters drop or miss what spans two segments. */
  large_hello: boolean;
}

export interface PlannedControl {
  control: Control;
  ip_protocol: IpProtocol;
}

export interface Plan {
  targets: PlannedTarget[];
  controls: PlannedControl[];
}

export interface PlanInput {
  /** Rounds since the start, from 1. */
  index: number;
  interval_ms: number;
  platforms: readonly Platform[];
  controls: readonly Control[];
  ip_protocols: readonly IpProtocol[];
  large_hello: boolean;
  /** ISO 3166-1 alpha-2; in-country controls are used only in their country. */
  country?: string | undefined;
  /** Targets that failed when last measured, as `failingKey` writes them. */
  failing: ReadonlySet<string>;
  /** Platforms whose evidence is over the suspicion bound, or with an open incident. */
  suspect: ReadonlySet<string>;
}

export const failingKey = (target: string, ip_protocol: IpProtocol): string => `${target} ${ip_protocol}`;

/** The controls that may be used here: foreign ones, and in-country ones of this country. */
export function usableControls(controls: readonly Control[], country: string | undefined): Control[] {
  return controls.filter((control) => control.country === undefined || control.country === country);
}

/** The method that shows enough: HEAD, or GET where an answer's body tells (clear text has no certificate to tell). */
export function methodFor(url: string, page: boolean): 'GET' | 'HEAD' {
  return page || url.startsWith('http:') ? 'GET' : 'HEAD';
}

/** Every `ms`, counted in rounds; true in the very first round. `turns`: targets that take turns meanwhile. */
function due(index: number, ms: number, interval_ms: number, turns: number): boolean {
  let period = Math.max(1, Math.round(ms / interval_ms));
  // A period that the rotation divides would meet the same target for ever.
  while (!coprime(period, turns)) period += 1;
  return (index - 1) % period === 0;
}

const coprime = (a: number, b: number): boolean => (b === 0 ? a === 1 : coprime(b, a % b));

/** The base plan of a round; the first round looks at everything. */
export function planRound(input: PlanInput): Plan {
  const { index, interval_ms, ip_protocols } = input;
  const first = index === 1;
  const [primary = 'ip4', other] = ip_protocols;
  const lookAside = (index - 1) % otherEvery === 0;

  const targets: PlannedTarget[] = [];
  for (const platform of input.platforms) {
    const turns = platform.targets.length;
    const turn = platform.targets[index % turns];
    const page = due(index, pageEveryMs, interval_ms, turns);
    const hourly = due(index, hourMs, interval_ms, turns);
    for (const target of platform.targets) {
      const mine = target === turn;
      const plan = (ip_protocol: IpProtocol) =>
        targets.push({
          platform: platform.name,
          target,
          ip_protocol,
          method: methodFor(target.url, page || input.suspect.has(platform.name)),
          trusted: mine && lookAside,
          public: mine && hourly,
          large_hello:
            mine && hourly && input.large_hello && ip_protocol === primary && target.url.startsWith('https:'),
        });
      if (mine || first || input.failing.has(failingKey(target.name, primary))) plan(primary);
      if (other && ((mine && lookAside) || input.failing.has(failingKey(target.name, other)))) plan(other);
    }
  }
  return { targets, controls: planControls(input, first, lookAside) };
}

function planControls(input: PlanInput, first: boolean, lookAside: boolean): PlannedControl[] {
  const [primary = 'ip4', other] = input.ip_protocols;
  const usable = usableControls(input.controls, input.country);
  if (first) return usable.map((control) => ({ control, ip_protocol: primary }));
  // Clear text only on suspicion: it names the probe to everybody on the way.
  const quiet = usable.filter((control) => !control.url.startsWith('http:'));
  const pool = quiet.length > 0 ? quiet : usable;
  const planned: PlannedControl[] = [];
  for (let i = 0; i < Math.min(calmControls, pool.length); i++) {
    const control = pool[(input.index * calmControls + i) % pool.length]!;
    planned.push({ control, ip_protocol: primary });
    // A failing IPv6 target says something only if an IPv6 control works in the same round.
    if (other && lookAside && i === 0) planned.push({ control, ip_protocol: other });
  }
  return planned;
}
