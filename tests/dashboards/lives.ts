/**
 * Nine probes on the evening of 20 January 2024, lived through by the real judge and the real metrics: the home of the
 * story (tests/evaluation/world/story.ts), four more in Pakistan whose providers throttle in the same minutes, one there
 * whose provider does not, and one each in Germany, Brazil and Russia, where X is blocked by name all the time.
 *
 * What comes out is what a Prometheus that scrapes them would have stored: the sink's own exposition, once a round,
 * with the labels that are asserted where the data is taken in.
 */
import { judge } from '../../src/judge/judge.ts';
import { defaultParams, type JudgeParams, type JudgeState } from '../../src/judge/state.ts';
import type { ByteAccount, RoundOutcome } from '../../src/model/outcome.ts';
import type { Round } from '../../src/model/round.ts';
import { createMetrics } from '../../src/publish/metrics.ts';
import { accesses } from '../evaluation/world/access.ts';
import { absent } from '../evaluation/world/acts.ts';
import type { Trouble } from '../evaluation/world/air.ts';
import { story, tell } from '../evaluation/world/story.ts';
import { Trace } from '../evaluation/world/trace.ts';
import { drawVantage, MINUTE, platforms, type Vantage } from '../evaluation/world/vantage.ts';
import { drawWeather, pathsOf } from '../evaluation/world/weather.ts';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What is recorded: from half an hour before the throttle until everything has closed again. */
export const recorded = { from: story.evenings[1].from - HOUR / 2, to: story.evenings[1].to + HOUR / 2 } as const;
export const throttled = story.evenings[1];

export interface Identity {
  vantage: string;
  country: string;
  asn: string;
}

export const home: Identity = { vantage: 'lahore-home', country: 'PK', asn: 'AS17557' };

/** `hit`: the provider throttles all four platforms with the others. `x`: X is reset by name for as long as we know. */
export const others: readonly (Identity & { seed: number; access: string; hit: boolean; x: boolean })[] = [
  { vantage: 'karachi-flat', country: 'PK', asn: 'AS17557', seed: 11, access: 'dsl', hit: true, x: false },
  { vantage: 'lahore-office', country: 'PK', asn: 'AS9541', seed: 12, access: 'fibre', hit: true, x: false },
  { vantage: 'peshawar-phone', country: 'PK', asn: 'AS45595', seed: 13, access: 'dsl', hit: true, x: false },
  { vantage: 'islamabad-home', country: 'PK', asn: 'AS23674', seed: 14, access: 'fibre', hit: true, x: false },
  { vantage: 'multan-school', country: 'PK', asn: 'AS38264', seed: 15, access: 'dsl', hit: false, x: false },
  { vantage: 'berlin', country: 'DE', asn: 'AS3320', seed: 16, access: 'dsl', hit: false, x: false },
  { vantage: 'recife', country: 'BR', asn: 'AS28573', seed: 17, access: 'fibre', hit: false, x: false },
  { vantage: 'kazan', country: 'RU', asn: 'AS12389', seed: 18, access: 'fibre', hit: false, x: true },
];

export const identities: readonly Identity[] = [home, ...others];

/** More than eight days before the evening: long enough to be a credential that has been known for a week. */
const begun = recorded.from - 8.5 * DAY;
/** A day for the baselines, and some hours more. */
const warm = 30 * HOUR;

/** The rounds of one of the others: a day more than a week ago, then switched off, then on again since the day before. */
function* live({ seed, access, hit, x, country, asn }: (typeof others)[number]): Generator<Round> {
  const drawn = drawVantage(seed, { plan: 'calm', cadence: 'fifth', records: 'rich' });
  const line = accesses.find(({ name }) => name === access)!;
  const vantage: Vantage = { ...drawn, access: line, rate_bps: 20e6, start_ms: begun, utc_offset_h: 5, missing: 0 };
  const minute = (ms: number) => (ms - begun) / MINUTE;
  const minutes = minute(recorded.to);
  // Their homes have electricity and a line that evening: what that looks like is tests/rules' subject.
  const weather = drawWeather(vantage, minutes).filter(
    ({ kind, from }) =>
      from < minute(recorded.from - 3 * HOUR) && kind !== 'cable cut' && kind !== 'peering congestion',
  );
  const all = platforms.flatMap((_, p) => pathsOf(p));
  const own: Trouble[] = [
    { kind: 'restart', from: DAY / MINUTE, to: minute(recorded.from - warm), act: absent },
    ...(hit
      ? [
          {
            kind: 'interference' as const,
            from: minute(throttled.from),
            to: minute(throttled.to),
            act: (air: Parameters<Trouble['act']>[0]) => air.limit(all, 130_000, false),
          },
        ]
      : []),
    ...(x
      ? [
          {
            kind: 'interference' as const,
            from: 0,
            to: minutes,
            act: (air: Parameters<Trouble['act']>[0]) => air.break(pathsOf(0), 'reset'),
          },
        ]
      : []),
  ];
  const trace = new Trace(vantage, weather).fork(seed, own);
  while (trace.minute < minutes) {
    const round = trace.step();
    if (round) yield { ...round, vantage: { ...round.vantage, country, asn } };
  }
}

/** Wire bytes of the rounds so far, by the figures of docs/bytes.md: 5.8 KB a look, and the bodies that were downloaded. */
function account(): (round: Round) => ByteAccount {
  const spent = {
    probe: { sent: 0, received: 0 },
    control: { sent: 0, received: 0 },
    transfer: { sent: 0, received: 0 },
  };
  let day = 0;
  let today = 0;
  const limit_bytes = 200e6;
  return ({ platforms, controls, started_at }) => {
    const looks = Object.values(platforms).flat();
    const bodies = looks.reduce((sum, { transfer }) => sum + (transfer?.bytes ?? 0), 0);
    spent.probe.sent += 1500 * looks.length;
    spent.probe.received += 4300 * looks.length;
    spent.control.sent += 1500 * controls.length;
    spent.control.received += 4300 * controls.length;
    spent.transfer.received += Math.round(1.06 * bodies);
    const now = Math.floor(Date.parse(started_at) / DAY);
    today = (now === day ? today : 0) + 5800 * (looks.length + controls.length) + 1.06 * bodies;
    day = now;
    return { spent: structuredClone(spent), limit_bytes, remaining_bytes: limit_bytes - today };
  };
}

/** The rounds of a probe from `from` on with the judge's opinions in them, as the daemon hands them to its sinks. */
export function* judged(rounds: Iterable<Round>, params: JudgeParams, from = 0): Generator<RoundOutcome> {
  let state: JudgeState | undefined;
  const bytes = account();
  for (const plain of rounds) {
    const judgement = judge(state, plain, params);
    state = judgement.state;
    const spent = bytes(plain);
    if (Date.parse(plain.started_at) < from) continue;
    const { vantage, verdicts, states, events, detail } = judgement;
    const slowest = Math.max(
      ...Object.values(plain.platforms)
        .flat()
        .map(({ phases = {} }) => Object.values(phases).reduce<number>((sum, ms) => sum + (ms ?? 0), 0)),
      0,
    );
    yield {
      round: {
        ...plain,
        vantage: { ...plain.vantage, state: vantage, clock_skew_s: 0.4 },
        verdicts,
        states,
      },
      events,
      duration_ms: Math.round(800 + slowest),
      overruns: 0,
      dropped: {},
      detail,
      bytes: spent,
      judge_state: state,
    };
  }
}

/** The metrics' scope of a generated world: the targets and controls that its rounds speak of. */
function scopeOf(rounds: readonly Round[]) {
  const names = new Map<string, Set<string>>(platforms.map((name) => [name, new Set()]));
  const controls = new Set<string>();
  for (const round of rounds) {
    for (const [name, looks] of Object.entries(round.platforms))
      for (const look of looks) names.get(name)?.add(look.target);
    for (const { target } of round.controls) controls.add(target);
  }
  return {
    platforms: [...names].map(([name, targets]) => ({
      name,
      enabled: true,
      targets: [...targets].map((target) => ({
        name: target,
        url: 'https://example.org/',
        transfer: false,
        transfer_candidates: [],
        addresses: [],
      })),
    })),
    controls: [...controls].map((name) => ({ name })),
    transfer_every_ms: 5 * MINUTE,
    histograms: false,
  };
}

export const params = (country: string): JudgeParams =>
  defaultParams(MINUTE, { timezone: country === 'PK' ? 'Asia/Karachi' : 'UTC' });

/** What the home's own store was given from a time on, ms since the epoch. */
export const homeOutcomes = (from: number): Generator<RoundOutcome> =>
  judged(
    [...tell('calm')].filter(({ started_at }) => Date.parse(started_at) >= begun),
    params(home.country),
    from,
  );

/** Lines of OpenMetrics with times: everything that a probe said while it was recorded, and that it was there a week ago. */
export async function* exposition(identity: Identity): AsyncGenerator<string> {
  const other = others.find(({ vantage }) => vantage === identity.vantage);
  const rounds = [...(other === undefined ? tell('calm') : live(other))].filter(
    ({ started_at }) => Date.parse(started_at) >= begun,
  );
  let wall = 0;
  const metrics = createMetrics({
    scope: scopeOf(rounds.slice(-300)),
    build: { version: '0.1.0', revision: '0000000', node: 'v26.10.0' },
    wall: () => wall,
    started_ms: Date.parse(rounds[0]!.started_at),
  });
  const asserted = `instance="${identity.vantage}:7322",vantage="${identity.vantage}",country="${identity.country}",asn="${identity.asn}"`;
  const lines = async function* (only = '') {
    for (const text of (await metrics.render()).split('\n')) {
      if (text === '' || text.startsWith('#') || !text.startsWith(only)) continue;
      const [, name, block, value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(text)!;
      yield `${name}{${asserted}${block === undefined || block === '' ? '' : `,${block}`}} ${value} ${(wall / 1000).toFixed(3)}\n`;
    }
  };
  // The first day of all: that the probe was there is what the rules ask of the week before.
  for (const { started_at } of rounds) {
    wall = Date.parse(started_at);
    if (wall < begun + DAY) yield* lines('reachd_build_info');
  }
  // Half an hour ahead of what is recorded, so that every target has been looked at.
  for (const outcome of judged(rounds, params(identity.country), recorded.from - HOUR / 2)) {
    wall = Date.parse(outcome.round.started_at) + outcome.duration_ms;
    if (wall > recorded.to) return;
    await metrics.accept(outcome);
    if (wall >= recorded.from) yield* lines();
  }
}
