import { describe, expect, test } from 'vitest';
import { find, only, parse } from './exposition.ts';
import { calm, controlEntries, incident, startedAt, targets } from './outcomes.ts';
import { metrics, scope } from './scope.ts';

const scrape = async (sink: ReturnType<typeof metrics>) => parse(await sink.render());

describe('before the first round', () => {
  test('nothing is said of any platform, control or vantage; the daemon itself is there', async () => {
    const series = await scrape(metrics());
    expect(
      [...series.keys()].filter((key) => /_(target|platform|control|vantage|anomaly|detector)_/.test(key)),
    ).toEqual([]);
    expect(only(series, 'reachd_build_info', 'version="0.1.0"', 'revision="abc1234"', 'node="v26.10.0"')).toBe(1);
    expect(only(series, 'reachd_rounds_total')).toBe(0);
    expect(only(series, 'reachd_stopping')).toBe(0);
    expect(only(series, 'reachd_config_last_reload_successful')).toBe(1);
    expect(find(series, 'reachd_last_round_timestamp_seconds')).toEqual([]);
    expect(find(series, 'reachd_clock_skew_seconds')).toEqual([]);
    expect(only(series, 'process_start_time_seconds')).toBe(Date.parse('2024-01-20T10:00:00Z') / 1000);
    expect(only(series, 'process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
  });
});

describe('a target', () => {
  test('that answers: success, attempts, phases in seconds, status', async () => {
    const sink = metrics();
    await sink.accept(calm());
    const series = await scrape(sink);
    expect(only(series, 'reachd_target_success', 'company="meta"', 'target="facebook/cdn"', 'ip_protocol="ip6"')).toBe(
      1,
    );
    expect(only(series, 'reachd_target_attempts_total', 'target="x/website"', 'ip_protocol="ip4"')).toBe(1);
    expect(only(series, 'reachd_target_phase_seconds', 'target="x/website"', 'ip4', 'phase="connect"')).toBe(0.0419);
    expect(find(series, 'reachd_target_phase_seconds', 'target="x/website"', 'phase="transfer"')).toEqual([]);
    expect(only(series, 'reachd_target_http_status_code', 'target="x/website"')).toBe(200);
    expect(find(series, 'reachd_target_failures_total')).toEqual([]);
  });

  test('that fails: phases that did not happen disappear, they do not read 0 or stay', async () => {
    const sink = metrics();
    await sink.accept(calm());
    await sink.accept(incident());
    await sink.accept(incident(4717));
    const series = await scrape(sink);
    expect(only(series, 'reachd_target_success', 'target="x/website"', 'ip4')).toBe(0);
    expect(only(series, 'reachd_target_attempts_total', 'target="x/website"', 'ip4')).toBe(3);
    expect(
      only(
        series,
        'reachd_target_failures_total',
        'target="x/website"',
        'ip4',
        'phase="tls"',
        'reason="connection_reset"',
      ),
    ).toBe(2);
    expect(only(series, 'reachd_target_phase_seconds', 'target="x/website"', 'ip4', 'phase="connect"')).toBe(0.042);
    expect(find(series, 'reachd_target_phase_seconds', 'target="x/website"', 'phase="tls"')).toEqual([]);
    expect(find(series, 'reachd_target_phase_seconds', 'target="x/website"', 'phase="processing"')).toEqual([]);
    expect(find(series, 'reachd_target_http_status_code', 'target="x/website"')).toEqual([]);
  });

  // The event loop was late: the phase ran, but its time is not to be trusted. The look before it stands.
  test('whose time was dropped keeps the last one, where the phase must have run', async () => {
    const sink = metrics();
    await sink.accept(calm());
    const late = calm(4712);
    for (const look of late.round.platforms['x']!) look.phases = {};
    await sink.accept(late);
    const series = await scrape(sink);
    const of = (phase: string) =>
      find(series, 'reachd_target_phase_seconds', 'target="x/cdn"', 'ip4', `phase="${phase}"`).map(
        ([, value]) => value,
      );
    expect([of('connect'), of('tls'), of('processing')]).toEqual([[0.0419], [0.0442], [0.0432]]);
    // A HEAD has no body, a pinned address no lookup: of these the record alone can tell.
    expect([of('resolve'), of('transfer')]).toEqual([[], []]);
  });

  test('in clear text has no handshake to keep', async () => {
    const sink = metrics();
    await sink.accept(calm());
    const clear = calm(4712);
    for (const look of clear.round.platforms['x']!) {
      look.scheme = 'http';
      look.phases = { connect: 40 };
    }
    await sink.accept(clear);
    const series = await scrape(sink);
    expect(find(series, 'reachd_target_phase_seconds', 'target="x/cdn"', 'phase="tls"')).toEqual([]);
    expect(only(series, 'reachd_target_phase_seconds', 'target="x/cdn"', 'ip4', 'phase="connect"')).toBe(0.04);
  });

  test('that was skipped keeps its last values and counts no attempt', async () => {
    const sink = metrics();
    await sink.accept(calm());
    const next = calm(4712);
    next.round.platforms['x'] = [
      { target: 'x/website', ip_protocol: 'ip4', outcome: 'skipped', skipped: 'round_deadline' },
    ];
    await sink.accept(next);
    const series = await scrape(sink);
    expect(only(series, 'reachd_target_success', 'target="x/website"', 'ip4')).toBe(1);
    expect(only(series, 'reachd_target_attempts_total', 'target="x/website"', 'ip4')).toBe(1);
    expect(only(series, 'reachd_target_attempts_total', 'target="facebook/website"', 'ip4')).toBe(2);
  });

  // The line is down: a 0 would page for X, a lingering 1 would claim that it works.
  test('of an inconclusive platform has no success at all, also where it was not looked at', async () => {
    const sink = metrics();
    await sink.accept(calm());
    const down = calm(4712);
    down.inconclusive_cause = 'offline';
    down.round.vantage.state = 'offline';
    for (const name of Object.keys(targets)) {
      down.round.verdicts![name] = { ...down.round.verdicts![name]!, state: 'inconclusive' };
      down.round.platforms[name] = down.round.platforms[name]!.slice(0, 1).map(({ target, ip_protocol }) => ({
        target,
        ip_protocol,
        outcome: 'failed',
        failure: { phase: 'connect', reason: 'network_unreachable', after_ms: 0.2 },
      }));
    }
    await sink.accept(down);
    const series = await scrape(sink);
    expect(find(series, 'reachd_target_success')).toEqual([]);
    expect(only(series, 'reachd_vantage_state', 'state="offline"')).toBe(1);
    expect(only(series, 'reachd_vantage_state', 'state="online"')).toBe(0);
    expect(only(series, 'reachd_rounds_inconclusive_total', 'cause="offline"')).toBe(1);
  });
});

test('QUIC: answered or not, kept while it is not tried, gone while nothing can be said', async () => {
  const sink = metrics();
  await sink.accept(calm());
  expect(only(await scrape(sink), 'reachd_platform_quic_success', 'platform="x"')).toBe(1);
  const mute = calm(4712);
  mute.round.platforms['x']![0]!.quic = { outcome: 'failed', reason: 'generic_timeout_error', version_ping: 'failed' };
  mute.round.platforms['youtube']![0]!.quic = { outcome: 'skipped', skipped: 'not_planned' };
  await sink.accept(mute);
  expect(only(await scrape(sink), 'reachd_platform_quic_success', 'platform="x"')).toBe(0);
  expect(only(await scrape(sink), 'reachd_platform_quic_success', 'platform="youtube"')).toBe(1);
  mute.round.verdicts!['x'] = { ...mute.round.verdicts!['x']!, state: 'inconclusive' };
  await sink.accept(mute);
  expect(find(await scrape(sink), 'reachd_platform_quic_success', 'platform="x"')).toEqual([]);
});

describe('goodput', () => {
  test('is in bytes per second, with the bytes and seconds that it came from', async () => {
    const sink = metrics();
    await sink.accept(calm());
    await sink.accept(calm(4712));
    const series = await scrape(sink);
    expect(only(series, 'reachd_target_goodput_bytes_per_second', 'target="x/cdn"')).toBe(1_000_000);
    expect(only(series, 'reachd_target_last_transfer_timestamp_seconds', 'target="x/cdn"')).toBe(
      Date.parse(startedAt) / 1000,
    );
    expect(only(series, 'reachd_target_transfer_bytes_total', 'target="x/cdn"')).toBe(131_072);
    expect(only(series, 'reachd_target_transfer_seconds_total', 'target="x/cdn"')).toBeCloseTo(0.241, 6);
    expect(find(series, 'reachd_target_goodput_bytes_per_second', 'target="x/website"')).toEqual([]);
  });

  test('is removed after two periods without a sample, the time of the last one stays', async () => {
    let now = Date.parse(startedAt);
    const sink = metrics({ wall: () => now });
    await sink.accept(calm());
    now += 600_000;
    expect(find(await scrape(sink), 'reachd_target_goodput_bytes_per_second')).toHaveLength(5);
    now += 1;
    const series = await scrape(sink);
    expect(find(series, 'reachd_target_goodput_bytes_per_second')).toEqual([]);
    expect(find(series, 'reachd_target_last_transfer_timestamp_seconds')).toHaveLength(5);
  });

  test('a download too fast to tell a rate ends a past limit, a slow one that tells none does not', async () => {
    const sink = metrics();
    const goodput = async () =>
      find(await scrape(sink), 'reachd_target_goodput_bytes_per_second', 'target="x/cdn"').length;
    const unclaimed = (round: number, plateau_bps: number) => {
      const outcome = calm(round);
      const cdn = outcome.round.platforms['x']!.find(({ target }) => target === 'x/cdn')!;
      Object.assign(cdn, { goodput_bps: undefined, transfer: { ...cdn.transfer, plateau_bps } });
      return outcome;
    };
    await sink.accept(calm());
    await sink.accept(unclaimed(4712, 7_000_000));
    expect(await goodput()).toBe(1);
    await sink.accept(unclaimed(4713, 9_000_000));
    expect(await goodput()).toBe(0);
    const series = await scrape(sink);
    expect(only(series, 'reachd_target_transfer_bytes_total', 'target="x/cdn"')).toBe(3 * 65_536);
  });
});

describe('a platform', () => {
  test('has exactly one state of 1, whatever the state', async () => {
    const sink = metrics();
    for (const outcome of [calm(), incident(), calm(4720)]) {
      await sink.accept(outcome);
      const series = await scrape(sink);
      for (const name of Object.keys(targets)) {
        const all = find(series, 'reachd_platform_state', `platform="${name}"`);
        expect(all).toHaveLength(7);
        expect(all.map(([, value]) => value).sort()).toEqual([0, 0, 0, 0, 0, 0, 1]);
      }
      const state = outcome.round.states!['x']!.state;
      expect(only(series, 'reachd_platform_state', 'platform="x"', `state="${state}"`)).toBe(1);
    }
  });

  test('in an incident: anomaly, mechanism, confidence and onset; gone when it is over', async () => {
    const sink = metrics();
    await sink.accept(calm());
    let series = await scrape(sink);
    expect(only(series, 'reachd_anomaly', 'platform="x"', 'kind="blocked"')).toBe(0);
    expect(find(series, 'reachd_incidents_total')).toEqual([]);
    expect(find(series, 'reachd_platform_suspect_kind')).toEqual([]);
    expect(only(series, 'reachd_disruption')).toBe(0);
    await sink.accept(incident());
    series = await scrape(sink);
    expect(only(series, 'reachd_anomaly', 'platform="x"', 'company="x"', 'kind="blocked"')).toBe(1);
    expect(only(series, 'reachd_anomaly', 'platform="x"', 'kind="throttled"')).toBe(0);
    expect(only(series, 'reachd_anomaly', 'platform="youtube"', 'company="google"', 'kind="throttled"')).toBe(1);
    expect(only(series, 'reachd_anomaly_mechanism', 'platform="x"', 'mechanism="tls.reset.sni"')).toBe(1);
    expect(only(series, 'reachd_anomaly_confidence_level', 'platform="x"')).toBe(3);
    expect(only(series, 'reachd_anomaly_onset_timestamp_seconds', 'platform="x"')).toBe(
      Date.parse('2024-01-20T13:41:00Z') / 1000,
    );
    expect(only(series, 'reachd_platform_suspect', 'platform="x"')).toBe(1);
    expect(find(series, 'reachd_platform_suspect_kind')).toHaveLength(4);
    expect(only(series, 'reachd_platform_suspect_kind', 'platform="x"', 'company="x"', 'kind="blocked"')).toBe(1);
    expect(only(series, 'reachd_incidents_total', 'platform="x"')).toBe(1);
    expect(find(series, 'reachd_incidents_total')).toHaveLength(4);
    expect(only(series, 'reachd_disruption')).toBe(1);
    const slower = { ...incident(), events: [] };
    slower.detail!.platforms['x']!.suspect_kind = 'degraded';
    await sink.accept(slower);
    // One kind at a time: the one before is gone.
    expect(only(await scrape(sink), 'reachd_platform_suspect_kind', 'platform="x"', 'kind="degraded"')).toBe(1);
    expect(find(await scrape(sink), 'reachd_platform_suspect_kind', 'platform="x"')).toHaveLength(1);
    await sink.accept(calm(4720));
    series = await scrape(sink);
    expect(find(series, 'reachd_platform_suspect_kind')).toEqual([]);
    expect(find(series, 'reachd_anomaly_mechanism')).toEqual([]);
    expect(find(series, 'reachd_anomaly_confidence_level')).toEqual([]);
    expect(find(series, 'reachd_anomaly_onset_timestamp_seconds')).toEqual([]);
    expect(only(series, 'reachd_anomaly', 'platform="x"', 'kind="blocked"')).toBe(0);
    expect(only(series, 'reachd_disruption')).toBe(0);
    expect(only(series, 'reachd_incidents_total', 'platform="x"')).toBe(1);
  });

  test('the evidence by stream against the threshold, and baselines only where they were learned', async () => {
    const sink = metrics();
    const young = calm();
    young.detail!.platforms['x'] = { suspect: false, baseline_ready: false };
    await sink.accept(young);
    const series = await scrape(sink);
    expect(only(series, 'reachd_detector_log_threshold')).toBe(15);
    expect(only(series, 'reachd_detector_log_evidence', 'platform="youtube"', 'stream="handshake"')).toBe(-9.25);
    expect(only(series, 'reachd_platform_baseline_seconds', 'platform="youtube"', 'phase="tls"')).toBe(0.044);
    expect(find(series, 'reachd_platform_baseline_seconds', 'platform="x"')).toEqual([]);
    expect(find(series, 'reachd_platform_baseline_bytes_per_second', 'platform="x"')).toEqual([]);
    expect(only(series, 'reachd_baseline_ready', 'platform="x"')).toBe(0);
    expect(only(series, 'reachd_baseline_ready', 'platform="youtube"')).toBe(1);
  });
});

describe('the vantage and the daemon', () => {
  test('one info series, replaced when what is reported changes', async () => {
    const sink = metrics();
    await sink.accept(calm());
    const moved = calm(4712);
    moved.round.vantage.asn = 'AS9541';
    moved.round.vantage.resolver_scope = undefined;
    await sink.accept(moved);
    const series = await scrape(sink);
    expect(find(series, 'reachd_vantage_info')).toHaveLength(1);
    expect(
      only(
        series,
        'reachd_vantage_info',
        'reported_vantage="6f1c0d2e3a4b5c6d"',
        'reported_asn="AS9541"',
        'resolver_scope="unknown"',
      ),
    ).toBe(1);
    expect(only(series, 'reachd_controls_healthy')).toBe(1);
    expect(only(series, 'reachd_clock_skew_seconds')).toBe(0.2);
  });

  test('a control over two protocols counts as working when one of them does', async () => {
    const sink = metrics();
    const outcome = calm();
    const [control] = controlEntries(['wikipedia']);
    outcome.round.controls = [
      { ...control!, outcome: 'ok' },
      { ...control!, ip_protocol: 'ip6', outcome: 'failed' },
    ];
    await sink.accept(outcome);
    expect(only(await scrape(sink), 'reachd_control_success', 'control="wikipedia"')).toBe(1);
  });

  test('running totals are followed, also over the fresh start of their keeper', async () => {
    const sink = metrics();
    await sink.accept({ ...incident(), overruns: 2 });
    await sink.accept({ ...incident(4717), overruns: 3, dropped: { event_loop_lag: 5 } });
    const series = await scrape(sink);
    expect(only(series, 'reachd_rounds_total')).toBe(2);
    expect(only(series, 'reachd_round_overruns_total')).toBe(3);
    expect(only(series, 'reachd_samples_dropped_total', 'cause="event_loop_lag"')).toBe(5);
    expect(only(series, 'reachd_bytes_total', 'purpose="dns"', 'direction="received"')).toBe(20_000);
    expect(only(series, 'reachd_budget_remaining_bytes')).toBe(199_900_000);
    expect(only(series, 'reachd_round_duration_seconds')).toBe(2.14);
    await sink.accept({ ...calm(4718), overruns: 1 });
    expect(only(await scrape(sink), 'reachd_round_overruns_total')).toBe(1);
  });

  test('a failed reload and a stop are said', async () => {
    let now = Date.parse(startedAt);
    const sink = metrics({ wall: () => now });
    now += 60_000;
    sink.reloaded(false);
    sink.stopping();
    const series = await scrape(sink);
    expect(only(series, 'reachd_config_last_reload_successful')).toBe(0);
    expect(only(series, 'reachd_config_last_reload_success_timestamp_seconds')).toBe(Date.parse(startedAt) / 1000);
    expect(only(series, 'reachd_stopping')).toBe(1);
  });

  test('the store that cannot write is said', async () => {
    const sink = metrics({ store: () => ({ ok: false, used_bytes: 8192 }) });
    const series = await scrape(sink);
    expect(only(series, 'reachd_store_healthy')).toBe(0);
    expect(only(series, 'reachd_store_size_bytes')).toBe(8192);
  });
});

describe('a reload', () => {
  test.each([
    ['a platform', { platform: 'x' }, 'platform="x"'],
    ['a target', { target: 'x/cdn' }, 'target="x/cdn"'],
    ['a control', { control: 'debian' }, 'control="debian"'],
  ])('that takes %s away takes its series away, and no other', async (_what, without, label) => {
    const sink = metrics();
    await sink.accept(incident());
    const before = await scrape(sink);
    sink.reconfigure(scope(without));
    const after = await scrape(sink);
    expect([...before.keys()].filter((key) => key.includes(label)).length).toBeGreaterThan(0);
    expect([...after.keys()].filter((key) => key.includes(label))).toEqual([]);
    expect([...after.keys()]).toEqual([...before.keys()].filter((key) => !key.includes(label)));
    // The round that was under way meanwhile.
    await sink.accept(incident());
    expect([...(await scrape(sink)).keys()].filter((key) => key.includes(label))).toEqual([]);
  });
});

test('histograms only on request', async () => {
  const sink = metrics({ scope: { ...scope(), histograms: true } });
  await sink.accept(calm());
  const series = await scrape(sink);
  const one = ['platform="x"', 'target="x/website"', 'phase="connect"'];
  expect(only(series, 'reachd_target_phase_duration_seconds_count', ...one)).toBe(2);
  expect(only(series, 'reachd_target_phase_duration_seconds_bucket', ...one, 'le="0.04"')).toBe(0);
  expect(only(series, 'reachd_target_phase_duration_seconds_bucket', ...one, 'le="0.08"')).toBe(2);
  const plain = metrics();
  await plain.accept(calm());
  expect(find(await scrape(plain), 'reachd_target_phase_duration_seconds_count')).toEqual([]);
});
