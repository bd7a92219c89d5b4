/** What a thrown thing looks like to the person at the terminal, and the status that the process ends with. */
import { Complaint, exit } from '../model/errors.ts';

/** Complaints whose lines begin with their own place (`file:line:column`, a flag), or are a text to be read. */
const placed = ['config', 'consent', 'record_invalid'];

/**
 * A `Complaint` is its message. Anything else is a bug: one line, and the stack only where `--log.level` (or its
 * variable) asks for debug lines, because a stack trace tells a volunteer nothing.
 */
export function explain(
  error: unknown,
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
): { text: string; status: number } {
  if (error instanceof Complaint) {
    const text = placed.includes(error.code) ? error.message : `reachd: ${error.message}`;
    return { text: `${text}\n`, status: error.exit };
  }
  const [first = ''] = String(error).split('\n');
  const stack = wantsDebug(argv, env) && error instanceof Error ? `${error.stack}\n` : '';
  return { text: `reachd: internal error: ${first} (please report)\n${stack}`, status: exit.bug };
}

/** Works before and without a parsed command line, since parsing may be what failed. */
export function wantsDebug(argv: readonly string[], env: NodeJS.ProcessEnv): boolean {
  const at = argv.lastIndexOf('--log.level');
  const joined = argv.findLast((word) => word.startsWith('--log.level='))?.slice('--log.level='.length);
  const level = joined ?? (at >= 0 ? argv[at + 1] : undefined) ?? env['REACHD_LOG_LEVEL'];
  return level === 'debug' || level === 'trace';
}
