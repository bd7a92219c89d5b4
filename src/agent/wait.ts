/**
 * Waits until a monotonic moment, or until the signal is aborted; never rejects.
 *
 * The timer is ref'd: an unref'd one would let the process end in the middle of its work.
 */
export function waitUntil(at: number, monotonic: () => number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, Math.max(0, at - monotonic()));
    signal.addEventListener('abort', done, { once: true });
  });
}
