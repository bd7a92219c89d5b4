/**
 * The closed vocabularies: every word that a record, a metric label or a verdict may use.
 *
 * One file, typed, nothing else: a word that is not here does not exist. Adding one is a change of the contract.
 */

/** What a platform is, as seen from here. `refused`: valid TLS, and the server itself says no. */
export const states = [
  'reachable',
  'refused',
  'degraded',
  'throttled',
  'blocked',
  'unreachable',
  'inconclusive',
] as const;
export type State = (typeof states)[number];

/** What carries a verdict: a trace that only interference leaves, a same-round contrast, or history, controls and references. */
export const bases = ['artefact', 'differential', 'comparison'] as const;
export type Basis = (typeof bases)[number];

/** How much a verdict may be leaned on; the numbers are in docs/methodology.md. */
export const confidences = ['low', 'medium', 'high'] as const;
export type Confidence = (typeof confidences)[number];

/** The condition of the place that we look from. */
export const vantageStates = [
  'online',
  'degraded',
  'isolated',
  'captive_portal',
  'tls_intercepted',
  'offline',
  'asleep',
] as const;
export type VantageState = (typeof vantageStates)[number];

/** How interference is done. `.sni` only where the same address answered another name. */
export const mechanisms = [
  'dns.nxdomain',
  'dns.refused',
  'dns.servfail',
  'dns.timeout',
  'dns.no_answer',
  'dns.injection.bogon',
  'dns.injection.blockpage',
  'dns.injection.other',
  'dns.interception',
  'tcp.timeout',
  'tcp.reset',
  'tcp.refused',
  'ip.unreachable',
  'ip.international',
  'tls.timeout.sni',
  'tls.reset.sni',
  'tls.eof.sni',
  'tls.timeout',
  'tls.reset',
  'tls.eof',
  'tls.mitm',
  'http.blockpage',
  'http.reset',
  'http.timeout',
  'http.freeze',
  'http.legal',
  'throttle.sni',
  'throttle.ip',
  'throttle.unknown',
  'quic.timeout',
  'quic.reset',
  'ip6.only',
] as const;
export type Mechanism = (typeof mechanisms)[number];

/** Failure names as in OONI's df-007-errors, plus our own `http_body_stalled`. */
export const reasons = [
  'generic_timeout_error',
  'connection_refused',
  'connection_reset',
  'connection_aborted',
  'eof_error',
  'host_unreachable',
  'network_unreachable',
  'network_down',
  'permission_denied',
  'dns_nxdomain_error',
  'dns_no_answer',
  'dns_servfail_error',
  'dns_refused_error',
  'dns_temporary_failure',
  'dns_server_misbehaving',
  'dns_bogon_error',
  'ssl_unknown_authority',
  'ssl_invalid_certificate',
  'ssl_invalid_hostname',
  'ssl_failed_handshake',
  'http_request_failed',
  'http_invalid_redirect_location_host',
  'http_too_many_redirects',
  'http_body_stalled',
  'quic_incompatible_version',
  'interrupted',
  'unknown_failure',
] as const;
export type Reason = (typeof reasons)[number];

/** Why something that could have been measured was not. */
export const skips = [
  'not_planned',
  'round_deadline',
  'budget',
  'event_loop_lag',
  'resolver_busy',
  'no_address',
  'not_measured',
] as const;
export type Skip = (typeof skips)[number];

/** blackbox_exporter's phases; `processing` is request sent to first byte. */
export const phases = ['resolve', 'connect', 'tls', 'processing', 'transfer'] as const;
export type Phase = (typeof phases)[number];

/** Remarks that travel with a verdict. */
export const notes = [
  'since_start',
  'slow_degradation',
  'path_change',
  'persistent',
  'flapping',
  'reachable_elsewhere',
  'down_elsewhere',
  'residual_possible',
  'chronically_unreachable',
  'extra_trust',
  'clock_skew',
  'local_filter',
  'control_impaired',
  'large_hello',
] as const;
export type Note = (typeof notes)[number];

/** Who runs the configured resolver: a Pi-hole, or 8.8.8.8 handed out by the router, is not the ISP. */
export const resolverScopes = ['isp', 'public', 'local', 'unknown'] as const;
export type ResolverScope = (typeof resolverScopes)[number];

/** What can be done about a suspicion. */
export const experimentKinds = [
  'repeat',
  'other_address',
  'neutral_sni',
  'large_hello',
  'trusted_address',
  'sibling',
  'beacon',
  'transfer',
  'control_transfer',
  'quic_version',
  'all_targets',
  'all_controls',
] as const;
export type ExperimentKind = (typeof experimentKinds)[number];

/** Platform states that count as an anomaly while an incident is open. */
export const anomalyKinds = ['blocked', 'throttled', 'degraded', 'unreachable'] as const;
export type AnomalyKind = (typeof anomalyKinds)[number];

export const outcomes = ['ok', 'failed', 'skipped'] as const;
export type Outcome = (typeof outcomes)[number];

export const ipProtocols = ['ip4', 'ip6'] as const;
export type IpProtocol = (typeof ipProtocols)[number];

export const controlScopes = ['foreign', 'in_country'] as const;
export type ControlScope = (typeof controlScopes)[number];

/** Response codes as RFC 1035 and RFC 6895 name them; `timeout` and `garbage` are ours: nobody answered, or not in DNS. */
export const rcodes = [
  'NOERROR',
  'FORMERR',
  'SERVFAIL',
  'NXDOMAIN',
  'NOTIMP',
  'REFUSED',
  'OTHER',
  'timeout',
  'garbage',
] as const;
export type Rcode = (typeof rcodes)[number];

/**
 * Which way an answer came: `system` getaddrinfo, `configured` the configured resolver by raw UDP or TCP,
 * `public` a public resolver in clear text, `trusted` DNS over HTTPS.
 */
export const resolverKinds = ['system', 'configured', 'public', 'trusted'] as const;
export type ResolverKind = (typeof resolverKinds)[number];

/** Where the dialled address came from. `validated`: completed TLS here within the last 7 days; `seed`: shipped. */
export const addressSources = ['system', 'configured', 'trusted', 'validated', 'seed', 'pinned', 'literal'] as const;
export type AddressSource = (typeof addressSources)[number];
