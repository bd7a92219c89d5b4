/**
 * Basic authentication (RFC 7617) with bcrypt hashes. The work is done in a worker: rounds are timed in this process,
 * and a comparison would stop its event loop for 70 ms and more.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { Question } from './bcrypt-worker.ts';

export interface Authenticator {
  /** Whether the header names a user and their password; `busy` when too many are waiting to be told. */
  check(authorization: string | undefined): Promise<'yes' | 'no' | 'busy'>;
  /** Ends the worker, if there is one. Who is waiting is told `busy`. */
  close(): Promise<void>;
}

/** Accepted pairs that are remembered, so that a scrape costs no hashing; as many as the exporter toolkit does. */
const remembered = 100;
/** Comparisons waiting for the one worker. An attacker fills this and no more; those who are remembered do not wait. */
const mostWaiting = 16;
/** The worker takes some MB: it goes when nobody new has come for so long. */
const idleMs = 30_000;
/** Compared with for an unknown user, at the users' cost, so that the time does not tell who exists. Nobody's hash. */
const decoySalt = '.'.repeat(22) + 'u'.repeat(31);

const digest = (text: string) => createHash('sha256').update(text).digest();

/** For these users, name to hash; hashes must be well-formed. No users: nobody is asked, every check is `yes`. */
export function createAuthenticator(users: ReadonlyMap<string, string>): Authenticator {
  const known = [...users].map(([name, hash]) => ({ digest: digest(name), hash }));
  const cost = [...users.values()].reduce((most, hash) => (hash.slice(4, 6) > most ? hash.slice(4, 6) : most), '04');
  const decoy = `$2b$${cost}$${decoySalt}`;
  /** Keyed anew at every start, so that a dump of the memory is no table of passwords. */
  const secret = randomBytes(32);
  const accepted = new Set<string>();
  const hasher = createHasher();

  /** Looks at every user, whoever is asked for. */
  const hashOf = (name: string): string | undefined => {
    const asked = digest(name);
    let found: string | undefined;
    for (const { digest, hash } of known) if (timingSafeEqual(digest, asked)) found = hash;
    return found;
  };

  return {
    async check(authorization) {
      if (known.length === 0) return 'yes';
      const pair = credentials(authorization);
      if (pair === undefined) return 'no';
      const hash = hashOf(pair.name);
      const key = createHmac('sha256', secret)
        .update(JSON.stringify([pair.name, pair.password]))
        .digest('base64');
      if (accepted.has(key)) return 'yes';
      const same = await hasher.compare(pair.password, hash ?? decoy);
      if (same === undefined) return 'busy';
      if (!same || hash === undefined) return 'no';
      if (accepted.size >= remembered) accepted.delete(accepted.values().next().value ?? '');
      accepted.add(key);
      return 'yes';
    },
    close: () => hasher.close(),
  };
}

/** Name and password of an Authorization header; undefined for another scheme, or for what is none. */
export function credentials(header: string | undefined): { name: string; password: string } | undefined {
  const [, encoded] = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { name: text.slice(0, colon), password: text.slice(colon + 1) };
}

interface Hasher {
  /** Undefined: too many are waiting, or the worker ended. */
  compare(password: string, hash: string): Promise<boolean | undefined>;
  close(): Promise<void>;
}

/** One worker, made when the first comparison is wanted and ended when it has had nothing to do for a while. */
function createHasher(): Hasher {
  const waiting = new Map<number, (same: boolean | undefined) => void>();
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let next = 0;

  const end = async () => {
    clearTimeout(idle);
    const ending = worker;
    worker = undefined;
    for (const answer of waiting.values()) answer(undefined);
    waiting.clear();
    await ending?.terminate();
  };
  const begin = (): Worker => {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const made = new Worker(new URL(`./bcrypt-worker.${extension}`, import.meta.url));
    // The server keeps the process alive, not this.
    made.unref();
    made.on('message', ({ id, same }: { id: number; same: boolean }) => {
      waiting.get(id)?.(same);
      waiting.delete(id);
      if (waiting.size === 0) idle = setTimeout(() => void end(), idleMs).unref();
    });
    made.on('error', () => {
      if (made === worker) void end();
    });
    return made;
  };

  return {
    compare: (password, hash) =>
      new Promise((resolve) => {
        if (waiting.size >= mostWaiting) return resolve(undefined);
        clearTimeout(idle);
        worker ??= begin();
        const id = next++;
        waiting.set(id, resolve);
        worker.postMessage({ id, password, hash } satisfies Question);
      }),
    close: end,
  };
}
