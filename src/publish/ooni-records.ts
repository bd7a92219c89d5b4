/**
 * One exchange in OONI's words: df-002 queries, df-005 connects, df-006 handshakes, df-001 requests, df-008 events
 * (https://github.com/ooni/spec/tree/master/data-formats). What we never keep is not there: bodies, header values,
 * certificates in full. Keys that begin with `x_` are ours, as OONI's README of the formats allows anywhere.
 */
import { isIPv6 } from 'node:net';
import type { DnsFact, Exchange, Transfer } from '../model/round.ts';
import { type Phase, phases, type Rcode } from '../model/vocabulary.ts';
import { dnsFailure, ooniFailure } from './ooni-failure.ts';

type Json = Record<string, unknown>;

/** The lists of `test_keys` that the exchanges of a round fill. */
export interface OoniLists {
  queries: Json[];
  tcp_connect: Json[];
  tls_handshakes: Json[];
  requests: Json[];
  network_events: Json[];
}

/** One exchange and how it is to be labelled. */
export interface Labelled {
  exchange: Exchange & { alert?: string | undefined; address_id?: string | undefined };
  tags: string[];
  transaction_id: number;
  /** The URL as configured; without one the origin stands in. */
  url?: string | undefined;
  transfer?: Transfer | null | undefined;
}

/** The dialled address by its id; OONI's own scrubber writes the same word where an address must not be told. */
export type AddressOf = (id: string | undefined) => string | undefined;
export const scrubbed = '[scrubbed]';

/** Appends the records of one exchange. A phase that did not happen leaves no record. */
export function addExchange(lists: OoniLists, labelled: Labelled, addressOf: AddressOf): void {
  const { exchange, transaction_id } = labelled;
  const tags = [...labelled.tags];
  const clock = clockOf(exchange);
  for (const fact of exchange.dns ?? []) addQuery(lists, fact, exchange.host, { tags, transaction_id });
  const ip = addressOf(exchange.address_id ?? exchange.evidence?.address_id) ?? scrubbed;
  const url = urlOf(labelled);
  const port = Number(url?.port || (exchange.scheme === 'http' ? 80 : 443));
  const address = `${ip.includes(':') ? `[${ip}]` : ip}:${port}`;
  const common = (phase: Phase) => ({ ...clock[phase], tags, transaction_id });
  if (reached(labelled, 'connect')) {
    const failure = failureIn(exchange, 'connect');
    const status = { failure, success: failure === null };
    lists.tcp_connect.push({
      ip,
      port,
      status,
      ...common('connect'),
      x_network: exchange.network,
      x_tcp: exchange.evidence?.tcp,
    });
    lists.network_events.push({ address, failure, operation: 'connect', proto: 'tcp', ...common('connect') });
  }
  if (reached(labelled, 'tls')) lists.tls_handshakes.push({ ...handshake(labelled, address), ...common('tls') });
  if (reached(labelled, 'processing')) {
    lists.requests.push({ ...request(labelled, address, url), ...common('processing') });
  }
  if (labelled.transfer) {
    lists.network_events.push({ ...received(labelled.transfer, address), tags, transaction_id });
  }
}

/** Seconds since the start of this exchange: a record keeps how long each phase took, not when the exchange began. */
function clockOf({ phases: durations = {}, failure }: Exchange): { [P in Phase]?: { t0: number; t: number } } {
  const clock: { [P in Phase]?: { t0: number; t: number } } = {};
  let at = 0;
  for (const phase of phases) {
    const ms = durations[phase] ?? (failure?.phase === phase ? failure.after_ms : undefined);
    // A duration that was dropped because the event loop was late is absent here too.
    if (ms === undefined) continue;
    clock[phase] = { t0: seconds(at), t: seconds(at + ms) };
    at += ms;
  }
  return clock;
}

/** Whether an exchange got as far as this phase, also where the phase's duration was dropped. */
function reached({ exchange }: Labelled, phase: 'connect' | 'tls' | 'processing'): boolean {
  const { phases: durations = {}, failure, evidence, status, scheme, alert, outcome } = exchange;
  if (phase === 'tls' && scheme === 'http') return false;
  const seen: Phase[] = phases.filter((one) => durations[one] !== undefined || failure?.phase === one);
  if (evidence?.tls !== undefined || alert !== undefined) seen.push('tls');
  if (evidence?.http !== undefined || status !== undefined) seen.push('processing');
  // A bare handshake ends well without a request.
  if (outcome === 'ok') seen.push(scheme === 'http' ? 'connect' : 'tls');
  return seen.some((one) => phases.indexOf(one) >= phases.indexOf(phase));
}

const failureIn = ({ failure }: Exchange, ...phases: Phase[]): string | null =>
  failure !== undefined && phases.includes(failure.phase) ? ooniFailure(failure.reason) : null;

function addQuery(lists: OoniLists, fact: DnsFact, host: string | undefined, common: Json): void {
  // The answer to "who am I" is the address of the resolver, in many homes the household's own.
  if (fact.purpose === 'whoami') return;
  const { via, server, rcode, at_ms, answers, ttl_s, type = 'A', tcp, retransmitted } = fact;
  const engine = { system: 'getaddrinfo', trusted: 'doh', configured: undefined, public: undefined }[via];
  const port = via === 'trusted' ? 443 : 53;
  lists.queries.push({
    answers: answers.map(({ ip, asn, bogon }) => ({
      ...(ip.includes(':') ? { answer_type: 'AAAA', ipv6: ip } : { answer_type: 'A', ipv4: ip }),
      asn,
      ttl: ttl_s ?? null,
      x_bogon: bogon,
    })),
    engine: engine ?? (tcp === true ? 'tcp' : 'udp'),
    failure: dnsFailure(fact),
    hostname: fact.name ?? host ?? '',
    query_type: type,
    rcode: via === 'system' ? undefined : rcodes[rcode],
    resolver_address: server === undefined ? '' : `${server.includes(':') ? `[${server}]` : server}:${port}`,
    t0: 0,
    t: seconds(at_ms),
    ...common,
    x_via: via,
    x_retransmitted: retransmitted,
  });
}

/** RFC 1035 section 4.1.1; the others have no number of their own, or came from nobody. */
const rcodes: { [R in Rcode]?: number } = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 };

function handshake({ exchange }: Labelled, address: string): Json {
  const { tls } = exchange.evidence ?? {};
  const alert = exchange.alert === undefined ? undefined : 'ssl_failed_handshake';
  return {
    network: 'tcp',
    address,
    cipher_suite: '',
    failure: ooniFailure(tls?.error) ?? failureIn(exchange, 'tls') ?? alert ?? null,
    negotiated_protocol: tls?.alpn ?? '',
    no_tls_verify: false,
    peer_certificates: [],
    server_name: exchange.host,
    tls_version: tls?.version?.replace(/^TLSv1$/, 'TLSv1.0') ?? '',
    x_alert: exchange.alert,
    x_certificate: tls && {
      issuer: clean(tls.issuer),
      subject: clean(tls.subject),
      fingerprint: tls.fingerprint,
      not_after: tls.not_after,
      extra_trust: tls.extra_trust,
    },
  };
}

function request({ exchange }: Labelled, address: string, url: URL | undefined): Json {
  const { http, tls } = exchange.evidence ?? {};
  const empty = { body: '', headers: {}, headers_list: [] };
  return {
    network: 'tcp',
    address,
    alpn: tls?.alpn ?? '',
    failure: failureIn(exchange, 'processing', 'transfer'),
    request: { url: url?.href ?? '', method: exchange.method, ...empty, body_is_truncated: false, x_transport: 'tcp' },
    response:
      exchange.status === undefined && http === undefined
        ? null
        : {
            code: exchange.status,
            ...empty,
            body_is_truncated: true,
            x_title: clean(http?.title),
            x_location_host: http?.location_host,
            x_body_hash: http?.body_hash,
            x_blockpage: http?.blockpage,
            x_header_names: http?.header_names,
            x_length: http?.length,
          },
  };
}

/** How much came, and until when: what OONI's throttling analysis reads. */
function received({ bytes, ms, stalled_at }: Transfer, address: string): Json {
  return {
    address,
    failure: stalled_at === undefined ? null : ooniFailure('http_body_stalled'),
    num_bytes: bytes,
    operation: 'bytes_received_cumulative',
    proto: 'tcp',
    t0: 0,
    t: seconds(ms),
  };
}

function urlOf({ exchange: { scheme, host }, url }: Labelled): URL | undefined {
  const configured = url === undefined ? null : URL.parse(url);
  if (configured !== null && configured.hostname.replace(/^\[|\]$/g, '') === host) return configured;
  if (host === undefined) return undefined;
  return URL.parse(`${scheme ?? 'https'}://${host.includes(':') ? `[${host}]` : host}/`) ?? undefined;
}

/** An address in a block page's title or a gateway's certificate may be the volunteer's own. */
const clean = (text: string | undefined): string | undefined =>
  text
    ?.replace(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, scrubbed)
    .replace(/(?<!\w)[\da-f:]+:[\da-f:]*/gi, (found) => (isIPv6(found) ? scrubbed : found));

const seconds = (ms: number): number => Math.round(ms * 100) / 100_000;
