/** `reachd check`: is the configuration right, and what does it come to? The mistakes are the loader's own complaint. */
import type { Config } from '../config/config.ts';
import { printConfig } from '../config/print.ts';
import { formatDuration, formatSize } from '../config/units.ts';
import { exit } from '../model/errors.ts';
import type { Command } from './command.ts';
import { notInThisVersion } from './not-in-this-version.ts';
import { readWebSecurity } from './web-security.ts';

export const command: Command = {
  name: 'check',
  describe: 'validate the configuration; every mistake with file, line and column',
  options: {
    print: { type: 'boolean', describe: 'Print the effective configuration as YAML, secrets redacted', default: false },
  },
  examples: [
    ['reachd check', 'check the built-in lists, flags and environment'],
    ['reachd check --config.file my.yaml', 'check a file'],
    ['reachd check --print', 'show what flags, environment, file and defaults come to'],
  ],
  needsConsent: false,
  async run({ config, file, flags, stdout, stderr, warnings }) {
    const security = readWebSecurity(config);
    const refused = notInThisVersion(config).map((line) => `${line}; reachd run does not start with it`);
    for (const warning of [...warnings, ...refused]) stderr.write(`warning: ${warning}\n`);
    const scheme = security?.tls ? 'https' : 'http';
    stdout.write(flags['print'] === true ? printConfig(config) : `${summary(config, file, scheme)}\n`);
    return exit.fine;
  },
};

function summary(config: Config, file: string | undefined, scheme: 'http' | 'https'): string {
  const { profile, round, budget, platforms, controls, vantage, data, web } = config;
  const on = platforms.filter(({ enabled }) => enabled);
  const targets = on.reduce((sum, platform) => sum + platform.targets.length, 0);
  const here = controls.filter(({ country }) => country === undefined || country === vantage.country);
  const budgeted = `at most ${formatSize(budget.daily_bytes)} a day`;
  return `The configuration is right.
  file       ${file ?? 'none: defaults, flags and environment'}
  profile    ${profile}: a round every ${formatDuration(round.interval_ms)}, ${budgeted}
  platforms  ${on.map(({ name }) => name).join(', ')} (${targets} targets)
  controls   ${here.length}${vantage.country === undefined ? ', more when the country is known' : ` for ${vantage.country}`}
  page       ${scheme}://${web.listen_address}/
  data       ${data.path}`;
}
