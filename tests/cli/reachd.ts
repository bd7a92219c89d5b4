/** Runs the real command line in a process of its own. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');
export const script = join(root, 'bin', 'reachd.js');

export interface Ran {
  stdout: string;
  stderr: string;
  status: number | null;
}

/** `env` is the whole environment, so that nothing of this machine leaks in. */
export function reachd(args: readonly string[], env: NodeJS.ProcessEnv = {}, program = script): Ran {
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: '/nowhere', ...env },
    timeout: 15_000,
  });
  return { stdout, stderr, status };
}
