/** What a probe on an unfiltered network says of the same targets: read, checked, never trusted further than its schema. */
import { z } from 'zod';
import type { Failure, ReferenceFact } from '../model/round.ts';
import { outcomes, phases, reasons } from '../model/vocabulary.ts';
import { type DocumentInput, fetchDocument } from './document.ts';
import type { Instruments } from './instruments.ts';
import { plainText } from './text.ts';

/** The contract's limits: 64 KiB, ten minutes. */
const most_bytes = 65_536;
const most_age_s = 600;
/** More targets than any configuration has. */
const most_targets = 500;
const most_networks = 20;

const text = (most: number) => z.string().max(most);
const milliseconds = z.number().min(0).max(3_600_000);
const entry = z.object({
  target: text(100),
  outcome: z.enum(outcomes),
  failure: z
    .object({ phase: z.enum(phases), reason: z.enum(reasons), after_ms: milliseconds.prefault(0) })
    .nullish()
    .catch(undefined),
  status: z.number().int().min(100).max(999).nullish(),
  networks: z.array(text(50)).max(most_networks).nullish(),
  issuer: text(300).nullish(),
  age_s: z.number().min(0).max(1e9),
});
const report = z.object({
  version: z.literal(1),
  generated_at: z.iso.datetime(),
  targets: z.array(z.unknown()).max(most_targets),
});

export interface ReferenceReading {
  facts: ReferenceFact[];
  failure?: Failure | undefined;
}

/**
 * Reads a report. An entry that breaks the schema is left out, a report that does is refused whole; so is what is
 * older than ten minutes, by its own word and by the time since it was made. Unknown targets are left out.
 *
 * `reference` names it in the facts; `wall_ms`: our clock, milliseconds since the epoch.
 */
export function readReport(
  body: string,
  { reference, targets, wall_ms }: { reference: string; targets: ReadonlySet<string>; wall_ms: number },
): ReferenceFact[] | undefined {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return undefined;
  }
  const read = report.safeParse(json);
  if (!read.success) return undefined;
  const since_s = Math.max(0, (wall_ms - Date.parse(read.data.generated_at)) / 1000);
  return read.data.targets.flatMap((raw): ReferenceFact[] => {
    const one = entry.safeParse(raw);
    if (!one.success || !targets.has(one.data.target)) return [];
    const { target, outcome, failure, status, networks, issuer } = one.data;
    const age_s = Math.round(one.data.age_s + since_s);
    if (age_s > most_age_s) return [];
    return [
      {
        reference,
        target,
        outcome,
        ...(failure ? { failure } : {}),
        ...(typeof status === 'number' ? { status } : {}),
        ...(networks ? { networks: networks.map((network) => plainText(network, 50)) } : {}),
        ...(issuer ? { issuer: plainText(issuer, 200) } : {}),
        age_s,
      },
    ];
  });
}

export interface ReferenceInput extends Omit<DocumentInput, 'url' | 'most_bytes'> {
  /** Base URL of the reference, https. */
  base: string;
  /** Names of the targets that we measure. */
  targets: ReadonlySet<string>;
}

/** Fetches and reads `/api/v1/reference`. Never throws. */
export async function readReference(
  { base, targets, ...how }: ReferenceInput,
  instruments: Instruments,
  signal: AbortSignal,
): Promise<ReferenceReading> {
  const url = URL.parse(`${base.replace(/\/+$/, '')}/api/v1/reference`);
  const broken: Failure = { phase: 'processing', reason: 'http_request_failed', after_ms: 0 };
  if (!url) return { facts: [], failure: broken };
  const document = await fetchDocument({ ...how, url, most_bytes }, instruments, signal);
  if ('failure' in document) return { facts: [], failure: document.failure };
  const wall_ms = instruments.network.wall();
  const facts = readReport(document.body.toString('utf8'), { reference: url.hostname, targets, wall_ms });
  return facts ? { facts } : { facts: [], failure: broken };
}
