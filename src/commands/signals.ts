/** SIGTERM and SIGINT to one AbortSignal. */

/** Signal numbers of POSIX, for the exit status 128 + n that shells show for a killed process. */
const numbers = { SIGINT: 2, SIGTERM: 15 } as const;

/** Aborted by the first of them, so that the work can be finished; the second ends the process at once. */
export function abortOnSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(128 + numbers[name]);
      controller.abort(new Error(name));
    });
  }
  return controller.signal;
}
