/** The variables of a command's own flags: `--output` of `probe` is `REACHD_PROBE_OUTPUT`. */
import type { Options } from 'yargs';
import { show } from '../config/mistakes.ts';
import { Complaint } from '../model/errors.ts';
import type { Command } from './command.ts';

/**
 * The command is part of the name, so that two commands may have flags of one name, and so that none is called as
 * Kubernetes calls its own for a service named reachd (`REACHD_PORT`, `REACHD_SERVICE_HOST`).
 */
export function variableOf(command: string, flag: string): string {
  return `REACHD_${command}_${flag}`.toUpperCase().replace(/[.-]/g, '_');
}

/** Every variable of a command, by flag. */
export function variablesOf({ name, options }: Pick<Command, 'name' | 'options'>): Map<string, string> {
  return new Map(Object.keys(options).map((flag) => [flag, variableOf(name, flag)]));
}

/** A flag's value: what was given, else its variable, else its default. Throws a `Complaint` for a variable of no use. */
export function settle(
  { name, options }: Pick<Command, 'name' | 'options'>,
  flags: Readonly<Record<string, unknown>>,
  env: NodeJS.ProcessEnv,
): Record<string, unknown> {
  const settled: Record<string, unknown> = {};
  for (const [flag, option] of Object.entries(options)) {
    const variable = variableOf(name, flag);
    const text = env[variable];
    if (flags[flag] !== undefined) settled[flag] = checked(flags[flag], option, `--${flag}`);
    else if (text !== undefined && text !== '') settled[flag] = checked(typed(text, option), option, variable);
    else if (option.default !== undefined) settled[flag] = option.default;
    else if (option.demandOption !== undefined && option.demandOption !== false) {
      throw new Complaint('usage', `${name} needs --${flag} (or ${variable}); see reachd ${name} --help`);
    }
  }
  return settled;
}

function typed(text: string, option: Options): unknown {
  if (isBoolean(option)) return text === 'true' ? true : text === 'false' ? false : text;
  const items = isArray(option) ? text.split(',').map((item) => item.trim()) : [text];
  // A text that is no number stays what it was, so that the message can show it.
  const values = items.map((item) => (isNumber(option) && Number.isFinite(Number(item)) ? Number(item) : item));
  return isArray(option) ? values : values[0];
}

function checked(value: unknown, option: Options, where: string): unknown {
  for (const one of Array.isArray(value) ? value : [value]) {
    const refuse = (expected: string) => {
      throw new Complaint('usage', `${where}: expected ${expected}, got ${show(one)}`);
    };
    if (option.choices !== undefined && !option.choices.includes(one as string)) {
      refuse(option.choices.map((choice) => `"${choice}"`).join(' or '));
    }
    if (isBoolean(option) && typeof one !== 'boolean') refuse('true or false');
    // What yargs could not read as a number has become NaN: there is no text left to show.
    if (isNumber(option) && Number.isNaN(one)) throw new Complaint('usage', `${where}: expected a number`);
    if (isNumber(option) && (typeof one !== 'number' || !Number.isFinite(one))) refuse('a number');
  }
  return value;
}

const isBoolean = ({ type, boolean }: Options) => type === 'boolean' || boolean === true;
const isNumber = ({ type, number }: Options) => type === 'number' || number === true;
const isArray = ({ type, array }: Options) => type === 'array' || array === true;
