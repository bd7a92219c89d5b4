/** Experiments that ask the same name again: at the same address, at others, at those of a trusted resolver. */
import type { DnsFact, ExperimentFact } from '../model/round.ts';
import type { Reason } from '../model/vocabulary.ts';
import { protocolOf } from './address.ts';
import { attempt, hostOf } from './attempt.ts';
import { leadsHome } from './bogon.ts';
import type { ExperimentInput } from './experiment.ts';
import { attemptLike, factOf, type Subject, subjectOf } from './experiment-fact.ts';
import type { Instruments } from './instruments.ts';
import { type Address, resolve } from './resolve.ts';

/** Repeats of a failure: one blip more or less is told apart by two (docs/methodology.md). */
const repeats = 2;
/** Addresses tried of each kind: enough to tell an address from a company, few enough for the round. */
const most_addresses = 2;
/** Room for the configured resolvers of one repeat in the numbering of queries. */
const queriesOfARepeat = 10;

/**
 * The same name at the same address, twice. A second time-out of the same address and name ends
 * it: a third would only cost the round its time. A name that could not be resolved is resolved anew.
 */
export async function repeat(
  input: ExperimentInput,
  instruments: Instruments,
  signal: AbortSignal,
): Promise<ExperimentFact[]> {
  const subject = subjectOf(input);
  const { observation } = input.observed;
  let timeouts = observation.failure?.reason === 'generic_timeout_error' ? 1 : 0;
  const facts: ExperimentFact[] = [];
  for (let round = 0; round < repeats && !signal.aborted && timeouts < 2; round++) {
    const fact = await once(input, subject, queriesOfARepeat * (round + 1), instruments, signal);
    if (!fact) break;
    facts.push(fact);
    if (fact.failure?.reason === 'generic_timeout_error') timeouts += 1;
  }
  return facts;
}

async function once(
  input: ExperimentInput,
  subject: Subject,
  first_query: number,
  instruments: Instruments,
  signal: AbortSignal,
): Promise<ExperimentFact | undefined> {
  const { aim, rested_s } = input;
  if (subject.dialled) {
    const rested = rested_s(subject.dialled.ip);
    const tried = await attempt(attemptLike(input, subject, subject.dialled), instruments, signal);
    return factOf('repeat', tried, rested);
  }
  const { configured, system } = aim.resolve;
  const { ip_protocol } = aim;
  const asked = { host: subject.host, ip_protocol, configured, system, public: [], trusted: [], first_query };
  const resolved = await resolve({ ...asked, timeout_ms: aim.dns_timeout_ms }, instruments, signal);
  const [address] = resolved.addresses;
  const dns = async () => (await resolved.settled).facts;
  if (!address) {
    const facts = await dns();
    if (resolved.interrupted || !resolved.failure) return undefined;
    const { host } = subject;
    return { kind: 'repeat', host, ip_protocol, outcome: 'failed', failure: resolved.failure, dns: facts };
  }
  const rested = rested_s(address.ip);
  const tried = await attempt(attemptLike(input, subject, address), instruments, signal);
  return { ...factOf('repeat', tried, rested), dns: await dns() };
}

/** The same name at other addresses that the user's own resolver gave; stops at the first that answers. */
export async function otherAddress(
  input: ExperimentInput,
  instruments: Instruments,
  signal: AbortSignal,
): Promise<ExperimentFact[]> {
  const subject = subjectOf(input);
  const dialled = subject.dialled?.ip;
  const others = input.observed.known.filter(({ ip, source }) => ip !== dialled && source !== 'trusted');
  return await tryAddresses('other_address', distinct(others), input, subject, instruments, signal);
}

/**
 * The same name at the addresses that a trusted resolver gives, those not yet dialled first. When no trusted resolver
 * answers: at addresses that worked here lately, then at shipped ones. What the trusted resolvers say stands in `dns`.
 */
export async function trustedAddress(
  input: ExperimentInput,
  instruments: Instruments,
  signal: AbortSignal,
): Promise<ExperimentFact[]> {
  const subject = subjectOf(input);
  const { aim, observed } = input;
  const before = observed.known.filter(({ source }) => source === 'trusted');
  const { addresses, dns, reason, after_ms } =
    before.length > 0 ? { addresses: before, ...unasked } : await askTrusted(input, subject, instruments, signal);
  const definite = reason !== undefined && reason !== 'generic_timeout_error' && reason !== 'dns_server_misbehaving';
  if (definite) {
    const failure = { phase: 'resolve', reason, after_ms } as const;
    const { ip_protocol } = aim;
    return [{ kind: 'trusted_address', host: subject.host, ip_protocol, outcome: 'failed', failure, dns }];
  }
  const dialled = observed.dialled.map(({ ip }) => ip);
  const candidates = distinct(addresses.length > 0 ? addresses : fallbacks(input, subject));
  const fresh = candidates.filter(({ ip }) => !dialled.includes(ip));
  const chosen = fresh.length > 0 ? fresh : candidates.slice(0, 1);
  const facts = await tryAddresses('trusted_address', chosen, input, subject, instruments, signal);
  if (dns.length === 0) return facts;
  const [first = { kind: 'trusted_address', host: subject.host, outcome: 'skipped', skipped: 'no_address' } as const] =
    facts;
  return [{ ...first, dns }, ...facts.slice(1)];
}

const unasked: { dns: DnsFact[]; reason?: Reason; after_ms: number } = { dns: [], after_ms: 0 };

async function askTrusted({ aim }: ExperimentInput, { host }: Subject, instruments: Instruments, signal: AbortSignal) {
  const { ip_protocol, dns_timeout_ms: timeout_ms } = aim;
  const { trusted } = aim.resolve;
  if (trusted.length === 0 || protocolOf(host)) return { addresses: [], ...unasked };
  const asked = { host, ip_protocol, configured: [], system: false, public: [], trusted, timeout_ms };
  const { addresses, failure, settled } = await resolve(asked, instruments, signal);
  const { facts, known } = await settled;
  // A second company's answer counts even where the first one failed.
  const all = addresses.length > 0 ? addresses : known;
  const reason = all.length > 0 ? undefined : failure?.reason;
  return { addresses: all, dns: facts, reason, after_ms: failure?.after_ms ?? 0 };
}

/** Known for the target's own host only; a redirect's host has none. */
function fallbacks({ aim }: ExperimentInput, { host }: Subject): Address[] {
  if (host !== hostOf(new URL(aim.url))) return [];
  const of = (ips: readonly string[], source: 'validated' | 'seed') =>
    ips.filter((ip) => protocolOf(ip) === aim.ip_protocol && !leadsHome(ip)).map((ip): Address => ({ ip, source }));
  return [...of(aim.fallback_addresses, 'validated'), ...of(aim.seed_addresses ?? [], 'seed')];
}

async function tryAddresses(
  kind: 'other_address' | 'trusted_address',
  addresses: readonly Address[],
  input: ExperimentInput,
  subject: Subject,
  instruments: Instruments,
  signal: AbortSignal,
): Promise<ExperimentFact[]> {
  const facts: ExperimentFact[] = [];
  for (const address of addresses.slice(0, most_addresses)) {
    if (signal.aborted) break;
    const rested = input.rested_s(address.ip);
    const fact = factOf(kind, await attempt(attemptLike(input, subject, address), instruments, signal), rested);
    facts.push(fact);
    if (fact.outcome === 'ok') break;
  }
  return facts;
}

function distinct<T extends { ip: string }>(addresses: readonly T[]): T[] {
  return [...new Map(addresses.map((address) => [address.ip, address])).values()];
}
