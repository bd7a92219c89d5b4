/** Judged rounds of the built-in platforms, calm and in the middle of a disruption, for the tests of what is published. */
import type { JudgeDetail, OpenIncident, RoundOutcome } from '../../src/model/outcome.ts';
import type { ControlObservation, Observation, Round } from '../../src/model/round.ts';
import type { IncidentEvent, Verdict } from '../../src/model/verdict.ts';
import type { AnomalyKind, Mechanism, State } from '../../src/model/vocabulary.ts';

export const companies: Record<string, string> = { x: 'x', facebook: 'meta', instagram: 'meta', youtube: 'google' };

export const targets: Record<string, string[]> = {
  x: ['x/website', 'x/cdn', 'x/shortener'],
  facebook: ['facebook/website', 'facebook/cdn'],
  instagram: ['instagram/website', 'instagram/cdn'],
  youtube: ['youtube/website', 'youtube/static_cdn', 'youtube/video_cdn'],
};

/** The sized objects among them. */
const sized = new Set(['x/cdn', 'facebook/cdn', 'instagram/cdn', 'youtube/static_cdn', 'youtube/video_cdn']);

export const controls = [
  'wikipedia',
  'debian',
  'ripe',
  'iana',
  'apple',
  'cloudflare',
  'wikimedia-media',
  'kernel-cdn',
  'portal-check',
  'pk-pta',
  'pk-nust',
  'pk-ptcl',
];

export const startedAt = '2024-01-20T13:41:00.000Z';

const ok = (target: string, ip_protocol: 'ip4' | 'ip6'): Observation => ({
  target,
  ip_protocol,
  ...(target.endsWith('/website') && ip_protocol === 'ip4' ? { quic: { outcome: 'ok', ms: 41 } as const } : {}),
  network: '203.0.113.0/24',
  outcome: 'ok',
  status: 200,
  phases: {
    resolve: 2,
    connect: 41.9,
    tls: 44.2,
    processing: 43.2,
    ...(sized.has(target) && ip_protocol === 'ip4' ? { transfer: 120.5 } : {}),
  },
  ...(sized.has(target) && ip_protocol === 'ip4'
    ? {
        goodput_bps: 8_000_000,
        transfer: { bytes: 65_536, ms: 120.5, after_bytes: 20_480, plateau_bps: 8_000_000, cov: 0.1 },
      }
    : {}),
});

const reset = (target: string, ip_protocol: 'ip4' | 'ip6'): Observation => ({
  target,
  ip_protocol,
  network: '104.244.42.0/24',
  outcome: 'failed',
  failure: { phase: 'tls', reason: 'connection_reset', after_ms: 3.9 },
  phases: { resolve: 3.1, connect: 42 },
});

const fine: Verdict = {
  state: 'reachable',
  mechanisms: [],
  confidence: 'high',
  rule: 'complete-answer',
  rules_version: '1',
  notes: [],
};

const verdict = (state: State, mechanism: Mechanism): Verdict => ({
  state,
  mechanism,
  mechanisms: [mechanism],
  basis: 'differential',
  confidence: 'high',
  rule: 'tls-reset-sni-differential',
  rules_version: '1',
  notes: [],
});

export const controlEntries = (names: readonly string[] = controls): ControlObservation[] =>
  names.map((name) => ({ ...ok(name, 'ip4'), scope: name.startsWith('pk-') ? 'in_country' : 'foreign' }));

const bytes = () => {
  const spent = { sent: 1000, received: 20_000 };
  return {
    spent: { probe: spent, transfer: spent, control: spent, dns: spent },
    limit_bytes: 200_000_000,
    remaining_bytes: 199_900_000,
  };
};

function base(n: number): RoundOutcome {
  const names = Object.keys(targets);
  const since = '2024-01-19T02:00:00.000Z';
  const round: Round = {
    version: 1,
    round: n,
    started_at: startedAt,
    monotonic_ms: 282_660_000,
    interval_ms: 60_000,
    companies,
    vantage: {
      id: '6f1c0d2e3a4b5c6d',
      country: 'PK',
      asn: 'AS17557',
      state: 'online',
      resolver_scope: 'isp',
      clock_skew_s: 0.2,
    },
    lag_ms: 3.1,
    controls: controlEntries(),
    platforms: Object.fromEntries(
      names.map((name) => [name, targets[name]!.flatMap((target) => [ok(target, 'ip4'), ok(target, 'ip6')])]),
    ),
    verdicts: Object.fromEntries(names.map((name) => [name, fine])),
    states: Object.fromEntries(names.map((name) => [name, { state: 'reachable' as const, since }])),
  };
  return { round, events: [], duration_ms: 2140, overruns: 0, dropped: {}, bytes: bytes(), detail: calmDetail() };
}

function calmDetail(): JudgeDetail {
  return {
    log_threshold: 15,
    controls_healthy: true,
    platforms: Object.fromEntries(
      Object.keys(targets).map((name) => [
        name,
        {
          suspect: false,
          badness: 0.01,
          log_evidence: { all: -12.5, reach: -11, handshake: -9.25, latency: -8, goodput: -7.5 },
          baseline_seconds: { connect: 0.042, tls: 0.044 },
          baseline_bytes_per_second: 1_000_000,
          baseline_ready: true,
        },
      ]),
    ),
  };
}

/** Everything works: the round at a start, in which every target and control is looked at. */
export const calm = (n = 4711): RoundOutcome => base(n);

/** An incident that is open, as the judge words it. */
export const open = (platform: string, state: AnomalyKind, mechanism: Mechanism): OpenIncident => ({
  incident: `${platform}-20240120T1341`,
  state,
  mechanism,
  mechanisms: [mechanism],
  confidence: 'high',
  onset_earliest: '2024-01-20T13:40:02.000Z',
  onset_latest: '2024-01-20T13:41:00.000Z',
});

export function opened(platform: string, state: AnomalyKind, mechanism: Mechanism): IncidentEvent {
  const { incident, confidence, onset_earliest, onset_latest } = open(platform, state, mechanism);
  const basis = state === 'blocked' ? 'differential' : 'comparison';
  return {
    at: startedAt,
    round: 4716,
    event: 'opened',
    incident,
    platform,
    state,
    mechanism,
    basis,
    confidence,
    onset_earliest,
    onset_latest,
  };
}

/** All four throttled or blocked at once, every target of X reset by name over both protocols. */
export function incident(n = 4716): RoundOutcome {
  const outcome = base(n);
  const { round } = outcome;
  const detail = calmDetail();
  const states: Record<string, [AnomalyKind, Mechanism]> = {
    x: ['blocked', 'tls.reset.sni'],
    facebook: ['throttled', 'throttle.unknown'],
    instagram: ['throttled', 'throttle.unknown'],
    youtube: ['throttled', 'throttle.sni'],
  };
  round.platforms['x'] = targets['x']!.flatMap((target) => [reset(target, 'ip4'), reset(target, 'ip6')]);
  for (const [name, [state, mechanism]] of Object.entries(states)) {
    round.verdicts![name] = verdict(state, mechanism);
    round.states![name] = { state, since: startedAt };
    detail.platforms[name] = {
      ...detail.platforms[name],
      suspect: true,
      suspect_kind: state,
      badness: 1,
      log_evidence: { all: 16, reach: 17.5, handshake: -9.25, latency: -8, goodput: 15.75 },
      open: open(name, state, mechanism),
    };
    outcome.events.push(opened(name, state, mechanism));
  }
  detail.disruption = { ...open('joint', 'throttled', 'throttle.unknown'), incident: 'joint-20240120T1341' };
  outcome.events.push({
    ...opened('joint', 'throttled', 'throttle.unknown'),
    platform: '*',
    platforms: Object.keys(targets),
    companies: ['x', 'meta', 'google'],
  });
  return { ...outcome, detail, dropped: { event_loop_lag: 2 } };
}
