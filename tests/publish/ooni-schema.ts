/**
 * The data formats of OONI (https://github.com/ooni/spec/tree/master/data-formats at 1 November 2026) as far as we write
 * them: df-000 base, df-001 httpt, df-002 dnst, df-005 tcpconnect, df-006 tlshandshake, df-007 errors, df-008 netevents.
 * Strict: a key that the formats do not have must begin with `x_`, or be one of our experiment's own test keys.
 */
import { z } from 'zod';

/** The table of df-007, those of Measurement Kit and the probe engine. */
const failures = [
  'android_dns_cache_no_data',
  'connection_aborted',
  'connection_already_closed',
  'connection_refused',
  'connection_reset',
  'dns_bogon_error',
  'dns_no_answer',
  'dns_non_recoverable_failure',
  'dns_nxdomain_error',
  'dns_reply_with_wrong_query_id',
  'dns_refused_error',
  'dns_server_misbehaving',
  'dns_servfail_error',
  'dns_temporary_failure',
  'eof_error',
  'http_invalid_redirect_location_host',
  'http_request_failed',
  'host_unreachable',
  'generic_timeout_error',
  'http_unexpected_redirect_url',
  'http_unexpected_status_code',
  'interrupted',
  'json_parse_error',
  'network_down',
  'network_reset',
  'network_unreachable',
  'quic_incompatible_version',
  'ssl_failed_handshake',
  'ssl_invalid_hostname',
  'ssl_unknown_authority',
  'ssl_invalid_certificate',
] as const;

export const failure = z.union([z.null(), z.enum(failures), z.string().startsWith('unknown_failure')]);

const time = z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
const seconds = z.number().min(0).optional();
const port = z.int().min(1).max(65_535);
/** `ip:port`, with what OONI's scrubber writes where an address must not be told. */
const endpoint = z.string().regex(/^(\d{1,3}(\.\d{1,3}){3}|\[[\da-f:.]+\]|\[scrubbed\]):\d{1,5}$/);
const ip = z.union([z.ipv4(), z.ipv6(), z.literal('[scrubbed]')]);

/** Keys beginning with `x_` are permitted anywhere (the formats' README). */
function record<S extends z.core.$ZodLooseShape>(shape: S) {
  return z.looseObject(shape).superRefine((value, context) => {
    for (const key of Object.keys(value)) {
      if (!key.startsWith('x_') && !Object.hasOwn(shape, key)) context.addIssue(`${key} is not in the format`);
    }
  });
}

const event = { t0: seconds, t: seconds, tags: z.array(z.string()), transaction_id: z.int().min(1) };

const query = record({
  ...event,
  answers: z.array(
    z.union([
      record({ answer_type: z.literal('A'), ipv4: z.ipv4(), asn: z.int().optional(), ttl: z.int().nullable() }),
      record({ answer_type: z.literal('AAAA'), ipv6: z.ipv6(), asn: z.int().optional(), ttl: z.int().nullable() }),
    ]),
  ),
  engine: z.enum(['getaddrinfo', 'udp', 'tcp', 'doh']),
  failure,
  hostname: z.string().min(1),
  query_type: z.enum(['A', 'AAAA', 'TXT']),
  rcode: z.int().min(0).max(5).optional(),
  resolver_address: z.string(),
  t0: z.number(),
  t: z.number(),
});

const tcpConnect = record({
  ...event,
  ip,
  port,
  status: record({ failure, success: z.boolean() }).refine((status) => status.success === (status.failure === null)),
});

const tlsHandshake = record({
  ...event,
  network: z.literal('tcp'),
  address: endpoint,
  cipher_suite: z.string(),
  failure,
  negotiated_protocol: z.string(),
  no_tls_verify: z.literal(false),
  peer_certificates: z.tuple([]),
  server_name: z.string().min(1),
  tls_version: z.enum(['', 'TLSv1.0', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']),
});

/** Bodies and header values are never kept. */
const nothing = { body: z.literal(''), headers: z.strictObject({}), headers_list: z.tuple([]) };

const request = record({
  ...event,
  network: z.literal('tcp'),
  address: endpoint,
  alpn: z.string(),
  failure,
  request: record({
    ...nothing,
    url: z.url(),
    method: z.enum(['GET', 'HEAD']).optional(),
    body_is_truncated: z.literal(false),
  }),
  response: z.union([
    z.null(),
    record({ ...nothing, code: z.int().min(100).max(599).optional(), body_is_truncated: z.boolean() }),
  ]),
});

const networkEvent = record({
  ...event,
  address: endpoint,
  failure,
  num_bytes: z.int().min(0).optional(),
  operation: z.enum(['bytes_received_cumulative', 'connect', 'read', 'read_from', 'write', 'write_to']),
  proto: z.literal('tcp'),
});

export const measurement = z.strictObject({
  annotations: z.record(z.string(), z.string()),
  data_format_version: z.literal('0.2.0'),
  extensions: z.record(z.string(), z.literal(0)),
  input: z.null(),
  measurement_start_time: time,
  probe_asn: z.string().regex(/^AS\d+$/),
  probe_cc: z.string().regex(/^[A-Z]{2}$/),
  probe_ip: z.literal('127.0.0.1'),
  report_id: z.literal(''),
  software_name: z.literal('reachd'),
  software_version: z.string().min(1),
  test_helpers: z.strictObject({}),
  test_keys: z.strictObject({
    agent: z.literal('redirect'),
    socksproxy: z.null(),
    queries: z.array(query),
    tcp_connect: z.array(tcpConnect),
    tls_handshakes: z.array(tlsHandshake),
    requests: z.array(request),
    network_events: z.array(networkEvent),
    // Our own.
    round: z.int(),
    interval: z.number(),
    vantage_state: z.string().optional(),
    resolver_scope: z.string().optional(),
    verdicts: z.record(z.string(), z.object({ state: z.string(), rule: z.string() })),
    states: z.record(z.string(), z.object({ state: z.string(), since: z.string() })),
    transfers: z.array(z.object({ target: z.string(), bytes: z.number(), ms: z.number() })),
    quic: z.array(z.object({ target: z.string(), outcome: z.string() })),
    experiments: z.array(z.object({ target: z.string(), kind: z.string(), outcome: z.string() })),
  }),
  test_name: z.literal('reachd'),
  test_runtime: z.number().min(0).optional(),
  test_start_time: time,
  test_version: z.string(),
});
