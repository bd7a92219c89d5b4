/** Incident: what is open in a country, since when, where, how, and the raw signals of the same minutes. */
import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { colours, stateQuery } from '../../src/publish/report-state.ts';
import { chosen, frame, row } from './frame.ts';
import { byPlatform, lines, mapping, stat, stateMapping, table, timeline } from './panel.ts';

const country = chosen('country');
const here = chosen('country', 'asn', 'vantage', 'platform');
const vote = chosen('country', 'asn', 'platform');
const line = chosen('country', 'asn', 'vantage');
const whose = 'asn, vantage, platform';

export function incident(): DashboardBuilder {
  return frame({
    uid: 'reachd-incident',
    title: 'reachd / Incident',
    description: 'Open incidents with onset, networks and platforms, and what was measured in the same minutes.',
    variables: ['country', 'asn', 'vantage', 'platform'],
    from: 'now-3h',
  })
    .withPanel(
      stat({
        title: 'Newly affected networks',
        description:
          'Networks on which at least half of the probes suspect the platform now and did not for most of the last week.',
        queries: [{ expr: `sum by (platform) (reachd:asn_acute{${vote}})`, legend: '{{platform}}' }],
        span: 8,
        height: 5,
        named: true,
        noValue: 'no networks that may vote',
      }),
    )
    .withPanel(
      stat({
        title: 'Observed networks',
        description: 'Networks that may vote, for each platform: what the number beside it is out of.',
        queries: [{ expr: `count by (platform) (reachd:asn_acute{${vote}})`, legend: '{{platform}}' }],
        span: 8,
        height: 5,
        named: true,
      }),
    )
    .withPanel(
      stat({
        title: 'Began',
        description:
          'First bad sample on the first network, for each platform. Platforms that begin in the same minute are one event; an hour apart they may be two.',
        queries: [
          {
            expr: `1000 * min by (platform) (reachd_anomaly_onset_timestamp_seconds{${here}}
  unless on (country, asn, platform) reachd:asn_chronic{${country}})`,
            legend: '{{platform}}',
          },
        ],
        span: 8,
        height: 5,
        named: true,
        unit: 'dateTimeAsLocal',
        noValue: 'nothing open',
      }),
    )
    .withPanel(
      table({
        title: 'Open incidents',
        description:
          'One row a probe and platform. Onset is the first bad sample; the last good one lies at most a round before it. Confidence: 1 low, 2 medium, 3 high. With the vantage’s name, `reachd incidents` on that machine has statement and evidence.',
        queries: [
          { expr: `1000 * max by (${whose}) (reachd_anomaly_onset_timestamp_seconds{${here}})`, legend: 'onset' },
          { expr: `max by (${whose}, kind) (reachd_anomaly{${here}} == 1)`, legend: 'kind' },
          { expr: `max by (${whose}) (reachd_anomaly_confidence_level{${here}})`, legend: 'confidence' },
        ],
        columns: {
          platform: 'Platform',
          asn: 'Network',
          vantage: 'Vantage',
          kind: 'State',
          'Value #A': 'First bad sample',
          'Value #C': 'Confidence',
        },
        hidden: ['Value #B'],
        units: { 'First bad sample': 'dateTimeAsLocal' },
        mappings: {
          Confidence: [
            mapping({
              1: ['low', colours.inconclusive],
              2: ['medium', colours.degraded],
              3: ['high', colours.reachable],
            }),
          ],
        },
        noValue: 'nothing open',
        span: 14,
        height: 10,
      }),
    )
    .withPanel(
      table({
        title: 'Mechanisms',
        description:
          'Networks and probes on which each mechanism is seen in an open incident. The same one everywhere speaks for one decision carried out alike; different ones for several providers, each in its own way.',
        queries: [
          {
            expr: `count by (platform, mechanism) (max by (asn, platform, mechanism) (reachd_anomaly_mechanism{${here}}))`,
            legend: 'networks',
          },
          { expr: `count by (platform, mechanism) (reachd_anomaly_mechanism{${here}})`, legend: 'probes' },
        ],
        columns: { platform: 'Platform', mechanism: 'Mechanism', 'Value #A': 'Networks', 'Value #B': 'Probes' },
        noValue: 'nothing open',
        span: 10,
        height: 10,
      }),
    )
    .withPanel(
      timeline({
        title: 'Platforms, probe by probe',
        description:
          'Every single probe: the states behind the networks’ votes. Probes of one network that disagree point at something nearer to home than the network.',
        queries: [
          {
            expr: byPlatform(stateQuery(['platform', 'asn', 'vantage'], here)),
            legend: '{{platform}} · {{asn}} · {{vantage}}',
          },
        ],
        mappings: [stateMapping],
        interval: '1m',
        span: 24,
        height: 14,
      }),
    )
    .withRow(row('Votes'))
    .withPanel(
      lines({
        title: 'Votes of the networks',
        description:
          'Share of a network’s eligible probes that suspect the platform. From a half on the network is bad now.',
        queries: [
          { expr: `max by (asn, platform) (reachd:asn_suspect:ratio{${vote}})`, legend: '{{platform}} · {{asn}}' },
        ],
        unit: 'percentunit',
        min: 0,
        max: 1,
        span: 8,
        height: 8,
      }),
    )
    .withPanel(
      lines({
        title: 'Probes that may vote',
        description:
          'Fresh, baseline learned, controls healthy, not in a hosting network. A fall in the middle of an event means that probes lost their line, or their controls.',
        queries: [
          {
            expr: `max by (platform) (reachd:country_eligible:probes{${chosen('country', 'platform')}})`,
            legend: '{{platform}}',
          },
        ],
        min: 0,
        span: 8,
        height: 8,
      }),
    )
    .withPanel(
      lines({
        title: 'Elsewhere',
        description:
          'Newly affected networks of every country in the fleet. If other countries rise in the same minutes, look at the platform’s own status first.',
        queries: [
          {
            expr: `sum by (country, platform) (reachd:asn_acute{${chosen('platform')}})`,
            legend: '{{country}} {{platform}}',
          },
        ],
        min: 0,
        span: 8,
        height: 8,
      }),
    )
    .withRow(row('Raw signals'))
    .withPanel(
      lines({
        title: 'Complete answers',
        description:
          'Share of targets whose last look ended in a complete answer, by platform; dashed the control sites. Throttled platforms still answer: then this line stays up and the two below tell.',
        queries: [
          { expr: `avg by (platform) (reachd_target_success{${here}})`, legend: '{{platform}}' },
          { expr: `avg(reachd_control_success{${line}})`, legend: 'control sites' },
        ],
        unit: 'percentunit',
        min: 0,
        max: 1,
        dashed: 'control sites',
        colour: { 'control sites': colours.inconclusive },
        span: 8,
        height: 8,
      }),
    )
    .withPanel(
      lines({
        title: 'Handshakes',
        description: 'Time of the TLS handshake, the middle one of each network’s targets.',
        queries: [
          {
            expr: `quantile by (asn, platform) (0.5, reachd_target_phase_seconds{phase="tls", ${here}})`,
            legend: '{{platform}} · {{asn}}',
          },
        ],
        unit: 's',
        log: true,
        span: 8,
        height: 8,
      }),
    )
    .withPanel(
      lines({
        title: 'Connecting',
        description:
          'Time to connect, the middle one of each network’s targets. If it stays as it was while handshakes crawl, the way is fine and the name is what is slowed down; if it grows too, suspect the path.',
        queries: [
          {
            expr: `quantile by (asn, platform) (0.5, reachd_target_phase_seconds{phase="connect", ${here}})`,
            legend: '{{platform}} · {{asn}}',
          },
        ],
        unit: 's',
        log: true,
        span: 8,
        height: 8,
      }),
    )
    .withPanel(
      lines({
        title: 'Downloads',
        description:
          'Goodput of the last sized download, the middle one of each network’s probes. The same rate on different networks and platforms is a policer’s signature.',
        queries: [
          {
            expr: `quantile by (asn, platform) (0.5, reachd_target_goodput_bytes_per_second{${here}})`,
            legend: '{{platform}} · {{asn}}',
          },
        ],
        unit: 'Bps',
        log: true,
        span: 8,
        height: 8,
      }),
    )
    .withPanel(
      lines({
        title: 'Failures by phase and reason',
        description:
          'Failed looks per minute, by the phase in which they ended and OONI’s name of the reason. Resets in `tls` by name, time-outs in `connect` by address, `resolve` by a lying resolver. Only of probes that are scraped: pushed series leave counters out.',
        queries: [
          {
            expr: `60 * sum by (phase, reason) (rate(reachd_target_failures_total{${here}}[$__rate_interval]))`,
            legend: '{{phase}} {{reason}}',
          },
        ],
        min: 0,
        stacked: true,
        interval: '2m',
        span: 8,
        height: 8,
      }),
    )
    .withPanel(
      lines({
        title: 'Evidence against threshold',
        description:
          'The strongest stream of the median probe of each platform, against the threshold at which an incident opens.',
        queries: [
          {
            expr: `quantile by (platform) (0.5, max by (${whose}) (reachd_detector_log_evidence{${here}}))`,
            legend: '{{platform}}',
          },
          { expr: `max(reachd_detector_log_threshold{${line}})`, legend: 'threshold' },
        ],
        dashed: 'threshold',
        colour: { threshold: colours.blocked },
        span: 8,
        height: 8,
      }),
    );
}
