/** Reading the store from the command line, beside a running daemon or without one. */
import type { Config } from '../config/config.ts';
import { Complaint } from '../model/errors.ts';
import { parseSince } from '../publish/since.ts';
import { openStoreForReading, type StoreReader } from '../store/store.ts';

/** Does `work` with the store and closes it. A store that is not there, or cannot be read, is a `Complaint`. */
export async function withStore(config: Config, work: (store: StoreReader) => Promise<number>): Promise<number> {
  const { path } = config.data;
  const store = openStoreForReading(path, () => Date.now());
  if (store === undefined) {
    throw new Complaint('not_found', `nothing has been stored in ${path} yet; another place is given by --data.path`);
  }
  try {
    return await work(store);
  } catch (error) {
    // Only SQLite's own errors carry a result code: a damaged file, or one that is no store of ours.
    if ((error as { errcode?: unknown }).errcode === undefined) throw error;
    throw new Complaint('store_unusable', `cannot read ${store.file}: ${(error as Error).message}`, { cause: error });
  } finally {
    store.close();
  }
}

/** A flag that says when, as milliseconds since the epoch. A `Complaint` for what is neither a time nor a distance. */
export function momentOf(flag: string, value: unknown, wall_ms: number): number | undefined {
  if (value === undefined) return undefined;
  const at = parseSince(String(value), wall_ms);
  if (at !== undefined) return at;
  throw new Complaint(
    'usage',
    `--${flag}: expected a time such as "2024-01-20T13:41:00Z" or a distance back such as "24h", got ${JSON.stringify(value)}`,
  );
}
