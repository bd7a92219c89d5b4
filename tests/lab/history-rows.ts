/** The acceptance table's rows that need both a kernel and a history: what the daemon must hold within so many rounds. */
import type { CensorName } from './censors.ts';

export interface HistoryRow {
  name: string;
  on: CensorName;
  /** Whom the censor is after; `x` unless said. */
  against: readonly string[];
  /** Rounds under the censor within which it must be held, and the seconds between two of them. */
  rounds: number;
  interval_s: number;
  /** Every round is played, and nothing that must never be said may be said in any. */
  to_the_end?: true;
  /** Alternatives are written `a|b`. */
  expect: {
    state: string;
    mechanism?: string;
    /** Of any platform, at any time. */
    never?: string;
    /** What the last download from the censored platform's content network must show. */
    rate_kbit?: readonly [number, number];
    disruption?: true;
    /** Platforms that nobody is after are held reachable; but for these rows, where all are hit by the same. */
    bystander?: string;
  };
  /** Part of the short run of `npm test`. */
  quick?: true;
}

const row = (
  on: CensorName,
  rounds: number,
  expect: HistoryRow['expect'],
  more: Partial<HistoryRow> = {},
): HistoryRow => ({ name: `${on}, history`, on, rounds, interval_s: 12, against: ['x'], expect, ...more });

const quick = { quick: true } as const;
const slowly = { interval_s: 24 } as const;
const toTheEnd = { to_the_end: true } as const;
const all = ['x', 'facebook', 'instagram', 'youtube'] as const;
const rate = { rate_kbit: [110, 160] } as const;
const innocent = { state: 'reachable|degraded', never: 'throttled|blocked' } as const;

export const historyRows: readonly HistoryRow[] = [
  row('sni-police-130k', 8, { state: 'throttled', mechanism: 'throttle.unknown', ...rate }, quick),
  row('sni-shape-130k', 8, { state: 'throttled', ...rate }, quick),
  row('freeze-16k', 4, { state: 'blocked', mechanism: 'http.freeze' }, quick),
  row(
    'sni-police-130k',
    8,
    { state: 'throttled', disruption: true },
    { name: 'all-four-throttled, history', against: all, ...slowly },
  ),
  row('sni-police-130k-noburst', 6, { state: 'throttled', mechanism: 'throttle.sni|throttle.unknown' }),
  row('ip-police-130k', 8, { state: 'throttled', mechanism: 'throttle.ip|throttle.unknown' }),
  row('shape-1m', 24, { state: 'throttled|degraded' }),
  row('slow-handshake', 8, { state: 'throttled' }, slowly),
  row('delay-300ms-loss-10', 8, { state: 'throttled|degraded' }),
  row('whole-line-slow', 8, { state: 'reachable', never: 'throttled|blocked' }, toTheEnd),
  row('cable-cut', 8, { ...innocent, bystander: 'reachable|degraded' }, toTheEnd),
  row('peering-congestion', 12, innocent, toTheEnd),
];
