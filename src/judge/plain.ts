/**
 * The ordinary case, told apart at a glance: complete answers and nothing else in the record. Replay reads
 * thousands of rounds a second, nearly all of them like this. What is decided here is what the table of rules would
 * decide; a property test holds the two together.
 */
import type { DnsFact, Exchange, Observation, Round } from '../model/round.ts';
import { ownAddress } from './attempt.ts';
import type { RoundMemory } from './memory.ts';
import { skewS } from './skew.ts';

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

/** At most one answer a way, none of them to a side question: nothing to compare. */
function isQuiet(dns: readonly DnsFact[] | undefined): boolean {
  if (isEmpty(dns)) return true;
  if (!Array.isArray(dns) || dns.length > 3) return false;
  const ways = new Set<unknown>();
  for (const fact of dns as readonly (DnsFact | null)[]) {
    if (fact === null || typeof fact !== 'object' || ways.has(fact.via)) return false;
    ways.add(fact.via);
  }
  return true;
}

/** A complete answer over TLS from an address of the user's own resolver, with nothing odd beside it. */
export function isPlainAnswer(one: Observation): boolean {
  const { status, phases, evidence, transfer } = one;
  return (
    one.outcome === 'ok' &&
    typeof one.target === 'string' &&
    isEmpty(one.failure) &&
    one.scheme !== 'http' &&
    ownAddress(one.address_source) &&
    (status === undefined || (typeof status === 'number' && status >= 0 && status < 400)) &&
    isEmpty(one.hops) &&
    isEmpty(one.experiments) &&
    isEmpty(one.quic) &&
    isQuiet(one.dns) &&
    (phases === undefined || (isPlainObject(phases) && (phases.connect === undefined || phases.tls !== undefined))) &&
    (evidence === undefined || (isPlainObject(evidence) && hasGoodChain(evidence.tls))) &&
    (isEmpty(transfer) || (isPlainObject(transfer) && transfer?.stalled_at === undefined))
  );
}

function hasGoodChain(tls: NonNullable<Exchange['evidence']>['tls']): boolean {
  return tls === undefined || (isPlainObject(tls) && tls.error === undefined);
}

function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function allPlain(list: unknown): boolean {
  if (!Array.isArray(list)) return false;
  for (const one of list) if (!isPlainObject(one) || !isPlainAnswer(one as Observation)) return false;
  return true;
}

function hasKeys(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value !== 'object') return true;
  for (const _key in value) return true;
  return false;
}

/** Every control and every target answered plainly, and the record holds nothing else to weigh. */
export function isPlainRound(round: Round): boolean {
  const { vantage, platforms } = round;
  if (!isPlainObject(platforms) || !isPlainObject(round.companies) || !isPlainObject(vantage)) return false;
  if (!isEmpty(vantage.dns) || !(Math.abs(vantage.clock_skew_s ?? 0) < skewS) || hasKeys(round.siblings)) return false;
  if (!allPlain(round.controls)) return false;
  for (const name in platforms) if (!allPlain(platforms[name])) return false;
  return true;
}

/** Nothing to weigh besides the round itself. How fast the controls usually are does not make a round less plain. */
export function remembersNothing(memory: RoundMemory): boolean {
  return !hasKeys(memory.platforms) && isEmpty(memory.impaired_controls);
}
