/** The help: what there is, how it is used, which status and which variables. */
import { settings } from '../config/settings.ts';
import type { Command } from './command.ts';
import { heeds } from './heeded.ts';
import { describeCommand, parser } from './parse.ts';
import { commandNames, importCommand } from './table.ts';
import { variablesOf } from './variables.ts';

/** Wide enough for a flag with its description, narrow enough for a terminal beside another. */
const width = 100;

const statuses = `Exit status:
  0   fine (probe: every platform is reachable, or refuses us by itself)
  1   probe: a platform is not reachable
  2   wrong usage, a mistake in the configuration, or the risk text is not accepted
  3   probe: it cannot be known
  70  a bug of ours: please report it`;

/** Of a command: the verdicts are the probe's alone. */
const statusesOf = ({ name, needsConsent }: Command): string =>
  name === 'probe'
    ? statuses
    : `Exit status:
  0   fine
  2   wrong usage, or a mistake in the configuration${needsConsent ? ', or the risk text is not accepted' : ''}
  70  a bug of ours: please report it`;

/** `reachd --help` */
export async function generalHelp(): Promise<string> {
  const commands = await Promise.all(commandNames.map(importCommand));
  const column = Math.max(...commandNames.map((name) => name.length)) + 2;
  return `reachd <command>: sees whether X, Facebook, Instagram and YouTube are blocked or throttled from here

Commands:
${commands.map(({ name, describe }) => `  ${name.padEnd(column)}${describe}`).join('\n')}

Examples:
  reachd demo                          watch it at work; no network is touched
  reachd probe --accept-risk           one round now
  reachd run --accept-risk             the daemon; its page is http://127.0.0.1:7322/
  reachd check --config.file my.yaml   every mistake in a configuration, with line and column

${statuses}

Settings: a flag outranks its variable, the variable the file, the file the default.
  \`reachd <command> --help\` lists the flags; config/reachd.yaml explains every key of the file.`;
}

/** `reachd COMMAND --help` */
export async function commandHelp(command: Command): Promise<string> {
  const line = describeCommand(parser([command.name]), command).wrap(width);
  return `${(await line.getHelp()).trimEnd()}

${epilogue(command)}`;
}

function epilogue(command: Command): string {
  const own = [...variablesOf(command)];
  const common = settings.filter(({ flag }) => heeds(command.name, flag));
  const pairs = [...own, ...common.map(({ flag, variable }) => [flag, variable] as const)];
  const column = Math.max(...pairs.map(([, variable]) => variable.length)) + 2;
  const rest =
    common.length < settings.length
      ? 'The other common flags (reachd run --help) are taken too and change nothing here.\n\n'
      : '';
  const variables = pairs.map(([flag, variable]) => `  ${variable.padEnd(column)}--${flag}`).join('\n');
  return `Environment (a flag outranks its variable, the variable the file):\n${variables}\n\n${rest}${statusesOf(command)}`;
}
