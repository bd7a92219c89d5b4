/** Which commit is running: a fault that follows the program and not the network is found by it. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { packageRoot } from './package-root.ts';

/** As many digits as the Linux kernel asks for (`core.abbrev` 12): the same word for a commit, however it was installed. */
const digits = 12;

/** The commit in a tree without `.git`, such as an image: written by `tools/revision.ts`. */
export const stampFile = 'revision';

/** The first 12 digits of the commit of this tree; empty where nobody knows, as in sources without their history. */
export function revision(root: string = packageRoot): string {
  return (checkedOut(join(root, '.git')) ?? hashIn(join(root, stampFile)) ?? '').slice(0, digits);
}

/**
 * The commit that is checked out, out of git's own files (gitrepository-layout(5)): there need not be a git, which besides
 * refuses to look into a checkout of another user. Undefined where they are not there, or are kept as reftables.
 */
function checkedOut(git: string): string | undefined {
  // Of a further worktree `.git` is a file that names the directory.
  const [, elsewhere] = /^gitdir: (.+)/.exec(textOf(git)) ?? [];
  const own = elsewhere === undefined ? git : resolve(git, '..', elsewhere);
  const [, ref] = /^ref: (refs\/\S+)/.exec(textOf(join(own, 'HEAD'))) ?? [];
  if (ref === undefined) return hashIn(join(own, 'HEAD'));
  const shared = resolve(own, textOf(join(own, 'commondir')).trim());
  return hashIn(join(shared, ref)) ?? packed(join(shared, 'packed-refs'), ref);
}

function packed(file: string, ref: string): string | undefined {
  const line = textOf(file)
    .split('\n')
    .find((one) => one.endsWith(` ${ref}`));
  const [hash = ''] = line?.split(' ') ?? [];
  return isCommit(hash) ? hash : undefined;
}

/** A commit's hash, SHA-1 (40 digits) or SHA-256 (64), or enough of its beginning. */
export const isCommit = (text: string): boolean => /^[0-9a-f]{12,64}$/.test(text);

function hashIn(file: string): string | undefined {
  const text = textOf(file).trim();
  return isCommit(text) ? text : undefined;
}

/** Empty for what is no file that can be read. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
