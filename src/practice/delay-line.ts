/** A way with a length: what is put in comes out later, in the order in which it was put in. */

export interface DelayLine {
  /** Runs `action` once `ms` have passed, but never before what was put in earlier. */
  push(ms: number, action: () => void): void;
  /** Forgets everything that is still under way. */
  close(): void;
}

export function delayLine(): DelayLine {
  const queue: { due: number; action: () => void }[] = [];
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const arm = () => {
    const head = queue[0];
    if (timer !== undefined || head === undefined) return;
    timer = setTimeout(deliver, Math.max(1, head.due - performance.now()));
  };
  const deliver = () => {
    timer = undefined;
    // libuv's timers may fire up to a millisecond early: the clock is read again, no way is ever too short.
    while (queue[0] !== undefined && queue[0].due <= performance.now()) queue.shift()?.action();
    arm();
  };

  return {
    push(ms, action) {
      if (closed) return;
      const due = Math.max(performance.now() + ms, queue.at(-1)?.due ?? 0);
      queue.push({ due, action });
      arm();
    },
    close() {
      closed = true;
      queue.length = 0;
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
