/** A data directory of its own for each test, removed afterwards. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openStore, type Store, type StoreOptions } from '../../src/store/store.ts';
import { start } from './outcomes.ts';

export function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'reachd-store-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export interface Opened {
  store: Store;
  warnings: string[];
  /** Moves the store's clock, ms since the epoch. */
  setWall(ms: number): void;
}

/** A store in `path`, closed when the test is over, with a clock of the test's own. */
export function open(path: string, options: Partial<StoreOptions> = {}): Opened {
  const warnings: string[] = [];
  let now = start;
  const store = openStore({
    path,
    keep_ms: 30 * 24 * 3600 * 1000,
    max_size_bytes: 512 * 1024 * 1024,
    wall: () => now,
    warn: (message) => warnings.push(message),
    ...options,
  });
  onTestFinished(() => store.close());
  return {
    store,
    warnings,
    setWall(ms) {
      now = ms;
    },
  };
}
