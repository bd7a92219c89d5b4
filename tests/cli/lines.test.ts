/** The lines of a file, whatever ends them and however it comes in. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lines, longestLine } from '../../src/commands/lines.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'reachd-lines-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Number and text of every line, as it stood when it was handed out. */
async function all(file: string, stdin: Readable = Readable.from([])): Promise<[number, string][]> {
  const found: [number, string][] = [];
  for await (const batch of lines(file, stdin)) {
    for (const { from, end, number } of batch.lines) found.push([number, batch.bytes.toString('utf8', from, end)]);
  }
  return found;
}

/** The same of a text, by its definition: numbered, without white space around it, without blank ones. */
function expected(text: string): [number, string][] {
  return text
    .replace(/^\ufeff/, '')
    .split('\n')
    .map((line, i): [number, string] => [i + 1, line.trim()])
    .filter(([, line]) => line !== '');
}

test.each([
  ['nothing', ''],
  ['no end at the end', '{"a":1}\n{"b":2}'],
  ['ends of Windows, blank lines and a byte order mark', '\ufeff{"a":1}\r\n\r\n \t\r\n{"b":2}\r\n\n'],
  ['blank lines of other scripts', '{"a":1}\n\u3000\u00a0\n{"é":"ü"}\n'],
])('%s', async (_what, text) => {
  const file = join(directory, 'some.ndjson');
  writeFileSync(file, text);
  expect(await all(file)).toEqual(expected(text));
  expect(await all('-', Readable.from([Buffer.from(text)]))).toEqual(expected(text));
});

test('lines that are cut anywhere on their way in are whole', async () => {
  const text = fc.array(fc.constantFrom('{"a":1}', '{"é":"ü"}', '', '\r', '  x', 'y'.repeat(300)), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(text, fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }), async (parts, sizes) => {
      const whole = Buffer.from(parts.join('\n'));
      const pieces: Buffer[] = [];
      for (let at = 0, i = 0; at < whole.length; i++) {
        const size = sizes[i % sizes.length]!;
        pieces.push(whole.subarray(at, at + size));
        at += size;
      }
      expect(await all('-', Readable.from(pieces))).toEqual(expected(whole.toString('utf8')));
    }),
    { numRuns: 300 },
  );
});

test('a file of many pieces, with lines longer than a piece', async () => {
  const file = join(directory, 'many.ndjson');
  const long = Array.from({ length: 40 }, (_, i) => `{"${i}":"${'z'.repeat((i * 37_219) % 700_000)}"}`);
  writeFileSync(file, long.join('\n'));
  expect(await all(file)).toEqual(long.map((line, i) => [i + 1, line]));
});

test('a line beyond the longest is named and ends it', async () => {
  const file = join(directory, 'long.ndjson');
  writeFileSync(file, `{"a":1}\n"${'x'.repeat(longestLine + 1_000_000)}"\n`);
  const lengths = all(file).then((found) => found.map(([, line]) => line.length));
  await expect(lengths).rejects.toThrow(`${file}:2: a line of more than ${longestLine} bytes is no round record`);
});
