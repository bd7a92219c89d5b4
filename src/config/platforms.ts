/** Platforms as measured: the operator's over the built-in ones. */
import type { Platform } from '../model/target.ts';
import type { Builtins } from './builtin.ts';
import type { File, FilePlatform } from './schema.ts';

/**
 * Merges by name, built-in ones first and in their order. A key that the operator gives replaces the built-in one, the
 * list of targets as a whole; `enabled: false` switches a platform off, `enabled: true` a prepared one on. A new
 * platform is on, its title and company are its name unless given. Siblings replace a platform's list.
 */
export function mergePlatforms(
  own: readonly (FilePlatform | undefined)[],
  siblings: File['siblings'],
  builtins: Builtins,
): Platform[] {
  const merged = new Map<string, Platform>();
  for (const platform of builtins.platforms) {
    merged.set(platform.name, { ...platform, siblings: builtins.siblings[platform.name] ?? [] });
  }
  for (const platform of own) {
    if (platform === undefined) continue;
    const { name } = platform;
    const before = merged.get(name);
    merged.set(name, {
      name,
      title: platform.title ?? before?.title ?? name,
      company: platform.company ?? before?.company ?? name,
      enabled: platform.enabled ?? before?.enabled ?? true,
      targets: platform.targets ?? before?.targets ?? [],
      siblings: before?.siblings ?? [],
    });
  }
  for (const [name, urls] of Object.entries(siblings)) {
    const platform = merged.get(name);
    if (platform !== undefined) merged.set(name, { ...platform, siblings: urls });
  }
  return [...merged.values()];
}
