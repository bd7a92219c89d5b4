/**
 * Resolving one name, the way programs do (getaddrinfo) and beside it by asking the resolvers ourselves: the user's own,
 * public ones in clear text, trusted ones over HTTPS. Only the user's own decide what is dialled.
 */
import type { DnsFact, Failure } from '../model/round.ts';
import type { TrustedResolver } from '../model/target.ts';
import type { AddressSource, IpProtocol, Rcode, Reason } from '../model/vocabulary.ts';
import { type Asked, annotate, askServer, askTrusted, type FirstAnswer } from './ask.ts';
import { leadsHome } from './bogon.ts';
import { rounded } from './connect.ts';
import { deadline } from './deadline.ts';
import type { Question } from './dns-message.ts';
import { errorFields, reasonOf } from './failure.ts';
import type { Instruments } from './instruments.ts';

export interface ResolveInput {
  host: string;
  ip_protocol: IpProtocol;
  /** Whom to ask. */
  configured: readonly string[];
  system: boolean;
  public: readonly string[];
  trusted: readonly TrustedResolver[];
  timeout_ms: number;
  /** Number of this question's first query where the same one was asked before (`DnsFact.query`). */
  first_query?: number | undefined;
}

export interface Address {
  ip: string;
  source: AddressSource;
}

export interface Resolved {
  /** What getaddrinfo took; without getaddrinfo what the user's own resolver took. Absent when it was not to be measured. */
  ms?: number | undefined;
  failure?: Failure | undefined;
  /** The round ended first. */
  interrupted: boolean;
  /** To be dialled in this order; empty with a failure. */
  addresses: Address[];
  /** Everything that anybody answered, once the resolvers have been listened to long enough. Never rejects. */
  settled: Promise<{ facts: DnsFact[]; known: Address[] }>;
}

/** OONI's names for what a resolver says. */
const byRcode: Readonly<Record<Rcode, Reason>> = {
  NOERROR: 'dns_no_answer',
  NXDOMAIN: 'dns_nxdomain_error',
  SERVFAIL: 'dns_servfail_error',
  REFUSED: 'dns_refused_error',
  FORMERR: 'dns_server_misbehaving',
  NOTIMP: 'dns_server_misbehaving',
  OTHER: 'dns_server_misbehaving',
  garbage: 'dns_server_misbehaving',
  timeout: 'generic_timeout_error',
};

/** After these a stub resolver asks the next server (resolv.conf(5)); the others are answers. */
const askNext: ReadonlySet<Rcode> = new Set([
  'timeout',
  'garbage',
  'SERVFAIL',
  'REFUSED',
  'FORMERR',
  'NOTIMP',
  'OTHER',
]);

/** What getaddrinfo made of it. */
type SystemResult =
  | { kind: 'answered'; addresses: string[]; ms: number; trusted: boolean }
  | { kind: 'failed'; error: unknown; ms: number }
  | { kind: 'silent'; ms: number }
  | { kind: 'busy' }
  | { kind: 'not_asked' };

/**
 * Resolves. Returns as soon as it is known what to dial; `settled` follows when late second answers can no longer come.
 * Never throws; without an address there is a failure (or `interrupted`).
 */
export async function resolve(input: ResolveInput, instruments: Instruments, signal: AbortSignal): Promise<Resolved> {
  const question: Question = { name: input.host, type: input.ip_protocol === 'ip4' ? 'A' : 'AAAA' };
  const { timeout_ms } = input;
  const { first_query = 0 } = input;
  const configured = input.configured.map((server, index) =>
    askServer({ via: 'configured', server, question, timeout_ms, query: first_query + index }, instruments, signal),
  );
  const publicly = input.public.map((server) =>
    askServer({ via: 'public', server, question, timeout_ms, query: first_query }, instruments, signal),
  );
  const trusted = input.trusted.map((resolver) => askTrusted({ resolver, question, timeout_ms }, instruments, signal));
  const asked = [...configured, ...publicly, ...trusted];
  const looking = input.system
    ? lookUp(input, instruments, signal)
    : Promise.resolve<SystemResult>({ kind: 'not_asked' });

  const settled = (async () => {
    const system = await looking;
    const facts = (await Promise.all(asked.map(({ facts }) => facts))).flat();
    const own = systemFact(system, question, facts, instruments);
    const all = own ? [own, ...facts] : facts;
    return { facts: all, known: knownOf(all) };
  })();

  const { addresses, ms, failure } = await decide(await looking, configured, trusted);
  const dialable = addresses.filter(({ ip }) => !leadsHome(ip));
  const interrupted = signal.aborted && dialable.length === 0;
  const home: Failure | undefined =
    addresses.length > 0 && dialable.length === 0
      ? { phase: 'resolve', reason: 'dns_bogon_error', after_ms: ms ?? 0 }
      : undefined;
  return {
    ...(ms === undefined ? {} : { ms }),
    ...(interrupted ? {} : { failure: failure ?? home }),
    interrupted,
    addresses: dialable,
    settled,
  };
}

/** getaddrinfo through the gate, within the time for DNS; it cannot be aborted, only no longer waited for. */
async function lookUp({ host, ip_protocol, timeout_ms }: ResolveInput, instruments: Instruments, signal: AbortSignal) {
  const { network, lookups, lag } = instruments;
  const limit = deadline(timeout_ms, signal);
  const phase = lag.open();
  const start = network.monotonic();
  try {
    const found = await lookups.lookup(host, ip_protocol, limit.signal);
    if (found.busy) {
      phase.close(0);
      return { kind: 'busy' } as const;
    }
    const trusted = phase.close(found.ms);
    return { kind: 'answered', addresses: found.addresses, ms: rounded(found.ms), trusted } as const;
  } catch (error) {
    const ms = rounded(network.monotonic() - start);
    phase.close(ms);
    return limit.expired() ? ({ kind: 'silent', ms } as const) : ({ kind: 'failed', error, ms } as const);
  } finally {
    limit.end();
  }
}

interface Decision {
  addresses: Address[];
  ms?: number | undefined;
  failure?: Failure | undefined;
}

/**
 * What a program on this machine would dial: getaddrinfo's addresses, else those of the configured resolver. Where the
 * user's own are not to be asked at all, the trusted ones stand in.
 */
async function decide(
  system: SystemResult,
  configured: readonly Asked[],
  trusted: readonly Asked[],
): Promise<Decision> {
  if (system.kind === 'answered' && system.addresses.length > 0) {
    const addresses = system.addresses.map((ip): Address => ({ ip, source: 'system' }));
    return { addresses, ms: system.trusted ? system.ms : undefined };
  }
  const own = configured.length > 0 || system.kind !== 'not_asked';
  const source = own ? 'configured' : 'trusted';
  const answer = await firstOf(own ? configured : trusted);
  const measured = system.kind === 'not_asked' ? answer?.waited_ms : undefined;
  if (answer && answer.addresses.length > 0) {
    return { addresses: answer.addresses.map((ip): Address => ({ ip, source })), ms: measured };
  }
  const after_ms = answer?.waited_ms ?? ('ms' in system ? system.ms : 0);
  return {
    addresses: [],
    failure: {
      phase: 'resolve',
      reason: answer ? (answer.refusal ?? byRcode[answer.rcode]) : systemReason(system),
      after_ms,
    },
  };
}

/** The servers in order, as a stub resolver goes through them: the first that says something definite, else the first's word. */
async function firstOf(asked: readonly Asked[]): Promise<FirstAnswer | undefined> {
  let fallback: FirstAnswer | undefined;
  for (const { first } of asked) {
    const answer = await first;
    if (!askNext.has(answer.rcode)) return answer;
    fallback ??= answer;
  }
  return fallback;
}

/** With nothing but getaddrinfo's word. ENOTFOUND hides whether the name or only the address is missing. */
function systemReason(system: SystemResult): Reason {
  if (system.kind === 'answered') return 'dns_no_answer';
  if (system.kind === 'silent') return 'generic_timeout_error';
  return system.kind === 'failed' ? reasonOf(system.error) : 'unknown_failure';
}

/** getaddrinfo as a fact. Its errors carry no rcode: the configured resolver's own word is taken where it failed too. */
function systemFact(
  system: SystemResult,
  { type }: Question,
  facts: readonly DnsFact[],
  instruments: Instruments,
): DnsFact | undefined {
  const common = { via: 'system', type } as const;
  switch (system.kind) {
    case 'not_asked':
    case 'busy':
      return undefined;
    case 'answered':
      return { ...common, rcode: 'NOERROR', at_ms: system.ms, answers: annotate(system.addresses, instruments) };
    case 'silent':
      return { ...common, rcode: 'timeout', at_ms: system.ms, answers: [] };
    case 'failed': {
      const word = facts.find(
        ({ via, answers, rcode }) => via === 'configured' && answers.length === 0 && rcode !== 'garbage',
      );
      const misses = errorFields(system.error).code === 'ENOTFOUND' && word?.rcode === 'timeout';
      return {
        ...common,
        rcode: misses ? 'OTHER' : (word?.rcode ?? 'OTHER'),
        ...(word?.refusal === undefined || misses ? {} : { refusal: word.refusal }),
        at_ms: system.ms,
        answers: [],
      };
    }
  }
}

/** Every address by where it came from; public resolvers' answers are facts but nothing is dialled on their word. */
function knownOf(facts: readonly DnsFact[]): Address[] {
  const seen = new Set<string>();
  return facts.flatMap(({ via, answers }) =>
    via === 'public'
      ? []
      : answers.flatMap(({ ip }) => {
          const key = `${via} ${ip}`;
          if (seen.has(key) || leadsHome(ip)) return [];
          seen.add(key);
          return [{ ip, source: via }];
        }),
  );
}
