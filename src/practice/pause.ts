/** Waiting that can be given up, and that is never over too early. */

/**
 * Resolves at `due` (on `performance.now()`'s scale) or rejects with `signal.reason`. libuv's timers count whole
 * milliseconds and may fire up to one early, so the clock is read again: a practice round trip is never too short.
 */
export function pauseUntil(due: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const look = () => {
      const left = due - performance.now();
      if (left > 0) {
        timer = setTimeout(look, Math.max(1, left));
        return;
      }
      signal.removeEventListener('abort', abort);
      resolve();
    };
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    look();
  });
}

/** Never resolves; rejects with `signal.reason`. */
export function hang(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
