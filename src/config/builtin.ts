/** The built-in platforms and controls: read from the package's own `config/`, and held to the rules of a user's file. */
import { join } from 'node:path';
import type { z } from 'zod';
import { mistakeLine } from './mistakes.ts';
import { packageRoot } from './package-root.ts';
import { readSections } from './read.ts';
import { builtinControls, builtinPlatforms } from './schema.ts';
import { readYaml } from './yaml.ts';

export type BuiltinPlatforms = z.output<typeof builtinPlatforms>;
export type BuiltinControls = z.output<typeof builtinControls>;

export interface Builtins {
  platforms: BuiltinPlatforms['platforms'];
  siblings: BuiltinPlatforms['siblings'];
  controls: BuiltinControls['controls'];
}

/** Throws an ordinary error when a shipped file is broken: that is a bug of ours, not a mistake of the operator's. */
export function readBuiltins(directory: string = join(packageRoot, 'config')): Builtins {
  const { platforms, siblings } = whole(join(directory, 'platforms.yaml'), builtinPlatforms);
  return { platforms, siblings, controls: whole(join(directory, 'controls.yaml'), builtinControls).controls };
}

function whole<T extends z.ZodObject>(path: string, schema: T): z.output<T> {
  const { value, mistakes } = readSections(readYaml(path), schema, new Map());
  if (mistakes.length > 0) throw new Error(mistakes.map(mistakeLine).join('\n'));
  return value as z.output<T>;
}
