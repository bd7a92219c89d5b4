/** The rivals, as a table: what others use, or would write in an afternoon. All see the same glance of each round. */
import { Cusum } from './cusum.ts';
import { Ewma } from './ewma.ts';
import { Mad } from './mad.ts';
import { Ratio } from './ratio.ts';
import type { Rival } from './rival.ts';
import { ThreeInARow } from './three-in-a-row.ts';

export const rivals: readonly Rival[] = [
  { name: 'three in a row', why: 'uptime monitors', gated: false, make: () => new ThreeInARow() },
  {
    name: 'three in a row, gated',
    why: 'the same, rounds with failing controls skipped',
    gated: true,
    make: () => new ThreeInARow(),
  },
  { name: 'OONI CUSUM, gated', why: 'OONI’s event detector', gated: true, make: () => new Cusum() },
  { name: 'IODA 0.8', why: 'IODA’s outage rule', gated: false, make: () => new Ratio() },
  { name: 'MAD-z 3 of 5', why: 'robust outliers of latency', gated: false, make: () => new Mad() },
  { name: 'EWMA band', why: 'dashboard bands', gated: false, make: () => new Ewma() },
];
