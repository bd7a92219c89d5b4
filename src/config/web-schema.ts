/**
 * The file that `web.config_file` names: the web configuration of Prometheus' exporter toolkit, all of it
 * (https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md). Keys and values have its names.
 */
import { z } from 'zod';
import { clientAuthTypes } from '../model/web-security.ts';
import * as value from './values.ts';

/** Versions by the toolkit's names, oldest first. */
export const tlsVersions = { TLS10: 'TLSv1', TLS11: 'TLSv1.1', TLS12: 'TLSv1.2', TLS13: 'TLSv1.3' } as const;

/** Go's name to OpenSSL's, of what Go's tls.CipherSuites() returns: secure enough, and of TLS 1.2 or before. */
export const cipherSuites: ReadonlyMap<string, string> = new Map(
  ['ECDSA', 'RSA'].flatMap((signature): [string, string][] => [
    [`TLS_ECDHE_${signature}_WITH_AES_128_CBC_SHA`, `ECDHE-${signature}-AES128-SHA`],
    [`TLS_ECDHE_${signature}_WITH_AES_256_CBC_SHA`, `ECDHE-${signature}-AES256-SHA`],
    [`TLS_ECDHE_${signature}_WITH_AES_128_GCM_SHA256`, `ECDHE-${signature}-AES128-GCM-SHA256`],
    [`TLS_ECDHE_${signature}_WITH_AES_256_GCM_SHA384`, `ECDHE-${signature}-AES256-GCM-SHA384`],
    [`TLS_ECDHE_${signature}_WITH_CHACHA20_POLY1305_SHA256`, `ECDHE-${signature}-CHACHA20-POLY1305`],
  ]),
);

/** Those of TLS 1.3 may be listed; as in Go they are always on. */
export const cipherSuites13: readonly string[] = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
];

/** Go's name to OpenSSL's. */
export const curves = { CurveP256: 'P-256', CurveP384: 'P-384', CurveP521: 'P-521', X25519: 'X25519' } as const;

const version = z.enum(Object.keys(tlsVersions) as (keyof typeof tlsVersions)[]);
const cipher = value.text(
  'a cipher suite by its name in Go such as "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"',
  (name) => cipherSuites.has(name) || cipherSuites13.includes(name),
);
const curve = z.enum(Object.keys(curves) as (keyof typeof curves)[]);
const pem = value.text('a text in PEM', (text) => text.trim() !== '');

const tls = z.strictObject({
  cert: pem.optional(),
  // Never shown, whatever stands there.
  key: z.unknown().optional(),
  client_ca: pem.optional(),
  cert_file: value.filePath.optional(),
  key_file: value.filePath.optional(),
  client_ca_file: value.filePath.optional(),
  // `RequireClientCert` is the toolkit's older name of `RequireAnyClientCert`.
  client_auth_type: z.enum([...clientAuthTypes, 'RequireClientCert']).optional(),
  client_allowed_sans: z.array(value.line(256, 'a name such as "prometheus.example.org"')).max(256).optional(),
  min_version: version.prefault('TLS12'),
  max_version: version.prefault('TLS13'),
  cipher_suites: z.array(cipher).max(32).prefault([]),
  prefer_server_cipher_suites: z.boolean().prefault(true),
  curve_preferences: z.array(curve).max(8).prefault([]),
});

/** No line breaks: a header must not become two. */
const header = value.word(/^[\t\x20-\x7e]{1,4096}$/, 'a header value on one line of ASCII').optional();

const http = z.strictObject({
  // Read so that a file made for other exporters fits. HTTP/1.1 is what is offered; clients settle on it by ALPN.
  http2: z.boolean().prefault(true),
  headers: z
    .strictObject({
      'Content-Security-Policy': header,
      'X-Frame-Options': z.enum(['deny', 'sameorigin']).optional(),
      'X-Content-Type-Options': z.enum(['nosniff']).optional(),
      'X-XSS-Protection': header,
      'Strict-Transport-Security': header,
    })
    .prefault({}),
});

/** The colon ends a user name in the header (RFC 7617, section 2). */
const userName = value.word(/^[^:\u0000-\u001f\u007f]{1,256}$/, 'a user name without ":"');

export const webFile = z.strictObject({
  tls_server_config: tls.optional(),
  http_server_config: http.prefault({}),
  // The values are secrets, and may be passwords by mistake: a rule looks at them and never repeats them.
  basic_auth_users: z.record(userName, z.unknown()).prefault({}),
  rate_limit: z
    .strictObject({ interval: value.duration('0s', '1h').prefault('0s'), burst: z.int().min(0).max(1e6).prefault(0) })
    .prefault({}),
});

export type WebFile = z.output<typeof webFile>;
export type WebFileTls = z.output<typeof tls>;
