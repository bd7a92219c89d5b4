/** Arbitrary records: well-shaped ones with any values, and ones in which anything may be anything. */
import fc from 'fast-check';
import type { Round } from '../../src/model/round.ts';
import {
  addressSources,
  controlScopes,
  experimentKinds,
  ipProtocols,
  outcomes,
  phases,
  rcodes,
  reasons,
  resolverKinds,
  resolverScopes,
} from '../../src/model/vocabulary.ts';

const number = fc.oneof(
  fc.double(),
  fc.integer({ min: -5, max: 70_000 }),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -0, 3.9, 42, 16_384),
);
const name = fc.oneof(
  fc.constantFrom('x', 'x/website', 'x/cdn', 'youtube', 'constructor', '__proto__', 'toString', ''),
  fc.string({ maxLength: 8 }),
);
const ip = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom('', '::', '1.2.3', '10.0.0.1'));
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 3 });

const failure = fc.record({ phase: fc.constantFrom(...phases), reason: fc.constantFrom(...reasons), after_ms: number });
const times = fc.record(Object.fromEntries(phases.map((phase) => [phase, number])), { requiredKeys: [] });
const fact = fc.record(
  {
    via: fc.constantFrom(...resolverKinds),
    rcode: fc.constantFrom(...rcodes),
    at_ms: number,
    answers: fc.array(
      fc.record({ ip, asn: maybe(fc.constantFrom(13_414, 32_934, 17_557)), bogon: maybe(fc.boolean()) }),
      { maxLength: 3 },
    ),
    name: maybe(name),
    server: maybe(fc.constantFrom('8.8.8.8', '9.9.9.9')),
    type: maybe(fc.constantFrom('A', 'AAAA')),
    purpose: maybe(fc.constantFrom('whoami', 'ad_list', 'random_sibling')),
    retransmitted: maybe(fc.boolean()),
  },
  { requiredKeys: ['via', 'rcode', 'at_ms', 'answers'] },
);
const evidence = fc.record(
  {
    address_id: maybe(fc.constantFrom('a', 'b')),
    tls: maybe(
      fc.record({
        issuer: fc.constantFrom('CN=a', 'CN=b'),
        subject: fc.constantFrom('CN=a', 'CN=x.com'),
        fingerprint: fc.constantFrom('f1', 'f2'),
        error: maybe(fc.constantFrom('ssl_unknown_authority', 'ssl_invalid_hostname', 'ssl_invalid_certificate')),
      }),
    ),
    http: maybe(
      fc.record({ title: maybe(fc.string()), blockpage: maybe(fc.constant('p')), location_host: maybe(name) }),
    ),
  },
  { requiredKeys: [] },
);
const transfer = fc.record({
  bytes: number,
  ms: number,
  after_bytes: number,
  stalled_at: maybe(number),
  plateau_bps: maybe(number),
});

const common = {
  outcome: fc.constantFrom(...outcomes),
  host: maybe(name),
  ip_protocol: maybe(fc.constantFrom(...ipProtocols)),
  network: maybe(fc.constantFrom('1.2.3.0/24', '4.5.6.0/24', 'nonsense')),
  address_source: maybe(fc.constantFrom(...addressSources)),
  failure: maybe(failure),
  phases: maybe(times),
  status: maybe(fc.oneof(number, fc.constantFrom(200, 301, 403, 404, 451, 503))),
  dns: maybe(fc.array(fact, { maxLength: 3 })),
  evidence: maybe(evidence),
};
const experiment = fc.record({
  kind: fc.constantFrom(...experimentKinds),
  ...common,
  address_id: maybe(fc.constantFrom('a', 'b')),
  alert: maybe(fc.constant('unrecognized_name')),
  rested_s: maybe(number),
  goodput_bps: maybe(number),
  transfer: maybe(transfer),
});
const observation = fc.record({
  target: name,
  ...common,
  scheme: maybe(fc.constantFrom('http', 'https')),
  hops: maybe(fc.array(fc.record(common), { maxLength: 2 })),
  transfer: maybe(transfer),
  goodput_bps: maybe(number),
  experiments: maybe(fc.array(experiment, { maxLength: 4 })),
});

/** Of the right shape, with any values in it. */
export const anyRound = fc
  .record({
    version: fc.constant(1),
    round: number,
    started_at: fc.string(),
    monotonic_ms: number,
    interval_ms: number,
    companies: fc.dictionary(name, fc.constantFrom('x', 'meta', 'google')),
    vantage: fc.record({
      country: maybe(fc.constant('PK')),
      asn: maybe(fc.constantFrom('AS17557', 'x')),
      resolver_scope: maybe(fc.constantFrom(...resolverScopes)),
      clock_skew_s: maybe(number),
      dns: maybe(fc.array(fact, { maxLength: 2 })),
    }),
    controls: fc.array(
      fc.tuple(observation, fc.constantFrom(...controlScopes)).map(([one, scope]) => ({ ...one, scope })),
      { maxLength: 4 },
    ),
    platforms: fc.dictionary(name, fc.array(observation, { maxLength: 3 }), { maxKeys: 3 }),
    siblings: maybe(fc.dictionary(name, fc.array(observation, { maxLength: 2 }), { maxKeys: 2 })),
    references: maybe(
      fc.array(
        fc.record({ reference: fc.string(), target: name, outcome: fc.constantFrom(...outcomes), age_s: number }),
        { maxLength: 2 },
      ),
    ),
  })
  .map((round) => round as unknown as Round);

/** Anything at all where a value stood: what a damaged or hostile file may bring. */
export const damagedRound = fc
  .tuple(anyRound, fc.array(fc.tuple(fc.nat(), fc.jsonValue({ maxDepth: 2 })), { minLength: 1, maxLength: 4 }))
  .map(([round, blows]) => {
    const copy = JSON.parse(JSON.stringify(round)) as Round;
    for (const [at, value] of blows) strike(copy, at, value);
    return copy;
  });

/** Puts `value` where the `at`-th field of the tree stands. */
function strike(root: object, at: number, value: unknown): void {
  const places: [Record<string, unknown>, string][] = [];
  const walk = (node: unknown) => {
    if (typeof node !== 'object' || node === null) return;
    for (const key of Object.keys(node)) {
      places.push([node as Record<string, unknown>, key]);
      walk((node as Record<string, unknown>)[key]);
    }
  };
  walk(root);
  const [node, key] = places[at % places.length] ?? [{}, ''];
  node[key] = value;
}

/** A memory of the right shape, with any values in it. */
export const anyMemory = fc.record(
  {
    platforms: fc.dictionary(
      name,
      fc.record(
        {
          confirmed: fc.array(
            fc.record({
              target: name,
              mechanism: fc.constantFrom('tls.reset.sni', 'tls.mitm'),
              basis: fc.constantFrom('artefact', 'differential'),
              rule: fc.string(),
              phase: fc.constantFrom(...phases),
              reason: fc.constantFrom(...reasons),
              age: number,
            }),
            { maxLength: 3 },
          ),
          freezes: fc.array(number, { maxLength: 2 }),
          slowdown: fc.record({
            target: name,
            ratio: number,
            against: fc.constantFrom('neutral', 'sibling', 'beacon'),
            of: fc.constantFrom('handshake', 'goodput'),
          }),
        },
        { requiredKeys: [] },
      ),
      { maxKeys: 2 },
    ),
    impaired_controls: fc.array(name, { maxLength: 2 }),
    baselines: fc.dictionary(
      name,
      fc.record({ handshake_ms: number, connect_ms: number, goodput_bps: number }, { requiredKeys: [] }),
    ),
    suspects: fc.array(name, { maxLength: 2 }),
    decided: fc.dictionary(name, number),
  },
  { requiredKeys: [] },
);
