/** `reachd status`: what the running daemon sees, in the terminal. */
import { request } from 'undici';
import { Complaint, exit } from '../model/errors.ts';
import { parseListenAddress } from '../publish/listen-address.ts';
import type { Status } from '../publish/status.ts';
import { renderStatus } from '../publish/table.ts';
import type { Command } from './command.ts';

/** The daemon is on this machine: what does not answer in this time is not going to. */
const timeoutMs = 5000;

export const command: Command = {
  name: 'status',
  describe: 'what the running daemon sees, in the terminal',
  options: {
    output: { type: 'string', choices: ['table', 'json'], default: 'table', describe: 'table for people, json' },
  },
  examples: [
    ['reachd status', 'the daemon of this machine'],
    ['reachd status --web.listen-address 127.0.0.1:7400', 'one that listens elsewhere'],
  ],
  needsConsent: false,
  async run({ config, flags, stdout }) {
    const status = await ask(config.web.listen_address);
    if (flags['output'] === 'json') {
      stdout.write(`${JSON.stringify(status, null, 2)}\n`);
    } else {
      const { isTTY, columns, getColorDepth } = stdout as NodeJS.WriteStream;
      const colour = isTTY === true && getColorDepth.call(stdout) > 1;
      stdout.write(renderStatus(status, { colour, width: columns ?? 80 }));
    }
    return exit.fine;
  },
};

/** Asks over loopback what listens on every interface. Throws a `Complaint` when nobody of ours answers. */
async function ask(listen_address: string): Promise<Status> {
  const { host, port } = parseListenAddress(listen_address);
  const name = host === '' || host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  const origin = `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
  try {
    const answer = await request(`${origin}/api/v1/status`, { headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
    if (answer.statusCode !== 200) throw new Error(`HTTP ${answer.statusCode}`);
    const status = (await answer.body.json()) as Status;
    if (status.version !== 1 || !Array.isArray(status.platforms)) throw new Error('not an answer of reachd');
    return status;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new Complaint('not_running', `no reachd answers at ${origin}: ${code ?? message}`, { cause });
  }
}
