/** Live: one country now. Is something happening, to whom, on how many networks, and is the line itself fine? */
import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { colours, stateQuery } from '../../src/publish/report-state.ts';
import { chosen, frame, row } from './frame.ts';
import { byPlatform, lines, mapping, stat, stateMapping, steps, timeline } from './panel.ts';

const here = chosen('country', 'asn', 'platform');
const line = chosen('country', 'asn');
const country = chosen('country');
/** Recorded series have no platform of their own choosing: these panels are about the country as a whole. */
const restricted = `reachd:platform_restricted{${country}}`;

export function live(): DashboardBuilder {
  return frame({
    uid: 'reachd-live',
    title: 'reachd / Live',
    description: 'Platforms as the networks of one country see them now, and whether the control sites are fine.',
    variables: ['country', 'asn', 'platform'],
    from: 'now-6h',
  })
    .withPanel(
      stat({
        title: 'Verdict',
        description:
          'Companies of which a platform is restricted across the country’s networks, by the recorded rules: at least two networks that are newly bad and hold half of the users, or three with half of what is observed, five probes in all, and not the platform’s own outage. Two companies or more at once is what an order looks like; one company can also be a fault of its own. It does not say who did it.',
        queries: [
          {
            expr: `count by (country) (count by (country, company) (${restricted} == 1))
or 0 * count by (country) (${restricted})`,
            legend: '{{country}}',
          },
        ],
        span: 9,
        height: 4,
        background: true,
        noValue: 'no networks that may vote',
        mappings: [
          mapping({
            0: ['No nation-scale disruption', colours.reachable],
            1: ['One company restricted', colours.throttled],
            2: ['NATION-SCALE DISRUPTION · 2 companies', colours.blocked],
            3: ['NATION-SCALE DISRUPTION · 3 companies', colours.blocked],
            4: ['NATION-SCALE DISRUPTION · 4 companies', colours.blocked],
          }),
        ],
        steps: steps(colours.inconclusive),
      }),
    )
    .withPanel(
      stat({
        title: 'Began',
        description:
          'When the first of the newly affected networks had its first bad sample. Networks on which the platform has been bad for most of the week do not count: their beginning is old.',
        queries: [
          {
            expr: `1000 * min by (country) (
  reachd_anomaly_onset_timestamp_seconds{${line}}
  and on (country, asn, platform) (reachd:asn_acute{${line}} == 1)
)`,
            legend: 'first bad sample',
          },
        ],
        span: 5,
        height: 4,
        unit: 'dateTimeAsLocal',
        noValue: 'nothing open',
      }),
    )
    .withPanel(
      stat({
        title: 'Control sites',
        description:
          'Share of control sites (sites that have nothing to do with the platforms) that answered the last look. Near 100 % while platforms fail means that the Internet works and the platforms are singled out. When it falls, the line is the story, and nothing is said of the platforms.',
        queries: [{ expr: `avg(reachd_control_success{${line}})`, legend: 'answering' }],
        span: 5,
        height: 4,
        unit: 'percentunit',
        decimals: 0,
        background: true,
        steps: steps(colours.blocked, [0.67, colours.degraded], [0.9, colours.reachable]),
      }),
    )
    .withPanel(
      stat({
        title: 'Networks and probes heard',
        description:
          'Networks that may vote (two probes, or one that has been known for a week) and probes whose last round is not older than three minutes. A verdict stands on these; below five probes there is none.',
        queries: [
          { expr: `count(count by (asn) (reachd:asn_acute{${line}}))`, legend: 'networks' },
          { expr: `count(reachd:probe_fresh{${line}})`, legend: 'probes' },
        ],
        span: 5,
        height: 4,
        named: true,
      }),
    )
    .withPanel(
      timeline({
        title: 'Platforms, network by network',
        description:
          'One row for each platform on each network: the state that at least half of its probes hold, or worse. Colours: green answers, pale green refused by the platform itself, grey cannot be known, yellow worse than usual, purple does not answer and nothing proves why, orange throttled, red blocked. White is silence of the probes. A change of many rows in the same minute is what a measure by order looks like; a single row is that network’s own.',
        queries: [{ expr: byPlatform(stateQuery(['asn', 'platform'], here)), legend: '{{platform}} · {{asn}}' }],
        mappings: [stateMapping],
        interval: '1m',
        span: 24,
        height: 13,
      }),
    )
    .withRow(row('How many networks, how many people'))
    .withPanel(
      lines({
        title: 'Networks on which the platform works as usual',
        description:
          'One vote per network: the share of its probes that do not suspect the platform, averaged over the networks. The dashed line is the control sites of the same minutes: when platforms fall and the dashed line stays, it is not the Internet that failed.',
        queries: [
          { expr: `1 - avg by (platform) (reachd:asn_suspect:ratio{${here}})`, legend: '{{platform}}' },
          { expr: `avg(reachd_control_success{${line}})`, legend: 'control sites' },
        ],
        unit: 'percentunit',
        min: 0,
        max: 1,
        dashed: 'control sites',
        colour: { 'control sites': colours.inconclusive },
        span: 12,
        height: 9,
      }),
    )
    .withPanel(
      lines({
        title: 'Weight of the newly affected networks',
        description:
          'Share of the country’s Internet users behind networks that are newly bad, where asn-weight.yaml has figures for the country; otherwise the share of the observed networks. Half is the bound of the rule. Networks that are always bad are left out.',
        queries: [
          {
            expr: `max by (platform) (
  reachd:country_acute:users{${chosen('country', 'platform')}}
  or on (country, platform) reachd:country_acute:ratio{${chosen('country', 'platform')}}
)`,
            legend: '{{platform}}',
          },
          { expr: 'vector(0.5)', legend: 'bound' },
        ],
        unit: 'percentunit',
        min: 0,
        max: 1,
        dashed: 'bound',
        colour: { bound: colours.blocked },
        span: 12,
        height: 9,
      }),
    )
    .withRow(row('How it is being done'))
    .withPanel(
      lines({
        title: 'Download speed against normal',
        description:
          'Goodput of the last sized download over what the same probe has learned as usual for the platform at this hour; the middle one of all probes. 100 % is normal; a policer shows as a few per cent, flat. Each platform is sampled every five minutes.',
        queries: [
          {
            expr: `quantile by (platform) (0.5,
  max by (country, asn, vantage, platform) (reachd_target_goodput_bytes_per_second{${here}})
  / max by (country, asn, vantage, platform) (reachd_platform_baseline_bytes_per_second{${here}})
)`,
            legend: '{{platform}}',
          },
        ],
        unit: 'percentunit',
        log: true,
        span: 8,
        height: 9,
      }),
    )
    .withPanel(
      lines({
        title: 'Encrypted handshake against normal',
        description:
          'Time of the TLS handshake over what the probe has learned as usual; the middle one of all probes. Connecting stays quick and the handshake becomes several times slower where packets are dropped or queued by name: the signature of Russia in 2021 and Turkey since 2022.',
        queries: [
          {
            expr: `quantile by (platform) (0.5,
  max by (country, asn, vantage, platform) (reachd_target_phase_seconds{phase="tls", ${here}})
  / max by (country, asn, vantage, platform) (reachd_platform_baseline_seconds{phase="tls", ${here}})
)`,
            legend: '{{platform}}',
          },
        ],
        unit: 'suffix:×',
        log: true,
        span: 8,
        height: 9,
      }),
    )
    .withPanel(
      lines({
        title: 'Mechanisms',
        description:
          'Networks on which an open incident shows each mechanism. `.sni` is only said where the same address answered another name. `throttle.unknown`: slowed down, the trigger is not known. docs/methodology.md has them all.',
        queries: [
          {
            expr: `count by (platform, mechanism) (
  max by (country, asn, platform, mechanism) (reachd_anomaly_mechanism{${here}})
)`,
            legend: '{{platform}} {{mechanism}}',
          },
        ],
        min: 0,
        stacked: true,
        span: 8,
        height: 9,
      }),
    )
    .withRow(row('What else it could be'))
    .withPanel(
      lines({
        title: 'Condition of the lines',
        description:
          'Probes by the condition of the place that they look from. Many `offline` at once is an outage of the Internet or of the power, many `isolated` a cut abroad: another story than the platforms’.',
        queries: [{ expr: `sum by (state) (reachd_vantage_state{${line}})`, legend: '{{state}}' }],
        min: 0,
        stacked: true,
        colour: {
          online: colours.reachable,
          degraded: colours.degraded,
          isolated: colours.blocked,
          offline: colours.inconclusive,
        },
        span: 12,
        height: 8,
      }),
    )
    .withPanel(
      lines({
        title: 'The same platforms in other countries',
        description:
          'Newly affected networks in every other country of the fleet. Three countries with two networks each is the platform’s own outage, and holds the nation’s alerts back.',
        queries: [
          {
            expr: 'sum by (country, platform) (reachd:asn_acute{country!~"$country", platform=~"$platform"})',
            legend: '{{country}} {{platform}}',
          },
        ],
        min: 0,
        span: 12,
        height: 8,
      }),
    );
}
