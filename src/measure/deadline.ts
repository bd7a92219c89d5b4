/**
 * Deadlines as AbortSignals. With ref'd timers: `AbortSignal.timeout` is unref'd, and a process whose only work is a
 * connection that is never answered would silently end.
 */

export interface Deadline {
  /** Aborts at the deadline, or with the parent. */
  readonly signal: AbortSignal;
  /** True when the time ran out; false when the parent ended it. */
  expired(): boolean;
  /** Clears the timer; to be called in every case. */
  end(): void;
}

/** Our own time ran out. A `code` as system errors have, so that the failure table names it. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
  readonly code = 'REACHD_DEADLINE';
}

/** `ms` from now, or when `parent` aborts, whichever is first. */
export function deadline(ms: number, parent?: AbortSignal): Deadline {
  const controller = new AbortController();
  let expired = false;
  const timer = setTimeout(() => {
    expired = true;
    parent?.removeEventListener('abort', onParent);
    controller.abort(new DeadlineError(`not done within ${ms} ms`));
  }, ms);
  const end = () => {
    clearTimeout(timer);
    parent?.removeEventListener('abort', onParent);
  };
  function onParent() {
    end();
    controller.abort(parent?.reason);
  }
  if (parent?.aborted) onParent();
  else parent?.addEventListener('abort', onParent, { once: true });
  return { signal: controller.signal, expired: () => expired, end };
}

/** Resolves after `ms`; earlier, without complaint, when `signal` aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}

/** `promise`, or a rejection with `signal.reason`: for work that cannot be aborted. */
export function raceSignal<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    const settle = <V>(then: (value: V) => void) => {
      return (value: V) => {
        signal.removeEventListener('abort', onAbort);
        then(value);
      };
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    promise.then(settle(resolve), settle(reject));
  });
}
