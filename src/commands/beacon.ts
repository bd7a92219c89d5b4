/** `reachd beacon`: the helper server, to be run on an unfiltered network. It measures nothing and needs no consent. */
import type { Logger } from 'pino';
import { selfSigned, spkiHash } from '../beacon/certificate.ts';
import { loadKey } from '../beacon/key.ts';
import { type Beacon, type BeaconOptions, startBeacon } from '../beacon/server.ts';
import { formatSize, parseSize } from '../config/units.ts';
import { Complaint, exit } from '../model/errors.ts';
import { listenComplaint, parseListenAddress } from '../publish/listen-address.ts';
import type { Command } from './command.ts';
import { createLogger } from './logger.ts';

/** How often the log says what was served. */
const report_ms = 3_600_000;

const flag = 'listen-address';

export const command: Command = {
  name: 'beacon',
  describe: 'a helper server for an unfiltered network: the same bytes under any name',
  options: {
    [flag]: {
      type: 'string',
      default: '0.0.0.0:443',
      describe: 'Where to listen; filters by name look at port 443 most of all. [::]:443 is both IPv6 and IPv4',
    },
    'daily-bytes': { type: 'string', default: '10GB', describe: 'Serves no more than that in a day, to all together' },
    'client-bytes': { type: 'string', default: '8MiB', describe: 'No more than that to one client in ten minutes' },
    'client-requests': {
      type: 'number',
      default: 120,
      describe: 'No more answers than that to one client in ten minutes',
    },
  },
  examples: [
    ['reachd beacon', 'prints the line to paste into the configuration of probes, and serves'],
    ['reachd beacon --listen-address 127.0.0.1:8443', 'try it: curl -k https://127.0.0.1:8443/1000'],
  ],
  needsConsent: false,
  async run({ config, flags, stdout, signal, warnings }) {
    const log = createLogger(config.log, stdout);
    for (const warning of warnings) log.warn(warning);
    const text = String(flags[flag]);
    const address = parseListenAddress(text, flag);
    const limits = {
      daily_bytes: sizeOf(flags, 'daily-bytes'),
      client_bytes: sizeOf(flags, 'client-bytes'),
      client_requests: countOf(flags, 'client-requests'),
    };
    const key = loadKey(config.data.path);
    const options: BeaconOptions = {
      ...address,
      ...limits,
      key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
      certificate: selfSigned(key),
    };
    const beacon = await startBeacon(options).catch((error: NodeJS.ErrnoException) => {
      throw listenComplaint(text, address, error, flag);
    });
    log.info(
      `beacon listens on port ${beacon.port}, any name, GET /N; at most ${formatSize(limits.daily_bytes)} a day`,
    );
    log.info(`for the configuration of probes, with this machine's public address:`);
    log.info(`beacons: [{ address: PUBLIC-ADDRESS, port: ${beacon.port}, spki: ${spkiHash(key)} }]`);
    await serveUntil(beacon, log, signal);
    return exit.fine;
  },
};

/** Sums only: whoever runs a beacon need not know who uses it, and should have nothing to hand over. */
async function serveUntil(beacon: Beacon, log: Logger, signal: AbortSignal): Promise<void> {
  const report = () => {
    const { served, bytes, limited, refused } = beacon.counts();
    log.info(`since the start: ${served} samples, ${bytes} bytes; ${limited} over a limit, ${refused} other requests`);
  };
  const timer = setInterval(report, report_ms);
  try {
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  } finally {
    clearInterval(timer);
    await beacon.close();
    report();
  }
}

function sizeOf(flags: Readonly<Record<string, unknown>>, name: string): number {
  const bytes = parseSize(String(flags[name]));
  if (bytes !== undefined && bytes > 0) return bytes;
  throw new Complaint('usage', `--${name}: expected a size such as "200MB", got ${JSON.stringify(flags[name])}`);
}

function countOf(flags: Readonly<Record<string, unknown>>, name: string): number {
  const count = Number(flags[name]);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new Complaint('usage', `--${name}: expected a whole number of at least 1, got ${JSON.stringify(flags[name])}`);
}
