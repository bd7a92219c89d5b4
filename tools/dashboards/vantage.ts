/** Vantage: one probe, for the person who runs it and for whoever asks "how does it know?". */
import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { vantageStates } from '../../src/model/vocabulary.ts';
import { colours, stateQuery } from '../../src/publish/report-state.ts';
import { chosen, frame, row } from './frame.ts';
import { lines, mapping, stat, stateMapping, steps, timeline } from './panel.ts';

const probe = chosen('country', 'vantage');
const here = chosen('country', 'vantage', 'platform');

/** Conditions of the line as numbers, and what colour they have. */
const conditions = Object.fromEntries(
  vantageStates.map((state, index) => {
    const colour =
      state === 'online' ? colours.reachable : state === 'degraded' ? colours.degraded : colours.inconclusive;
    return [index + 1, [state, state === 'isolated' ? colours.blocked : colour] as const];
  }),
);
const condition = vantageStates
  .map((state, index) => `(reachd_vantage_state{state="${state}", ${probe}} == 1) * 0 + ${index + 1}`)
  .map((expr) => `max by (vantage) (${expr})`)
  .join('\nor ');

export function vantage(): DashboardBuilder {
  return frame({
    uid: 'reachd-vantage',
    title: 'reachd / Vantage',
    description: 'One probe: what it measures, what it holds against it, and how much it spends.',
    variables: ['country', 'platform', 'vantage'],
    from: 'now-6h',
  })
    .withPanel(
      stat({
        title: 'Last round',
        description:
          'How long ago the last round began. A probe looks once a minute, on a mobile plan every two; beyond three minutes its vote in a fleet does not count, beyond ten somebody should look after it.',
        queries: [{ expr: `time() - max(reachd_last_round_timestamp_seconds{${probe}})`, legend: 'ago' }],
        unit: 's',
        span: 6,
        height: 4,
        decimals: 0,
        steps: steps(colours.reachable, [180, colours.degraded], [600, colours.blocked]),
      }),
    )
    .withPanel(
      stat({
        title: 'Baselines ready',
        description:
          'Share of the platforms for which a day of calm rounds has been learned. Until then nothing is said about slowness, and the probe has no vote.',
        queries: [{ expr: `avg(reachd_baseline_ready{${here}})`, legend: 'ready' }],
        unit: 'percentunit',
        span: 6,
        height: 4,
        decimals: 0,
        steps: steps(colours.degraded, [1, colours.reachable]),
      }),
    )
    .withPanel(
      stat({
        title: 'Open incidents',
        description:
          'Incidents that are open at this probe, by kind. The sentence and the evidence are on its own status page, or in `reachd incidents`.',
        queries: [{ expr: `sum by (kind) (reachd_anomaly{${here}}) > 0 or on () vector(0)`, legend: '{{kind}}' }],
        span: 6,
        height: 4,
        named: true,
        steps: steps(colours.reachable, [1, colours.blocked]),
      }),
    )
    .withPanel(
      stat({
        title: 'Clock off by',
        description:
          'Difference of the probe’s clock from the control sites’. From some minutes on certificates look wrong, and the fleet no longer counts its votes.',
        queries: [{ expr: `max(abs(reachd_clock_skew_seconds{${probe}}))`, legend: 'off by' }],
        unit: 's',
        span: 6,
        height: 4,
        decimals: 1,
        noValue: 'not known',
        steps: steps(colours.reachable, [30, colours.degraded], [180, colours.blocked]),
      }),
    )
    .withPanel(
      timeline({
        title: 'What this probe holds',
        description:
          'The state of each platform as this probe holds it (one odd round does not move it), the condition of its line, and whether enough control sites worked for comparisons to count. While the line is bad the platforms are grey: nothing can be known.',
        queries: [
          { expr: stateQuery(['platform'], here), legend: '{{platform}}' },
          { expr: condition.replace(/\+ (\d+)/g, (_, code) => `+ ${10 + Number(code)}`), legend: 'line' },
          { expr: `max(reachd_controls_healthy{${probe}}) + 20`, legend: 'controls' },
        ],
        mappings: [
          stateMapping,
          mapping({
            ...Object.fromEntries(Object.entries(conditions).map(([code, look]) => [10 + Number(code), look])),
            20: ['not fit', colours.blocked],
            21: ['fit', colours.reachable],
          }),
        ],
        interval: '1m',
        span: 24,
        height: 8,
      }),
    )
    .withRow(row('How it decides'))
    .withPanel(
      lines({
        title: 'Evidence against threshold',
        description:
          'Natural logarithm of the evidence that something is wrong, the strongest stream of each platform. Above 8 the probe looks closer and its vote counts; above the dashed threshold an incident opens. The threshold follows from how many false alarms a month are allowed, not from taste; evidence falls only when rounds are good again.',
        queries: [
          { expr: `max by (platform) (reachd_detector_log_evidence{${here}})`, legend: '{{platform}}' },
          { expr: `max(reachd_detector_log_threshold{${probe}})`, legend: 'threshold' },
          { expr: 'vector(8)', legend: 'suspicion' },
        ],
        dashed: 'threshold|suspicion',
        colour: { threshold: colours.blocked, suspicion: colours.throttled },
        span: 12,
        height: 9,
      }),
    )
    .withPanel(
      lines({
        title: 'Evidence by stream',
        description:
          'What the evidence is about: `all` every target failed, `reach` the share that failed, `handshake` the encrypted handshake against connecting, `latency` both together, `goodput` downloads. A throttle shows in handshake and goodput while reach stays low.',
        queries: [{ expr: `max by (stream) (reachd_detector_log_evidence{${here}})`, legend: '{{stream}}' }],
        span: 12,
        height: 9,
      }),
    )
    .withPanel(
      lines({
        title: 'Mechanisms of open incidents',
        description: 'How it is being done, as far as the evidence carries. Nothing is drawn while nothing is open.',
        queries: [
          {
            expr: `max by (platform, mechanism) (reachd_anomaly_mechanism{${here}})`,
            legend: '{{platform}} {{mechanism}}',
          },
        ],
        min: 0,
        stacked: true,
        span: 12,
        height: 7,
      }),
    )
    .withPanel(
      lines({
        title: 'Badness',
        description:
          'How bad each platform looks against its own past and this round’s controls, 0 as usual to 1, held between samples. The evidence above is gathered from it; by itself it decides nothing.',
        queries: [{ expr: `max by (platform) (reachd_platform_badness_ratio{${here}})`, legend: '{{platform}}' }],
        min: 0,
        max: 1,
        span: 12,
        height: 7,
      }),
    )
    .withRow(row('What it measures'))
    .withPanel(
      lines({
        title: 'Download speed and what is normal',
        description:
          'Goodput of each sized download, and dashed what the probe has learned as usual at this hour. Where a line is faster than a small object can show, no rate is claimed and the line has gaps.',
        queries: [
          { expr: `max by (target) (reachd_target_goodput_bytes_per_second{${here}})`, legend: '{{target}}' },
          {
            expr: `max by (platform) (reachd_platform_baseline_bytes_per_second{${here}})`,
            legend: '{{platform}} usual',
          },
        ],
        unit: 'Bps',
        log: true,
        dashed: '.* usual',
        span: 12,
        height: 9,
      }),
    )
    .withPanel(
      lines({
        title: 'Handshake and what is normal',
        description:
          'Time of the TLS handshake with each target, and dashed the learned usual one. Compare with connecting below: a throttle slows this one first.',
        queries: [
          {
            expr: `max by (target) (reachd_target_phase_seconds{phase="tls", ${here}})`,
            legend: '{{target}}',
          },
          {
            expr: `max by (platform) (reachd_platform_baseline_seconds{phase="tls", ${here}})`,
            legend: '{{platform}} usual',
          },
        ],
        unit: 's',
        log: true,
        dashed: '.* usual',
        span: 12,
        height: 9,
      }),
    )
    .withPanel(
      lines({
        title: 'Phases of a look',
        description:
          'Where the time goes: resolving, connecting, the encrypted handshake, waiting for the answer; mean over the chosen platforms’ targets. A phase that did not happen is absent, never 0.',
        queries: [{ expr: `avg by (phase) (reachd_target_phase_seconds{${here}})`, legend: '{{phase}}' }],
        unit: 's',
        stacked: true,
        span: 12,
        height: 8,
      }),
    )
    .withPanel(
      lines({
        title: 'Targets that answered',
        description: 'Share of each platform’s targets whose last look ended in a complete answer.',
        queries: [{ expr: `avg by (platform) (reachd_target_success{${here}})`, legend: '{{platform}}' }],
        unit: 'percentunit',
        min: 0,
        max: 1,
        span: 6,
        height: 8,
      }),
    )
    .withPanel(
      timeline({
        title: 'Control sites',
        description:
          'The last look at each control site. One that fails alone for an hour leaves the gate: it is blocked itself, and that is a finding of its own.',
        queries: [{ expr: `max by (control) (reachd_control_success{${probe}})`, legend: '{{control}}' }],
        mappings: [mapping({ 0: ['no answer', colours.blocked], 1: ['answers', colours.reachable] })],
        span: 6,
        height: 8,
      }),
    )
    .withRow(row('What it costs'))
    .withPanel(
      lines({
        title: 'Data budget',
        description:
          'Wire bytes left under the cap that binds first, and the cap. Near it rounds become rarer; a reserve is kept for suspicion; at it nothing is measured.',
        queries: [
          { expr: `min(reachd_budget_remaining_bytes{${probe}})`, legend: 'left' },
          { expr: `min(reachd_budget_limit_bytes{${probe}})`, legend: 'cap' },
        ],
        unit: 'bytes',
        min: 0,
        dashed: 'cap',
        span: 8,
        height: 8,
      }),
    )
    .withPanel(
      lines({
        title: 'Bytes by purpose',
        description: 'What the bytes are spent on, both directions together, per hour at the present rate.',
        queries: [
          {
            expr: `3600 * sum by (purpose) (rate(reachd_bytes_total{${probe}}[$__rate_interval]))`,
            legend: '{{purpose}}',
          },
        ],
        unit: 'bytes',
        min: 0,
        stacked: true,
        // Rounds are a minute apart: a rate needs some of them.
        interval: '2m',
        span: 8,
        height: 8,
      }),
    )
    .withPanel(
      lines({
        title: 'Rounds',
        description:
          'Time that measuring and judging a round took. Rounds become long when things time out; an overrun would be a round left out.',
        queries: [
          { expr: `max(reachd_round_duration_seconds{${probe}})`, legend: 'duration' },
          {
            expr: `sum(increase(reachd_round_overruns_total{${probe}}[$__rate_interval]))`,
            legend: 'rounds left out',
          },
        ],
        unit: 's',
        min: 0,
        interval: '2m',
        span: 8,
        height: 8,
      }),
    );
}
