/** `reachd probe`: one round now, shown, and an exit status for scripts. Nothing is stored. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Config } from '../config/config.ts';
import { createRealNetwork } from '../measure/real.ts';
import { Complaint, exit } from '../model/errors.ts';
import type { Round } from '../model/round.ts';
import type { State } from '../model/vocabulary.ts';
import { ooniMeasurement } from '../publish/ooni.ts';
import { renderTable } from '../publish/table.ts';
import { openStoreForReading } from '../store/store.ts';
import { readAnchors } from './anchors.ts';
import type { Command } from './command.ts';
import { ooniOptions } from './ooni-options.ts';
import { createStation } from './station.ts';

/** States in which somebody here cannot use the platform as elsewhere. `refused` and `degraded` are still reached. */
const notReachable: ReadonlySet<State> = new Set(['blocked', 'throttled', 'unreachable']);

export const command: Command = {
  name: 'probe',
  describe: 'measure one round now and show it; exit status 1 when a platform is not reachable',
  positional: {
    name: 'platform',
    describe: 'Only these platforms, also ones that are switched off',
    required: false,
    many: true,
  },
  options: {
    output: {
      type: 'string',
      choices: ['table', 'json', 'ndjson', 'ooni'],
      default: 'table',
      describe:
        'table for people; json and ndjson: the round record, in many lines or in one; ooni: in the format of OONI',
    },
  },
  examples: [
    ['reachd probe', 'all four platforms, as a table'],
    ['reachd probe x --output json', 'one platform, with the evidence'],
    ['reachd probe --output ndjson | reachd replay -', 'through the judge again'],
  ],
  needsConsent: true,
  async run({ config, flags, stdout, stderr, signal, warnings }) {
    for (const warning of warnings) stderr.write(`warning: ${warning}\n`);
    const chosen = choose(config, flags['platform'] as string[] | undefined);
    const wall = () => Date.now();
    const store = openStoreForReading(config.data.path, wall);
    const address_salt = store?.addressSalt() ?? randomBytes(32).toString('hex');
    const station = createStation({
      config: chosen,
      network: createRealNetwork(config.experiments),
      ca_pem: readAnchors(config.tls.ca_file),
      store,
      vantage_id: store?.vantageId() ?? randomUUID(),
      address_salt,
    });
    try {
      progress(stderr, chosen);
      const outcome = await station.rounds.next(1, 0, signal);
      if (!outcome) throw new Complaint('usage', 'interrupted: nothing is known');
      const output = String(flags['output']);
      stdout.write(
        output === 'ooni'
          ? `${JSON.stringify(ooniMeasurement(outcome.round, ooniOptions(chosen, address_salt)))}\n`
          : show(outcome.round, output, stdout, chosen),
      );
      return status(outcome.round);
    } finally {
      await station.close();
      store?.close();
    }
  },
};

/** The configuration with only the named platforms, switched on. */
function choose(config: Config, names: readonly string[] | undefined): Config {
  if (!names || names.length === 0) return config;
  const known = config.platforms.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new Complaint('usage', `unknown platform ${unknown.join(', ')}: there are ${known.join(', ')}`);
  }
  const platforms = config.platforms.filter(({ name }) => names.includes(name));
  return { ...config, platforms: platforms.map((platform) => ({ ...platform, enabled: true })) };
}

function progress(stderr: NodeJS.WritableStream, { platforms, round }: Config): void {
  if ((stderr as NodeJS.WriteStream).isTTY !== true) return;
  const names = platforms.filter(({ enabled }) => enabled).map(({ title }) => title);
  const most = Math.ceil((round.interval_ms * 0.75) / 1000);
  stderr.write(`measuring ${names.join(', ')} and the controls: a few seconds, at most ${most} …\n`);
}

function show(round: Round, output: string, stdout: NodeJS.WritableStream, { platforms }: Config): string {
  if (output === 'json') return `${JSON.stringify(round, null, 2)}\n`;
  if (output === 'ndjson') return `${JSON.stringify(round)}\n`;
  const { isTTY, columns } = stdout as NodeJS.WriteStream;
  const titles = Object.fromEntries(platforms.map(({ name, title }) => [name, title]));
  return renderTable(round, { titles, colour: isTTY === true && stdoutWantsColour(stdout), width: columns ?? 80 });
}

/** Node's own reading of NO_COLOR, FORCE_COLOR and TERM. */
const stdoutWantsColour = (stdout: NodeJS.WritableStream): boolean =>
  ((stdout as NodeJS.WriteStream).getColorDepth?.() ?? 1) > 1;

/** Not reachable wins over not knowing. */
function status({ verdicts = {} }: Round): number {
  const states = Object.values(verdicts).map(({ state }) => state);
  if (states.some((state) => notReachable.has(state))) return exit.not_reachable;
  return states.includes('inconclusive') ? exit.inconclusive : exit.fine;
}
