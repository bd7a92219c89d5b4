/**
 * The gates: what the project promises, as data. A gate is `met` when its 95 % interval lies wholly on
 * the right side, `missed` when it lies wholly on the wrong side, `open` otherwise; only `missed` fails a run.
 */
import type { NdtScore } from '../real/ndt.ts';
import type { ShaoScore } from '../real/shao.ts';
import type { RefusalScore } from '../real/upptime.ts';
import { type Interval, poisson, wilson } from './intervals.ts';
import { type Arm, arms, type ClassSummary, type DetectorSummary } from './summary.ts';

export interface Real {
  shao?: ShaoScore;
  refusals?: RefusalScore;
  ndt?: NdtScore;
}

export interface GateResult {
  id: string;
  what: string;
  bound: string;
  value: number;
  interval: Interval;
  n: number;
  verdict: 'met' | 'open' | 'missed';
  /** The point estimate is on the right side. */
  reached: boolean;
}

interface Measured {
  value: number;
  interval: Interval;
  n: number;
}

interface Gate {
  id: string;
  what: string;
  atMost?: number;
  atLeast?: number;
  measure(judge: DetectorSummary, real: Real): Measured | undefined;
}

const FIFTH = arms[0];
const CALM = arms[1];

const classOf = (summary: DetectorSummary, arm: Arm, name: string): ClassSummary | undefined =>
  summary.events[arm]?.find((one) => one.class === name);

const recall =
  (arm: Arm, name: string): Gate['measure'] =>
  (summary) => {
    const one = classOf(summary, arm, name);
    return one && { value: one.recall.value, interval: one.recall.interval, n: one.events };
  };

const median =
  (arm: Arm, name: string): Gate['measure'] =>
  (summary) => {
    const one = classOf(summary, arm, name);
    if (!one) return undefined;
    if (one.median === undefined || !one.medianInterval)
      return {
        value: Number.POSITIVE_INFINITY,
        interval: { low: Number.POSITIVE_INFINITY, high: Number.POSITIVE_INFINITY },
        n: one.events,
      };
    return { value: one.median, interval: one.medianInterval, n: one.events };
  };

/** Classes that count as a full block. */
const FULL_BLOCKS = ['dns', 'reset', 'blackhole', 'blackhole, all four'];

function pooled(
  summary: DetectorSummary,
  pick: (one: ClassSummary) => { hits: number; n: number },
  names?: readonly string[],
): Measured | undefined {
  let hits = 0;
  let n = 0;
  for (const arm of [FIFTH, CALM])
    for (const one of summary.events[arm] ?? []) {
      if (names && !names.includes(one.class)) continue;
      const picked = pick(one);
      hits += picked.hits;
      n += picked.n;
    }
  return n === 0 ? undefined : { value: hits / n, interval: wilson(hits, n), n };
}

const never =
  (name: string): Gate['measure'] =>
  (summary) => {
    const one = summary.troubles.find((trouble) => trouble.class === name);
    if (!one) return undefined;
    const { low, high } = poisson(one.misnamed);
    return { value: one.misnamed, interval: { low, high }, n: one.runs };
  };

/** Gates that count occurrences of something that must never happen are judged on the count itself. */
export const gates: readonly Gate[] = [
  {
    id: 'no-cause',
    what: 'false alarms without a cause, a probe-month',
    atMost: 0.1,
    measure: ({ quiet }) => ({ value: quiet.none.value, interval: quiet.none.interval, n: quiet.none.count }),
  },
  {
    id: 'short',
    what: 'alarms on true failures under 5 min, a probe-month',
    atMost: 0.6,
    measure: ({ quiet }) => ({ value: quiet.short.value, interval: quiet.short.interval, n: quiet.short.count }),
  },
  {
    id: 'block-recall',
    what: 'full block found (DNS, reset, blackhole, all four; both plans)',
    atLeast: 0.99,
    measure: (summary) =>
      pooled(summary, (one) => ({ hits: one.recall.value * one.events, n: one.events }), FULL_BLOCKS),
  },
  ...FULL_BLOCKS.flatMap((name): Gate[] => [
    { id: `median-${name}`, what: `${name}: median rounds, full plan`, atMost: 3, measure: median(FIFTH, name) },
    { id: `median-calm-${name}`, what: `${name}: median rounds, calm plan`, atMost: 3, measure: median(CALM, name) },
  ]),
  { id: 'one-of-three', what: 'one of three targets found', atLeast: 0.95, measure: recall(FIFTH, 'one of three') },
  { id: 'one-of-three-median', what: 'one of three: median rounds', atMost: 7, measure: median(FIFTH, 'one of three') },
  { id: '128', what: '128 kbit/s found', atLeast: 0.98, measure: recall(FIFTH, '128 kbit/s') },
  { id: '128-median', what: '128 kbit/s: median rounds', atMost: 5, measure: median(FIFTH, '128 kbit/s') },
  {
    id: '128-burst',
    what: '128 kbit/s with burst found, one platform, calm plan',
    atLeast: 0.98,
    measure: recall(CALM, '128 kbit/s, burst'),
  },
  {
    id: '128-burst-median',
    what: '128 kbit/s with burst, one platform, calm plan: median rounds',
    atMost: 9,
    measure: median(CALM, '128 kbit/s, burst'),
  },
  { id: '1m', what: '1 Mbit/s found, goodput every 5th round', atLeast: 0.95, measure: recall(FIFTH, '1 Mbit/s') },
  { id: '1m-median', what: '1 Mbit/s: median rounds', atMost: 20, measure: median(FIFTH, '1 Mbit/s') },
  { id: 'latency', what: 'latency ×4 found', atLeast: 0.96, measure: recall(FIFTH, 'latency ×4') },
  { id: 'latency-median', what: 'latency ×4: median rounds', atMost: 5, measure: median(FIFTH, 'latency ×4') },
  {
    id: 'kind',
    what: 'kind right at the end of the event, all classes, both plans',
    atLeast: 0.97,
    measure: (summary) =>
      pooled(summary, (one) => ({ hits: one.right.n === 0 ? 0 : one.right.value * one.right.n, n: one.right.n })),
  },
  {
    id: 'incidents',
    what: 'incidents per found event, worst class of both plans',
    atMost: 1.1,
    measure: (summary) => {
      const worst = [FIFTH, CALM]
        .flatMap((arm) => summary.events[arm] ?? [])
        .filter((one) => one.recall.value * one.events >= 20)
        .reduce<ClassSummary | undefined>((a, b) => (a && a.incidents >= b.incidents ? a : b), undefined);
      if (!worst) return undefined;
      const n = worst.recall.value * worst.events;
      // Further incidents are rare events: their count is Poisson.
      const { low, high } = poisson(Math.round((worst.incidents - 1) * n));
      return { value: worst.incidents, interval: { low: 1 + low / n, high: 1 + high / n }, n: Math.round(n) };
    },
  },
  { id: 'cable', what: 'cable cuts called throttled or blocked', atMost: 0, measure: never('cable cut') },
  {
    id: 'peering',
    what: 'peering congestion called throttled or blocked',
    atMost: 0,
    measure: never('peering congestion'),
  },
  {
    id: 'shao',
    what: 'RIPE Atlas: alarms a month',
    atMost: 0.32,
    measure: (summary, { shao }) => {
      const alarms = shao?.alarms[summary.name];
      if (!shao || !alarms) return undefined;
      const { low, high } = poisson(alarms.total);
      return {
        value: alarms.total / shao.months,
        interval: { low: low / shao.months, high: high / shao.months },
        n: alarms.total,
      };
    },
  },
  {
    id: 'shao-latency',
    what: 'RIPE Atlas: alarms of latency a month',
    atMost: 0.03,
    measure: (summary, { shao }) => {
      const alarms = shao?.alarms[summary.name];
      if (!shao || !alarms) return undefined;
      const { low, high } = poisson(alarms.latency);
      return {
        value: alarms.latency / shao.months,
        interval: { low: low / shao.months, high: high / shao.months },
        n: alarms.latency,
      };
    },
  },
  {
    id: 'refusals',
    what: 'real refusals that were called blocked',
    atMost: 0,
    measure: (_summary, { refusals }) => {
      if (!refusals) return undefined;
      const { low, high } = poisson(refusals.blocked);
      return { value: refusals.blocked, interval: { low, high }, n: refusals.refusals };
    },
  },
];

/** Holds every gate that could be measured against the judge's summary. */
export function holdGates(judge: DetectorSummary, real: Real): GateResult[] {
  return gates.flatMap((gate) => {
    const measured = gate.measure(judge, real);
    if (!measured) return [];
    const { value, interval, n } = measured;
    const most = gate.atMost ?? Number.POSITIVE_INFINITY;
    const least = gate.atLeast ?? Number.NEGATIVE_INFINITY;
    const reached = value <= most && value >= least;
    const wrong = interval.low > most || interval.high < least;
    const right = interval.high <= most && interval.low >= least;
    const bound = gate.atMost === undefined ? `≥ ${least}` : `≤ ${most}`;
    return [
      {
        id: gate.id,
        what: gate.what,
        bound,
        value,
        interval,
        n,
        verdict: wrong ? 'missed' : right ? 'met' : 'open',
        reached,
      },
    ];
  });
}
