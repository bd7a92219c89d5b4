/**
 * Every metric that reachd exports, as data: the registry, docs/metrics.md and the golden test are made from this list.
 *
 * A name or label here is what dashboards, rules and other people's scripts rely on: it is added to, never changed.
 * `push`: also sent by remote write. Help texts say what the number means and when it is absent.
 */
import { anomalyKinds, phases, states, vantageStates } from '../model/vocabulary.ts';

export interface Entry {
  name: string;
  type: 'gauge' | 'counter' | 'histogram';
  help: string;
  labels: readonly string[];
  push: boolean;
  /** First version that has it. */
  since: string;
  /** Upper bounds of a histogram's buckets. */
  buckets?: readonly number[] | undefined;
}

const target = ['platform', 'target'] as const;
const company = ['platform', 'company'] as const;
const words = (list: readonly string[]) => list.join(' ');

const gauge = <const L extends readonly string[]>(name: string, labels: L, help: string, push = false) =>
  ({ name, type: 'gauge', help, labels, push, since: '0.1.0' }) as const;
const pushed = <const L extends readonly string[]>(name: string, labels: L, help: string) =>
  gauge(name, labels, help, true);
const counter = <const L extends readonly string[]>(name: string, labels: L, help: string) =>
  ({ name, type: 'counter', help, labels, push: false, since: '0.1.0' }) as const;

export const targetMetrics = {
  targetSuccess: pushed(
    'reachd_target_success',
    ['platform', 'company', 'target', 'ip_protocol'],
    'Whether the last look at the target ended in a complete answer (1, also for a refusal by the server itself) or not (0). Absent while the platform is inconclusive.',
  ),
  targetAttempts: counter(
    'reachd_target_attempts_total',
    ['platform', 'target', 'ip_protocol'],
    'Looks at the target that ran, successful or not.',
  ),
  targetFailures: counter(
    'reachd_target_failures_total',
    ['platform', 'target', 'ip_protocol', 'phase', 'reason'],
    'Looks at the target that failed, by the phase in which they ended and the reason (OONI failure names). A series appears with its first failure.',
  ),
  targetPhase: pushed(
    'reachd_target_phase_seconds',
    ['platform', 'target', 'ip_protocol', 'phase'],
    `Duration of each phase (${words(phases)}) of the last look at the target. Absent for a phase that did not happen.`,
  ),
  targetGoodput: pushed(
    'reachd_target_goodput_bytes_per_second',
    target,
    'Body bytes per second over the plateau of the last sized transfer. Absent where the line is too fast for the object to tell; removed when no transfer was sampled for 2 x transfer.every.',
  ),
  targetLastTransfer: gauge(
    'reachd_target_last_transfer_timestamp_seconds',
    target,
    'Start of the round that sampled the last sized transfer, seconds since the epoch.',
  ),
  targetTransferBytes: counter('reachd_target_transfer_bytes_total', target, 'Body bytes received in sized transfers.'),
  targetTransferSeconds: counter('reachd_target_transfer_seconds_total', target, 'Time spent in sized transfers.'),
  targetStatus: gauge(
    'reachd_target_http_status_code',
    target,
    'HTTP status of the last look at the target. Absent when no answer came.',
  ),
  targetPhaseHistogram: {
    name: 'reachd_target_phase_duration_seconds',
    type: 'histogram',
    help: 'Durations of each phase of every look at the target. Only with metrics.histograms.',
    labels: ['platform', 'target', 'phase'],
    push: false,
    since: '0.1.0',
    // A LAN to a satellite with retries: doubling from 5 ms up to the default time-out of 10 s.
    buckets: [0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24],
  },
} as const satisfies Record<string, Entry>;

export const platformMetrics = {
  platformState: pushed(
    'reachd_platform_state',
    ['platform', 'company', 'state'],
    `State of the platform as seen from here, 1 for exactly one of: ${words(states)}. Held: one odd round does not move it.`,
  ),
  quicSuccess: gauge(
    'reachd_platform_quic_success',
    ['platform'],
    'Whether the last QUIC handshake that was tried was answered (1) or not (0). It never decides a state. Absent until tried, and while the platform is inconclusive.',
  ),
  platformSuspect: pushed(
    'reachd_platform_suspect',
    company,
    "Whether the evidence is over the suspicion bound, or an incident is open: unless of mere slowness (see its kind), this vantage's vote in a fleet.",
  ),
  platformSuspectKind: pushed(
    'reachd_platform_suspect_kind',
    ['platform', 'company', 'kind'],
    `What the evidence of a suspicion comes to now, or what the open incident is called, 1 for one of: ${words(anomalyKinds)}. Absent while nothing is suspected.`,
  ),
  platformBadness: pushed(
    'reachd_platform_badness_ratio',
    company,
    'How bad the platform looks, 0 (as usual) to 1, held between samples. For display: nothing is decided by it.',
  ),
  logEvidence: pushed(
    'reachd_detector_log_evidence',
    ['platform', 'company', 'stream'],
    'Natural logarithm of the evidence that something is wrong, by stream.',
  ),
  logThreshold: gauge(
    'reachd_detector_log_threshold',
    [],
    'Evidence (natural logarithm) at which an incident opens; follows from the allowed false alarms.',
  ),
  baselineSeconds: pushed(
    'reachd_platform_baseline_seconds',
    ['platform', 'company', 'phase'],
    'Learned usual duration of the phase at this hour of the day. Absent until learned.',
  ),
  baselineGoodput: pushed(
    'reachd_platform_baseline_bytes_per_second',
    company,
    'Learned usual goodput at this hour of the day. Absent until learned.',
  ),
  baselineReady: pushed(
    'reachd_baseline_ready',
    company,
    'Whether enough calm rounds were seen for this vantage to vote in a fleet.',
  ),
  anomaly: pushed(
    'reachd_anomaly',
    ['platform', 'company', 'kind'],
    `Whether an incident of this kind is open: ${words(anomalyKinds)}.`,
  ),
  anomalyMechanism: pushed(
    'reachd_anomaly_mechanism',
    ['platform', 'mechanism'],
    'How the open incident is being done, 1 for each mechanism seen. Absent while none is open.',
  ),
  anomalyConfidence: pushed(
    'reachd_anomaly_confidence_level',
    ['platform'],
    'Confidence in the open incident: 1 low, 2 medium, 3 high. Absent while none is open.',
  ),
  anomalyOnset: pushed(
    'reachd_anomaly_onset_timestamp_seconds',
    ['platform'],
    'First bad sample of the open incident, seconds since the epoch. Absent while none is open.',
  ),
  incidents: counter('reachd_incidents_total', ['platform'], 'Incidents opened since the start.'),
  disruption: pushed(
    'reachd_disruption',
    [],
    'Whether incidents at two companies or more form one event, with the controls fine.',
  ),
} as const satisfies Record<string, Entry>;

export const vantageMetrics = {
  controlSuccess: pushed(
    'reachd_control_success',
    ['control'],
    'Whether the last look at the control site ended in a complete answer.',
  ),
  controlsHealthy: pushed(
    'reachd_controls_healthy',
    [],
    'Whether enough controls worked in the last round for comparisons to count.',
  ),
  vantageState: pushed(
    'reachd_vantage_state',
    ['state'],
    `Condition of the place that is looked from, 1 for exactly one of: ${words(vantageStates)}.`,
  ),
  vantageInfo: pushed(
    'reachd_vantage_info',
    ['reported_vantage', 'reported_country', 'reported_asn', 'resolver_scope'],
    'What the probe itself reports of its place, always 1. Who it is must be asserted at ingestion.',
  ),
  clockSkew: gauge(
    'reachd_clock_skew_seconds',
    [],
    "Own wall clock against a control's Date header, positive when ours is ahead. Absent until known.",
  ),
  roundsInconclusive: counter(
    'reachd_rounds_inconclusive_total',
    ['cause'],
    'Rounds in which nothing could be said of any platform, by the state of the vantage that was the reason.',
  ),
  samplesDropped: counter(
    'reachd_samples_dropped_total',
    ['cause'],
    'Samples that were not taken or not published, by cause.',
  ),
} as const satisfies Record<string, Entry>;

export const selfMetrics = {
  buildInfo: pushed('reachd_build_info', ['version', 'revision', 'node'], 'The running build, always 1.'),
  lastRound: pushed('reachd_last_round_timestamp_seconds', [], 'Start of the last round, seconds since the epoch.'),
  roundDuration: gauge('reachd_round_duration_seconds', [], 'Time that measuring and judging the last round took.'),
  rounds: counter('reachd_rounds_total', [], 'Rounds judged since the start.'),
  roundOverruns: counter(
    'reachd_round_overruns_total',
    [],
    'Rounds left out since the start because the one before had not ended.',
  ),
  budgetLimit: gauge('reachd_budget_limit_bytes', [], 'The cap on wire bytes that binds first. Absent without a cap.'),
  budgetRemaining: pushed('reachd_budget_remaining_bytes', [], 'Wire bytes left under that cap.'),
  bytes: counter(
    'reachd_bytes_total',
    ['purpose', 'direction'],
    'Bytes on the wire since the start, by what they were spent on and direction (sent, received).',
  ),
  reloadSuccessful: gauge(
    'reachd_config_last_reload_successful',
    [],
    'Whether the last attempt to load the configuration succeeded.',
  ),
  reloadTimestamp: gauge(
    'reachd_config_last_reload_success_timestamp_seconds',
    [],
    'Time of the last successful load of the configuration, seconds since the epoch.',
  ),
  stopping: pushed(
    'reachd_stopping',
    [],
    '1 in the last sample before a graceful stop: silence after it is no blackout.',
  ),
  storeHealthy: gauge('reachd_store_healthy', [], 'Whether the last round could be stored (0: the disk is full, say).'),
  storeSize: gauge('reachd_store_size_bytes', [], 'Bytes in use in the store, as store.max_size bounds them.'),
  cpuSeconds: counter('process_cpu_seconds_total', [], 'Total user and system CPU time spent in seconds.'),
  residentMemory: gauge('process_resident_memory_bytes', [], 'Resident memory size in bytes.'),
  startTime: gauge('process_start_time_seconds', [], 'Start time of the process since unix epoch in seconds.'),
  eventLoopLag: gauge(
    'nodejs_eventloop_lag_seconds',
    [],
    'Worst lateness of the event loop while a phase was being timed in the last round.',
  ),
} as const satisfies Record<string, Entry>;

export const catalogue = { ...targetMetrics, ...platformMetrics, ...vantageMetrics, ...selfMetrics } as const;

export type MetricKey = keyof typeof catalogue;

/** The labels that a metric must be given. */
export type LabelsOf<K extends MetricKey> = Readonly<Record<(typeof catalogue)[K]['labels'][number], string>>;
