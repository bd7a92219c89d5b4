/** `web.config_file` to what the web server needs, with the certificates that it names; or every mistake at once. */
import { dirname, isAbsolute, resolve as resolvePath } from 'node:path';
import { createSecureContext } from 'node:tls';
import { Complaint } from '../model/errors.ts';
import type { ServerTls, WebSecurity } from '../model/web-security.ts';
import { inOrder, type Mistake, mistakeLine, type Path, show } from './mistakes.ts';
import { mistakeAt, readSections } from './read.ts';
import { type Material, type Place, webRules } from './web-rules.ts';
import { cipherSuites, curves, tlsVersions, type WebFile, type WebFileTls, webFile } from './web-schema.ts';
import { readText, readYaml, systemError } from './yaml.ts';

/**
 * Reads the file and, relative to it, the certificates and keys that it names. Throws a `Complaint` with a line for
 * every mistake, none of which repeats a key, a hash or a password.
 */
export function readWebConfig(path: string): WebSecurity {
  const source = readYaml(path);
  const nothing = new Map();
  const { value: file, mistakes } = readSections(source, webFile, nothing);
  const report = (at: Path, says: string, key = false) => void mistakes.push(mistakeAt(at, says, source, nothing, key));
  const tls = file.tls_server_config;
  const place: Place = (what) => ['tls_server_config', tls?.[what] === undefined ? `${what}_file` : what];
  const material = tls ? readMaterial(tls, dirname(resolvePath(path)), report) : {};
  for (const rule of Object.values(webRules)) {
    rule({ file: file as Partial<WebFile>, tls, material, place }, report);
  }
  refuse(mistakes);
  const security = settle(file as WebFile, material);
  try {
    if (security.tls) createSecureContext({ cert: security.tls.cert, key: security.tls.key });
  } catch (error) {
    // What OpenSSL does not take although it is a pair, such as a key that is too short.
    report(['tls_server_config'], `cannot be used: ${systemError(error)}`, true);
    refuse(mistakes);
  }
  return security;
}

function refuse(mistakes: readonly Mistake[]): void {
  if (mistakes.length > 0) throw new Complaint('config', inOrder(mistakes).map(mistakeLine).join('\n'));
}

function readMaterial(tls: WebFileTls, directory: string, report: (at: Path, says: string) => void): Material {
  const material: Material = {};
  for (const what of ['cert', 'key', 'client_ca'] as const) {
    const named = tls[`${what}_file`];
    const inline = tls[what];
    if (inline !== undefined) material[what] = typeof inline === 'string' ? inline : '';
    else if (named !== undefined) {
      try {
        material[what] = readText(isAbsolute(named) ? named : resolvePath(directory, named));
      } catch (error) {
        const says = `expected a file that can be read, got ${show(named)} (${systemError(error)})`;
        report(['tls_server_config', `${what}_file`], says);
      }
    }
  }
  return material;
}

function settle(file: WebFile, material: Material): WebSecurity {
  const { tls_server_config: tls, http_server_config: http, basic_auth_users: users, rate_limit: rate } = file;
  const headers = Object.entries(http.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name.toLowerCase(), value] as const],
  );
  return {
    tls: tls && settleTls(tls, material),
    headers: Object.fromEntries(headers),
    users: new Map(Object.entries(users).map(([name, hash]) => [name, String(hash)])),
    rate_limit: rate.interval > 0 ? { interval_ms: rate.interval, burst: rate.burst } : undefined,
  };
}

function settleTls(tls: WebFileTls, { cert = '', key = '', client_ca }: Material): ServerTls {
  const { client_auth_type: policy = 'NoClientCert' } = tls;
  return {
    cert,
    key,
    client_ca,
    client_auth: policy === 'RequireClientCert' ? 'RequireAnyClientCert' : policy,
    client_allowed_sans: tls.client_allowed_sans,
    min_version: tlsVersions[tls.min_version],
    max_version: tlsVersions[tls.max_version],
    cipher_suites: tls.cipher_suites.flatMap((name) => cipherSuites.get(name) ?? []),
    prefer_server_cipher_suites: tls.prefer_server_cipher_suites,
    curves: tls.curve_preferences.map((name) => curves[name]),
  };
}
