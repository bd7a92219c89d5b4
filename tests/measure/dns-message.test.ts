import { isIP } from 'node:net';
import * as wire from '@dnsquery/dns-packet';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeQuery, type Question, readAnswer } from '../../src/measure/dns-message.ts';
import { rcodes } from '../../src/model/vocabulary.ts';
import { answerTo, withId } from './dns-server.ts';

const question: Question = { name: 'x.com', type: 'A' };
const id = 4711;
const query = encodeQuery(id, question);
const runs = 20_000;

test('a question as a stub resolver sends it', () => {
  // RFC 1035 section 4.1: id, RD, one question, x.com, A, IN.
  expect(Buffer.from(query).toString('hex')).toBe(`${id.toString(16)}01000001000000000000017803636f6d0000010001`);
});

describe('answers', () => {
  test('addresses, TTL and rcode', () => {
    expect(readAnswer(answerTo(query, ['104.244.42.1', '104.244.42.65'], { ttl: 30 }), id, question)).toEqual({
      rcode: 'NOERROR',
      addresses: ['104.244.42.1', '104.244.42.65'],
      ttl_s: 30,
      truncated: false,
    });
  });

  test('behind an alias, and only of the asked type', () => {
    const answer = wire.encode({
      type: 'response',
      id,
      flags: 0,
      questions: [{ name: 'x.com', type: 'A', class: 'IN' }],
      answers: [
        { name: 'x.com', type: 'CNAME', ttl: 5, class: 'IN', data: 'edge.test' },
        { name: 'edge.test', type: 'A', ttl: 60, class: 'IN', data: '104.244.42.1' },
        { name: 'edge.test', type: 'AAAA', ttl: 60, class: 'IN', data: '2001:db8::1' },
      ],
    });
    expect(readAnswer(answer, id, question)).toMatchObject({ addresses: ['104.244.42.1'], ttl_s: 5 });
  });

  test('the name in another case is the same name, another name is garbage', () => {
    const upper = answerTo(encodeQuery(id, { name: 'X.cOm', type: 'A' }), ['104.244.42.1']);
    expect(readAnswer(upper, id, question)?.addresses).toEqual(['104.244.42.1']);
    expect(readAnswer(answerTo(encodeQuery(id, { name: 'y.com', type: 'A' }), []), id, question)).toBeUndefined();
    expect(readAnswer(answerTo(encodeQuery(id, { name: 'x.com', type: 'AAAA' }), []), id, question)).toBeUndefined();
  });

  test('another id, a question, an empty message: garbage', () => {
    expect(readAnswer(withId(answerTo(query, []), id + 1), id, question)).toBeUndefined();
    expect(readAnswer(query, id, question)).toBeUndefined();
    expect(readAnswer(new Uint8Array(0), id, question)).toBeUndefined();
    expect(readAnswer(new Uint8Array(11), id, question)).toBeUndefined();
  });

  test('a bare header is a refusal, but never an answer', () => {
    const bare = (rcode: number) => Buffer.from([id >> 8, id & 255, 0x81, 0x80 | rcode, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(readAnswer(bare(5), id, question)?.rcode).toBe('REFUSED');
    expect(readAnswer(bare(2), id, question)?.rcode).toBe('SERVFAIL');
    expect(readAnswer(bare(3), id, question)).toBeUndefined();
    expect(readAnswer(bare(0), id, question)).toBeUndefined();
  });

  test('a broken additional section does not hide the answer', () => {
    const answer = Buffer.from(answerTo(query, ['104.244.42.1']));
    answer.writeUInt16BE(3, 10);
    expect(readAnswer(answer, id, question)?.addresses).toEqual(['104.244.42.1']);
  });

  test('thousands of records, and pointers in a circle, are garbage', () => {
    const many = Buffer.from(answerTo(query, []));
    many.writeUInt16BE(65_535, 6);
    expect(readAnswer(many, id, question)).toBeUndefined();
    const circle = Buffer.concat([
      Buffer.from(query),
      Buffer.from([0xc0, query.length, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4]),
    ]);
    circle[2] = 0x81;
    circle.writeUInt16BE(1, 6);
    expect(readAnswer(circle, id, question)).toBeUndefined();
  });

  test('texts that are addresses are read from TXT, others left out', () => {
    const whoami: Question = { name: 'o-o.myaddr.test', type: 'TXT' };
    const asked = encodeQuery(1, whoami);
    const answer = answerTo(asked, ['203.99.165.77', 'edns0-client-subnet 198.51.100.0/24']);
    expect(readAnswer(answer, 1, whoami)?.addresses).toEqual(['203.99.165.77']);
  });
});

/** What must hold for anything that is read at all. */
function sound(answer: ReturnType<typeof readAnswer>): void {
  if (!answer) return;
  expect(rcodes).toContain(answer.rcode);
  expect(answer.addresses.length).toBeLessThanOrEqual(32);
  for (const ip of answer.addresses) expect(isIP(ip)).toBeGreaterThan(0);
}

test(`property: any bytes give an answer or garbage, never an exception (${runs} runs)`, () => {
  let executions = 0;
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (data) => {
      executions += 1;
      sound(readAnswer(data, id, question));
    }),
    { numRuns: runs },
  );
  console.log(`dns-message: ${executions} executions over random bytes`);
  expect(executions).toBe(runs);
});

test(`fuzz: mutations of good answers (${runs} runs)`, () => {
  const good = [
    answerTo(query, ['104.244.42.1', '104.244.42.65', '10.10.34.35']),
    answerTo(query, [], { rcode: 'NXDOMAIN' }),
    answerTo(query, [], { truncated: true }),
  ];
  let executions = 0;
  let answers = 0;
  const mutation = fc.record({
    base: fc.nat({ max: good.length - 1 }),
    bytes: fc.array(fc.tuple(fc.nat({ max: 120 }), fc.nat({ max: 255 })), { maxLength: 6 }),
    cut: fc.option(fc.nat({ max: 120 }), { nil: undefined }),
    tail: fc.uint8Array({ maxLength: 40 }),
  });
  fc.assert(
    fc.property(mutation, ({ base, bytes, cut, tail }) => {
      executions += 1;
      const data = Buffer.concat([Buffer.from(good[base]!).subarray(0, cut), tail]);
      for (const [at, value] of bytes) if (at < data.length) data[at] = value;
      const answer = readAnswer(data, id, question);
      if (answer) answers += 1;
      sound(answer);
    }),
    { numRuns: runs },
  );
  console.log(`dns-message: ${executions} executions over mutated answers, ${answers} of them still answers`);
  expect(executions).toBe(runs);
  // Were everything refused, the fuzzing would have tested the door only.
  expect(answers).toBeGreaterThan(runs / 50);
});
