/** Series about the daemon itself: its rounds, its bytes, its store, its process. */
import type { RoundOutcome } from '../model/outcome.ts';
import type { Families } from './registry.ts';

/** What the store says of itself; the shape of the store's `health()`. */
export interface StoreWord {
  ok: boolean;
  used_bytes: number;
}

/** Takes in what the round cost. */
export function observeSelf({ round, duration_ms, overruns, bytes }: RoundOutcome, families: Families): void {
  families.rounds.add({});
  families.roundOverruns.follow({}, overruns);
  families.lastRound.set({}, Date.parse(round.started_at) / 1000);
  families.roundDuration.set({}, duration_ms / 1000);
  families.eventLoopLag.set({}, round.lag_ms === undefined ? undefined : round.lag_ms / 1000);
  families.budgetLimit.set({}, bytes?.limit_bytes);
  families.budgetRemaining.set({}, bytes?.remaining_bytes);
  for (const [purpose, spent] of Object.entries(bytes?.spent ?? {})) {
    for (const direction of ['sent', 'received'] as const) {
      const total = spent?.[direction] ?? 0;
      if (total > 0) families.bytes.follow({ purpose, direction }, total);
    }
  }
}

export function observeStore(health: StoreWord, families: Families): void {
  families.storeHealthy.set({}, Number(health.ok));
  families.storeSize.set({}, health.used_bytes);
}

/** The process as the kernel sees it, read when asked for: reading it on a timer costs 2 % of a Pi's CPU. */
export function observeProcess(families: Families): void {
  const { user, system } = process.cpuUsage();
  families.cpuSeconds.follow({}, (user + system) / 1e6);
  families.residentMemory.set({}, process.memoryUsage.rss());
}
