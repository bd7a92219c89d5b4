/** Every time that a target's own name was tried in one round, in one shape, whoever asked for it. */
import type { Evidence, Exchange, ExperimentFact, Failure, Observation } from '../model/round.ts';
import type { AddressSource, Reason } from '../model/vocabulary.ts';
import { amount, entries, object, text } from './reading.ts';

export interface Attempt {
  kind: 'first' | 'repeat' | 'other_address' | 'trusted_address';
  ok: boolean;
  /** The address is one that the user's own resolver gave, or that the operator pinned. */
  own: boolean;
  source: AddressSource | undefined;
  /** Last week's or a shipped address: no resolver vouched for it in this round. */
  remembered: boolean;
  failure?: Failure | undefined;
  /** The handshake ended with a TLS alert; unknown of the first attempt, whose repeats tell. */
  alert: boolean;
  connect_ms?: number | undefined;
  tls_ms?: number | undefined;
  status?: number | undefined;
  address_id?: string | undefined;
  network?: string | undefined;
  evidence: Evidence;
}

/** Another name at one of the target's addresses. */
export interface NeutralAnswer {
  /** The server said something at TLS level (cleartext: answered at all). */
  answered: boolean;
  alert: boolean;
  /** The address had seen a platform's name within the last 180 s, so its silence or slowness may be residual. */
  residual: boolean;
  connect_ms?: number | undefined;
  tls_ms?: number | undefined;
  address_id?: string | undefined;
  network?: string | undefined;
  status?: number | undefined;
  evidence: Evidence;
}

/** Turkey's filter keeps an address slow for minutes after one bad name (docs/methodology.md, 2022–25). */
export const restS = 180;

/** An alert that came sooner than this share of the round trip was not sent by the server (docs/methodology.md). */
export const alertShare = 0.8;

const notOwn: ReadonlySet<AddressSource> = new Set(['trusted', 'validated', 'seed']);

export function ownAddress(source: AddressSource | undefined): boolean {
  return source === undefined || !notOwn.has(source);
}

/** Reasons that say something about us, not about the other side. */
const localReasons: ReadonlySet<Reason> = new Set(['permission_denied', 'network_down', 'interrupted']);

export function isLocal(failure: Failure | undefined): boolean {
  return failure !== undefined && localReasons.has(failure.reason);
}

/** The exchange at which an observation ended: the last hop, or the observation itself. */
export function lastExchange(observation: Observation): Exchange {
  const hops = entries(observation.hops);
  const last = hops.at(-1);
  if (last === undefined) return observation;
  // The observation's outcome is the last hop's; a thin record may say it in one place only.
  return { ...last, outcome: observation.outcome, failure: last.failure ?? observation.failure };
}

/**
 * An exchange without TLS. A record that does not name the scheme shows it by having come to the request without a
 * `tls` phase and without a certificate; one that tells of no phases at all is taken for HTTPS, as all platforms are.
 */
export function isCleartext({ scheme, phases, failure, evidence }: Exchange): boolean {
  if (scheme !== undefined) return scheme === 'http';
  const known = object(phases);
  if (known?.connect === undefined || known.tls !== undefined || object(object(evidence)?.tls) !== undefined)
    return false;
  return known.processing !== undefined || failure?.phase === 'processing' || failure?.phase === 'transfer';
}

export function failureOf(failure: Failure | undefined | null): Failure | undefined {
  const known = object(failure);
  return known && typeof known.phase === 'string' && typeof known.reason === 'string' ? known : undefined;
}

function attemptFrom(kind: Attempt['kind'], fact: Exchange | ExperimentFact, own: boolean): Attempt {
  const phases = object(fact.phases);
  return {
    kind,
    ok: fact.outcome === 'ok',
    own,
    source: fact.address_source,
    remembered: fact.address_source === 'validated' || fact.address_source === 'seed',
    failure: fact.outcome === 'failed' ? failureOf(fact.failure) : undefined,
    alert: 'alert' in fact && text(fact.alert) !== undefined,
    connect_ms: amount(phases?.connect),
    tls_ms: amount(phases?.tls),
    status: amount(fact.status),
    address_id: text(object(fact.evidence)?.address_id) ?? ('address_id' in fact ? text(fact.address_id) : undefined),
    network: text(fact.network),
    evidence: object(fact.evidence) ?? {},
  };
}

/** The attempts of one observation, the first one first; skipped ones are none. */
export function attemptsOf(observation: Observation, last: Exchange): Attempt[] {
  const everyHopOwn =
    ownAddress(observation.address_source) &&
    entries(observation.hops).every(({ address_source }) => ownAddress(address_source));
  const attempts = [attemptFrom('first', last, everyHopOwn)];
  for (const fact of entries(observation.experiments)) {
    if (fact.outcome === 'skipped') continue;
    const { kind } = fact;
    if (kind === 'repeat' || kind === 'other_address') {
      attempts.push(attemptFrom(kind, fact, ownAddress(fact.address_source)));
    } else if (kind === 'trusted_address') attempts.push(attemptFrom(kind, fact, false));
  }
  return attempts;
}

export function neutralsOf(observation: Observation): NeutralAnswer[] {
  return entries(observation.experiments)
    .filter(({ kind, outcome }) => kind === 'neutral_sni' && outcome !== 'skipped')
    .map((fact) => {
      const phases = object(fact.phases);
      const evidence = object(fact.evidence) ?? {};
      const connect = amount(phases?.connect);
      const spoke = amount(phases?.tls) ?? amount(failureOf(fact.failure)?.after_ms);
      const alert = text(fact.alert) !== undefined;
      const forged = alert && connect !== undefined && spoke !== undefined && spoke < alertShare * connect;
      const rested = amount(fact.rested_s);
      return {
        answered: fact.outcome === 'ok' && !forged,
        alert,
        residual: rested !== undefined && rested < restS,
        connect_ms: connect,
        tls_ms: spoke,
        address_id: text(fact.address_id ?? evidence.address_id),
        network: text(fact.network),
        status: amount(fact.status),
        evidence,
      };
    });
}

/**
 * Whether two dialled addresses are one. By their ids when both are known, else by their blocks; a record that says
 * neither is taken at its experiment's word, which is made at the failing address.
 */
export function sameAddress(
  a: Pick<Attempt, 'address_id' | 'network'>,
  b: Pick<Attempt, 'address_id' | 'network'>,
): boolean {
  if (a.address_id !== undefined && b.address_id !== undefined) return a.address_id === b.address_id;
  if (a.network !== undefined && b.network !== undefined) return a.network === b.network;
  return true;
}

/** TLS ended by silence, reset or close before any certificate arrived. */
export function isTlsCut({ failure, evidence }: Attempt): boolean {
  if (failure?.phase !== 'tls' || text(evidence.tls?.fingerprint) !== undefined) return false;
  return cutReasons.has(failure.reason);
}

const cutReasons: ReadonlySet<Reason> = new Set([
  'generic_timeout_error',
  'connection_reset',
  'connection_aborted',
  'eof_error',
]);

/** A certificate chain that is not the site's: no known root, or another name. An expired one is the site's own. */
export function isForeignChain({ failure, evidence }: Pick<Attempt, 'failure' | 'evidence'>): boolean {
  const reason = object(evidence.tls)?.error ?? (failure?.phase === 'tls' ? failure.reason : undefined);
  return reason === 'ssl_unknown_authority' || reason === 'ssl_invalid_hostname';
}

/** The exchange came past TLS with a chain that verifies for the name (or, in clear text, past the connect). */
export function provesAddress({ ok, failure, evidence }: Attempt): boolean {
  if (ok) return true;
  if (failure === undefined || object(evidence.tls)?.error !== undefined) return false;
  return (failure.phase === 'processing' || failure.phase === 'transfer') && object(evidence.tls) !== undefined;
}
