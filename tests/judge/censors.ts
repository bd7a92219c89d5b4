/** What named censors leave in a record. Each is a paragraph; mechanisms, not names, are what the rules must read. */
import type { Observation, Round } from '../../src/model/round.ts';
import type { Reason } from '../../src/model/vocabulary.ts';
import {
  again,
  alerted,
  control,
  dns,
  evilTls,
  fails,
  healthy,
  on,
  onControls,
  plainControl,
  trustedWorks,
  unresolved,
  withExperiments,
} from './rounds.ts';

const twice = (one: Observation) => [again('repeat', one), again('repeat', one)];

/** The handshake with the name is cut; the address answers others. */
export function sniCut(reason: Reason, after_ms?: number) {
  return (one: Observation) => {
    const cut = fails(one, 'tls', reason, after_ms);
    return withExperiments(cut, alerted(one), ...twice(cut), {
      ...again('trusted_address', cut),
      address_source: 'trusted',
    });
  };
}

/** Nobody answers at TCP. */
export function tcpCut(reason: Reason) {
  return (one: Observation) => {
    const cut = fails(one, 'connect', reason);
    return withExperiments(cut, again('repeat', cut), {
      ...again('trusted_address', cut),
      address_source: 'trusted',
      dns: trustedWorks(one).dns,
    });
  };
}

export function nameDenied(rcode: 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED' | 'NOERROR' | 'timeout', reason: Reason) {
  return (one: Observation) => withExperiments(unresolved(one, rcode, reason), trustedWorks(one));
}

/** A foreign chain stood there. */
export function replaced(tls = evilTls) {
  return (one: Observation): Observation => ({
    ...fails(one, 'tls', tls.error ?? 'ssl_unknown_authority'),
    evidence: { address_id: one.evidence?.address_id, tls },
  });
}

/** The page behind it could be read. */
export function blockPageOverTls(one: Observation): Observation {
  return {
    ...replaced()(one),
    status: 403,
    evidence: { ...replaced()(one).evidence, http: { title: 'Notice', length: 900 } },
  };
}

export function everything(round: Round, change: (one: Observation) => Observation): void {
  for (const platform of Object.keys(round.platforms)) on(round, platform, change);
}

export function whoami(round: Round, via: 'public' | 'configured', ip: string, asn?: number): void {
  round.vantage.dns = [
    ...(round.vantage.dns ?? []),
    dns(via, [{ ip, asn }], { name: 'whoami.akamai.net', purpose: 'whoami' }),
  ];
}

export function randomSibling(round: Round, rcode: 'NXDOMAIN' | 'NOERROR'): void {
  const fact = rcode === 'NXDOMAIN' ? dns('configured', 'NXDOMAIN') : dns('configured', [{ ip: '203.99.0.81' }]);
  round.vantage.dns = [...(round.vantage.dns ?? []), { ...fact, name: 'k3jx9q.x.com', purpose: 'random_sibling' }];
}

export function hop(one: Observation, second: Observation): Observation {
  const { experiments, dns: resolved, evidence, network, outcome, failure: failed, phases, status, host } = second;
  return {
    ...one,
    status,
    outcome,
    failure: failed,
    experiments,
    hops: [
      {
        host,
        network,
        outcome,
        failure: failed,
        phases,
        status,
        dns: resolved,
        evidence,
        address_source: second.address_source,
      },
    ],
  };
}

/** The platform's targets seen over IPv6, besides. */
export function overIp6(round: Round, platform: string, end: (one: Observation) => Observation): void {
  const six = (round.platforms[platform] ?? []).map((one) =>
    end({
      ...healthy(one.target, 'ip6'),
      network: '2400:6680:f000::/48',
      evidence: { address_id: `six-${one.target}` },
      dns: [],
    }),
  );
  round.platforms[platform] = [...(round.platforms[platform] ?? []), ...six];
}

export function ip6Controls(round: Round, end: (one: Observation) => Observation): void {
  round.controls.push(
    ...['encyclopaedia', 'kernel'].map((name) => ({
      ...end(control(name, 'foreign', 'ip6')),
      scope: 'foreign' as const,
    })),
  );
}

/** A login page catches every connection. */
export function portal(round: Round): void {
  const leaf = {
    issuer: 'CN=login.hotspot',
    subject: 'CN=login.hotspot',
    fingerprint: 'pp',
    error: 'ssl_unknown_authority' as const,
  };
  everything(round, replaced(leaf));
  onControls(round, replaced(leaf));
  const { dns: _dns, ...plain } = plainControl();
  round.controls.push({
    ...plain,
    hops: [
      { host: 'login.hotspot.test', scheme: 'http', outcome: 'ok', status: 200, phases: { connect: 2, processing: 3 } },
    ],
  });
}
