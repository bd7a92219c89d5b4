/**
 * Sixty clean rounds of the real program's own parts in the vantage's namespace, one after the other without the waiting
 * between them. `node tests/lab/warm-up-child.ts CONFIG DATA`; exit status 1 when a round was not calm.
 */
import { readAnchors } from '../../src/commands/anchors.ts';
import { load } from '../../src/config/load.ts';
import { createRealNetwork } from '../../src/measure/real.ts';
import { playJumping } from '../acceptance/jumping.ts';

const rounds = 60;
const [file, path = ''] = process.argv.slice(2);
const { config } = load({ flags: { 'config.file': file }, env: {}, terminal: false });

await playJumping(
  {
    config,
    network: createRealNetwork(config.experiments),
    ca_pem: readAnchors(config.tls.ca_file),
    path,
    rounds,
  },
  ({ events, round }) => {
    if (events.length > 0) throw new Error(`round ${round.round} of the warm-up was not calm`);
  },
);
