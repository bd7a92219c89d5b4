/** Watches the event loop while a phase is open: a number taken by a late clock is dropped, not published. */

/** How often the loop is looked at: fine enough to see the 20 ms that matter, coarse enough to cost nothing. */
const tick_ms = 10;
/** A phase is dropped when the loop was late by more than this, or by more than a quarter of the phase (docs/methodology.md). */
const tolerated_ms = 20;
const tolerated_share = 0.25;

/** One phase under observation. */
export interface WatchedPhase {
  /** Ends the phase that lasted `ms`; false when the loop was too late for the number to be trusted. */
  close(ms: number): boolean;
}

export interface LagGuard {
  /** Begins a phase. Every phase opened must be closed: the timer lives only while one is open. */
  open(): WatchedPhase;
  /** Phases dropped since the start. */
  dropped(): number;
  /** Worst lateness seen while a phase was open since the last call, ms; the caller takes it once a round. */
  takeWorst(): number;
}

/** `monotonic` in ms, the clock that also times the phases. */
export function createLagGuard(monotonic: () => number): LagGuard {
  const open = new Set<{ late_ms: number }>();
  let timer: NodeJS.Timeout | undefined;
  let due_ms = 0;
  let dropped = 0;
  let worst_ms = 0;

  const look = () => {
    const late_ms = monotonic() - due_ms;
    if (late_ms <= 0) return;
    worst_ms = Math.max(worst_ms, late_ms);
    for (const phase of open) phase.late_ms = Math.max(phase.late_ms, late_ms);
  };
  const schedule = () => {
    due_ms = monotonic() + tick_ms;
    timer = setTimeout(() => {
      look();
      schedule();
    }, tick_ms);
  };

  return {
    open() {
      const phase = { late_ms: 0 };
      // What was late until now belongs to the phases that were open until now.
      if (timer === undefined) schedule();
      else look();
      due_ms = Math.max(due_ms, monotonic());
      open.add(phase);
      return {
        close(ms) {
          if (!open.has(phase)) return true;
          // What blocked the loop may have let this very event through before the timer: count what is overdue by now.
          look();
          open.delete(phase);
          if (open.size === 0) {
            clearTimeout(timer);
            timer = undefined;
          }
          const kept = phase.late_ms <= Math.max(tolerated_ms, tolerated_share * ms);
          if (!kept) dropped += 1;
          return kept;
        },
      };
    },
    dropped: () => dropped,
    takeWorst() {
      const worst = Math.round(worst_ms * 10) / 10;
      worst_ms = 0;
      return worst;
    },
  };
}
