/** The TLS alert behind an error: a server that says no with an alert has answered, a filter seldom sends one. */
import { errorFields } from './failure.ts';

/** RFC 8446 section 6, with the older ones that servers still send (RFC 5246 section 7.2). */
const names = new Set([
  'close_notify',
  'unexpected_message',
  'bad_record_mac',
  'decryption_failed',
  'record_overflow',
  'decompression_failure',
  'handshake_failure',
  'no_certificate',
  'bad_certificate',
  'unsupported_certificate',
  'certificate_revoked',
  'certificate_expired',
  'certificate_unknown',
  'illegal_parameter',
  'unknown_ca',
  'access_denied',
  'decode_error',
  'decrypt_error',
  'export_restriction',
  'protocol_version',
  'insufficient_security',
  'internal_error',
  'inappropriate_fallback',
  'user_canceled',
  'no_renegotiation',
  'missing_extension',
  'unsupported_extension',
  'certificate_unobtainable',
  'unrecognized_name',
  'bad_certificate_status_response',
  'bad_certificate_hash_value',
  'unknown_psk_identity',
  'certificate_required',
  'no_application_protocol',
]);

/** OpenSSL's spelling where it differs. */
const respelt: Readonly<Record<string, string>> = { user_cancelled: 'user_canceled' };

/**
 * The alert that the other side sent, by its RFC 8446 name; undefined for any other error.
 *
 * Node makes error codes of OpenSSL's reasons: `ERR_SSL_TLSV1_UNRECOGNIZED_NAME`,
 * `ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE` (before OpenSSL 3.2 `ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE`).
 */
export function alertOf(error: unknown): string | undefined {
  const match = /^ERR_SSL_(?:SSL\/TLS|SSLV3|TLSV1|TLSV13)_(?:ALERT_)?([A-Z_]+)$/.exec(errorFields(error).code);
  if (!match?.[1]) return undefined;
  const spelt = match[1].toLowerCase();
  const name = respelt[spelt] ?? spelt;
  return names.has(name) ? name : undefined;
}
