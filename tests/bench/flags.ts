/** The flags of V8 that the daemon is started with, as they stand in package.json: what is measured is what is run. */
import { readFileSync } from 'node:fs';

const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  scripts: { start: string };
};

export const startFlags: readonly string[] = scripts.start.split(' ').filter((word) => word.startsWith('--'));
