/** One tiny file per rule, each beginning with the exact lines that `reachd check` prints for it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { load } from '../../src/config/load.ts';
import { mistakeLine, show } from '../../src/config/mistakes.ts';
import { rules } from '../../src/config/rules.ts';
import { Complaint } from '../../src/model/errors.ts';

const directory = join(import.meta.dirname, '..', 'fixtures', 'config');
const fixtures = readdirSync(directory);
const mark = '# expect ';

/** What the file says it must be told. */
function expected(file: string): string[] {
  const lines = readFileSync(join(directory, file), 'utf8').split('\n');
  return lines.filter((line) => line.startsWith(mark)).map((line) => line.slice(mark.length));
}

function complaint(run: () => unknown): Complaint {
  try {
    run();
  } catch (error) {
    if (error instanceof Complaint) return error;
    throw error;
  }
  throw new Error('no complaint');
}

describe('every mistake is named with its place and what was expected', () => {
  test.each(fixtures)('%s', (file) => {
    const path = join(directory, file);
    const { message, code, exit } = complaint(() => load({ flags: { 'config.file': path }, env: {} }));
    expect(message.replaceAll(`${path}:`, '').split('\n')).toEqual(expected(file));
    expect({ code, exit }).toEqual({ code: 'config', exit: 2 });
  });

  test('every rule over several keys has a file of its name', () => {
    const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const missing = Object.keys(rules).filter((name) => !fixtures.includes(`${kebab(name)}.yaml`));
    expect(missing).toEqual([]);
    expect(fixtures.length).toBeGreaterThan(75);
  });
});

test('a file that cannot be read is one line with the reason', () => {
  const gone = complaint(() => load({ flags: { 'config.file': '/nowhere/reachd.yaml' }, env: {} }));
  expect(gone.code).toBe('file_unreadable');
  expect(gone.message).toBe('/nowhere/reachd.yaml: cannot be read: ENOENT: no such file or directory');
  const folder = complaint(() => load({ flags: { 'config.file': directory }, env: {} }));
  expect(folder.message).toBe(`${directory}: cannot be read: EISDIR: illegal operation on a directory`);
});

test('a device that never ends is refused after a megabyte', () => {
  const { message } = complaint(() => load({ flags: { 'config.file': '/dev/zero' }, env: {} }));
  expect(message).toBe('/dev/zero: longer than 1 MiB, no configuration');
});

test('values are shown short, on one line, without credentials or terminal codes', () => {
  expect(show('https://me:secret@example.org/')).toBe('"https://…@example.org/"');
  expect(show('a\u001b[31mb\u202ec\n')).toBe('"a\\u001b[31mb?c\\n"');
  expect(show('y'.repeat(500))).toBe(`"${'y'.repeat(60)}…"`);
  expect([show(undefined), show(null), show([]), show([1]), show({}), show(3), show(false)]).toEqual([
    'nothing',
    'nothing',
    'an empty list',
    'a list',
    'a map',
    '3',
    'false',
  ]);
});

test('a flag or a variable is named instead of a line', () => {
  const line = { line: 0, column: 0, path: ['round', 'interval'], says: 'expected a duration, got "x"' };
  expect(mistakeLine({ ...line, where: '--round.interval' })).toBe('--round.interval: expected a duration, got "x"');
  expect(mistakeLine({ ...line, where: 'a.yaml:1:2' })).toBe('a.yaml:1:2 round.interval: expected a duration, got "x"');
});
