/** The commit of a tree, held against git itself: as a clone has it, as a further worktree, packed, detached, and without git. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isCommit, revision } from '../../src/config/revision.ts';

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'reachd-revision-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

/** A repository with two commits on a branch whose name has a slash. */
function repository(): { path: string; git: (...args: string[]) => string } {
  const path = directory();
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], {
      cwd: path,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  git('init', '--quiet', '--initial-branch', 'fix/main');
  for (const message of ['one', 'two']) git('commit', '--quiet', '--allow-empty', '--message', message);
  return { path, git };
}

test('a branch, loose and packed; a commit without a branch; a further worktree', () => {
  const { path, git } = repository();
  const head = git('rev-parse', '--short=12', 'HEAD');
  expect(revision(path)).toBe(head);
  git('pack-refs', '--all');
  expect(revision(path)).toBe(head);
  const beside = join(directory(), 'beside');
  git('worktree', 'add', '--quiet', '-b', 'other', beside, 'HEAD~1');
  expect(revision(beside)).toBe(git('rev-parse', '--short=12', 'HEAD~1'));
  git('checkout', '--quiet', '--detach', 'HEAD~1');
  expect(revision(path)).toBe(git('rev-parse', '--short=12', 'HEAD'));
});

test('a tree without git has the stamp that was written into it, and a checkout does not heed an old one', () => {
  const path = directory();
  expect(revision(path)).toBe('');
  const stamp = 'fedcba9876543210fedcba9876543210fedcba98';
  writeFileSync(join(path, 'revision'), `${stamp}\n`);
  expect(revision(path)).toBe('fedcba987654');
  const { path: checkout, git } = repository();
  writeFileSync(join(checkout, 'revision'), `${stamp}\n`);
  expect(revision(checkout)).toBe(git('rev-parse', '--short=12', 'HEAD'));
});

// It becomes a label's value: what is in these files must be a commit and nothing else.
test.each(['', 'ref: refs/heads/none', 'ref: refs/heads/../../secret', '"} 1\nx{', 'g'.repeat(40), 'abc'])(
  'HEAD %j: nobody knows',
  (head) => {
    const path = directory();
    mkdirSync(join(path, '.git'));
    writeFileSync(join(path, 'secret'), 'no commit');
    writeFileSync(join(path, '.git', 'HEAD'), head);
    expect(revision(path)).toBe('');
  },
);

test.each([
  ['0123456789ab', true],
  ['0123456789a', false],
  ['0123456789AB', false],
  ['a'.repeat(65), false],
])('%s', (text, is) => expect(isCommit(text)).toBe(is));
