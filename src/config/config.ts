/** The effective configuration: everything resolved, validated and frozen. Durations in ms, sizes in bytes. */
import type { Control, Platform, TrustedResolver } from '../model/target.ts';
import type { IpProtocol, ResolverScope } from '../model/vocabulary.ts';

export interface Config {
  /** Version of the risk text accepted in the file or the environment. */
  accept_risk?: string | undefined;
  profile: 'fixed' | 'mobile';
  vantage: {
    name?: string | undefined;
    country?: string | undefined;
    asn?: string | undefined;
    network?: string | undefined;
    timezone: string;
    detect: boolean;
  };
  round: { interval_ms: number; jitter: number; timeout_ms: number; concurrency: number };
  transfer: { every_ms: number; bytes: number; timeout_ms: number };
  /** Bytes on the wire; `reserve` is the share kept for suspicion. */
  budget: { daily_bytes: number; monthly_bytes: number; reserve: number };
  baseline: { ready_after_ms: number };
  ip_protocols: readonly IpProtocol[];
  resolvers: {
    system: boolean;
    servers: readonly string[];
    scope: 'auto' | Exclude<ResolverScope, 'unknown'>;
    public: readonly string[];
    trusted: readonly TrustedResolver[];
  };
  controls: readonly Control[];
  references: readonly string[];
  beacons: readonly { address: string; port: number; spki: string }[];
  experiments: { neutral_sni: boolean; large_hello: boolean; tcp_info: boolean };
  /** Enabled and disabled ones; siblings are merged in. */
  platforms: readonly Platform[];
  /** A MaxMind DB file of networks. */
  asn: { mmdb_file?: string | undefined };
  tls: { ca_file?: string | undefined };
  web: {
    listen_address: string;
    config_file?: string | undefined;
    external_url?: string | undefined;
    allowed_hosts: readonly string[];
    enable_lifecycle: boolean;
  };
  metrics: { histograms: boolean };
  store: { keep_ms: number; max_size_bytes: number };
  push: {
    remote_write: readonly {
      url: string;
      basic_auth?: { username: string; password_file: string } | undefined;
      bearer_token_file?: string | undefined;
      headers: Readonly<Record<string, string>>;
      max_age_ms: number;
    }[];
  };
  notify: { webhooks: readonly { url_file: string }[] };
  events: readonly { at: string; title: string }[];
  /** From flags and environment only. */
  data: { path: string };
  log: { level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'; format: 'json' | 'pretty' };
  /** User-Agent of every request: honest and configurable. */
  user_agent: string;
}
