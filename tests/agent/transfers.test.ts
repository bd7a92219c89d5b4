/** Downloads through the real agent, on the practice Internet: what a round's record says of them. */
import type { Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createStation, type Station } from '../../src/commands/station.ts';
import { load } from '../../src/config/load.ts';
import type { JudgeState } from '../../src/judge/state.ts';
import type { Network } from '../../src/measure/network.ts';
import type { RoundOutcome } from '../../src/model/outcome.ts';
import type { Observation } from '../../src/model/round.ts';
import { censorNamed } from '../../src/practice/censors.ts';
import { createPracticeInternet, type PracticeInternet } from '../../src/practice/internet.ts';
import { practiceRootPem } from '../../src/practice/pki.ts';

let internet: PracticeInternet | undefined;
let station: Station | undefined;
afterEach(async () => {
  await station?.close();
  await internet?.close();
  station = internet = undefined;
});

const usualControls = ['debian', 'iana', 'ripe', 'kernel-cdn'];

/** What a probe that starts again has, and settings of its own. */
interface Stored {
  state?: JudgeState | undefined;
  controls?: readonly string[];
  transfer?: { every_ms: number };
}

/** X and YouTube, and two controls of which one has a sized object; deadlines as short as the practice Internet allows. */
async function start(censor: string | undefined, watch = (network: Network) => network, stored: Stored = {}) {
  const { config } = load({ flags: { 'config.file': undefined }, env: {} });
  internet = await createPracticeInternet({ rtt_ms: 40, seed: 5 });
  if (censor !== undefined) await internet.on(censorNamed(censor));
  station = createStation({
    config: {
      ...config,
      platforms: config.platforms.filter(({ name }) => name === 'x' || name === 'youtube'),
      controls: config.controls.filter(({ name }) => (stored.controls ?? usualControls).includes(name)),
      transfer: { ...config.transfer, timeout_ms: 3000, ...stored.transfer },
      round: { ...config.round, timeout_ms: 4000 },
      vantage: { ...config.vantage, detect: false },
    },
    network: watch(internet.network),
    ca_pem: practiceRootPem(),
    store: stored.state && {
      judgeState: () => stored.state,
      lastRound: () => 1,
      validatedAddresses: () => [],
      bytesSince: () => 0,
    },
    vantage_id: 'test',
    address_salt: 'test',
  });
  return async (slot: number): Promise<RoundOutcome> => {
    const outcome = await station!.rounds.next(slot, 0, new AbortController().signal);
    if (outcome === undefined) throw new Error('no round');
    return outcome;
  };
}
const patience = 60_000;

/** Whether a target was downloaded from: a sample, or one that was dropped because this busy machine looked late. */
const downloaded = (observations: readonly Observation[] | undefined, name: string): boolean => {
  const one = observations?.find(({ target, ip_protocol }) => target === name && ip_protocol !== 'ip6');
  const late = one?.experiments?.some(({ kind, skipped }) => kind === 'transfer' && skipped === 'event_loop_lag');
  return one?.transfer?.bytes === 65_536 || late === true;
};

test('the first round downloads from everybody, each alone on the line, and counts the bytes', {
  timeout: patience,
}, async () => {
  /** Connections with their times, and those that carried an object. */
  const seen: { ip: string; socket: Socket; from: number; to: number }[] = [];
  const controls = new Set<string>();
  const next = await start(undefined, (network) => ({
    ...network,
    async systemLookup(name, ...rest) {
      const found = await network.systemLookup(name, ...rest);
      if (name === 'cdn.kernel.org') for (const ip of found) controls.add(ip);
      return found;
    },
    async connectTcp(...args) {
      const from = performance.now();
      const socket = await network.connectTcp(...args);
      const one = { ip: args[0], socket, from, to: Number.POSITIVE_INFINITY };
      seen.push(one);
      socket.once('close', () => {
        one.to = performance.now();
      });
      return socket;
    },
  }));
  const { round, bytes } = await next(1);
  // The object of X is found in its front page, YouTube's is configured.
  expect(downloaded(round.platforms['x'], 'x/cdn')).toBe(true);
  expect(downloaded(round.platforms['youtube'], 'youtube/static_cdn')).toBe(true);
  // Over one IP protocol only: a baseline of both would be one of neither.
  const over = Object.values(round.platforms)
    .flat()
    .filter(({ transfer }) => transfer);
  expect(over.every(({ ip_protocol }) => ip_protocol === 'ip4')).toBe(true);
  expect(bytes?.spent.transfer?.received).toBeGreaterThan(3 * 65_536);

  const carriers = seen.filter(({ socket }) => socket.bytesRead > 60_000 && socket.bytesRead < 90_000);
  expect(carriers.length).toBeGreaterThanOrEqual(3);
  // The control's first: slow platforms could leave it no time.
  expect(carriers.map(({ ip }) => controls.has(ip)).indexOf(true)).toBe(0);
  for (const carrier of carriers) {
    const during = seen.filter((other) => other !== carrier && other.from > carrier.from && other.from < carrier.to);
    expect(during).toEqual([]);
  }
});

test('a freeze is repeated beside a control in the same round, and everybody is sampled in the next', {
  timeout: patience,
}, async () => {
  const next = await start('freeze-16k');
  const { round } = await next(1);
  const frozen = round.platforms['x']?.find(({ target, ip_protocol }) => target === 'x/cdn' && ip_protocol === 'ip4');
  expect(frozen?.transfer?.stalled_at).toBeGreaterThan(12 * 1024);
  expect(frozen?.transfer?.stalled_at).toBeLessThan(20 * 1024);
  const again = frozen?.experiments?.find(({ kind }) => kind === 'transfer');
  expect(again).toMatchObject({ outcome: 'failed', failure: { phase: 'transfer', reason: 'http_body_stalled' } });
  const beside = Object.values(round.platforms)
    .flat()
    .flatMap(({ experiments }) => experiments ?? [])
    .find(({ kind }) => kind === 'control_transfer');
  expect(beside).toMatchObject({ outcome: 'ok' });
  expect(beside?.transfer?.bytes).toBeGreaterThan(48 * 1024);
  expect(round.verdicts?.['x']).toMatchObject({ state: 'blocked', mechanism: 'http.freeze', basis: 'artefact' });
  expect(round.verdicts?.['youtube']?.state).toBe('reachable');

  const second = (await next(2)).round;
  expect(downloaded(second.platforms['youtube'], 'youtube/static_cdn')).toBe(true);
  expect(second.platforms['x']?.some(({ transfer }) => transfer)).toBe(true);
  expect(second.verdicts?.['x']).toMatchObject({ state: 'blocked', mechanism: 'http.freeze' });
});

test('beside a freeze another control is downloaded from when the first one gives nothing', {
  timeout: patience,
}, async () => {
  const dials = new Map<string, number>();
  const addresses = new Set<string>();
  // Answers when it is looked at, and not when its object is asked for.
  const halfDead = (network: Network): Network => ({
    ...network,
    async systemLookup(name, ...rest) {
      const found = await network.systemLookup(name, ...rest);
      if (name === 'upload.wikimedia.org') for (const ip of found) addresses.add(ip);
      return found;
    },
    async connectTcp(ip, ...rest) {
      dials.set(ip, (dials.get(ip) ?? 0) + 1);
      if (addresses.has(ip) && dials.get(ip)! > 1) throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
      return network.connectTcp(ip, ...rest);
    },
  });
  const next = await start('freeze-16k', halfDead, { controls: [...usualControls, 'wikimedia-media'] });
  const { round } = await next(1);
  expect(Math.max(...[...addresses].map((ip) => dials.get(ip) ?? 0))).toBe(2);
  expect(round.controls.filter(({ transfer }) => transfer).map(({ target }) => target)).toEqual(['kernel-cdn']);
  expect(round.verdicts?.['x']).toMatchObject({ state: 'blocked', mechanism: 'http.freeze' });
});

test('policed to 130 kbit/s: the plateau says so, one round alone concludes nothing', {
  timeout: patience,
}, async () => {
  const next = await start('sni-police-130k');
  const { round } = await next(1);
  const slow = round.platforms['x']?.find(({ target, ip_protocol }) => target === 'x/cdn' && ip_protocol === 'ip4');
  expect(slow?.goodput_bps).toBeGreaterThan(80_000);
  expect(slow?.goodput_bps).toBeLessThan(170_000);
  expect(round.verdicts?.['x']?.state).toBe('reachable');
});

test('no object to be found: not measured, and said so', { timeout: patience }, async () => {
  const next = await start('server-wall-429');
  const { round } = await next(1);
  const cdn = round.platforms['x']?.find(({ target, ip_protocol }) => target === 'x/cdn' && ip_protocol === 'ip4');
  expect(cdn?.transfer).toBeUndefined();
  const fact = cdn?.experiments?.find(({ kind }) => kind === 'transfer');
  expect(fact).toEqual({ kind: 'transfer', outcome: 'skipped', skipped: 'not_measured' });
  expect(round.verdicts?.['x']?.state).toBe('refused');
});

// A control that was dead or filtered for an hour has left the gate; its object would be waited for as long as that lasts.
test('an impaired control does not hurry the downloads from the others', { timeout: 2 * patience }, async () => {
  const controls = [...usualControls, 'wikimedia-media'];
  const transfer = { every_ms: 1000 };
  const beside = ({ round }: RoundOutcome) => round.controls.filter((entry) => entry.transfer !== undefined).length;
  /** The second round of a probe that starts with this state, further from the first than `every`. */
  const second = async (state: JudgeState) => {
    const next = await start(undefined, undefined, { state, controls, transfer });
    await next(1);
    await new Promise((done) => setTimeout(done, transfer.every_ms));
    const outcome = await next(2);
    await station?.close();
    await internet?.close();
    return outcome;
  };
  const next = await start(undefined, undefined, { controls, transfer });
  const { judge_state } = await next(1);
  await station?.close();
  await internet?.close();
  const state = structuredClone(judge_state) as JudgeState;
  state.controls['kernel-cdn']!.goodput = [16, 10];
  state.controls['wikimedia-media']!.goodput = undefined;
  const waiting = await second(state);
  // On a machine that looked late the download was made and thrown away.
  expect(beside(waiting) + (waiting.dropped['event_loop_lag'] ?? 0)).toBeGreaterThan(0);
  state.controls['wikimedia-media']!.impaired = 1;
  expect(beside(await second(state))).toBe(0);
});
