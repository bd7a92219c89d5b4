/**
 * The reader checks a line by hand because it reads millions of them. What it lets through is written down here once more,
 * as a schema: the two must agree on every record, sound, damaged or hostile.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { parseRound, RecordError } from '../../src/judge/record.ts';
import { outcomes } from '../../src/model/vocabulary.ts';
import { anyRound, damagedRound } from './arbitrary.ts';

const thing = z.custom<object>((value) => typeof value === 'object' && value !== null && !Array.isArray(value));
const entries = z.array(
  z.looseObject({
    target: z.string(),
    outcome: z.enum(outcomes),
    failure: thing.nullish(),
    phases: thing.nullish(),
  }),
);
/** Names may be any, `__proto__` too. */
const byName = thing.refine((record) => Object.values(record).every((list) => entries.safeParse(list).success));
const schema = z.looseObject({
  version: z.literal(1).optional(),
  started_at: z.string().refine((text) => Date.parse(text) >= 0 && Date.parse(text) < Date.UTC(10_000, 0)),
  monotonic_ms: z.number().min(0),
  interval_ms: z.number().min(1).nullish(),
  controls: entries.nullish(),
  platforms: byName,
  companies: thing.nullish(),
  vantage: thing.nullish(),
});

const defaults = { interval_ms: 60_000, companies: {} };

/** What the reader makes of a line: accepted, or refused with a clause; anything else is thrown on. */
function accepted(line: string): boolean {
  try {
    parseRound(line, 1, defaults);
    return true;
  } catch (error) {
    if (error instanceof RecordError) return false;
    throw error;
  }
}

/** Times that a probe could have written, mostly: a record with none of them is refused before the rest is looked at. */
const times = fc.record({
  started_at: fc.oneof({ weight: 9, arbitrary: fc.constant('2024-01-20T13:41:00.000Z') }, fc.string()),
  monotonic_ms: fc.oneof({ weight: 9, arbitrary: fc.nat() }, fc.double()),
  interval_ms: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(60_000, 1, null) }, fc.double()),
});

test.each([
  ['sound', anyRound, 20],
  ['damaged', damagedRound, 5],
] as const)('%s records: the reader accepts what the schema accepts', (_name, rounds, least) => {
  let taken = 0;
  let refused = 0;
  fc.assert(
    fc.property(rounds, times, fc.boolean(), (round, at, damageLast) => {
      const line = JSON.stringify(damageLast ? { ...at, ...round } : { ...round, ...at });
      const expected = schema.safeParse(JSON.parse(line)).success;
      if (expected) taken++;
      else refused++;
      expect(accepted(line)).toBe(expected);
    }),
    { numRuns: 400 },
  );
  // Both sides of the border were visited, or the property said nothing.
  expect(taken).toBeGreaterThan(least);
  expect(refused).toBeGreaterThan(least);
});
