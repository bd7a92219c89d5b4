/**
 * Records as the measuring code would leave them, built from what a network does. A healthy round first; a censor is
 * then a change of it. Addresses are documentation-like stand-ins with the platforms' real ASNs.
 */
import type {
  ControlObservation,
  DnsAnswer,
  DnsFact,
  ExperimentFact,
  Failure,
  Observation,
  Round,
  TlsEvidence,
} from '../../src/model/round.ts';
import type { IpProtocol, Phase, Rcode, Reason, ResolverKind } from '../../src/model/vocabulary.ts';

export interface Site {
  host: string;
  ip: string;
  asn: number | undefined;
}

/** One target a line: where it lives. */
export const sites: Readonly<Record<string, Site>> = {
  'x/website': { host: 'x.com', ip: '104.244.42.1', asn: 13414 },
  'x/cdn': { host: 'abs.twimg.com', ip: '104.244.43.131', asn: 13414 },
  'x/shortener': { host: 't.co', ip: '104.244.45.69', asn: 13414 },
  'facebook/website': { host: 'www.facebook.com', ip: '157.240.1.35', asn: 32934 },
  'facebook/cdn': { host: 'static.xx.fbcdn.net', ip: '157.240.2.19', asn: 32934 },
  'instagram/website': { host: 'www.instagram.com', ip: '157.240.3.174', asn: 32934 },
  'instagram/cdn': { host: 'static.cdninstagram.com', ip: '157.240.4.63', asn: 32934 },
  'youtube/website': { host: 'www.youtube.com', ip: '142.250.1.91', asn: 15169 },
  'youtube/static_cdn': { host: 'i.ytimg.com', ip: '142.250.2.119', asn: 15169 },
  'youtube/video_cdn': { host: 'redirector.googlevideo.com', ip: '142.250.3.100', asn: 15169 },
};

export const companies = { x: 'x', facebook: 'meta', instagram: 'meta', youtube: 'google' };

export const goodTls: TlsEvidence = {
  issuer: 'CN=Root One',
  subject: 'CN=site',
  fingerprint: 'aa11',
  version: 'TLSv1.3',
};
export const evilTls: TlsEvidence = {
  issuer: 'CN=National Gateway',
  subject: 'CN=gateway',
  fingerprint: 'ee99',
  error: 'ssl_unknown_authority',
};

const networkOf = (ip: string) =>
  ip.includes(':') ? `${ip.split('::')[0]}::/48` : `${ip.split('.').slice(0, 3).join('.')}.0/24`;
export const idOf = (ip: string) => `id-${ip}`;
export const siteOf = (target: string): Site =>
  sites[target] ?? { host: `${target}.test`, ip: '198.51.100.7', asn: 64500 };

export function dns(via: ResolverKind, answer: Rcode | Partial<DnsAnswer>[], more: Partial<DnsFact> = {}): DnsFact {
  const answers = Array.isArray(answer) ? answer.map((one) => ({ ip: '192.0.2.1', ...one })) : [];
  return { via, type: 'A', rcode: Array.isArray(answer) ? 'NOERROR' : answer, at_ms: 12, answers, ...more };
}

const addressOf = ({ ip, asn }: Site): Partial<DnsAnswer>[] => [{ ip, asn }];

export function healthy(target: string, ip_protocol: IpProtocol = 'ip4'): Observation {
  const site = siteOf(target);
  return {
    target,
    host: site.host,
    ip_protocol,
    network: networkOf(site.ip),
    address_source: 'system',
    outcome: 'ok',
    phases: { resolve: 3, connect: 42, tls: 44, processing: 43, transfer: 1 },
    status: 200,
    dns: [dns('system', addressOf(site)), dns('configured', addressOf(site))],
    evidence: { address_id: idOf(site.ip), tls: goodTls, http: { length: 120 } },
  };
}

export function control(
  name: string,
  scope: 'foreign' | 'in_country' = 'foreign',
  ip_protocol: IpProtocol = 'ip4',
): ControlObservation {
  const site = { host: `${name}.example.org`, ip: '203.0.113.9', asn: 64496 };
  return {
    target: name,
    scope,
    host: site.host,
    ip_protocol,
    network: networkOf(site.ip),
    address_source: 'system',
    outcome: 'ok',
    phases: { resolve: 2, connect: 41, tls: 43, processing: 42, transfer: 1 },
    status: 200,
    dns: [dns('system', addressOf(site)), dns('configured', addressOf(site))],
    evidence: { address_id: `id-${name}`, tls: { ...goodTls, fingerprint: `c-${name}` } },
  };
}

/** `http:` control, for recognising login pages. */
export function plainControl(name = 'plain'): ControlObservation {
  const { evidence: _tls, ...rest } = control(name);
  return {
    ...rest,
    scheme: 'http',
    phases: { resolve: 2, connect: 41, processing: 42 },
    evidence: { http: { length: 8 } },
  };
}

export const controlNames = ['encyclopaedia', 'distribution', 'kernel', 'registry', 'vendor', 'archive'];

/** Four platforms, all targets, six foreign and two in-country controls, everything fine. */
export function calm(change: (round: Round) => void = () => {}): Round {
  const round: Round = {
    version: 1,
    round: 4711,
    started_at: '2024-01-20T13:41:00.000Z',
    monotonic_ms: 282_660_000,
    interval_ms: 60_000,
    companies: { ...companies },
    vantage: { id: 'v', country: 'PK', asn: 'AS17557', resolver_scope: 'isp' },
    controls: [
      ...controlNames.map((name) => control(name)),
      control('ministry', 'in_country'),
      control('newspaper', 'in_country'),
    ],
    platforms: {},
  };
  for (const target of Object.keys(sites)) {
    const platform = target.split('/')[0] as string;
    round.platforms[platform] = [...(round.platforms[platform] ?? []), healthy(target)];
  }
  change(round);
  return round;
}

export function failure(
  phase: Phase,
  reason: Reason,
  after_ms = reason === 'generic_timeout_error' ? 10_000 : 43,
): Failure {
  return { phase, reason, after_ms };
}

const order: readonly Phase[] = ['resolve', 'connect', 'tls', 'processing', 'transfer'];

/** The observation as it would be had it ended so: later phases, status and page did not happen. */
export function fails(one: Observation, phase: Phase, reason: Reason, after_ms?: number): Observation {
  const { status: _status, ...rest } = one;
  const reached = order.slice(0, order.indexOf(phase));
  const phases = Object.fromEntries(
    Object.entries(one.phases ?? {}).filter(([name]) => reached.includes(name as Phase)),
  );
  const past = reached.includes('tls');
  return {
    ...rest,
    outcome: 'failed',
    failure: failure(phase, reason, after_ms),
    phases,
    evidence: { address_id: one.evidence?.address_id, ...(past ? { tls: one.evidence?.tls } : {}) },
  };
}

/** A fact like the observation's own attempt. */
export function again(kind: ExperimentFact['kind'], one: Observation): ExperimentFact {
  const { host, ip_protocol, network, address_source, outcome, failure: failed, phases, status, evidence } = one;
  return {
    kind,
    host,
    ip_protocol,
    network,
    address_source,
    outcome,
    failure: failed,
    phases,
    status,
    address_id: evidence?.address_id,
    evidence,
  };
}

/** The server refuses a foreign name with an alert after one round trip, as real CDNs do. */
export function alerted(one: Observation, more: Partial<ExperimentFact> = {}): ExperimentFact {
  return {
    kind: 'neutral_sni',
    host: 'example.org',
    ip_protocol: one.ip_protocol,
    network: one.network,
    address_id: one.evidence?.address_id,
    outcome: 'ok',
    alert: 'unrecognized_name',
    phases: { connect: 41, tls: 43 },
    ...more,
  };
}

/** Nobody answers the neutral name either. */
export function unanswered(one: Observation, reason: Reason, phase: Phase = 'tls'): ExperimentFact {
  return {
    kind: 'neutral_sni',
    host: 'example.org',
    ip_protocol: one.ip_protocol,
    network: one.network,
    address_id: one.evidence?.address_id,
    outcome: 'failed',
    failure: failure(phase, reason),
    phases: phase === 'tls' ? { connect: 41 } : {},
  };
}

/** Replaces every target of a platform, or one of them. */
export function on(round: Round, which: string, change: (one: Observation) => Observation): void {
  const platform = which.split('/')[0] as string;
  round.platforms[platform] = (round.platforms[platform] ?? []).map((one) =>
    which === platform || which === one.target ? change(one) : one,
  );
}

export function onControls(
  round: Round,
  change: (one: ControlObservation) => Observation,
  names?: readonly string[],
): void {
  round.controls = round.controls.map((one) =>
    names === undefined || names.includes(one.target) ? { ...change(one), scope: one.scope } : one,
  );
}

/** The trusted resolver's answer, dialled. */
export function trustedWorks(one: Observation): ExperimentFact {
  const site = siteOf(one.target);
  return {
    ...again('trusted_address', healthy(one.target)),
    address_source: 'trusted',
    dns: [dns('trusted', addressOf(site), { server: '9.9.9.9' })],
  };
}

/** As a resolver that does not give the address: nothing was dialled. */
export function unresolved(one: Observation, rcode: Rcode, reason: Reason): Observation {
  const {
    network: _network,
    evidence: _evidence,
    ...rest
  } = fails(one, 'resolve', reason, rcode === 'timeout' ? 4000 : 12);
  return { ...rest, dns: [dns('system', rcode), dns('configured', rcode)] };
}

/** As a resolver that lies: its address was dialled, with what stands there. */
export function misled(one: Observation, lie: Partial<DnsAnswer>, end: (one: Observation) => Observation): Observation {
  const ip = lie.ip ?? '203.99.0.80';
  return {
    ...end({ ...one, network: networkOf(ip), evidence: { address_id: idOf(ip), tls: goodTls } }),
    dns: [dns('system', [{ ip, ...lie }]), dns('configured', [{ ip, ...lie }])],
  };
}

export function withExperiments(one: Observation, ...facts: ExperimentFact[]): Observation {
  return { ...one, experiments: [...(one.experiments ?? []), ...facts] };
}
