import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Observation, Round } from '../../src/model/round.ts';
import { reasons } from '../../src/model/vocabulary.ts';
import { ooniMeasurement } from '../../src/publish/ooni.ts';
import { ooniFailure } from '../../src/publish/ooni-failure.ts';
import { householdIp, householdIp6, idOf, round } from './ooni-round.ts';
import { failure, measurement } from './ooni-schema.ts';
import { calm, incident } from './outcomes.ts';

const sites = new Map([['x/website', { url: 'https://x.com:8443/robots.txt', addresses: [] }]]);
const options = { software_version: '0.1.0', addressId: idOf, sites };
/** As a reader of the exported line gets it. */
const exported = (of: Round, more = {}) =>
  measurement.parse(JSON.parse(JSON.stringify(ooniMeasurement(of, { ...options, ...more }))));

test('a round in the data formats of OONI, to the letter', async () => {
  const text = `${JSON.stringify(ooniMeasurement(round, options), null, 1)}\n`;
  expect(() => exported(round)).not.toThrow();
  await expect(text).toMatchFileSnapshot(join(import.meta.dirname, 'ooni.golden'));
});

/** The rounds of the other tests, with the hosts that a measured one has. */
const hosted = (of: Round): Round => ({
  ...of,
  platforms: Object.fromEntries(
    Object.entries(of.platforms).map(([name, looks]) => [
      name,
      looks.map((look) => ({ host: `${name}.test`, ...look })),
    ]),
  ),
  controls: of.controls.map((look) => ({ host: `${look.target}.test`, ...look })),
});

test.each([
  ['calm', hosted(calm().round)],
  ['in the middle of a disruption', hosted(incident().round)],
  ['without anything', { ...calm().round, platforms: {}, controls: [], verdicts: undefined, vantage: {} }],
])('a round %s fits the formats', (_, of) => {
  expect(exported(of)).toMatchObject({ test_name: 'reachd', probe_ip: '127.0.0.1' });
});

test('who does not say where they are is in AS0 and ZZ, as OONI has it', () => {
  expect(exported({ ...round, vantage: {} })).toMatchObject({ probe_asn: 'AS0', probe_cc: 'ZZ' });
});

test('neither the address of the household nor the probe’s id is told, whoever reveals it', () => {
  const text = JSON.stringify(ooniMeasurement(round, options));
  expect(JSON.stringify(round)).toContain(householdIp);
  for (const secret of [householdIp, householdIp6, round.vantage.id, 'whoami']) expect(text).not.toContain(secret);
  expect(text).toContain('Access of [scrubbed]:50123 ([scrubbed]) is denied since 12:34:56');
});

test('the dialled address is told where one of the answers has its id, and else stays untold', () => {
  const connects = exported(round).test_keys.tcp_connect;
  expect(connects.map(({ ip }) => ip)).toEqual([
    '104.244.42.1',
    '104.244.42.1',
    '[scrubbed]',
    '2a00:1450:4001::5b',
    '2a00:1450:4001::5b',
    '157.240.1.35',
    '198.35.26.96',
  ]);
  const unknown = exported(round, { addressId: undefined }).test_keys.tcp_connect;
  expect(new Set(unknown.map(({ ip }) => ip))).toEqual(new Set(['[scrubbed]']));
});

test('durations are the record’s phases; one that was dropped is absent', () => {
  const { tls_handshakes, tcp_connect } = exported(round).test_keys;
  const [reset, , hop] = tls_handshakes;
  expect(tcp_connect[0]).toMatchObject({ t0: 0.0031, t: 0.0451 });
  expect(reset).toMatchObject({ failure: 'connection_reset', t0: 0.0451, t: 0.049 });
  expect(hop).toMatchObject({ server_name: 'www.youtube.com', failure: null });
  expect(hop).not.toHaveProperty('t0');
});

test('what is configured for a target gives its URL and port; a name that it redirects to has its own', () => {
  const { requests, tcp_connect } = exported(round).test_keys;
  expect(tcp_connect[0]?.port).toBe(8443);
  expect(requests.map(({ request }) => request.url)).toEqual([
    'http://youtube.com/',
    'https://www.youtube.com/',
    'https://www.facebook.com/',
    'https://www.wikipedia.org/',
  ]);
});

test('a bare handshake, all that a mobile line is asked for, is no request', () => {
  const look: Observation = {
    target: 'x/website',
    host: 'x.com',
    scheme: 'https',
    outcome: 'ok',
    phases: { connect: 41, tls: 44 },
  };
  const { tls_handshakes, requests } = exported({
    ...round,
    platforms: { x: [look] },
    siblings: {},
    controls: [],
  }).test_keys;
  expect(tls_handshakes.map((one) => one['failure'])).toEqual([null]);
  expect(requests).toEqual([]);
});

test('every reason has a name in df-007', () => {
  for (const reason of reasons) expect(failure.safeParse(ooniFailure(reason)).success, reason).toBe(true);
  expect(ooniFailure(undefined)).toBeNull();
});

test('what failed in a phase is in the records of that phase and of no later one', () => {
  const failing = (phase: 'resolve' | 'connect' | 'tls' | 'processing' | 'transfer') => {
    const look: Observation = {
      target: 'x/website',
      host: 'x.com',
      scheme: 'https',
      outcome: 'failed',
      failure: { phase, reason: 'generic_timeout_error', after_ms: 10 },
      ...(phase === 'transfer' ? { status: 200 } : {}),
    };
    const of: Round = { ...round, platforms: { x: [look] }, siblings: {}, controls: [], vantage: {} };
    const { tcp_connect, tls_handshakes, requests } = exported(of).test_keys;
    return [
      tcp_connect.map(({ status }) => (status as { failure: string | null }).failure),
      tls_handshakes.map((one) => one['failure']),
      requests.map((one) => one['failure']),
    ];
  };
  const [late, fine] = ['generic_timeout_error', null];
  expect(failing('resolve')).toEqual([[], [], []]);
  expect(failing('connect')).toEqual([[late], [], []]);
  expect(failing('tls')).toEqual([[fine], [late], []]);
  expect(failing('processing')).toEqual([[fine], [fine], [late]]);
  expect(failing('transfer')).toEqual([[fine], [fine], [late]]);
});
