/** Words to flags, by yargs: dotted names stay one name, repeated flags count once (the last), the rest is strict. */
import yargs, { type Argv, type Options } from 'yargs';
import { type Setting, settings } from '../config/settings.ts';
import { nearest } from '../config/suggest.ts';
import { Complaint } from '../model/errors.ts';
import type { Command, Positional } from './command.ts';
import { heeds } from './heeded.ts';

export interface Asked {
  /** The first word that is no flag. */
  name: string | undefined;
  help: boolean;
  version: boolean;
}

/** Which command is meant, before its own flags are known. */
export async function findCommand(argv: readonly string[]): Promise<Asked> {
  // A flag without its value is a mistake, but of the second reading: here it must not hide the command.
  const lenient = Object.entries(commonOptions()).map(([flag, { requiresArg: _, ...option }]) => [flag, option]);
  const parsed = await parser(argv)
    .options(Object.fromEntries(lenient) as Record<string, Options>)
    .parseAsync();
  const [name] = parsed._;
  return {
    name: name === undefined ? undefined : String(name),
    help: parsed['help'] === true,
    version: parsed['version'] === true,
  };
}

/**
 * The common and the command's own flags by their spelling, absent where not given, and the positional argument by its
 * name. Throws a `Complaint` for what is unknown, without its value, or missing.
 */
export async function parseCommand(command: Command, argv: readonly string[]): Promise<Record<string, unknown>> {
  checkSwitches(command, argv);
  const line = describeCommand(parser(argv), command).strict();
  line.fail((message, error) => {
    if (error instanceof Complaint) throw error;
    throw new Complaint(
      'usage',
      `${clearer(message ?? error?.message, command, argv)}; see reachd ${command.name} --help`,
    );
  });
  const { _, $0, ...flags } = await line.parseAsync();
  const { positional } = command;
  if (positional?.many) flags[positional.name] = await words(command, argv);
  return flags;
}

/** All words after the command's name: without `duplicate-arguments-array` yargs keeps only the last, and never `-`. */
async function words(command: Command, argv: readonly string[]): Promise<string[]> {
  const { _ } = await parser(argv)
    .options({ ...undefaultedAll(command.options), ...commonOptions() })
    .parseAsync();
  return _.slice(1).map(String);
}

/** The command with its flags in yargs' words; the help is made from the same. */
export function describeCommand(line: Argv, command: Command): Argv {
  const { name, describe, positional, options, examples } = command;
  return line.command(
    positional === undefined ? name : `${name} ${positionalUsage(positional)}`,
    describe,
    (below) => {
      if (positional !== undefined)
        below.positional(positional.name, { describe: positional.describe, type: 'string' });
      below.options(undefaultedAll(options));
      below.options(shownFor(name));
      below.group(Object.keys(options), 'Flags:');
      below.group(Object.keys(shownFor(name)), 'Common flags:');
      return below.example(examples);
    },
    () => {},
  );
}

export function positionalUsage({ name, required, many }: Positional): string {
  const inner = many ? `${name}..` : name;
  return required ? `<${inner}>` : `[${inner}]`;
}

export function parser(argv: readonly string[]): Argv {
  return yargs([...argv])
    .scriptName('reachd')
    .parserConfiguration({
      'dot-notation': false,
      'camel-case-expansion': false,
      'duplicate-arguments-array': false,
      'parse-positional-numbers': false,
      'parse-numbers': false,
    })
    .locale('en')
    .help(false)
    .version(false)
    .exitProcess(false)
    .showHelpOnFail(false);
}

/** The flags of `config/settings.ts`, and the two that answer without a command. */
export function commonOptions(): Record<string, Options> {
  const common = settings.map((setting: Setting): [string, Options] => [
    setting.flag,
    {
      describe: setting.describe,
      ...(setting.type === 'boolean' ? { type: 'boolean' } : { type: 'string', requiresArg: true }),
      ...(setting.shows === undefined ? {} : { defaultDescription: setting.shows }),
    },
  ]);
  return {
    ...Object.fromEntries(common),
    help: { type: 'boolean', alias: 'h', describe: 'Show this help' },
    version: { type: 'boolean', describe: 'Show the version' },
  };
}

/** The common flags, those hidden from the help that make no difference to the command. */
function shownFor(command: string): Record<string, Options> {
  return Object.fromEntries(
    Object.entries(commonOptions()).map(([flag, option]) => [
      flag,
      { ...option, hidden: settings.some((setting) => setting.flag === flag) && !heeds(command, flag) },
    ]),
  );
}

/** yargs takes `--print=maybe` for false; nobody who writes that means it. */
function checkSwitches(command: Command, argv: readonly string[]): void {
  for (const [flag, option] of Object.entries({ ...commonOptions(), ...command.options })) {
    if (option.type !== 'boolean' && option.boolean !== true) continue;
    const value = argv.find((word) => word.startsWith(`--${flag}=`))?.slice(flag.length + 3);
    if (value === undefined || value === 'true' || value === 'false') continue;
    throw new Complaint('usage', `--${flag}: expected true or false, got ${JSON.stringify(value)}`);
  }
}

/** Defaults and choices come after the environment, so yargs must not fill in or refuse; it only shows them. */
function undefaultedAll(options: Readonly<Record<string, Options>>): Record<string, Options> {
  return Object.fromEntries(Object.entries(options).map(([flag, option]) => [flag, undefaulted(option)]));
}

function undefaulted({ default: value, demandOption: _, choices, ...option }: Options): Options {
  const text = option.type !== 'boolean' && option.boolean !== true;
  return {
    ...option,
    describe: choices === undefined ? option.describe : `${option.describe} (${choices.join(', ')})`,
    ...(text ? { requiresArg: true } : {}),
    ...(value === undefined ? {} : { defaultDescription: String(value) }),
  };
}

/** yargs' remark, with the dashes back and a guess at what was meant. */
function clearer(message: string | undefined, command: Command, argv: readonly string[]): string {
  const bare = /^Not enough arguments following: (.*)$/.exec(message ?? '')?.[1];
  if (bare !== undefined) return `--${bare} needs a value`;
  const unknown = /^Unknown (?:arguments?|commands?): (.*)$/.exec(message ?? '')?.[1]?.split(', ');
  if (unknown === undefined)
    return (message ?? 'cannot be read').replace(/\s+/g, ' ').replace(/^[A-Z]/, (letter) => letter.toLowerCase());
  const known = [...Object.keys(command.options), ...Object.keys(commonOptions())];
  return unknown
    .map((word) => {
      const near = nearest(word, known);
      const flagged = argv.some((given) => given === `--${word}` || given.startsWith(`--${word}=`));
      return `unknown argument ${JSON.stringify(flagged ? `--${word}` : word)}${near === undefined ? '' : ` (did you mean --${near}?)`}`;
    })
    .join(', ');
}
