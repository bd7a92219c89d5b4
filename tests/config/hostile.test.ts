/** Whatever stands in the file, it is either read or refused with lines for people: never a crash, never half. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { readBuiltins } from '../../src/config/builtin.ts';
import { load } from '../../src/config/load.ts';
import { printConfig } from '../../src/config/print.ts';
import { file } from '../../src/config/schema.ts';
import { Complaint } from '../../src/model/errors.ts';

const directory = mkdtempSync(join(tmpdir(), 'reachd-hostile-'));
afterAll(() => rmSync(directory, { recursive: true }));
const path = join(directory, 'a.yaml');
const builtins = readBuiltins();

function tryLoad(content: string): 'read' | string[] {
  writeFileSync(path, content);
  try {
    const { config } = load({ flags: { 'config.file': path }, env: {} }, builtins);
    expect(printConfig(config).length).toBeGreaterThan(100);
    return 'read';
  } catch (error) {
    if (!(error instanceof Complaint)) throw error;
    return error.message.split('\n');
  }
}

const url = fc.constantFrom(
  'https://example.org/',
  'https://x.com/',
  'http://a',
  'https://',
  'x',
  'https://[::1]/',
  'https://é.org/',
);
const leaf = fc.oneof(
  url,
  fc.string(),
  fc.constantFrom(
    'x',
    'x/website',
    'PK',
    '60s',
    '64KiB',
    '9.9.9.9',
    '::1',
    'ip4',
    'AS1',
    '2024-01-20T18:40:00Z',
    '127.0.0.1:1',
  ),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
);
/** Keys that the schema knows at some depth, so that values get past the first check. */
const known = fc.constantFrom(
  ...Object.keys(file.shape),
  ...[
    'name',
    'url',
    'targets',
    'interval',
    'timeout',
    'every',
    'daily',
    'monthly',
    'remote_write',
    'headers',
    'basic_auth',
  ],
  ...[
    'trusted',
    'public',
    'address',
    'country',
    'scope',
    'at',
    'title',
    'ca_file',
    'url_file',
    'webhooks',
    '__proto__',
    'constructor',
  ],
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(known, tie('tree'), { maxKeys: 4 }),
  ),
}));

test('values of any shape under keys of ours', () => {
  const seen = { read: 0, refused: 0 };
  fc.assert(
    fc.property(fc.dictionary(known, tree, { maxKeys: 5 }), (content) => {
      const told = tryLoad(JSON.stringify(content)); // JSON is YAML
      if (told === 'read') seen.read++;
      else {
        seen.refused++;
        for (const line of told) expect(line).toMatch(/^\S+:\d+:\d+ \S/);
      }
    }),
    { numRuns: 400 },
  );
  expect(seen.read).toBeGreaterThan(0);
  expect(seen.refused).toBeGreaterThan(100);
});

test('one key of the commented example after the other set to anything', () => {
  fc.assert(
    fc.property(known, leaf, leaf, (key, first, second) => {
      tryLoad(JSON.stringify({ [key]: first }));
      tryLoad(JSON.stringify({ [key]: [first, { [key]: second }] }));
      tryLoad(
        JSON.stringify({
          platforms: [{ name: 'x', [key]: first }],
          controls: [{ name: 'a', url: first, [key]: second }],
        }),
      );
    }),
    { numRuns: 120 },
  );
});
