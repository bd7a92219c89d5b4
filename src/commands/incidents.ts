/** `reachd incidents`: what has happened here, as a list, or one incident with its statement and its evidence. */
import type { Config } from '../config/config.ts';
import { Complaint, exit } from '../model/errors.ts';
import { evidenceOf } from '../publish/evidence.ts';
import { type IncidentTextOptions, incidentList, incidentText } from '../publish/incident-text.ts';
import type { Command } from './command.ts';
import { withStore } from './stored.ts';
import { writeOut } from './write-out.ts';

export const command: Command = {
  name: 'incidents',
  describe: 'what has happened here: the list, or one incident with its statement and evidence',
  positional: {
    name: 'id',
    describe: 'Such as x-20240120T1341: this one, with everything',
    required: false,
    many: false,
  },
  options: {
    output: { type: 'string', choices: ['table', 'json'], default: 'table', describe: 'table for people, json' },
  },
  examples: [
    ['reachd incidents', 'the last hundred, the latest first'],
    ['reachd incidents x-20240120T1341', 'one, with the measurements behind it'],
    ['reachd incidents --output json', 'the same for programs'],
  ],
  needsConsent: false,
  async run({ config, flags, stdout, stderr, warnings }) {
    for (const warning of warnings) stderr.write(`warning: ${warning}\n`);
    const id = flags['id'] === undefined ? undefined : String(flags['id']);
    const asJson = flags['output'] === 'json';
    const show = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
    const options = textOptions(config);
    return await withStore(config, async (store) => {
      if (id === undefined) {
        const incidents = store.incidents();
        await writeOut(stdout, asJson ? show({ incidents }) : incidentList(incidents, options));
        return exit.fine;
      }
      const incident = store.incident(id);
      if (incident === undefined) {
        throw new Complaint('not_found', `there is no incident ${JSON.stringify(id)}; reachd incidents lists them`);
      }
      const evidence = evidenceOf(incident, (query) => store.rounds(query));
      const earlier = (incident.latest.seen_before ?? []).flatMap((one) => store.incident(one) ?? []);
      await writeOut(
        stdout,
        asJson ? show({ ...incident, evidence }) : incidentText(incident, evidence, earlier, options),
      );
      return exit.fine;
    });
  },
};

const textOptions = ({ platforms, vantage }: Config): IncidentTextOptions => ({
  titles: Object.fromEntries(platforms.map(({ name, title }) => [name, title])),
  timezone: vantage.timezone,
  now: Date.now(),
});
