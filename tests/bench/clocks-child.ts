/**
 * Default rounds in the vantage's namespace, the first one apart; for every connection that stands, the time that our clock saw and the round
 * trip that the kernel had measured by then (TCP_INFO). `node clocks-child.ts CONFIG ROUNDS`; one JSON line.
 */
import { readAnchors } from '../../src/commands/anchors.ts';
import { createStation } from '../../src/commands/station.ts';
import { load } from '../../src/config/load.ts';
import { createRealNetwork } from '../../src/measure/real.ts';

const { config } = load({ flags: { 'config.file': process.argv[2] }, env: {}, terminal: false });
const real = createRealNetwork({ tcp_info: true });
let pairs: [ours: number, kernel: number][] = [];
/** From round to round the clock jumps, so that a minute need not be waited for. */
let ahead = 0;
const station = createStation({
  config,
  network: {
    ...real,
    monotonic: () => real.monotonic() + ahead,
    async connectTcp(ip, port, signal, onSyn) {
      let start = real.monotonic();
      const socket = await real.connectTcp(ip, port, signal, () => {
        start = real.monotonic();
        onSyn?.();
      });
      const ms = real.monotonic() - start;
      const rtt = real.tcpInfo?.(socket)?.rtt_ms;
      if (rtt !== undefined) pairs.push([ms, rtt]);
      return socket;
    },
  },
  ca_pem: readAnchors(config.tls.ca_file),
  store: undefined,
  vantage_id: 'lab',
  address_salt: '00',
});
const rounds = Number(process.argv[3]);
const result: { pairs: typeof pairs; lag_ms: number | undefined }[] = [];
for (let slot = 1; slot <= rounds; slot++) {
  pairs = [];
  const outcome = await station.rounds.next(slot, 0, new AbortController().signal);
  result.push({ pairs, lag_ms: outcome?.round.lag_ms });
  ahead += config.round.interval_ms;
}
console.log(JSON.stringify(result));
await station.close();
