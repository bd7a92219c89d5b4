import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

interface Locked {
  integrity?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

const root = path.resolve(import.meta.dirname, '../..');
const lock: Record<string, Locked> = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages;

/** Where `name` is found from the package at `from`, by Node's lookup: its own node_modules, then its parents'. */
function lockedAt(name: string, from: string): string | undefined {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const candidate = `${at === '' ? '' : `${at}/`}node_modules/${name}`;
    if (candidate in lock) return candidate;
    if (at === '') return undefined;
  }
}

// npm 11 refuses `npm ci` when one optional package of another system (a Mac's linter, say) is not in the lock;
// older ones leave that system without it. Either way the first of the two commands in the README fails somewhere.
test('the lock holds every package for every system, with its checksum', () => {
  const missing: string[] = [];
  for (const [at, { dependencies, optionalDependencies }] of Object.entries(lock)) {
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      if (lockedAt(name, at) === undefined) missing.push(`${at || 'package.json'} → ${name}`);
    }
  }
  expect(missing).toEqual([]);
  const unchecked = Object.entries(lock).filter(([at, { integrity }]) => at !== '' && integrity === undefined);
  expect(unchecked.map(([at]) => at)).toEqual([]);
});
