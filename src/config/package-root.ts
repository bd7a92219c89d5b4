/** The package's own directory: built-in platforms and controls, the risk text and the version are read from there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Two directories up from here, in a checkout (`src/config`) as in the packed form (`dist/config`). */
export const packageRoot: string = fileURLToPath(new URL('../..', import.meta.url));

/** A checkout has its sources; the packed form has not. */
export function isCheckout(): boolean {
  return existsSync(join(packageRoot, 'src', 'main.ts'));
}

/** The version in package.json, such as `0.1.0`. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
  return version;
}
