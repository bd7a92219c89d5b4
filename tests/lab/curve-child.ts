/** Run inside the vantage by `curves.ts`: one download over the real network; its curve and numbers as JSON. */
import { readFileSync } from 'node:fs';
import { createInstruments } from '../../src/measure/instruments.ts';
import { createRealNetwork } from '../../src/measure/real.ts';
import { transfer } from '../../src/measure/transfer.ts';
import { createTrust } from '../../src/measure/trust.ts';

const [url = '', ip = '', root = ''] = process.argv.slice(2);
const instruments = createInstruments({
  network: createRealNetwork({ tcp_info: true }),
  trust: createTrust({ ca_pem: readFileSync(root, 'utf8') }),
  user_agent: 'reachd-lab/1',
  asnOf: () => undefined,
  addressId: () => 'lab',
});
const done = await transfer(
  { url: new URL(url), ip, source: 'pinned', bytes: 65_536, timeout_ms: 6000, plateau_ms: 2500 },
  instruments,
  new AbortController().signal,
);
await instruments.close();
const { points, transfer: sample, goodput_bps, attempt, late } = done;
const { outcome, failure, evidence } = attempt.exchange;
const rounded = points.map(({ at_ms, raw, tick }) => [Math.round(at_ms * 10) / 10, raw, tick ? 1 : 0]);
process.stdout.write(
  JSON.stringify({ outcome, failure, transfer: sample, goodput_bps, late, tcp: evidence?.tcp, points: rounded }),
);
