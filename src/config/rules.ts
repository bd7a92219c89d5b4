/** The rules that concern more than one key. Each compares what the schema has found sound and skips the rest. */
import type { Platform } from '../model/target.ts';
import type { Builtins } from './builtin.ts';
import { companyHosts, isWithin } from './company-hosts.ts';
import { type Path, show } from './mistakes.ts';
import type { Sections } from './read.ts';
import { roundDefaults } from './resolve.ts';
import type { File } from './schema.ts';
import { nearest } from './suggest.ts';
import { formatDuration, formatSize } from './units.ts';

export interface Draft {
  file: Sections<File>['value'];
  /** Merged over the built-ins, as far as they are sound. */
  platforms: readonly Platform[];
  builtins: Builtins;
}

/** `says` is the whole remark; `key` points at the key instead of the value. */
export type Report = (path: Path, says: string, key?: boolean) => void;

type Rule = (draft: Draft, report: Report) => void;

/** A round ends at 0.75 of its interval (measurement): what waits longer can never be heard. */
const roundEnd = 0.75;

export const rules: Readonly<Record<string, Rule>> = {
  timesFitIntoTheRound({ file }, report) {
    const { round, transfer, profile } = file;
    if (round === undefined || profile === undefined) return;
    const interval = round.interval ?? roundDefaults[profile].interval_ms;
    const longest = `less than 0.75 × round.interval (${formatDuration(Math.round(roundEnd * interval))})`;
    for (const [section, timeout] of [
      ['round', round.timeout],
      ['transfer', transfer?.timeout],
    ] as const) {
      if (timeout !== undefined && timeout >= roundEnd * interval) {
        report([section, 'timeout'], `expected ${longest}, got "${formatDuration(timeout)}"`);
      }
    }
    if (transfer?.every !== undefined && transfer.every < interval) {
      const least = `at least round.interval (${formatDuration(interval)})`;
      report(['transfer', 'every'], `expected ${least}, got "${formatDuration(transfer.every)}"`);
    }
  },

  dayFitsIntoTheMonth({ file: { budget } }, report) {
    if (budget?.daily === undefined || budget.monthly === undefined || budget.daily <= budget.monthly) return;
    const most = `at most budget.monthly (${formatSize(budget.monthly)})`;
    report(['budget', 'daily'], `expected ${most}, got "${formatSize(budget.daily)}"`);
  },

  namesAreUnique({ file }, report) {
    unique(file.controls, ['controls'], report);
    unique(file.platforms, ['platforms'], report);
    const seen = new Set<string>();
    for (const [index, platform] of (file.platforms ?? []).entries()) {
      for (const [number, { name }] of (platform?.targets ?? []).entries()) {
        const path = ['platforms', index, 'targets', number, 'name'];
        const [prefix] = name.split('/');
        if (prefix !== platform?.name)
          report(path, `expected a name that begins with "${platform?.name}/", got ${show(name)}`);
        else if (seen.has(name)) report(path, `expected a name of its own, got ${show(name)} again`);
        seen.add(name);
      }
    }
  },

  protocolsAreNamedOnce({ file: { ip_protocols: protocols = [] } }, report) {
    for (const [index, protocol] of protocols.entries()) {
      if (protocol !== undefined && protocols.indexOf(protocol) < index) {
        report(['ip_protocols', index], `expected each protocol once, got ${show(protocol)} again`);
      }
    }
  },

  newPlatformsHaveTargets({ file, builtins }, report) {
    const known = builtins.platforms.map(({ name }) => name);
    for (const [index, platform] of (file.platforms ?? []).entries()) {
      if (platform === undefined || platform.targets !== undefined || known.includes(platform.name)) continue;
      const near = nearest(platform.name, known);
      const hint = near === undefined ? `built-in are ${known.join(', ')}` : `did you mean "${near}"?`;
      report(
        ['platforms', index, 'name'],
        `expected a built-in platform, or one with targets, got ${show(platform.name)} (${hint})`,
      );
    }
  },

  somethingIsMeasured({ file, platforms }, report) {
    if (file.platforms === undefined || file.platforms.includes(undefined)) return;
    if (!platforms.some(({ enabled }) => enabled))
      report(['platforms'], 'expected at least one enabled platform, got none');
  },

  siblingsBelongToAPlatform({ file: { siblings }, platforms }, report) {
    const names = platforms.map(({ name }) => name);
    for (const [name, urls] of Object.entries(siblings ?? {})) {
      const platform = platforms.find((candidate) => candidate.name === name);
      if (platform === undefined) {
        const near = nearest(name, names);
        const hint = near === undefined ? `known are ${names.join(', ')}` : `did you mean "${near}"?`;
        report(['siblings', name], `expected the name of a platform, got ${show(name)} (${hint})`, true);
        continue;
      }
      const own = platform.targets.map(({ url }) => new URL(url).hostname);
      for (const [index, url] of urls.entries()) {
        if (!own.includes(new URL(url).hostname)) continue;
        report(['siblings', name, index], `expected a name that is no target of the platform, got ${show(url)}`);
      }
    }
  },

  controlsAreNobodysOwn({ file, platforms, builtins }, report) {
    const owners = companyDomains(platforms);
    for (const [index, control] of (file.controls ?? builtins.controls).entries()) {
      if (control === undefined) continue;
      const host = new URL(control.url).hostname;
      const owner = owners.find(({ domain }) => isWithin(host, domain));
      if (owner === undefined) continue;
      const says = `expected a host that shares no company with a platform, got ${show(control.url)} (${owner.company})`;
      // A built-in control can only clash with a platform that the operator has added.
      if (file.controls !== undefined) report(['controls', index, 'url'], says);
      else report(['platforms'], `built-in control ${control.name}: ${says}; give a list of controls of your own`);
    }
  },

  countriesBelongToInCountryControls({ file }, report) {
    for (const [index, control] of (file.controls ?? []).entries()) {
      if (control?.country === undefined || control.scope === 'in_country') continue;
      report(['controls', index, 'country'], `expected it only with scope: in_country, got ${show(control.country)}`);
    }
  },

  somebodyResolves({ file: { resolvers } }, report) {
    if (resolvers === undefined || resolvers.system || resolvers.servers.length + resolvers.trusted.length > 0) return;
    report(['resolvers', 'system'], 'expected true, or servers, or a trusted resolver, got false and no other');
  },

  referencesAreSafe({ file: { references } }, report) {
    for (const [index, url] of (references ?? []).entries()) {
      if (url === undefined) continue;
      const { protocol, hostname } = new URL(url);
      if (protocol === 'https:' || /^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname)) continue;
      report(['references', index], `expected https (http only on loopback), got ${show(url)}`);
    }
  },

  oneCredentialAReceiver({ file: { push } }, report) {
    for (const [index, remote] of (push?.remote_write ?? []).entries()) {
      const path = ['push', 'remote_write', index];
      if (remote.basic_auth !== undefined && remote.bearer_token_file !== undefined) {
        report([...path, 'bearer_token_file'], 'expected basic_auth or bearer_token_file, got both', true);
      }
      for (const name of Object.keys(remote.headers)) {
        if (!reservedHeaders.includes(name.toLowerCase())) continue;
        const says = 'expected a header that is not set by the protocol or the credentials';
        report([...path, 'headers', name], `${says}, got ${show(name)}`, true);
      }
    }
  },
};

/** Set by remote write 1.0 itself, by HTTP, or by basic_auth and bearer_token_file. */
const reservedHeaders = [
  'authorization',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'host',
  'transfer-encoding',
  'user-agent',
  'x-prometheus-remote-write-version',
];

function unique(list: readonly ({ name: string } | undefined)[] | undefined, above: Path, report: Report): void {
  const seen = new Set<string>();
  for (const [index, item] of (list ?? []).entries()) {
    if (item === undefined) continue;
    if (seen.has(item.name))
      report([...above, index, 'name'], `expected a name of its own, got ${show(item.name)} again`);
    seen.add(item.name);
  }
}

/** Every domain of a measured company, and every host that its platforms are measured with. */
function companyDomains(platforms: readonly Platform[]): { domain: string; company: string }[] {
  return platforms.flatMap(({ company, targets, siblings }) => {
    const urls = [...targets.flatMap(({ url, transfer_candidates }) => [url, ...transfer_candidates]), ...siblings];
    const domains = [...(companyHosts[company] ?? []), ...urls.map((url) => new URL(url).hostname)];
    return domains.map((domain) => ({ domain, company }));
  });
}
