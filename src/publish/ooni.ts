/**
 * A round as one measurement in OONI's data format (df-000-base), with a test name of our own, so that tools and people
 * who know OONI's data can read ours. One line holds the platforms and, beside them, the controls of the same minute.
 *
 * The probe's address is never told (`127.0.0.1`, OONI's word for that), nor is its id or who resolves for it.
 */
import type { Exchange, ExperimentFact, Observation, Round } from '../model/round.ts';
import { addExchange, type OoniLists } from './ooni-records.ts';

/** Version of the envelope (the formats' README), and of our own `test_keys`. */
const dataFormat = '0.2.0';
const testVersion = '0.1.0';

export interface OoniOptions {
  software_version: string;
  /** Makes address ids of addresses as the measuring did: tells which of a round's answers was dialled. */
  addressId?: ((ip: string) => string) | undefined;
  /** Targets and controls as configured, by name: the record keeps their hosts only. */
  sites?: ReadonlyMap<string, OoniSite> | undefined;
}

export interface OoniSite {
  url: string;
  addresses: readonly string[];
}

type Json = Record<string, unknown>;

/** The measurement, ready for `JSON.stringify`. Never throws for a record of ours. */
export function ooniMeasurement(round: Round, options: OoniOptions): Json {
  const started = round.started_at.slice(0, 19).replace('T', ' ');
  const { country, asn, state, resolver_scope } = round.vantage;
  return {
    annotations: { engine_name: 'reachd', engine_version: options.software_version },
    data_format_version: dataFormat,
    extensions: { dnst: 0, httpt: 0, netevents: 0, tcpconnect: 0, tlshandshake: 0 },
    input: null,
    measurement_start_time: started,
    probe_asn: asn !== undefined && /^AS\d{1,10}$/.test(asn) ? asn : 'AS0',
    probe_cc: country ?? 'ZZ',
    probe_ip: '127.0.0.1',
    report_id: '',
    software_name: 'reachd',
    software_version: options.software_version,
    test_helpers: {},
    test_keys: {
      ...recordsOf(round, options),
      agent: 'redirect',
      socksproxy: null,
      round: round.round,
      interval: round.interval_ms / 1000,
      vantage_state: state,
      resolver_scope,
      verdicts: round.verdicts ?? {},
      states: round.states ?? {},
    },
    test_name: 'reachd',
    test_runtime: round.duration_ms === undefined ? undefined : round.duration_ms / 1000,
    test_start_time: started,
    test_version: testVersion,
  };
}

interface Looked {
  observation: Observation;
  tags: string[];
}

/** Who was looked at: platforms, their siblings, controls. */
function* looked({ platforms, siblings = {}, controls }: Round): Generator<Looked> {
  for (const [platform, entries] of Object.entries(platforms)) {
    for (const observation of entries) yield { observation, tags: [`platform=${platform}`] };
  }
  for (const [platform, entries] of Object.entries(siblings)) {
    for (const observation of entries) yield { observation, tags: [`sibling_of=${platform}`] };
  }
  for (const observation of controls) yield { observation, tags: ['control', `scope=${observation.scope}`] };
}

function recordsOf(round: Round, { addressId, sites = new Map() }: OoniOptions): OoniLists & Json {
  const lists: OoniLists = { queries: [], tcp_connect: [], tls_handshakes: [], requests: [], network_events: [] };
  const own: { transfers: Json[]; quic: Json[]; experiments: Json[] } = { transfers: [], quic: [], experiments: [] };
  const known = addressId === undefined ? new Map() : addressesOf(round, sites, addressId);
  const addressOf = (id: string | undefined) => (id === undefined ? undefined : known.get(id));
  let transaction_id = 0;
  for (const { observation, tags: who } of looked(round)) {
    const { target, ip_protocol = 'ip4', transfer, goodput_bps, quic } = observation;
    const tags = [...who, `target=${target}`, `ip_protocol=${ip_protocol}`];
    for (const [hop, exchange] of exchangesOf(observation).entries()) {
      transaction_id += 1;
      const labels = hop === 0 ? tags : [...tags, `hop=${hop}`];
      const url = sites.get(target)?.url;
      addExchange(lists, { exchange, tags: labels, transaction_id, url }, addressOf);
    }
    if (transfer) {
      own.transfers.push({ target, transaction_id, ...transfer, goodput_bps });
      const last = exchangesOf(observation).at(-1)!;
      addExchange(lists, transferOnly(last, tags, transaction_id, transfer), addressOf);
    }
    if (quic && quic.outcome !== 'skipped') own.quic.push({ target, ...quic });
    for (const fact of observation.experiments ?? []) {
      if (fact.outcome === 'skipped') continue;
      transaction_id += 1;
      own.experiments.push(summary(target, transaction_id, fact));
      const { scheme } = exchangesOf(observation).at(-1)!;
      const labels = [...tags, `experiment=${fact.kind}`];
      const exchange = { scheme, ...fact };
      addExchange(lists, { exchange, tags: labels, transaction_id, transfer: fact.transfer }, addressOf);
    }
  }
  return { ...lists, ...own };
}

/** The transfer's own event, in the transaction of the exchange that it was part of. */
const transferOnly = (
  { evidence, host, scheme }: Exchange,
  tags: string[],
  transaction_id: number,
  transfer: Observation['transfer'],
) => ({
  exchange: { evidence: { address_id: evidence?.address_id }, host, scheme, outcome: 'skipped' as const },
  tags,
  transaction_id,
  transfer,
});

/** First hop to last. An observation has the first hop's facts and the last one's end: whoever redirected, answered. */
function exchangesOf(observation: Observation): Exchange[] {
  const { hops = [], ...first } = observation;
  if (hops.length === 0) return [first];
  const { failure: _, skipped: __, status: ___, ...redirected } = first;
  return [{ ...redirected, outcome: 'ok' }, ...hops];
}

function summary(target: string, transaction_id: number, fact: ExperimentFact): Json {
  const { kind, host, outcome, failure, alert, rested_s, goodput_bps } = fact;
  return { target, transaction_id, kind, host, outcome, failure, alert, rested_s, goodput_bps };
}

/** Every address that the round knows of, by its id: answers, literal hosts, pinned ones. */
function addressesOf(
  round: Round,
  sites: ReadonlyMap<string, OoniSite>,
  addressId: (ip: string) => string,
): Map<string, string> {
  const ips = new Set<string>();
  const collect = ({ host, dns = [] }: Pick<Exchange, 'host' | 'dns'>) => {
    // A name has no id of its own, so that asking costs nothing but the hash.
    if (host !== undefined) ips.add(host);
    for (const { answers } of dns) for (const { ip } of answers) ips.add(ip);
  };
  for (const { observation } of looked(round)) {
    for (const exchange of exchangesOf(observation)) collect(exchange);
    for (const fact of observation.experiments ?? []) collect(fact);
    for (const ip of sites.get(observation.target)?.addresses ?? []) ips.add(ip);
  }
  return new Map([...ips].map((ip) => [addressId(ip), ip]));
}
