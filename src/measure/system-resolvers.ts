/** Which resolvers the system is configured to ask: the real ones behind a local stub where they can be seen. */
import { readFile } from 'node:fs/promises';
import { canonical, protocolOf } from './address.ts';
import { leadsHome } from './bogon.ts';
import type { SystemResolvers } from './network.ts';

const resolv_conf = '/etc/resolv.conf';
/** Where systemd-resolved, whose stub is 127.0.0.53, writes the servers it really asks (systemd-resolved.service(8)). */
const systemd_resolv_conf = '/run/systemd/resolve/resolv.conf';
/** resolv.conf(5): MAXNS. */
const most_servers = 3;
/** A configuration file, not a novel. */
const most_bytes = 65_536;

const addressesIn = (words: readonly string[]) =>
  words
    .map((word) => word.replace(/^host\(([^)]*)\)$/, '$1').replace(/%.*$/, ''))
    .filter((word) => protocolOf(word) !== undefined)
    .map(canonical);

/** The `nameserver` lines, in order. */
export function nameservers(text: string): string[] {
  const lines = text.slice(0, most_bytes).split('\n');
  return addressesIn(lines.flatMap((line) => /^\s*nameserver\s+(\S+)/.exec(line)?.[1] ?? [])).slice(0, most_servers);
}

/**
 * Docker's embedded resolver (127.0.0.11) names the host's servers in a comment:
 * `# ExtServers: [host(192.168.1.1) 8.8.8.8]`. Those that lead to the host's own loopback cannot be reached from inside.
 */
export function externalServers(text: string): string[] {
  const list = /^#\s*ExtServers:\s*\[([^\]]*)\]/m.exec(text.slice(0, most_bytes))?.[1] ?? '';
  return addressesIn(list.split(/[\s,]+/)).slice(0, most_servers);
}

const read = async (path: string) => await readFile(path, 'utf8').catch(() => '');

/**
 * The configured resolvers. `stub`: nothing but a forwarder on loopback is known, and second answers are invisible
 * behind it. An unreadable file is an empty one.
 */
export async function readSystemResolvers(paths = { resolv_conf, systemd_resolv_conf }): Promise<SystemResolvers> {
  const text = await read(paths.resolv_conf);
  const listed = nameservers(text);
  const direct = listed.filter((ip) => !leadsHome(ip));
  if (direct.length > 0) return { servers: direct, stub: false };
  const behind = [...externalServers(text), ...nameservers(await read(paths.systemd_resolv_conf))];
  const reachable = [...new Set(behind)].filter((ip) => !leadsHome(ip)).slice(0, most_servers);
  return reachable.length > 0 ? { servers: reachable, stub: false } : { servers: listed, stub: listed.length > 0 };
}
