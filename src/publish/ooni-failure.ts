/** Our failure names in the words of OONI's df-007-errors: nearly all of ours were taken from there. */
import type { DnsFact } from '../model/round.ts';
import type { Rcode, Reason } from '../model/vocabulary.ts';

/** Reasons that df-007 does not have. Anything else that goes wrong is "unknown_failure …" there, with words of one's own. */
const beyond: { [R in Reason]?: string } = {
  // A read that waits for ever ends by its deadline: how a freeze looks in OONI's data.
  http_body_stalled: 'generic_timeout_error',
  permission_denied: 'unknown_failure: permission denied',
  http_too_many_redirects: 'unknown_failure: too many redirects',
  unknown_failure: 'unknown_failure: not recognised',
};

/** The df-007 name; null where nothing failed, as every OONI format has it. */
export const ooniFailure = (reason: Reason | undefined): string | null =>
  reason === undefined ? null : (beyond[reason] ?? reason);

const byRcode: Readonly<Record<Rcode, Reason | undefined>> = {
  NOERROR: undefined,
  FORMERR: 'dns_server_misbehaving',
  SERVFAIL: 'dns_servfail_error',
  NXDOMAIN: 'dns_nxdomain_error',
  NOTIMP: 'dns_server_misbehaving',
  REFUSED: 'dns_refused_error',
  OTHER: 'dns_server_misbehaving',
  timeout: 'generic_timeout_error',
  garbage: 'dns_server_misbehaving',
};

/** What one DNS answer comes to. */
export function dnsFailure({ rcode, answers, refusal }: DnsFact): string | null {
  if (refusal !== undefined) return ooniFailure(refusal);
  const failed = byRcode[rcode];
  if (failed !== undefined) return ooniFailure(failed);
  if (answers.length === 0) return ooniFailure('dns_no_answer');
  return ooniFailure(answers.some(({ bogon }) => bogon === true) ? 'dns_bogon_error' : undefined);
}
