/** How the web server protects itself: what `web.config_file` comes to. The names are those of Prometheus' exporter toolkit. */

export const clientAuthTypes = [
  'NoClientCert',
  'RequestClientCert',
  'RequireAnyClientCert',
  'VerifyClientCertIfGiven',
  'RequireAndVerifyClientCert',
] as const;
/** Go's crypto/tls.ClientAuthType. */
export type ClientAuthType = (typeof clientAuthTypes)[number];

export interface ServerTls {
  /** PEM: the server's certificate first, then the chain. */
  cert: string;
  /** PEM. */
  key: string;
  /** PEM of those who may sign clients' certificates. */
  client_ca?: string | undefined;
  client_auth: ClientAuthType;
  /** A client's certificate must have one of these as a subject alternative name; absent: any will do. */
  client_allowed_sans?: readonly string[] | undefined;
  min_version: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';
  max_version: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';
  /** OpenSSL's names, of TLS 1.2 and before; empty: the runtime's own choice. Those of TLS 1.3 are always on. */
  cipher_suites: readonly string[];
  prefer_server_cipher_suites: boolean;
  /** OpenSSL's names; empty: the runtime's own choice. */
  curves: readonly string[];
}

export interface WebSecurity {
  /** Absent: plain HTTP. */
  tls?: ServerTls | undefined;
  /** Put over our own headers, by lower-case name. */
  headers: Readonly<Record<string, string>>;
  /** User names and their bcrypt hashes; empty: nobody is asked. */
  users: ReadonlyMap<string, string>;
  /** One request each `interval_ms` on average, `burst` at once; absent: no limit. */
  rate_limit?: { interval_ms: number; burst: number } | undefined;
}
