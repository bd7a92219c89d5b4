/** `reachd status`: what the running daemon sees, in the terminal. */
import { Agent, request } from 'undici';
import type { Config } from '../config/config.ts';
import { Complaint, exit } from '../model/errors.ts';
import { parseListenAddress } from '../publish/listen-address.ts';
import type { Status } from '../publish/status.ts';
import { renderStatus } from '../publish/table.ts';
import type { Command } from './command.ts';
import { readWebSecurity } from './web-security.ts';

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
    const status = await ask(config);
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

/**
 * Asks over loopback what listens on every interface; over TLS with the very certificate of `web.config_file`, whoever
 * signed it and whatever name it has. Throws a `Complaint` when nobody of ours answers.
 */
async function ask(config: Config): Promise<Status> {
  const { listen_address } = config.web;
  const { host, port } = parseListenAddress(listen_address);
  const name = host === '' || host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  const { tls } = readWebSecurity(config) ?? {};
  const origin = `${tls ? 'https' : 'http'}://${name.includes(':') ? `[${name}]` : name}:${port}`;
  const own = tls && { ca: tls.cert, allowPartialTrustChain: true, checkServerIdentity: () => undefined };
  const dispatcher = new Agent(own ? { connect: own } : {});
  try {
    const path = `${origin}/api/v1/status`;
    const answer = await request(path, { dispatcher, headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
    if (answer.statusCode === 401) throw new Error(`it asks for a password (try curl -k -u NAME ${path})`);
    if (answer.statusCode !== 200) throw new Error(`HTTP ${answer.statusCode}`);
    const status = (await answer.body.json()) as Status;
    if (status.version !== 1 || !Array.isArray(status.platforms)) throw new Error('not an answer of reachd');
    return status;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new Complaint('not_running', `no reachd answers at ${origin}: ${code ?? message}`, { cause });
  } finally {
    await dispatcher.destroy();
  }
}
