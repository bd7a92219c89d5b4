/** What a command is: one file each in this directory, listed in `table.ts`, wired to the command line by `cli.ts`. */
import type { Options } from 'yargs';
import type { Config } from '../config/config.ts';
import type { Loaded } from '../config/load.ts';

/** What a command gets when it runs. Nothing else of the process is its business. */
export interface Invocation {
  /** Flags, environment, file and defaults resolved, validated and frozen. */
  config: Config;
  /** The configuration file that was read, as it was named; absent when there is none. */
  file?: string | undefined;
  /** Everything that yargs parsed, by the flag's own spelling (`flags['output']`), and the positional argument by its name. */
  flags: Record<string, unknown>;
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream;
  env: NodeJS.ProcessEnv;
  /** Aborted by the first SIGTERM or SIGINT. A command that serves finishes its work and returns. */
  signal: AbortSignal;
  /** One line each: what the operator should know and what stops nothing. For the log, or for stderr. */
  warnings: string[];
  /** Reads flags, environment and file again. Throws the `Complaint` with every mistake; the old `config` stays valid. */
  reload(): Loaded;
}

/** The one positional argument that a command may take. */
export interface Positional {
  name: string;
  describe: string;
  required: boolean;
  /** Takes the rest of the line: `flags[name]` is then an array, empty when nothing was given. */
  many: boolean;
}

/** Every file of a command exports this as `command`. */
export interface Command {
  name: string;
  /** One sentence, lower case, without a full stop. */
  describe: string;
  positional?: Positional | undefined;
  /** The command's own flags. Each has a variable too: `--output` of `probe` is `REACHD_PROBE_OUTPUT`. */
  options: Record<string, Options>;
  /** Command line and what it does. */
  examples: [string, string][];
  /** Refuse to run until the risk text's current version has been accepted. */
  needsConsent: boolean;
  /** Returns the exit status. A `Complaint` thrown is printed and exits 2; anything else thrown is a bug, 70. */
  run(invocation: Invocation): Promise<number>;
}
