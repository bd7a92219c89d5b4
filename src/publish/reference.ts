/**
 * What this probe tells other probes: whether it reaches the targets, so that they can tell a block over there from an
 * outage. Networks (/24, /48) and issuers of the platforms' servers only; nothing of this place.
 */
import type { Failure } from '../model/round.ts';
import type { Outcome } from '../model/vocabulary.ts';
import type { Kept } from './board.ts';

export interface Reference {
  version: 1;
  /** RFC 3339. */
  generated_at: string;
  targets: {
    target: string;
    outcome: Outcome;
    failure?: Failure | undefined;
    status?: number | undefined;
    networks: string[];
    issuer?: string | undefined;
    age_s: number;
  }[];
}

/** Largest answer, bytes: readers refuse more (the contract). */
export const largestReference = 64 * 1024;

/** Readers refuse a report of more targets, and an entry of more networks. */
const mostTargets = 500;
const mostNetworks = 20;

/** One entry a target, the newest look over either IP protocol; the oldest are left out where all would be too much. */
export function reference(results: readonly Kept[], wall_ms: number): Reference {
  const newest = new Map<string, Kept>();
  const networks = new Map<string, Set<string>>();
  for (const kept of [...results].sort((a, b) => a.at_ms - b.at_ms)) {
    const { target, network } = kept.look;
    newest.set(target, kept);
    if (network !== undefined) networks.set(target, (networks.get(target) ?? new Set()).add(network));
  }
  const targets = [...newest.values()]
    .map(({ look, evidence, at_ms }) => ({
      target: look.target,
      outcome: look.outcome,
      failure: look.failure,
      status: look.status,
      networks: [...(networks.get(look.target) ?? [])].slice(0, mostNetworks),
      issuer: evidence?.tls?.issuer?.slice(0, 200),
      age_s: Math.max(0, Math.round((wall_ms - at_ms) / 1000)),
    }))
    .sort((a, b) => a.age_s - b.age_s)
    .slice(0, mostTargets);
  const document: Reference = { version: 1, generated_at: new Date(wall_ms).toISOString(), targets };
  while (Buffer.byteLength(JSON.stringify(document)) > largestReference - 1) targets.pop();
  return document;
}
