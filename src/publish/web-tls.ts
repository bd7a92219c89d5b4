/** TLS of the web server: the options of node:tls, and which clients' certificates are let in. */
import type { X509Certificate } from 'node:crypto';
import { isIP, SocketAddress } from 'node:net';
import { DEFAULT_CIPHERS, type SecureContextOptions, type TLSSocket } from 'node:tls';
import type { ClientAuthType, ServerTls } from '../model/web-security.ts';

/** As in Go, whose names the file has, these are on whatever is listed. */
const tls13 = 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256';

/** What can be changed while the server listens: certificate, key, versions, suites, curves, who signs clients. */
export function secureContext(tls: ServerTls): SecureContextOptions {
  const { cert, key, client_ca, min_version, max_version, cipher_suites, curves } = tls;
  const listed = cipher_suites.length > 0 ? `${tls13}:${cipher_suites.join(':')}` : DEFAULT_CIPHERS;
  // OpenSSL 3 refuses TLS 1.0 and 1.1 above security level 0 (their signatures use SHA-1).
  const old = min_version === 'TLSv1' || min_version === 'TLSv1.1';
  return {
    cert,
    key,
    ...(client_ca === undefined ? {} : { ca: client_ca }),
    minVersion: min_version,
    maxVersion: max_version,
    ciphers: old ? `${listed}:@SECLEVEL=0` : listed,
    honorCipherOrder: tls.prefer_server_cipher_suites,
    ...(curves.length > 0 ? { ecdhCurve: curves.join(':') } : {}),
  };
}

/** What is bound when the server is made. */
export function clientPolicy(auth: ClientAuthType): { requestCert: boolean; rejectUnauthorized: boolean } {
  return {
    requestCert: auth !== 'NoClientCert',
    rejectUnauthorized: auth === 'RequireAndVerifyClientCert',
  };
}

/** Whether a connection whose handshake is over may stay. */
export function clientAllowed(socket: TLSSocket, { client_auth, client_allowed_sans }: ServerTls): boolean {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return !client_auth.startsWith('Require');
  if (client_auth.includes('Verify') && !socket.authorized) return false;
  if (client_allowed_sans === undefined) return true;
  const names = new Set(subjectNames(certificate));
  return client_allowed_sans.some((name) => names.has(canonical(name)));
}

const compared: ReadonlySet<string> = new Set(['DNS', 'IP Address', 'email', 'URI']);

/**
 * Subject alternative names: DNS names, addresses, e-mail addresses, URIs. Node writes them as one text, in which what
 * could be mistaken for a separator is a JSON string (CVE-2021-44532). Every entry is read to its end, those of other
 * kinds too: a name inside a directory name's string is no entry.
 */
export function subjectNames({ subjectAltName = '' }: Pick<X509Certificate, 'subjectAltName'>): string[] {
  const entries = subjectAltName.matchAll(/(?:^|, )([^:,"]+):((?:"(?:[^"\\]|\\.)*"|[^,"])*)/gy);
  return [...entries].flatMap(([, kind = '', value = '']) => {
    if (!compared.has(kind)) return [];
    if (!value.startsWith('"')) return [canonical(value)];
    try {
      return [String(JSON.parse(value))];
    } catch {
      return [];
    }
  });
}

/** An address has many spellings, and both sides are compared in one. */
function canonical(name: string): string {
  const version = isIP(name);
  return version === 0 ? name : new SocketAddress({ address: name, family: version === 6 ? 'ipv6' : 'ipv4' }).address;
}
