/** The reader of bytes comes to what `JSON.parse` comes to, or leaves the line to it; and what this program writes it does read. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fold } from '../../src/judge/judge.ts';
import { defaultParams } from '../../src/judge/params.ts';
import { parseRound, RoundReader } from '../../src/judge/record.ts';
import { RecordReader } from '../../src/judge/record-reader.ts';
import type { JudgeState } from '../../src/judge/state.ts';
import { anyRound, damagedRound } from './arbitrary.ts';
import { blackhole, Life } from './life.ts';

/** What the reader makes of a line that stands among others. */
function read(reader: RecordReader, line: string | Uint8Array): object | undefined {
  const bytes = Buffer.concat([Buffer.from('{}\n'), Buffer.from(line), Buffer.from('\n{"version":1}\n')]);
  return reader.read(bytes, 3, 3 + Buffer.from(line).length);
}

/** What `JSON.parse` makes of it; undefined where it throws. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** A round as the daemon writes it, with all that it may hold. */
const full =
  '{"version":1,"round":7,"started_at":"2026-11-21T19:38:15.478Z","monotonic_ms":3947830,"interval_ms":60000,' +
  '"companies":{"x":"x"},"vantage":{"id":"v","dns":[{"via":"configured","at_ms":12.4,"rcode":"NOERROR","answers":[]}]},' +
  '"lag_ms":1.5,"controls":[{"target":"iana","host":"www.iana.org","scheme":"https","ip_protocol":"ip4",' +
  '"network":"192.0.33.0/24","address_source":"system","outcome":"ok","phases":{},"evidence":{"address_id":"5e31",' +
  '"tls":{"issuer":"CN=\\"Müller, \\\\ Söhne\\"","alpn":"h2"}},"status":200,"dns":[],"scope":"foreign"}],' +
  '"platforms":{"x":[{"target":"x/website","outcome":"failed","failure":{"phase":"tls","reason":"eof_error",' +
  '"after_ms":4},"phases":{"resolve":0.1,"connect":41,"tls":4},"method":"GET","hops":[{"outcome":"ok"}],' +
  '"goodput_bps":1234567.5,"transfer":{"bytes":65536,"ms":84.8,"after_bytes":20480,"plateau_bps":8119723,"cov":0.384,' +
  '"stalled_at":1},"quic":{"outcome":"ok"},"experiments":[{"kind":"neutral_sni","outcome":"ok"}]},' +
  '{"target":"x/cdn","outcome":"skipped","skipped":"budget"}],"y":[]},"siblings":{"x":[]},"references":[],' +
  '"duration_ms":2.25,"verdicts":{"x":{"state":"blocked"}},"states":{}}';

/** A calm one: only numbers are new in the next. */
const calm =
  '{"version":1,"round":8,"controls":[{"target":"iana","ip_protocol":"ip4","network":"192.0.33.0/24","outcome":"ok",' +
  '"phases":{"resolve":23.5,"connect":21.1,"tls":25.2,"processing":41.3},"evidence":{"tls":{"issuer":"CN=Müller"}},' +
  '"status":200,"scope":"foreign"}],"platforms":{"x":[{"target":"x/website","ip_protocol":"ip4","outcome":"ok",' +
  '"phases":{"resolve":22,"connect":124.7,"tls":130.5,"processing":158.7,"transfer":3.25},"status":200},' +
  '{"target":"x/cdn","ip_protocol":"ip6","outcome":"ok","phases":{"connect":0.4},"status":301,"goodput_bps":1234567,' +
  '"transfer":{"bytes":65536,"ms":84.8,"after_bytes":20480,"plateau_bps":8119723,"cov":0.384}}]}}';

test('a record of the daemon is read, whole, whichever was read before it', () => {
  const reader = new RecordReader();
  for (let i = 0; i < 3; i++) {
    expect(read(reader, full)).toEqual(JSON.parse(full));
    expect(read(reader, '{"version":1,"platforms":{}}')).toEqual({ version: 1, platforms: {} });
  }
});

test('a line at the end of the bytes is read as well', () => {
  const reader = new RecordReader();
  for (const line of [full, '{"round":1}', '{"platforms":{}}', '{"lag_ms":0}', '{}']) {
    const bytes = Buffer.from(line);
    const record = reader.read(bytes, 0, bytes.length);
    if (record !== undefined) expect(record).toEqual(JSON.parse(line));
  }
  const bytes = Buffer.from(full);
  expect(reader.read(bytes, 0, bytes.length)).toBeDefined();
});

test.each([
  ['sound', anyRound, 0.05],
  ['damaged', damagedRound, 0],
] as const)('%s records come out as JSON.parse would have them', (_name, rounds, least) => {
  const reader = new RecordReader();
  let taken = 0;
  let all = 0;
  fc.assert(
    fc.property(rounds, (round) => {
      const line = JSON.stringify(round);
      const record = read(reader, line);
      all++;
      if (record === undefined) return;
      taken++;
      expect(record).toEqual(JSON.parse(line));
    }),
    { numRuns: 1000 },
  );
  // With nothing read the property would say nothing.
  expect(taken).toBeGreaterThan(least * all);
});

/** One blow to the bytes of a line: a byte changed, left out or put in, or the rest cut off. */
const blow = fc.record({
  at: fc.nat({ max: 2000 }),
  kind: fc.constantFrom('change', 'leave out', 'put in', 'cut'),
  byte: fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(...Buffer.from('{}[]",:0129.-eE\\u \t\n'))),
});

function struck(line: string, blows: readonly { at: number; kind: string; byte: number }[]): Buffer {
  let bytes = Buffer.from(line);
  for (const { at, kind, byte } of blows) {
    const i = at % bytes.length;
    const put = kind === 'change' || kind === 'put in' ? [byte] : [];
    const rest = kind === 'cut' ? bytes.length : kind === 'put in' ? i : i + 1;
    bytes = Buffer.concat([bytes.subarray(0, i), Buffer.from(put), bytes.subarray(rest)]);
    if (bytes.length === 0) break;
  }
  return bytes;
}

test.each([
  ['of everything', full],
  ['of a calm round', calm],
])('a line %s with a few bytes wrong is read as JSON.parse reads it, or not at all', (_name, line) => {
  const reader = new RecordReader();
  let taken = 0;
  fc.assert(
    fc.property(fc.array(blow, { minLength: 1, maxLength: 2 }), (blows) => {
      // What has been seen makes the guesses: sound lines come before each broken one.
      for (let i = 0; i < 3; i++) expect(read(reader, line)).toEqual(JSON.parse(line));
      const bytes = struck(line, blows);
      const record = read(reader, bytes);
      if (record === undefined) return;
      taken++;
      expect(record).toEqual(parsed(bytes.toString('utf8')));
    }),
    { numRuns: 5000 },
  );
  expect(taken).toBeGreaterThan(100);
});

/** Observations as texts: of few targets, alike and not alike, fields twice and in any order, numbers in every notation. */
const text = (() => {
  const number = fc.oneof(
    fc.double({ min: 0, max: 1e5, noNaN: true }).map((value) => JSON.stringify(Math.round(value * 10) / 10)),
    fc.constantFrom('0', '-0', '12', '1e3', '0.1e-7', '12345678901234567', '-4.25', 'null', '{}', '"3"'),
  );
  const numbers = (names: readonly string[]) =>
    fc
      .tuple(fc.subarray([...names]), fc.array(number, { minLength: 6, maxLength: 6 }))
      .map(([some, values]) => `{${some.map((name, i) => `"${name}":${values[i]}`).join()}}`);
  const phases = numbers(['resolve', 'connect', 'tls', 'processing', 'transfer']).map((value) => `"phases":${value}`);
  const download = numbers(['bytes', 'ms', 'after_bytes', 'plateau_bps', 'cov', 'stalled_at']);
  const field = fc.oneof(
    { weight: 6, arbitrary: phases },
    download.map((value) => `"transfer":${value}`),
    number.map((value) => `"goodput_bps":${value}`),
    fc.constantFrom('"status":200', '"status":451', '"outcome":"ok"', '"outcome":"failed"', '"scope":"foreign"'),
    fc.constantFrom(
      '"failure":null',
      '"failure":{"phase":"tls"}',
      '"dns":[]',
      '"experiments":[]',
      '"evidence":{"tls":{}}',
    ),
  );
  const target = fc.constantFrom(
    '"target":"a"',
    '"target":"b"',
    '"target":"b","ip_protocol":"ip6"',
    '"network":"n","target":"a"',
  );
  return fc.tuple(target, fc.array(field, { maxLength: 4 })).map(([who, what]) => `{${[who, ...what].join()}}`);
})();

test('observations come out as JSON.parse would have them, whatever stood in their place before', () => {
  let taken = 0;
  let all = 0;
  const line = fc.array(text, { maxLength: 4 }).map((list) => `{"platforms":{"x":[${list.join()}]}}`);
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 2, maxLength: 3 }),
      fc.array(fc.nat(), { maxLength: 12 }),
      (lines, order) => {
        const reader = new RecordReader();
        for (const at of order) {
          const one = lines[at % lines.length]!;
          const record = read(reader, one);
          all++;
          if (record === undefined) continue;
          taken++;
          expect(record).toEqual(JSON.parse(one));
        }
      },
    ),
    { numRuns: 2000 },
  );
  expect(taken).toBeGreaterThan(all / 10);
});

test('calm rounds are read after hundreds that were not', () => {
  const reader = new RecordReader();
  for (let i = 0; i < 300; i++) expect(read(reader, full)).toEqual(JSON.parse(full));
  for (let i = 0; i < 300; i++) {
    const line = calm.replace('23.5', `${i}.5`);
    expect(read(reader, line)).toEqual(JSON.parse(line));
  }
});

test('calm rounds are the same text with other numbers: none is taken from another one', () => {
  const reader = new RecordReader();
  let dice = 9;
  const next = () => {
    dice = (dice * 48_271) % 2_147_483_647;
    return dice;
  };
  for (let i = 0; i < 2000; i++) {
    // The download comes and goes, the address changes now and then, a target is left out.
    let line = calm.replaceAll(/:\d+(\.\d+)?(?=[,}])/g, () => `:${(next() % 100_000) / 10}`);
    if (next() % 5 > 0) line = line.replace(/,"goodput_bps":.*?\}/, '');
    if (next() % 7 === 0) line = line.replace('192.0.33.0/24', `192.0.${next() % 3}.0/24`);
    if (next() % 11 === 0) line = line.replace(/\{"target":"x\/website".*?\},"status":[\d.]+\},/, '');
    expect(read(reader, line)).toEqual(JSON.parse(line));
  }
});

test('numbers are the ones that JavaScript makes of them', () => {
  const reader = new RecordReader();
  const digits = fc.stringMatching(/^(0|[1-9][0-9]{0,18})(\.[0-9]{1,18})?([eE][+-]?[0-9]{1,3})?$/);
  const written = fc.oneof(
    digits,
    digits.map((text) => `-${text}`),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.stringMatching(/^[-+0-9.eE]{1,8}$/),
  );
  let taken = 0;
  fc.assert(
    fc.property(written, (text) => {
      const line = `{"version":${text}}`;
      const record = read(reader, line) as { version: number } | undefined;
      if (record === undefined) return;
      taken++;
      expect(Object.is(record.version, (JSON.parse(line) as { version: number }).version)).toBe(true);
    }),
    { numRuns: 5000 },
  );
  expect(taken).toBeGreaterThan(3000);
});

test('a name that is new in every line leaves no trace in the ones after it', () => {
  const reader = new RecordReader();
  for (let i = 0; i < 20_000; i++) {
    const line = `{"platforms":{"p${i % 3}":[{"target":"t${i}","network":"n${i * 7}","outcome":"ok"}]}}`;
    expect(read(reader, line)).toEqual(JSON.parse(line));
  }
});

test('the judge comes to the same with rounds read either way', () => {
  const life = new Life({ ip6: true });
  const defaults = { interval_ms: 60_000, companies: {} };
  const params = defaultParams(60_000);
  const reader = new RoundReader(defaults);
  let one: JudgeState | undefined;
  let other: JudgeState | undefined;
  for (let i = 0; i < 200; i++) {
    const round = life.round();
    if (i >= 90 && i < 120) blackhole('x')(round, i);
    life.minute++;
    const line = JSON.stringify(round);
    const bytes = Buffer.from(line);
    const a = fold(one, parseRound(line, i, defaults), params);
    const b = fold(other, reader.read(bytes, 0, bytes.length, i), params);
    one = a.state;
    other = b.state;
    expect(JSON.stringify([b.state, b.events, b.verdicts, b.detail])).toBe(
      JSON.stringify([a.state, a.events, a.verdicts, a.detail]),
    );
  }
});

test('what the reader leaves is read, or complained of, by the other', () => {
  const reader = new RoundReader({ interval_ms: 60_000, companies: {} });
  const spaced = Buffer.from(
    ' { "started_at" : "2024-01-20T13:41:00.000Z", "monotonic_ms": 1, "platforms": {"é": []}, "else": 1 } ',
  );
  expect(reader.read(spaced, 0, spaced.length, 9)).toMatchObject({ round: 9, platforms: { é: [] }, else: 1 });
  const broken = Buffer.from('{"started_at":"2024-01-20T13:41:00.000Z","monotonic_ms":01}');
  expect(() => reader.read(broken, 0, broken.length, 9)).toThrow(/^not JSON: /);
});
