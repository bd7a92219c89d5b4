import { expect, test } from 'vitest';
import { alertOf } from '../../src/measure/alert.ts';
import { DeadlineError } from '../../src/measure/deadline.ts';
import { reasonOf } from '../../src/measure/failure.ts';

// errno(3), Node's and undici's codes, as they were seen in trials; the reasons are OONI's df-007 names.
test.each([
  [{ code: 'ECONNRESET', syscall: 'read' }, 'connection_reset'],
  [{ code: 'ECONNRESET', syscall: 'write' }, 'connection_reset'],
  [{ code: 'ECONNRESET' }, 'eof_error'],
  [{ code: 'EPIPE', syscall: 'write' }, 'connection_reset'],
  [{ code: 'ECONNREFUSED', syscall: 'connect' }, 'connection_refused'],
  [{ code: 'ECONNABORTED' }, 'connection_aborted'],
  [{ code: 'ETIMEDOUT', syscall: 'connect' }, 'generic_timeout_error'],
  [{ code: 'EHOSTUNREACH', syscall: 'connect' }, 'host_unreachable'],
  [{ code: 'ENETUNREACH', syscall: 'connect' }, 'network_unreachable'],
  [{ code: 'EADDRNOTAVAIL', syscall: 'connect' }, 'network_unreachable'],
  [{ code: 'ENETDOWN' }, 'network_down'],
  [{ code: 'EACCES' }, 'permission_denied'],
  [{ code: 'EPERM' }, 'permission_denied'],
  [{ code: 'EAI_AGAIN', syscall: 'getaddrinfo' }, 'dns_temporary_failure'],
  [{ code: 'CERT_HAS_EXPIRED' }, 'ssl_invalid_certificate'],
  [{ code: 'CERT_NOT_YET_VALID' }, 'ssl_invalid_certificate'],
  [{ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, 'ssl_invalid_hostname'],
  [{ code: 'SELF_SIGNED_CERT_IN_CHAIN' }, 'ssl_unknown_authority'],
  [{ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, 'ssl_unknown_authority'],
  [{ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }, 'ssl_unknown_authority'],
  [{ code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' }, 'ssl_unknown_authority'],
  [{ code: 'ERR_SSL_WRONG_VERSION_NUMBER' }, 'ssl_failed_handshake'],
  [{ code: 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME' }, 'ssl_failed_handshake'],
  [{ code: 'EPROTO' }, 'ssl_failed_handshake'],
  [{ code: 'UND_ERR_SOCKET' }, 'eof_error'],
  [{ code: 'UND_ERR_HEADERS_OVERFLOW' }, 'http_request_failed'],
  [{ code: 'HPE_INVALID_CONSTANT' }, 'http_request_failed'],
  [{ name: 'HTTPParserError' }, 'http_request_failed'],
  [{ code: 'ERR_HTTP2_STREAM_ERROR' }, 'http_request_failed'],
  [{ cause: { code: 'ECONNRESET', syscall: 'read' } }, 'connection_reset'],
  [new DeadlineError('late'), 'generic_timeout_error'],
  [{ code: 'toString' }, 'unknown_failure'],
  [new Error('read ECONNRESET'), 'unknown_failure'],
  [undefined, 'unknown_failure'],
  ['ECONNRESET', 'unknown_failure'],
])('%o is %s', (error, reason) => {
  expect(reasonOf(error)).toBe(reason);
});

test.each([
  ['ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE', 'handshake_failure'],
  ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'handshake_failure'],
  ['ERR_SSL_TLSV1_UNRECOGNIZED_NAME', 'unrecognized_name'],
  ['ERR_SSL_TLSV1_ALERT_USER_CANCELLED', 'user_canceled'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'certificate_required'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', undefined],
  ['ERR_SSL_TLSV1_BAD_EXTENSION_OF_OURS', undefined],
  ['ECONNRESET', undefined],
])('%s carries the alert %s', (code, alert) => {
  expect(alertOf({ code })).toBe(alert);
});
