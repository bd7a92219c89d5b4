/** The command line: from words to one command with its configuration, or to help, or to one clear line. */
import { settings } from '../config/settings.ts';
import { nearest } from '../config/suggest.ts';
import { Complaint, exit } from '../model/errors.ts';
import type { Invocation } from './command.ts';
import { wantsDebug } from './explain.ts';
import { commandHelp, generalHelp } from './help.ts';
import { findCommand, parseCommand } from './parse.ts';
import { commandNames, importCommand } from './table.ts';
import { settle, variablesOf } from './variables.ts';
import { versionLine } from './version.ts';

export interface CommandLine {
  argv: readonly string[];
  env: NodeJS.ProcessEnv;
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream;
  signal: AbortSignal;
}

/** Returns the exit status. Throws a `Complaint` for everything that the operator can put right. */
export async function runCommandLine({ argv, env, stdout, stderr, signal }: CommandLine): Promise<number> {
  const asked = await findCommand(argv);
  if (asked.version) return say(stdout, versionLine(), exit.fine);
  if (asked.name === undefined) {
    if (asked.help) return say(stdout, await generalHelp(), exit.fine);
    if (argv.length === 0) return say(stderr, await generalHelp(), exit.usage);
    throw new Complaint('usage', `which command? One of ${commandNames.join(', ')}; see reachd --help`);
  }
  if (!commandNames.includes(asked.name)) {
    const near = nearest(asked.name, commandNames);
    const hint = near === undefined ? `there are ${commandNames.join(', ')}` : `did you mean "${near}"?`;
    throw new Complaint('usage', `unknown command ${JSON.stringify(asked.name)} (${hint}); see reachd --help`);
  }
  const command = await importCommand(asked.name);
  if (asked.help) return say(stdout, await commandHelp(command), exit.fine);

  const flags = await parseCommand(command, argv);
  const own = settle(command, flags, env);
  // Imported here, so that help, version and a mistyped word wait for no schema and no database.
  const { load, unknownVariables } = await import('../config/load.ts');
  const request = { flags, env, terminal: (stdout as NodeJS.WriteStream).isTTY === true };
  const { config, file, warnings } = load(request);
  if (wantsDebug(argv, env)) {
    for (const name of unknownVariables(env, await everyVariable())) {
      stderr.write(`reachd: debug: ${name} is in the environment and is no setting: ignored\n`);
    }
  }
  if (command.needsConsent) {
    const { requireConsent } = await import('./consent.ts');
    requireConsent(command.name, config, flags['accept-risk'] === true, warnings);
  }
  const invocation: Invocation = {
    config,
    file,
    flags: { ...flags, ...own },
    stdout,
    stderr,
    env,
    signal,
    warnings,
    reload: () => load(request),
  };
  return await command.run(invocation);
}

function say(stream: NodeJS.WritableStream, text: string, status: number): number {
  stream.write(`${text}\n`);
  return status;
}

async function everyVariable(): Promise<string[]> {
  const commands = await Promise.all(commandNames.map(importCommand));
  return [...settings.map(({ variable }) => variable), ...commands.flatMap((one) => [...variablesOf(one).values()])];
}
