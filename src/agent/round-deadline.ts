/** The moment at which a round ends, whatever is still open: one ref'd timer, joined with the shutdown signal. */
export interface RoundDeadline {
  signal: AbortSignal;
  end(): void;
}

export function roundDeadline(ms: number, shutdown: AbortSignal): RoundDeadline {
  const controller = new AbortController();
  const abort = () => controller.abort(shutdown.reason ?? new Error('round deadline'));
  const timer = setTimeout(abort, ms);
  shutdown.addEventListener('abort', abort, { once: true });
  if (shutdown.aborted) abort();
  return {
    signal: controller.signal,
    end() {
      clearTimeout(timer);
      shutdown.removeEventListener('abort', abort);
    },
  };
}
