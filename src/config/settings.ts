/**
 * The flags that every command takes, each with its variable and, where it has one, its key in the file. The variables
 * stand here in full: nothing in the environment counts unless it is in this table (Kubernetes puts `REACHD_PORT`
 * there by itself).
 */

export interface Setting {
  flag: string;
  variable: string;
  /** The key in the file that it overrides; absent: a flag and a variable only. */
  key?: readonly string[] | undefined;
  type: 'string' | 'boolean' | 'list';
  describe: string;
  /** The default as shown in the help. */
  shows?: string | undefined;
  choices?: readonly string[] | undefined;
}

export const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export const formats = ['json', 'pretty'] as const;

export const settings = [
  {
    flag: 'config.file',
    variable: 'REACHD_CONFIG_FILE',
    type: 'string',
    describe: 'Configuration file (YAML)',
    shows: '/etc/reachd/reachd.yaml where it exists',
  },
  {
    flag: 'data.path',
    variable: 'REACHD_DATA_PATH',
    type: 'string',
    describe: 'Directory for what the daemon remembers',
    shows: './data in a checkout, /var/lib/reachd, $XDG_STATE_HOME/reachd',
  },
  {
    flag: 'accept-risk',
    variable: 'REACHD_ACCEPT_RISK',
    type: 'boolean',
    describe: 'Accept the current risk text and remember it; the variable takes its version, such as 2026-11',
  },
  {
    flag: 'profile',
    variable: 'REACHD_PROFILE',
    key: ['profile'],
    type: 'string',
    describe: 'fixed: at most 200 MB a day; mobile: at most 25 MB a day',
    shows: 'fixed',
  },
  {
    flag: 'round.interval',
    variable: 'REACHD_ROUND_INTERVAL',
    key: ['round', 'interval'],
    type: 'string',
    describe: 'Time between two rounds',
    shows: '60s, with profile mobile 2m',
  },
  {
    flag: 'vantage.name',
    variable: 'REACHD_VANTAGE_NAME',
    key: ['vantage', 'name'],
    type: 'string',
    describe: 'Name of this probe',
    shows: 'a random id kept in the data directory',
  },
  {
    flag: 'vantage.country',
    variable: 'REACHD_VANTAGE_COUNTRY',
    key: ['vantage', 'country'],
    type: 'string',
    describe: 'Country of this probe, two letters such as PK',
    shows: 'detected',
  },
  {
    flag: 'vantage.asn',
    variable: 'REACHD_VANTAGE_ASN',
    key: ['vantage', 'asn'],
    type: 'string',
    describe: "The provider's autonomous system, such as AS17557",
  },
  {
    flag: 'resolvers.servers',
    variable: 'REACHD_RESOLVERS_SERVERS',
    key: ['resolvers', 'servers'],
    type: 'list',
    describe: "The provider's resolvers where they cannot be seen (containers); with commas",
  },
  {
    flag: 'tls.ca-file',
    variable: 'REACHD_TLS_CA_FILE',
    key: ['tls', 'ca_file'],
    type: 'string',
    describe: 'Extra trust anchors (PEM); marked in every evidence record',
  },
  {
    flag: 'web.listen-address',
    variable: 'REACHD_WEB_LISTEN_ADDRESS',
    key: ['web', 'listen_address'],
    type: 'string',
    describe: 'Address and port of the status page and the metrics',
    shows: '127.0.0.1:7322',
  },
  {
    flag: 'web.config.file',
    variable: 'REACHD_WEB_CONFIG_FILE',
    key: ['web', 'config_file'],
    type: 'string',
    describe: "TLS and basic authentication, as Prometheus' exporter toolkit has it",
  },
  {
    flag: 'web.external-url',
    variable: 'REACHD_WEB_EXTERNAL_URL',
    key: ['web', 'external_url'],
    type: 'string',
    describe: 'Where the status page is reached from outside, for links and the Host check',
  },
  {
    flag: 'web.enable-lifecycle',
    variable: 'REACHD_WEB_ENABLE_LIFECYCLE',
    key: ['web', 'enable_lifecycle'],
    type: 'boolean',
    describe: 'Allow POST /-/reload (SIGHUP always works)',
    shows: 'false',
  },
  {
    flag: 'log.level',
    variable: 'REACHD_LOG_LEVEL',
    type: 'string',
    describe: 'Least important line to log',
    shows: 'info',
    choices: levels,
  },
  {
    flag: 'log.format',
    variable: 'REACHD_LOG_FORMAT',
    type: 'string',
    describe: 'One JSON object a line, or for people',
    shows: 'pretty on a terminal, else json',
    choices: formats,
  },
] as const satisfies readonly Setting[];

export type Flag = (typeof settings)[number]['flag'];

/** A value from outside the file, and what to call the place. */
export interface Given {
  /** `--log.level` or `REACHD_LOG_LEVEL`. */
  where: string;
  value: unknown;
}

/**
 * What flags and environment say, by flag; a flag outranks its variable, and an empty variable counts as not set.
 * A boolean from the environment is `true` or `false`, anything else is handed on as the text it was.
 */
export function given(flags: Readonly<Record<string, unknown>>, env: NodeJS.ProcessEnv): Map<Flag, Given> {
  const found = new Map<Flag, Given>();
  for (const { flag, variable, type } of settings) {
    const flagged = flags[flag];
    const fromEnv = env[variable];
    if (flagged !== undefined) found.set(flag, { where: `--${flag}`, value: typed(flagged, type) });
    else if (fromEnv !== undefined && fromEnv !== '') found.set(flag, { where: variable, value: typed(fromEnv, type) });
  }
  return found;
}

function typed(value: unknown, type: Setting['type']): unknown {
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  if (type === 'list' && typeof value === 'string') {
    return value
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  }
  return value;
}
