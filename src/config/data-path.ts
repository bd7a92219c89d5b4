/** Where the daemon keeps what it remembers, when nobody says. */
import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { isCheckout, packageRoot } from './package-root.ts';

/** The image's volume. */
const container = '/var/lib/reachd';

/**
 * `./data` of a checkout; `/var/lib/reachd` where it exists and can be written (the image, a system service); else
 * `$XDG_STATE_HOME/reachd`, by default `~/.local/state/reachd` (XDG Base Directory Specification 0.8: relative
 * values are to be ignored).
 */
export function defaultDataPath(env: NodeJS.ProcessEnv): string {
  if (isCheckout()) return join(packageRoot, 'data');
  if (isWritable(container)) return container;
  const state = env['XDG_STATE_HOME'];
  return join(state !== undefined && isAbsolute(state) ? state : join(homedir(), '.local', 'state'), 'reachd');
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
