/** From the judge's wish to its verdict: a platform policed by name, and a helper of our own that shows it. */
import { createPublicKey } from 'node:crypto';
import { expect, test } from 'vitest';
import { createFieldWork } from '../../src/agent/field-work.ts';
import { meter } from '../../src/agent/meter.ts';
import { measureRound, type RoundInput } from '../../src/agent/round.ts';
import { createTransferPlanner } from '../../src/agent/transfer-plan.ts';
import { spkiHash } from '../../src/beacon/certificate.ts';
import { judge } from '../../src/judge/judge.ts';
import { defaultParams, type JudgeState } from '../../src/judge/state.ts';
import { createInstruments } from '../../src/measure/instruments.ts';
import { createLagGuard } from '../../src/measure/lag.ts';
import type { Platform } from '../../src/model/target.ts';
import type { Censor } from '../../src/practice/censor.ts';
import { censorNamed } from '../../src/practice/censors.ts';
import { createPracticeInternet } from '../../src/practice/internet.ts';
import { never, pem, practiceTrust } from '../measure/loopback.ts';

const target = { name: 'x/website', url: 'https://x.com/', transfer: false, transfer_candidates: [], addresses: [] };
const x: Platform = { name: 'x', title: 'X', company: 'x', enabled: true, siblings: [], targets: [target] };
const wikipedia = { name: 'wikipedia', url: 'https://www.wikipedia.org/', scope: 'foreign', transfer: false } as const;
const controls = [{ ...wikipedia, addresses: [] }];
const interval_ms = 60_000;

async function start() {
  const internet = await createPracticeInternet();
  const counted = meter(internet.network, 'probe');
  const instruments = {
    ...createInstruments({
      network: counted.network,
      trust: practiceTrust(),
      user_agent: 'reachd-test/1',
      asnOf: () => undefined,
      addressId: (ip) => `id-${ip}`,
    }),
    lag: createLagGuard(() => 0),
  };
  const settings = {
    slot_ms: interval_ms,
    timeout_ms: 5000,
    ip_protocols: ['ip4'] as const,
    resolvers: { system: false, servers: [], scope: 'isp', public: [], trusted: [] } as const,
    country: 'PK',
    asn: undefined,
    detect_place: false,
    references: [],
    transfer: { bytes: 65_536, timeout_ms: 20_000 },
    beacons: [{ address: '185.70.41.131', port: 443, spki: spkiHash(createPublicKey(pem('leaf.pem'))) }],
  };
  const work = createFieldWork(settings, instruments, () => [], counted.during);
  const planner = createTransferPlanner({ platforms: [x], controls: [], every_ms: 300_000, bytes: 65_536 });
  const round = (more: Partial<RoundInput> = {}) => {
    const input: RoundInput = {
      number: 1,
      interval_ms,
      deadline_ms: 30_000,
      concurrency: 4,
      ip_protocols: ['ip4'],
      platforms: [x],
      controls,
      vantage: { country: 'PK' },
      plan: {
        targets: [
          {
            platform: 'x',
            target,
            ip_protocol: 'ip4',
            method: 'HEAD',
            trusted: false,
            public: false,
            large_hello: false,
          },
        ],
        controls: controls.map((control) => ({ control, ip_protocol: 'ip4' })),
      },
      experiments: true,
      transfers: { planner, plan: { targets: new Map(), control: false }, allowed: true, settled: new Set() },
      mute: new Set(),
      wanted: (_round, pass) => (pass === 1 ? [{ kind: 'beacon', platform: 'x', target: 'x/website' }] : []),
      ...more,
    };
    return measureRound(input, work, never);
  };
  const close = async () => {
    await instruments.close();
    await internet.close();
  };
  return { internet, round, close, counted };
}

test('two rounds of it are throttling by name', async () => {
  const { internet, round, close, counted } = await start();
  try {
    await internet.on(censorNamed('sni-police-130k'));
    let state: JudgeState | undefined;
    const params = defaultParams(interval_ms);
    const verdicts: unknown[] = [];
    for (const number of [1, 2]) {
      const { round: measured } = await round({ number });
      const facts = measured.platforms['x']?.[0]?.experiments ?? [];
      expect(facts.map(({ kind, host }) => `${kind} ${host}`)).toEqual(['beacon example.org', 'beacon x.com']);
      const at = Date.parse('2024-01-20T13:41:00Z') + number * interval_ms;
      const minute = { started_at: new Date(at).toISOString(), monotonic_ms: number * interval_ms };
      const judgement = judge(state, { ...measured, ...minute }, params);
      state = judgement.state;
      verdicts.push(judgement.verdicts['x']);
    }
    expect(verdicts).toMatchObject([
      { state: 'reachable' },
      { state: 'throttled', mechanism: 'throttle.sni', basis: 'differential', rule: 'throttled-differential' },
    ]);
    // Two names, two rounds, 64 KiB each, booked as what they are.
    expect(counted.spent().experiment?.received).toBeGreaterThan(200_000);
  } finally {
    await close();
  }
});

/** A line on which the plan's own download would take the rest of the round, and every other one as long. */
const crawling: Censor = {
  name: 'crawling',
  says: 'pictures of YouTube come at 8 kbit/s',
  rules: [{ on: 'hello', names: ['*.ytimg.com'], do: { kind: 'police', bps: 8000, burst_bytes: 16_000 } }],
};

test('a download that would fill the round leaves the beacon its time', async () => {
  const { internet, round, close } = await start();
  try {
    await internet.on(crawling);
    const pictures = {
      ...target,
      name: 'youtube/static_cdn',
      url: 'https://i.ytimg.com/vi/dQw4w9WgXcQ/hq720.jpg',
      transfer: true,
    };
    const youtube: Platform = { ...x, name: 'youtube', title: 'YouTube', company: 'google', targets: [pictures] };
    const planner = createTransferPlanner({ platforms: [youtube], controls: [], every_ms: 300_000, bytes: 65_536 });
    const { round: measured } = await round({
      deadline_ms: 13_000,
      platforms: [youtube],
      plan: {
        targets: [
          {
            platform: 'youtube',
            target: pictures,
            ip_protocol: 'ip4',
            method: 'HEAD',
            trusted: false,
            public: false,
            large_hello: false,
          },
        ],
        controls: [],
      },
      transfers: {
        planner,
        plan: {
          targets: new Map([['youtube', { target: pictures, plateau_ms: 2500, bytes: 65_536 }]]),
          control: false,
        },
        allowed: true,
        settled: new Set(),
      },
      wanted: (_round, pass) => (pass === 1 ? [{ kind: 'beacon', platform: 'youtube', target: pictures.name }] : []),
    });
    const [seen] = measured.platforms['youtube']!;
    // The plan's download was cut by ourselves: a rate, and not a stall.
    expect(seen?.transfer?.bytes).toBeGreaterThan(8000);
    expect(seen?.transfer?.stalled_at).toBeUndefined();
    const [neutral, named] = (seen?.experiments ?? []).filter(({ kind }) => kind === 'beacon');
    expect([neutral?.host, named?.host]).toEqual(['example.org', 'i.ytimg.com']);
    expect(neutral?.transfer?.bytes).toBe(65_536);
    expect(named?.transfer?.bytes).toBeGreaterThan(8000);
    const rate = (fact: typeof named) => fact?.goodput_bps ?? fact?.transfer?.plateau_bps ?? Number.NaN;
    expect(rate(neutral) / rate(named)).toBeGreaterThan(5);
  } finally {
    await close();
  }
});

test('where the budget allows no downloads, there is none', async () => {
  const { round, close } = await start();
  try {
    const transfers = createTransferPlanner({ platforms: [x], controls: [], every_ms: 300_000, bytes: 65_536 });
    const { round: measured } = await round({
      transfers: {
        planner: transfers,
        plan: { targets: new Map(), control: false },
        allowed: false,
        settled: new Set(),
      },
    });
    expect(measured.platforms['x']?.[0]?.experiments).toEqual([
      { kind: 'beacon', outcome: 'skipped', skipped: 'budget' },
    ]);
  } finally {
    await close();
  }
});
