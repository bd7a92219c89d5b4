/**
 * The configuration file: every key, what it may hold, its default and what it means. `reachd check`, the JSON schema
 * for editors and the daemon all read this one table. Defaults that depend on other keys are in `resolve.ts`.
 */
import { z } from 'zod';
import { controlScopes, ipProtocols } from '../model/vocabulary.ts';
import * as value from './values.ts';

const name = value.word(/^[a-z][a-z0-9_-]{0,31}$/, 'a name of small letters, digits, "_" and "-" such as "x"');
const targetName = value.word(/^[a-z][a-z0-9_-]{0,31}\/[a-z0-9_-]{1,32}$/, 'a name such as "x/website"');
const addresses = z.array(value.address).max(16).prefault([]).meta({
  description: 'Dial these addresses instead of resolving the name.',
});

export const target = z.strictObject({
  name: targetName.meta({ description: 'platform/target; a series name: it never changes.' }),
  url: value.webUrl.meta({ description: 'What is requested; a port is honoured.' }),
  transfer: z.boolean().prefault(false).meta({ description: 'Large enough to measure goodput with.' }),
  transfer_candidates: z.array(value.webUrl).max(8).prefault([]).meta({
    description: 'Pages in which a sized object of this target may be found.',
  }),
  addresses,
});

export const platform = z.strictObject({
  name: name.meta({ description: "A built-in platform's name changes that one; any other adds a platform." }),
  title: value.line(40, 'a title of at most 40 characters').optional(),
  company: name.optional().meta({ description: 'Who fails together; the name itself when left out.' }),
  enabled: z.boolean().optional().meta({ description: 'false switches a platform off, true a prepared one on.' }),
  targets: z.array(target).min(1).max(8).optional().meta({ description: "Replaces the platform's whole list." }),
});

export const control = z.strictObject({
  name,
  url: value.webUrl,
  scope: z.enum(controlScopes).prefault('foreign').meta({ description: 'Where it is hosted, as seen from the probe.' }),
  transfer: z.boolean().prefault(false).meta({ description: 'A sized object: goodput is compared with it.' }),
  country: value.country.optional().meta({ description: 'Use an in-country control only in this country.' }),
  addresses,
});

const siblings = z.record(name, z.array(value.webUrl).max(4)).prefault({}).meta({
  description: "Per platform: neutral names on the platform's own network. They discriminate, never gate.",
});

const trusted = z.strictObject({
  url: value.url(['https'], 'https://dns.quad9.net/dns-query'),
  address: value.address.meta({ description: 'Dialled directly, so that no query in clear text names the resolver.' }),
});

const beacon = z.strictObject({ address: value.address, port: value.port, spki: value.spki });

const headerName = value.word(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/, 'a header name such as "X-Scope-OrgID"');

const remoteWrite = z.strictObject({
  url: value.url(['https', 'http'], 'https://push.example.org/api/v1/write'),
  basic_auth: z.strictObject({ username: value.line(256, 'a user name'), password_file: value.filePath }).optional(),
  bearer_token_file: value.filePath.optional(),
  headers: z.record(headerName, value.line(4096, 'a header value on one line')).prefault({}),
  max_age: value
    .duration('1m', '30d')
    .prefault('50m')
    .meta({ description: 'Older samples are dropped from the spool.' }),
});

/** Section by section, so that a mistake in one does not hide those in another. */
export const file = z.strictObject({
  accept_risk: value
    .word(/^\d{4}-\d{2}$/, 'the version of the risk text that you have read, such as "2026-11"')
    .optional()
    .meta({ description: 'Version of the risk text that you accept (docs/risks.md).' }),
  profile: z.enum(['fixed', 'mobile']).prefault('fixed').meta({
    description: 'fixed: at most 200 MB a day; mobile: at most 25 MB a day.',
  }),
  vantage: z
    .strictObject({
      name: value.word(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'a name such as "karachi-1"').optional(),
      country: value.country.optional(),
      asn: value.asn.optional(),
      network: value.line(64, 'a network of at most 64 characters such as "PTCL fibre"').optional(),
      timezone: value.timezone.prefault('UTC'),
      detect: z.boolean().prefault(true).meta({ description: 'Ask a control for the country when none is given.' }),
    })
    .prefault({}),
  round: z
    .strictObject({
      interval: value.duration('1s', '1h').optional().meta({ description: '60s, with profile mobile 2m.' }),
      jitter: value.share(0, 0.5).prefault(0.1),
      timeout: value.duration('100ms', '1m').optional().meta({ description: '10s, at most half of the interval.' }),
      concurrency: z.int().min(1).max(16).prefault(4),
    })
    .prefault({}),
  transfer: z
    .strictObject({
      every: value.duration('1s', '1d').optional().meta({ description: '5m, with profile mobile 2h.' }),
      // A healthy control has to run past 48 KiB before a stall elsewhere can be called a freeze.
      bytes: value.size('48KiB', '4MiB').prefault('64KiB'),
      timeout: value.duration('100ms', '1m').optional().meta({ description: '10s, at most half of the interval.' }),
    })
    .prefault({}),
  budget: z
    .strictObject({
      daily: value.size('1MB', '1TB').optional().meta({ description: '200MB, with profile mobile 25MB.' }),
      monthly: value.size('1MB', '30TB').optional().meta({ description: '31 times the daily budget.' }),
      reserve: value.share(0, 0.9).prefault(0.25).meta({ description: 'The share that is kept for suspicion.' }),
    })
    .prefault({}),
  baseline: z.strictObject({ ready_after: value.duration('1s', '30d').prefault('24h') }).prefault({}),
  ip_protocols: z.array(z.enum(ipProtocols)).min(1).prefault(['ip4', 'ip6']),
  resolvers: z
    .strictObject({
      system: z.boolean().prefault(true).meta({ description: 'getaddrinfo, and the configured resolver by raw UDP.' }),
      servers: z.array(value.address).max(8).prefault([]),
      scope: z.enum(['auto', 'isp', 'public', 'local']).prefault('auto'),
      public: z.array(value.address).max(8).prefault(['8.8.8.8', '1.1.1.1', '9.9.9.9']),
      trusted: z
        .array(trusted)
        .max(8)
        .prefault([
          { url: 'https://dns.quad9.net/dns-query', address: '9.9.9.9' },
          { url: 'https://cloudflare-dns.com/dns-query', address: '1.1.1.1' },
        ]),
    })
    .prefault({}),
  controls: z.array(control).min(1).max(64).optional().meta({ description: 'Replaces the built-in list.' }),
  siblings,
  references: z
    .array(value.url(['https', 'http'], 'https://reference.example.org'))
    .max(8)
    .prefault([]),
  beacons: z.array(beacon).max(4).prefault([]),
  experiments: z
    .strictObject({
      neutral_sni: z.boolean().prefault(true),
      large_hello: z.boolean().prefault(true),
      tcp_info: z.boolean().prefault(false),
    })
    .prefault({}),
  platforms: z.array(platform).max(32).prefault([]).meta({ description: 'Merged over the built-ins by name.' }),
  tls: z.strictObject({ ca_file: value.filePath.optional() }).prefault({}),
  web: z
    .strictObject({
      listen_address: value.listenAddress.prefault('127.0.0.1:7322'),
      config_file: value.filePath.optional(),
      external_url: value.url(['https', 'http'], 'https://probe.example.org/').optional(),
      allowed_hosts: z.array(value.hostName).max(32).prefault([]),
      enable_lifecycle: z.boolean().prefault(false),
    })
    .prefault({}),
  metrics: z.strictObject({ histograms: z.boolean().prefault(false) }).prefault({}),
  store: z
    .strictObject({
      keep: value.duration('1h', '3650d').prefault('30d'),
      max_size: value.size('1MB', '1TB').prefault('512MB'),
    })
    .prefault({}),
  push: z.strictObject({ remote_write: z.array(remoteWrite).max(8).prefault([]) }).prefault({}),
  notify: z
    .strictObject({
      webhooks: z
        .array(z.strictObject({ url_file: value.filePath }))
        .max(8)
        .prefault([]),
    })
    .prefault({}),
  events: z
    .array(z.strictObject({ at: value.moment, title: value.line(200, 'a title of at most 200 characters') }))
    .max(200)
    .prefault([]),
  user_agent: value.line(200, 'a User-Agent of at most 200 characters').optional(),
});

/** The built-in lists, files of the same form. */
export const builtinPlatforms = z.strictObject({
  platforms: z.array(platform.required()).min(1),
  siblings,
});
export const builtinControls = z.strictObject({ controls: z.array(control).min(1) });

export type File = z.output<typeof file>;
export type FilePlatform = z.output<typeof platform>;
export type FileControl = z.output<typeof control>;
