/** What a consumer gets: packed by npm from a copy of the tree, unpacked elsewhere, without sources. */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { revision } from '../../src/config/revision.ts';
import { reachd, root } from './reachd.ts';

const directory = mkdtempSync(join(tmpdir(), 'reachd-packed-'));
const checkout = join(directory, 'checkout');
const unpacked = join(directory, 'package');
const program = join(unpacked, 'bin', 'reachd.js');
const commit = '0123456789abcdef0123456789abcdef01234567';
const manifest = (place: string) => readFileSync(join(place, 'package.json'), 'utf8');

beforeAll(() => {
  const beside = ['.git', 'node_modules', 'data', 'dist', 'coverage', 'tests/lab/.cache'].map((name) =>
    join(root, name),
  );
  mkdirSync(checkout);
  cpSync(root, checkout, { recursive: true, filter: (path) => !beside.includes(path) });
  symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));
  // A checkout of one commit and no branch, as continuous integration makes it.
  mkdirSync(join(checkout, '.git'));
  writeFileSync(join(checkout, '.git', 'HEAD'), `${commit}\n`);
  execFileSync('npm', ['pack', '--pack-destination', directory], { cwd: checkout, stdio: 'pipe' });
  const [archive] = globSync(join(directory, 'reachd-*.tgz'));
  execFileSync('tar', ['-xzf', archive!, '-C', directory]);
  symlinkSync(join(root, 'node_modules'), join(unpacked, 'node_modules'));
}, 120_000);
afterAll(() => rmSync(directory, { recursive: true }));

test('the Node binary of checkouts does not reach consumers, and the checkout is as it was', () => {
  expect(JSON.parse(manifest(unpacked))).not.toHaveProperty('optionalDependencies');
  expect(manifest(checkout)).toBe(manifest(root));
  expect(existsSync(join(checkout, 'package.json.orig'))).toBe(false);
});

test('what is packed knows its commit, and leaves no trace of it in the checkout', () => {
  expect(revision(unpacked)).toBe('0123456789ab');
  expect(existsSync(join(checkout, 'revision'))).toBe(false);
});

test('no sources and no tests are packed; every file beside the sources is', () => {
  expect([existsSync(join(unpacked, 'src')), existsSync(join(unpacked, 'tests'))]).toEqual([false, false]);
  const beside = (place: string) =>
    globSync('**/*.*', { cwd: place })
      .filter((path) => !/\.[jt]s$/.test(path))
      .sort();
  expect(beside(join(unpacked, 'dist'))).toEqual(beside(join(root, 'src')));
});

test('the compiled program does the same', () => {
  const args = ['check', '--print', '--data.path', '/data'];
  expect(reachd(args, {}, program)).toEqual(reachd(args));
  expect(reachd(['--help'], {}, program).stdout).toBe(reachd(['--help']).stdout);
});

test('outside a checkout the data directory follows the XDG specification', () => {
  const container = existsSync('/var/lib/reachd');
  const home = (env: NodeJS.ProcessEnv) => /data +(.*)\n/.exec(reachd(['check'], env, program).stdout)?.[1];
  expect(home({ XDG_STATE_HOME: '/state' })).toBe(container ? '/var/lib/reachd' : '/state/reachd');
  expect(home({ XDG_STATE_HOME: 'relative', HOME: '/home/a' })).toBe(
    container ? '/var/lib/reachd' : '/home/a/.local/state/reachd',
  );
});
