/** A practice Internet for one test file, and the hosts that its tests speak of. */
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { censorNamed } from '../../src/practice/censors.ts';
import { createPracticeInternet, type PracticeInternet } from '../../src/practice/internet.ts';
import { ispResolver } from '../../src/practice/world.ts';
import { ask } from './ask.ts';
import { type Ask, failure, get } from './client.ts';

export const x = { host: 'x.com', ip: '104.244.42.1', timeout_ms: 400 };
export const cdn = { host: 'abs.twimg.com', ip: '199.232.44.159', timeout_ms: 3000 };
export const youtube = { host: 'www.youtube.com', ip: '142.250.185.78' };
export const wikipedia = { host: 'www.wikipedia.org', ip: '185.15.59.224' };
export const domestic = { host: 'nust.edu.pk', ip: '111.68.98.20', timeout_ms: 400 };

/** One Internet a file; after each test all censors are off again. */
export function practice() {
  let internet: PracticeInternet;
  beforeAll(async () => {
    internet = await createPracticeInternet({ rtt_ms: 40, seed: 3 });
  });
  afterEach(() => internet.clear());
  afterAll(() => internet.close());
  return {
    get network() {
      return internet.network;
    },
    on: (censor: Parameters<PracticeInternet['on']>[0]) => internet.on(censor),
    clear: () => internet.clear(),
    off: (name: string) => internet.off(censorNamed(name)),
    under: (name: string) => internet.on(censorNamed(name)),
    isp: (name: string, wait_ms?: number) =>
      ask(internet.network, ispResolver.ip4, name, wait_ms === undefined ? {} : { wait_ms }),
    fine: async (asked: Ask) => {
      expect(await get(internet.network, { ...asked, timeout_ms: 5000 })).toMatchObject({
        status: 200,
        authorized: true,
      });
    },
  };
}

/** Why a promise failed, and after how many milliseconds. */
export async function timed(promise: Promise<unknown>): Promise<{ reason: string; ms: number }> {
  const start = performance.now();
  const reason = await failure(promise);
  return { reason, ms: performance.now() - start };
}
