/** SIGTERM and SIGINT to one AbortSignal. */
import { exit } from '../model/errors.ts';

/** Signal numbers of POSIX, for the exit status 128 + n that shells show for a killed process. */
const numbers = { SIGINT: 2, SIGTERM: 15 } as const;

/** Stopping takes milliseconds; service managers and containers kill after 10 s, and whoever asked waits for 5. */
const patienceMs = 4500;

/**
 * Aborted by the first of them, so that the work can be finished; the second ends the process at once. What has not
 * ended in time is a bug: `onStuck` says so, and the process ends all the same, with everything acknowledged stored.
 */
export function abortOnSignal(onStuck: () => void): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(128 + numbers[name]);
      const stuck = () => {
        onStuck();
        process.exit(exit.bug);
      };
      // Unref'd: only what keeps the process alive by itself is stuck.
      setTimeout(stuck, patienceMs).unref();
      controller.abort(new Error(name));
    });
  }
  return controller.signal;
}
