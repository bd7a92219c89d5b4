/** An attempt as an experiment's fact, and what all experiments ask of the observation that they follow up. */
import type { ExperimentFact } from '../model/round.ts';
import type { ExperimentKind } from '../model/vocabulary.ts';
import { type Attempt, type AttemptInput, hostOf } from './attempt.ts';
import type { ExperimentInput } from './experiment.ts';
import type { Dialled } from './observe.ts';

/** The last hop: where the observation ended, well or badly. */
export interface Subject {
  url: URL;
  host: string;
  /** Absent when the last hop's name could not be resolved. */
  dialled?: Dialled | undefined;
}

export function subjectOf({ observed }: Pick<ExperimentInput, 'observed'>): Subject {
  const url = new URL(observed.last_url);
  const hop = observed.observation.hops?.length ?? 0;
  return { url, host: hostOf(url), dialled: observed.dialled.findLast((one) => one.hop === hop) };
}

/** `rested_s` as it was before the attempt. */
export function factOf(
  kind: ExperimentKind,
  { exchange, alert }: Attempt,
  rested_s: number | undefined,
): ExperimentFact {
  const { host, ip_protocol, network, address_source, outcome, skipped, failure, phases, status, evidence } = exchange;
  const { address_id, ...rest } = evidence ?? {};
  return {
    kind,
    host,
    address_id,
    ip_protocol,
    network,
    address_source,
    rested_s,
    outcome,
    skipped,
    failure,
    alert,
    phases,
    status,
    ...(Object.keys(rest).length > 0 ? { evidence: rest } : {}),
  };
}

/** An attempt like the observation's, at another address or for another name; the deadlines are the aim's. */
export function attemptLike(
  { aim }: Pick<ExperimentInput, 'aim'>,
  { url }: Pick<Subject, 'url'>,
  { ip, source }: Pick<Dialled, 'ip' | 'source'>,
): AttemptInput {
  const { method, body_cap, timeout_ms } = aim;
  return { url, ip, source, method, body_cap, timeout_ms };
}
