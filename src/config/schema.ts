/**
 * The configuration file: every key, what it means, what it may hold, and its default. `reachd check`, the JSON schema
 * for editors and the daemon all read this one table. Defaults that depend on other keys are in `resolve.ts`.
 */
import { z } from 'zod';
import { controlScopes, ipProtocols } from '../model/vocabulary.ts';
import * as value from './values.ts';

/** A key with the sentence that an editor shows for it. */
const key = <T extends z.ZodType>(means: string, schema: T): T => schema.meta({ description: means }) as T;

const on = (initially: boolean) => z.boolean().prefault(initially);

const name = value.word(/^[a-z][a-z0-9_-]{0,31}$/, 'a name of small letters, digits, "_" and "-" such as "x"');
const targetName = value.word(/^[a-z][a-z0-9_-]{0,31}\/[a-z0-9_-]{1,32}$/, 'a name such as "x/website"');
const addresses = key('Dial these addresses instead of resolving.', z.array(value.address).max(16).prefault([]));

export const target = z.strictObject({
  name: key('platform/target: a series name, it never changes.', targetName),
  url: key('What is requested; a port is honoured.', value.webUrl),
  transfer: key('An object of 48 KiB and more, to measure goodput with.', on(false)),
  transfer_candidates: key('Pages in which such an object is found.', z.array(value.webUrl).max(8).prefault([])),
  addresses,
});

export const platform = z.strictObject({
  name: key("A built-in platform's name changes that one; any other adds a platform.", name),
  title: key('For people; the name when left out.', value.line(40, 'a title of at most 40 characters').optional()),
  company: key('Who fails together; the name when left out.', name.optional()),
  enabled: key('false switches a platform off, true a prepared one on.', z.boolean().optional()),
  targets: key("Replaces the platform's whole list.", z.array(target).min(1).max(8).optional()),
});

export const control = z.strictObject({
  name: key('A series name: it never changes.', name),
  url: key('What is requested: a small object, or with transfer a sized one.', value.webUrl),
  scope: key('Where it is hosted, as seen from the probe.', z.enum(controlScopes).prefault('foreign')),
  transfer: key('A sized object that goodput is compared with.', on(false)),
  country: key('Use an in-country control only in this country.', value.country.optional()),
  addresses,
});

const siblings = key(
  "Per platform: neutral names on the platform's own network. They discriminate, never gate.",
  z.record(name, z.array(value.webUrl).max(4)).prefault({}),
);

const trusted = z.strictObject({
  url: key('DNS over HTTPS.', value.url(['https'], 'https://dns.quad9.net/dns-query')),
  address: key('Dialled directly, so that no query in clear text names the resolver.', value.address),
});

const beacon = z.strictObject({
  address: key('Literal, never resolved.', value.address),
  port: key('Where it listens.', value.port),
  spki: key('SHA-256 of its public key in base64, as it prints it.', value.spki),
});

const headerName = value.word(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/, 'a header name such as "X-Scope-OrgID"');
const headerValue = value.line(4096, 'a header value on one line');

const basicAuth = z.strictObject({
  username: key('User name.', value.line(256, 'a user name')),
  password_file: key('File with the password.', value.filePath),
});

const remoteWrite = z.strictObject({
  url: key('The receiver.', value.url(['https', 'http'], 'https://push.example.org/api/v1/write')),
  basic_auth: key('User name and password; not with a bearer token.', basicAuth.optional()),
  bearer_token_file: key('File with the bearer token.', value.filePath.optional()),
  headers: key('Sent with every request; shown nowhere.', z.record(headerName, headerValue).prefault({})),
  max_age: key('Older samples are dropped from the spool.', value.duration('1m', '30d').prefault('50m')),
});

const webhook = z.strictObject({
  url_file: key('File with the URL, which is a secret.', value.filePath),
});

const event = z.strictObject({
  at: key('RFC 3339, with its offset.', value.moment),
  title: key('What happened, for a statement.', value.line(200, 'a title of at most 200 characters')),
});

const vantage = z.strictObject({
  name: key(
    'A random id kept in the data directory when left out.',
    value.word(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'a name such as "karachi-1"').optional(),
  ),
  country: key('Two letters; decides which in-country controls are used.', value.country.optional()),
  asn: key("The provider's autonomous system.", value.asn.optional()),
  network: key(
    'The network in your words.',
    value.line(64, 'a network of at most 64 characters such as "PTCL fibre"').optional(),
  ),
  timezone: key('For times in statements.', value.timezone.prefault('UTC')),
  detect: key('Ask a control for the country when none is given.', on(true)),
});

const timeout = value.duration('100ms', '1m').optional();

const round = z.strictObject({
  interval: key('60s, with profile mobile 2m.', value.duration('1s', '1h').optional()),
  jitter: key('Share of the interval by which a round begins earlier or later.', value.share(0, 0.5).prefault(0.1)),
  timeout: key('Connect, TLS and answer each: 10s, at most half of the interval.', timeout),
  concurrency: key('Exchanges at once; to one host never more than one.', z.int().min(1).max(16).prefault(4)),
});

const transfer = z.strictObject({
  every: key('How often each platform is sampled: 5m, with profile mobile 2h.', value.duration('1s', '1d').optional()),
  // A healthy control has to run past 48 KiB before a stall elsewhere can be called a freeze.
  bytes: key('How much of a sized object is downloaded.', value.size('48KiB', '4MiB').prefault('64KiB')),
  timeout: key('10s, at most half of the interval.', timeout),
});

const budget = z.strictObject({
  daily: key('200MB, with profile mobile 25MB.', value.size('1MB', '1TB').optional()),
  monthly: key('31 times the daily budget.', value.size('1MB', '30TB').optional()),
  reserve: key('The share that is kept for suspicion.', value.share(0, 0.9).prefault(0.25)),
});

const resolvers = z.strictObject({
  system: key('getaddrinfo, and the configured resolver by raw UDP.', on(true)),
  servers: key(
    "The configured resolver's addresses where they cannot be seen (containers).",
    z.array(value.address).max(8).prefault([]),
  ),
  scope: key('Who runs it; auto asks by a whoami name.', z.enum(['auto', 'isp', 'public', 'local']).prefault('auto')),
  public: key(
    'Asked in clear text, rarely: at start, hourly, on suspicion.',
    z.array(value.address).max(8).prefault(['8.8.8.8', '1.1.1.1', '9.9.9.9']),
  ),
  trusted: key(
    'Asked over HTTPS.',
    z
      .array(trusted)
      .max(8)
      .prefault([
        { url: 'https://dns.quad9.net/dns-query', address: '9.9.9.9' },
        { url: 'https://cloudflare-dns.com/dns-query', address: '1.1.1.1' },
      ]),
  ),
});

const experiments = z.strictObject({
  neutral_sni: key('The same address with a harmless name.', on(true)),
  large_hello: key('A ClientHello that spans two segments.', on(true)),
  tcp_info: key("The kernel's own account of a connection (Linux).", on(false)),
});

const reference = value.url(['https', 'http'], 'https://reference.example.org');
const asnFile = key(
  'A MaxMind DB file of networks (GeoLite2-ASN, DB-IP ASN Lite); knows your own provider too.',
  value.filePath.optional(),
);
const caFile = key('Extra trust anchors (PEM); marked in every evidence record.', value.filePath.optional());

const web = z.strictObject({
  listen_address: key('Of the status page and the metrics.', value.listenAddress.prefault('127.0.0.1:7322')),
  config_file: key("TLS and basic authentication, as Prometheus' exporter toolkit has it.", value.filePath.optional()),
  external_url: key(
    'Where the page is reached from outside.',
    value.url(['https', 'http'], 'https://probe.example.org/').optional(),
  ),
  allowed_hosts: key('Further names that the page may be called by.', z.array(value.hostName).max(32).prefault([])),
  enable_lifecycle: key('Allow POST /-/reload; SIGHUP always works.', on(false)),
});

const store = z.strictObject({
  keep: key('How long rounds are kept.', value.duration('1h', '3650d').prefault('30d')),
  max_size: key('How large the store may grow.', value.size('1MB', '1TB').prefault('512MB')),
});

const riskVersion = value.word(/^\d{4}-\d{2}$/, 'the version of the risk text that you have read, such as "2026-11"');
const readyAfter = key('How long one is learned before it counts.', value.duration('1s', '30d').prefault('24h'));

/** The whole file. It is read section by section, so that a mistake in one does not hide those in another. */
export const file = z.strictObject({
  accept_risk: key('Version of the risk text that you accept (docs/risks.md).', riskVersion.optional()),
  profile: key('At most 200 MB a day, or at most 25 MB.', z.enum(['fixed', 'mobile']).prefault('fixed')),
  vantage: key('Where this probe stands.', vantage.prefault({})),
  round: key('One look at everything.', round.prefault({})),
  transfer: key('Goodput: sized downloads, spread over the rounds.', transfer.prefault({})),
  budget: key('Bytes on the wire; a hard limit.', budget.prefault({})),
  baseline: key('What is normal here.', z.strictObject({ ready_after: readyAfter }).prefault({})),
  ip_protocols: key('What to measure over.', z.array(z.enum(ipProtocols)).min(1).prefault(['ip4', 'ip6'])),
  resolvers: key('Who is asked for addresses.', resolvers.prefault({})),
  controls: key('Replaces the built-in list.', z.array(control).min(1).max(64).optional()),
  siblings,
  references: key('Base URLs of probes on unfiltered networks.', z.array(reference).max(8).prefault([])),
  beacons: key(
    "Helper servers; experiments with a platform's name go only to these.",
    z.array(beacon).max(4).prefault([]),
  ),
  experiments: key('What may be tried on suspicion.', experiments.prefault({})),
  platforms: key('Merged over the built-ins by name.', z.array(platform).max(32).prefault([])),
  asn: key('Who announces an address.', z.strictObject({ mmdb_file: asnFile }).prefault({})),
  tls: key('Whom to trust.', z.strictObject({ ca_file: caFile }).prefault({})),
  web: key('The status page and the metrics.', web.prefault({})),
  metrics: key('What is published.', z.strictObject({ histograms: key('Phases too.', on(false)) }).prefault({})),
  store: key('What is remembered.', store.prefault({})),
  push: key(
    'Sending metrics from behind NAT.',
    z.strictObject({ remote_write: key('Remote write 1.0.', z.array(remoteWrite).max(8).prefault([])) }).prefault({}),
  ),
  notify: key(
    'Telling of incidents.',
    z.strictObject({ webhooks: key('One POST each.', z.array(webhook).max(8).prefault([])) }).prefault({}),
  ),
  events: key('Coinciding events that a statement names.', z.array(event).max(200).prefault([])),
  user_agent: key('Sent with every request.', value.line(200, 'a User-Agent of at most 200 characters').optional()),
});

/** The built-in lists, files of the same form. */
export const builtinPlatforms = z.strictObject({ platforms: z.array(platform.required()).min(1), siblings });
export const builtinControls = z.strictObject({ controls: z.array(control).min(1) });

export type File = z.output<typeof file>;
export type FilePlatform = z.output<typeof platform>;
