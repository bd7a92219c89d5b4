/** Flag over environment over file over default, to one frozen configuration; or every mistake at once. */
import { existsSync } from 'node:fs';
import { dirname, resolve as resolvePath } from 'node:path';
import { Complaint } from '../model/errors.ts';
import { type Builtins, readBuiltins } from './builtin.ts';
import type { Config } from './config.ts';
import { defaultDataPath } from './data-path.ts';
import { settleFiles } from './files.ts';
import { inOrder, type Mistake, mistakeLine, type Path, pathText, show } from './mistakes.ts';
import { mergePlatforms } from './platforms.ts';
import { mistakeAt, type Overrides, readSections } from './read.ts';
import { remarks } from './remarks.ts';
import { type Outside, resolve } from './resolve.ts';
import { rules } from './rules.ts';
import { type File, file as fileSchema } from './schema.ts';
import { type Flag, formats, type Given, given, levels, settings } from './settings.ts';
import { parseYaml, readYaml, type Source } from './yaml.ts';

/** Read when no file is named and it exists: where a system package or an image puts it. */
const usualFile = '/etc/reachd/reachd.yaml';

export interface Request {
  /** Parsed flags by their own spelling, such as `web.listen-address`; undefined where not given. */
  flags: Readonly<Record<string, unknown>>;
  env: NodeJS.ProcessEnv;
  /** Decides the default of `log.format`. */
  terminal?: boolean | undefined;
}

export interface Loaded {
  config: Config;
  /** The file that was read, as it was named; undefined when there is none. */
  file: string | undefined;
  /** What the operator should know and what stops nothing, a line each. */
  warnings: string[];
}

/** Throws a `Complaint` with a line for every mistake, or for a file that cannot be read. */
export function load(request: Request, builtins: Builtins = readBuiltins()): Loaded {
  const outer = given(request.flags, request.env);
  const mistakes: Mistake[] = [];
  const named = plain(outer, 'config.file', mistakes) ?? (existsSync(usualFile) ? usualFile : undefined);
  const source = named === undefined ? parseYaml('', 'defaults') : readYaml(named);
  const overrides = overridesOf(outer);
  const sections = readSections(source, fileSchema, overrides);
  mistakes.push(...sections.mistakes);
  const outside = outsideOf(outer, request, mistakes);
  if (source.mistakes.length === 0) {
    const report = (path: Path, says: string, key = false) =>
      void mistakes.push(mistakeAt(path, says, source, overrides, key));
    const { platforms: own = [], siblings = {} } = sections.value;
    const platforms = mergePlatforms(own, siblings, builtins);
    for (const rule of Object.values(rules)) rule({ file: sections.value, platforms, builtins }, report);
    settleFiles(sections.value, (path) => directoryOf(path, source, overrides), report);
  }
  if (mistakes.length > 0) throw new Complaint('config', inOrder(mistakes).map(mistakeLine).join('\n'));
  const file = sections.value as File;
  const config = resolve(file, builtins, outside);
  return { config, file: named, warnings: remarks(config, file.controls !== undefined) };
}

/** Variables that look like ours and are none of `known`: for a debug line, since others put such names there too. */
export function unknownVariables(env: NodeJS.ProcessEnv, known: Iterable<string>): string[] {
  const ours = new Set([...settings.map(({ variable }) => variable as string), ...known]);
  return Object.keys(env)
    .filter((name) => name.startsWith('REACHD_') && !ours.has(name))
    .sort();
}

function overridesOf(outer: ReadonlyMap<Flag, Given>): Overrides {
  const overrides = new Map<string, Given & { path: Path }>();
  for (const setting of settings) {
    const found = outer.get(setting.flag);
    if (found !== undefined && 'key' in setting) overrides.set(pathText(setting.key), { ...found, path: setting.key });
  }
  // `--accept-risk` is a promise about the text shown today; only the variable names a version.
  const risk = outer.get('accept-risk');
  if (risk?.where.startsWith('REACHD_')) overrides.set('accept_risk', { ...risk, path: ['accept_risk'] });
  return overrides;
}

function outsideOf(outer: ReadonlyMap<Flag, Given>, { env, terminal }: Request, mistakes: Mistake[]): Outside {
  const path = plain(outer, 'data.path', mistakes);
  return {
    data: { path: path === undefined ? defaultDataPath(env) : resolvePath(path) },
    log: {
      level: choice(outer, 'log.level', levels, mistakes) ?? 'info',
      format: choice(outer, 'log.format', formats, mistakes) ?? (terminal === true ? 'pretty' : 'json'),
    },
  };
}

function plain(outer: ReadonlyMap<Flag, Given>, flag: Flag, mistakes: Mistake[]): string | undefined {
  const found = outer.get(flag);
  if (found === undefined) return undefined;
  if (typeof found.value === 'string' && found.value.trim() !== '' && !found.value.includes('\0')) return found.value;
  mistakes.push({
    where: found.where,
    line: 0,
    column: 0,
    path: [],
    says: `expected a path, got ${show(found.value)}`,
  });
  return undefined;
}

function choice<T extends string>(
  outer: ReadonlyMap<Flag, Given>,
  flag: Flag,
  choices: readonly T[],
  mistakes: Mistake[],
): T | undefined {
  const found = outer.get(flag);
  if (found === undefined) return undefined;
  const chosen = choices.find((one) => one === found.value);
  if (chosen !== undefined) return chosen;
  const says = `expected ${choices.map((one) => `"${one}"`).join(' or ')}, got ${show(found.value)}`;
  mistakes.push({ where: found.where, line: 0, column: 0, path: [], says });
  return undefined;
}

function directoryOf(path: Path, source: Source, overrides: Overrides): string {
  return overrides.has(pathText(path)) ? process.cwd() : dirname(resolvePath(source.name));
}
