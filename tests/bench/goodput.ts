/**
 * `node tests/bench/goodput.ts`: what the measuring code says of servers limited to an exact rate, at three distances.
 * A median of claims that is off by more than 3 % is a failure; where nothing is claimed the table says so. The thread that
 * plays the link needs a processor of its own: on a busy machine it sends late, and the worst of three shows that.
 */
import { mayGrow, transfer } from '../../src/measure/transfer.ts';
import { limitedPath } from '../measure/limited-path.ts';

const rates = [130_000, 500_000, 1_000_000, 5_000_000, 20_000_000];
const trips = [20, 80, 250];
const sizes = [64 * 1024, 256 * 1024];
const repeats = 3;
const tolerated = 0.03;

const cell = (text: string | number, width: number) => String(text).padStart(width);
console.log('limit kbit/s  RTT ms  KiB  claimed kbit/s (error)            plateau kbit/s  CoV    ms     grows');
let wrong = 0;
for (const bps of rates) {
  for (const rtt_ms of trips) {
    const path = await limitedPath({ bps, rtt_ms, record_bytes: 4096 }, true);
    try {
      for (const bytes of sizes) {
        const all = [];
        for (let i = 0; i < repeats; i++) {
          const url = path.object(1 << 20);
          const input = { url, ip: path.ip, source: 'pinned', bytes, timeout_ms: 10_000, plateau_ms: 2500 } as const;
          all.push(await transfer(input, path.instruments, new AbortController().signal));
        }
        // The median of the claims, the worst of their errors.
        const claims = all.flatMap(({ goodput_bps }) => goodput_bps ?? []).sort((a, b) => a - b);
        const errors = claims.map((claim) => claim / bps - 1);
        const worst = errors.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
        const middle = claims[Math.floor(claims.length / 2)];
        if (middle !== undefined && Math.abs(middle / bps - 1) > tolerated) wrong += 1;
        const said =
          middle === undefined
            ? 'not claimed'
            : `${(middle / 1000).toFixed(1)} (worst ${(100 * worst).toFixed(1)} %, ${claims.length} of ${repeats})`;
        const { transfer: sample } = all.find(({ transfer: one }) => one) ?? {};
        console.log(
          cell(bps / 1000, 12),
          cell(rtt_ms, 7),
          cell(bytes / 1024, 4),
          ` ${said.padEnd(34)}`,
          cell(sample?.plateau_bps === undefined ? '-' : (sample.plateau_bps / 1000).toFixed(1), 13),
          cell(sample?.cov ?? '-', 6),
          cell(sample?.ms ?? '-', 8),
          all.some(mayGrow) ? '  yes' : '  no',
          all.some(({ late }) => late) ? ' (late clock)' : '',
        );
      }
    } finally {
      await path.close();
    }
  }
}
console.log(wrong === 0 ? 'every claim within 3 %' : `${wrong} rows off by more than 3 %`);
process.exitCode = wrong === 0 ? 0 : 1;
