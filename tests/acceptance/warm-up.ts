/** What every history begins with: sixty clean rounds, each with a download from every platform, in a store of their own. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createPracticeInternet } from '../../src/practice/internet.ts';
import { practiceRootPem } from '../../src/practice/pki.ts';
import { configFor } from './daemon.ts';
import { playJumping } from './jumping.ts';

const rounds = 60;
const interval_s = 12;

/**
 * The directory of the warm-up's store under `directory`; made where it is not there yet, in some two minutes: a round of
 * downloads takes about two seconds. To what follows the daemon has been running for twelve minutes and been stopped.
 */
export async function warmUp(directory: string): Promise<string> {
  const path = join(directory, 'warm-up');
  const done = join(path, 'done');
  if (existsSync(done)) return path;
  mkdirSync(path, { recursive: true });
  const { network, close } = await createPracticeInternet({ rtt_ms: 40, seed: 11 });
  const config = configFor(interval_s);
  try {
    await playJumping({ config, network, ca_pem: practiceRootPem(), path, rounds }, ({ events, round }) => {
      if (events.length > 0) throw new Error(`round ${round.round} of the warm-up was not calm`);
    });
  } finally {
    await close();
  }
  mkdirSync(done);
  return path;
}
