/** The process: its streams, its signals and its exit status. Everything else is in `commands/`. */
import { runCommandLine } from './commands/cli.ts';
import { explain } from './commands/explain.ts';
import { abortOnSignal } from './commands/signals.ts';

/**
 * Runs the command line and ends the process with its status. `argv` without the runtime and the script.
 * What is printed is on its way before the process ends; nothing that a command left open keeps it alive.
 */
export async function main(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<never> {
  const { stdout, stderr } = process;
  // The reader of `reachd … | head` has seen enough: no complaint, and nothing left to do.
  for (const stream of [stdout, stderr])
    stream.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : 70));
  const end = (error: unknown): never => {
    const { text, status } = explain(error, argv, env);
    stderr.write(text);
    process.exit(status);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
  const signal = abortOnSignal(() =>
    stderr.write('reachd: stopping took too long, ended without waiting (please report)\n'),
  );
  let status: number;
  try {
    status = await runCommandLine({ argv, env, stdout, stderr, signal });
  } catch (error) {
    return end(error);
  }
  await Promise.all([stdout, stderr].map((stream) => new Promise<void>((done) => stream.write('', () => done()))));
  process.exit(status);
}
