/** The system's errors to the closed set of reasons: by `code` and `syscall`, never by message text. */
import type { Reason } from '../model/vocabulary.ts';

/** Names after OONI's df-007-errors; the system's names after errno(3). */
const byCode: Readonly<Record<string, Reason>> = {
  REACHD_DEADLINE: 'generic_timeout_error',
  ABORT_ERR: 'interrupted',
  ETIMEDOUT: 'generic_timeout_error',
  ECONNREFUSED: 'connection_refused',
  ECONNABORTED: 'connection_aborted',
  // Writing after the other side's reset was already taken in: the same event, seen one call later.
  EPIPE: 'connection_reset',
  // ICMP prohibited and a withdrawn route look alike from a socket.
  EHOSTUNREACH: 'host_unreachable',
  EHOSTDOWN: 'host_unreachable',
  ENETUNREACH: 'network_unreachable',
  // No address of this family on the host: there is no way to that network.
  EADDRNOTAVAIL: 'network_unreachable',
  EAFNOSUPPORT: 'network_unreachable',
  ENETDOWN: 'network_down',
  EACCES: 'permission_denied',
  EPERM: 'permission_denied',
  EPROTO: 'ssl_failed_handshake',
  EAI_AGAIN: 'dns_temporary_failure',
  EAI_FAIL: 'dns_server_misbehaving',
  EAI_NODATA: 'dns_no_answer',
  ENODATA: 'dns_no_answer',
  CERT_HAS_EXPIRED: 'ssl_invalid_certificate',
  CERT_NOT_YET_VALID: 'ssl_invalid_certificate',
  ERR_TLS_CERT_ALTNAME_INVALID: 'ssl_invalid_hostname',
  HOSTNAME_MISMATCH: 'ssl_invalid_hostname',
  SELF_SIGNED_CERT_IN_CHAIN: 'ssl_unknown_authority',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'ssl_unknown_authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'ssl_unknown_authority',
  UNABLE_TO_GET_ISSUER_CERT: 'ssl_unknown_authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'ssl_unknown_authority',
  CERT_UNTRUSTED: 'ssl_unknown_authority',
  // The answer ended before it was complete, in an orderly way.
  REACHD_CLOSED: 'eof_error',
  UND_ERR_SOCKET: 'eof_error',
  UND_ERR_CLOSED: 'eof_error',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'eof_error',
  // Head larger than we are ready to read.
  UND_ERR_HEADERS_OVERFLOW: 'http_request_failed',
  UND_ERR_INFO: 'http_request_failed',
};

/** Whole families of codes; the first that matches counts. */
const byPrefix: readonly (readonly [string, Reason])[] = [
  ['HPE_', 'http_request_failed'], // llhttp: what came is not HTTP/1
  ['ERR_HTTP2_', 'http_request_failed'], // stream or session refused in the HTTP/2 layer
  ['ERR_HTTP_', 'http_request_failed'],
  ['UND_ERR_', 'http_request_failed'],
  ['ERR_SSL_', 'ssl_failed_handshake'], // alerts and records that are none
  ['ERR_TLS_', 'ssl_failed_handshake'],
  ['ERR_OSSL_', 'ssl_failed_handshake'],
  ['CERT_', 'ssl_invalid_certificate'],
];

/** Codes of X.509 verification that have no prefix (X509_V_ERR_*, `openssl verify`). */
const certificateCodes = new Set([
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
  'ERROR_IN_CERT_NOT_AFTER_FIELD',
  'ERROR_IN_CERT_NOT_BEFORE_FIELD',
  'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
  'UNSPECIFIED',
]);

/** Fields of a system error, read from anything that may be thrown. */
export function errorFields(error: unknown): { code: string; syscall: string } {
  const { code, syscall, cause, name } = (typeof error === 'object' && error !== null ? error : {}) as {
    code?: unknown;
    syscall?: unknown;
    cause?: unknown;
    name?: unknown;
  };
  // llhttp's errors come with and without their code.
  if (name === 'HTTPParserError' && code === undefined) return { code: 'HPE_INVALID', syscall: '' };
  if (typeof code === 'string') return { code, syscall: typeof syscall === 'string' ? syscall : '' };
  return cause === undefined ? { code: '', syscall: '' } : errorFields(cause);
}

/**
 * The reason that stands for an error.
 *
 * ECONNRESET is a reset only when a system call says so: without `syscall` Node means that the stream ended, which is
 * a FIN during a handshake.
 */
export function reasonOf(error: unknown): Reason {
  const { code, syscall } = errorFields(error);
  if (code === 'ECONNRESET') return syscall === '' ? 'eof_error' : 'connection_reset';
  const exact = Object.hasOwn(byCode, code) ? byCode[code] : undefined;
  if (exact) return exact;
  if (certificateCodes.has(code)) return 'ssl_invalid_certificate';
  return byPrefix.find(([prefix]) => code.startsWith(prefix))?.[1] ?? 'unknown_failure';
}
