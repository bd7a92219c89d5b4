/** The board on the wall: a sink that keeps the last look at everything, because a calm round looks at little. */
import { type PlatformDetail, type RoundOutcome, type Sink, streams } from '../model/outcome.ts';
import type { Evidence, Observation } from '../model/round.ts';
import type { Control, Platform } from '../model/target.ts';
import type { IpProtocol } from '../model/vocabulary.ts';
import type { ControlStatus, Look, PlatformStatus, Status } from './status.ts';

export interface BoardScope {
  platforms: readonly Pick<Platform, 'name' | 'title' | 'company' | 'enabled' | 'targets'>[];
  controls: readonly Pick<Control, 'name'>[];
  /** The operator's own name for this vantage. */
  vantage_name?: string | undefined;
  /** IANA name, such as `Asia/Karachi`; UTC where it is not given. */
  timezone?: string | undefined;
}

export interface BoardOptions {
  scope: BoardScope;
  build: Status['build'];
  /** Milliseconds since the epoch. */
  wall(): number;
  started_ms: number;
  /** Why rounds are not being stored; undefined while they are. */
  storeTrouble?: (() => string | undefined) | undefined;
}

/** The last look at one target over one IP protocol, with what `/probe` and `/api/v1/reference` need besides. */
export interface Kept {
  platform: string;
  look: Look;
  evidence?: Evidence | undefined;
  /** Rounds judged since. */
  rounds_ago: number;
  at_ms: number;
}

export interface Board extends Sink {
  status(): Status;
  /** The last look at a configured target; over either protocol, the newer one, where none is named. */
  lastResult(target: string, ip_protocol?: IpProtocol): Kept | undefined;
  results(): Kept[];
  /** Whether a target of this name is configured and enabled. */
  knows(target: string): boolean;
  /** After a reload: what is no longer configured is forgotten. */
  reconfigure(scope: BoardScope): void;
}

export function createBoard(options: BoardOptions): Board {
  const { wall } = options;
  let scope = options.scope;
  let last: RoundOutcome | undefined;
  let judged = 0;
  let accepted: number | undefined;
  let news_every_ms: number | undefined;
  const targets = new Map<string, Omit<Kept, 'rounds_ago'> & { judged: number }>();
  const controls = new Map<string, ControlStatus>();

  const enabled = () => scope.platforms.filter((platform) => platform.enabled);
  const configured = () => new Set(enabled().flatMap((platform) => platform.targets.map(({ name }) => name)));
  const forgetUnconfigured = () => {
    const names = configured();
    for (const [key, { look }] of targets) if (!names.has(look.target)) targets.delete(key);
    const kept = new Set(scope.controls.map(({ name }) => name));
    for (const [key, { target }] of controls) if (!kept.has(target)) controls.delete(key);
  };
  const results = (): Kept[] =>
    [...targets.values()].map(({ judged: at, ...kept }) => ({ ...kept, rounds_ago: judged - at }));

  return {
    name: 'board',
    accept(outcome) {
      const { round } = outcome;
      last = outcome;
      judged += 1;
      const now = performance.now();
      if (accepted !== undefined) news_every_ms = Math.round(now - accepted);
      accepted = now;
      for (const [platform, observations] of Object.entries(round.platforms)) {
        for (const observation of observations) {
          const look = lookOf(observation, round.started_at);
          if (look === undefined) continue;
          const key = `${look.target} ${look.ip_protocol}`;
          targets.set(key, { platform, look, evidence: lastEvidence(observation), judged, at_ms: Date.parse(look.at) });
        }
      }
      for (const control of round.controls) {
        const look = lookOf(control, round.started_at);
        if (look) controls.set(`${look.target} ${look.ip_protocol}`, { ...look, scope: control.scope });
      }
      // A round that was under way during a reload still speaks of what is no longer configured.
      forgetUnconfigured();
    },
    status(): Status {
      const round = last?.round;
      const { id, country, asn, state, resolver_scope, clock_skew_s } = round?.vantage ?? {};
      return {
        version: 1,
        generated_at: new Date(wall()).toISOString(),
        started_at: new Date(options.started_ms).toISOString(),
        build: options.build,
        vantage: {
          id,
          name: scope.vantage_name,
          timezone: scope.timezone ?? 'UTC',
          country,
          asn,
          state,
          resolver_scope,
          clock_skew_s,
        },
        round: last && {
          round: last.round.round,
          started_at: last.round.started_at,
          interval_ms: last.round.interval_ms,
          duration_ms: last.duration_ms,
          overruns: last.overruns,
          lag_ms: last.round.lag_ms,
        },
        evidence_threshold: last?.detail?.log_threshold,
        news_every_ms,
        platforms: enabled().map((platform) => platformStatus(platform, last, results())),
        controls: [...controls.values()],
        controls_impaired: last?.detail?.controls_impaired ?? [],
        disruption: last?.detail?.disruption,
        statement: last && currentStatement(last),
        bytes: last?.bytes && {
          spent: Object.values(last.bytes.spent).reduce((sum, one) => sum + (one?.sent ?? 0) + (one?.received ?? 0), 0),
          limit: last.bytes.limit_bytes,
          remaining: last.bytes.remaining_bytes,
        },
        store_trouble: options.storeTrouble?.(),
      };
    },
    lastResult: (target, ip_protocol) =>
      results()
        .filter(({ look }) => look.target === target && (ip_protocol === undefined || look.ip_protocol === ip_protocol))
        .sort((a, b) => b.at_ms - a.at_ms)[0],
    results,
    knows: (target) => configured().has(target),
    reconfigure(next) {
      scope = next;
      forgetUnconfigured();
    },
  };
}

/** The look that an observation was; undefined for one that did not happen. */
function lookOf(observation: Observation, at: string): Look | undefined {
  const {
    target,
    ip_protocol = 'ip4',
    outcome,
    failure,
    status,
    phases = {},
    goodput_bps,
    network,
    transfer,
  } = observation;
  if (outcome === 'skipped') return undefined;
  const { plateau_bps } = transfer ?? {};
  return { target, ip_protocol, outcome, failure, status, phases, goodput_bps, plateau_bps, network, at };
}

/** Certificate and page of the exchange that decided: of a redirected target the last hop's. */
const lastEvidence = (observation: Observation): Evidence | undefined =>
  observation.hops?.at(-1)?.evidence ?? observation.evidence;

function platformStatus(
  platform: BoardScope['platforms'][number],
  last: RoundOutcome | undefined,
  results: Kept[],
): PlatformStatus {
  const { name, title, company } = platform;
  const held = last?.round.states?.[name];
  const verdict = last?.round.verdicts?.[name];
  const detail = last?.detail?.platforms[name];
  return {
    name,
    title,
    company,
    // Before its first round nothing is known of a platform: that is what the word means.
    state: held?.state ?? 'inconclusive',
    since: held?.since,
    verdict: verdict && {
      state: verdict.state,
      mechanism: verdict.mechanism,
      mechanisms: verdict.mechanisms,
      basis: verdict.basis,
      confidence: verdict.confidence,
      rule: verdict.rule,
      notes: verdict.notes,
    },
    suspect: detail?.suspect,
    baseline_ready: detail?.baseline_ready,
    normal: detail && normalOf(detail),
    evidence: detail && strongest(detail),
    incident: detail?.open,
    targets: platform.targets.flatMap((target) =>
      results
        .filter((kept) => kept.platform === name && kept.look.target === target.name)
        .map(({ look }) => look)
        .sort((a, b) => a.ip_protocol.localeCompare(b.ip_protocol)),
    ),
  };
}

const normalOf = ({ baseline_seconds, baseline_bytes_per_second }: PlatformDetail): PlatformStatus['normal'] => ({
  tls_seconds: baseline_seconds?.tls,
  bytes_per_second: baseline_bytes_per_second,
});

function strongest({ log_evidence = {} }: PlatformDetail): PlatformStatus['evidence'] {
  return streams
    .flatMap((stream) => {
      const log = log_evidence[stream];
      return log === undefined ? [] : [{ stream, log }];
    })
    .sort((a, b) => b.log - a.log)[0];
}

/** The statement to show: the joint event's, else that of the incident that began last. */
function currentStatement({ detail }: RoundOutcome): string | undefined {
  if (detail?.disruption) return detail.disruption.statement;
  return Object.values(detail?.platforms ?? {})
    .flatMap(({ open }) => (open ? [open] : []))
    .sort((a, b) => b.onset_latest.localeCompare(a.onset_latest))[0]?.statement;
}
