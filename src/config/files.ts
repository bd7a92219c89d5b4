/** The files that the configuration names: resolved against where they are named, and looked at. */
import { closeSync, openSync } from 'node:fs';
import { isAbsolute, resolve as resolvePath } from 'node:path';
import { type Path, show } from './mistakes.ts';
import type { Sections } from './read.ts';
import type { Report } from './rules.ts';
import type { File } from './schema.ts';
import { systemError } from './yaml.ts';

/**
 * Makes every named file absolute, in place, and reports those that cannot be read. `directoryOf` gives the directory
 * that a relative path at a key is relative to: the file's own, or the working directory for flags and variables.
 */
export function settleFiles(file: Sections<File>['value'], directoryOf: (path: Path) => string, report: Report): void {
  for (const { path, value, set } of namedFiles(file)) {
    const absolute = isAbsolute(value) ? value : resolvePath(directoryOf(path), value);
    set(absolute);
    try {
      closeSync(openSync(absolute, 'r'));
    } catch (error) {
      report(path, `expected a file that can be read, got ${show(value)} (${systemError(error)})`);
    }
  }
}

interface Named {
  path: Path;
  value: string;
  set(value: string): void;
}

function namedFiles({ asn, tls, web, push, notify }: Sections<File>['value']): Named[] {
  return [
    named(asn, 'mmdb_file', ['asn']),
    named(tls, 'ca_file', ['tls']),
    named(web, 'config_file', ['web']),
    ...(push?.remote_write ?? []).flatMap((remote, index) => [
      named(remote.basic_auth, 'password_file', ['push', 'remote_write', index, 'basic_auth']),
      named(remote, 'bearer_token_file', ['push', 'remote_write', index]),
    ]),
    ...(notify?.webhooks ?? []).map((webhook, index) => named(webhook, 'url_file', ['notify', 'webhooks', index])),
  ].filter((found) => found !== undefined);
}

function named<K extends string>(
  section: { [P in K]?: string | undefined } | undefined,
  key: K,
  above: Path,
): Named | undefined {
  const value = section?.[key];
  if (section === undefined || value === undefined) return undefined;
  return {
    path: [...above, key],
    value,
    set(absolute) {
      section[key] = absolute as (typeof section)[K];
    },
  };
}
