/**
 * Who lives where on the practice Internet. The addresses are public ones of the networks that really host these names
 * (so that bogon checks and ASN tables mean something); behind them stand the practice servers.
 */
import type { Where } from './censor.ts';
import { stations } from './stations.ts';

/** One group of machines that answer for the same names. */
export interface Station {
  name: string;
  /** The platform that it serves, where it serves one. */
  platform?: string;
  scope: 'foreign' | 'in_country' | 'isp';
  /** Names that it answers for and that the DNS gives its addresses for. */
  hosts: readonly string[];
  /** Names and patterns that it answers for besides. */
  also?: readonly string[];
  ip4: readonly string[];
  ip6: readonly string[];
}

/** The provider's resolver: what its customers' routers hand out, and the address from which it asks others. */
export const ispResolver = { ip4: '203.99.163.240', egress: '203.99.163.241' } as const;

/** Resolvers that anybody may ask in clear text, and the address from which each asks others. */
export const publicResolvers: Readonly<Record<string, string>> = {
  '8.8.8.8': '172.253.5.1',
  '8.8.4.4': '172.253.5.2',
  '1.1.1.1': '172.68.180.10',
  '1.0.0.1': '172.68.180.11',
  '9.9.9.9': '74.63.24.198',
  '149.112.112.112': '74.63.24.199',
};

/** Names under which DNS over HTTPS is served, and where. */
export const trustedResolvers: Readonly<Record<string, string>> = {
  'dns.quad9.net': '9.9.9.9',
  'cloudflare-dns.com': '1.1.1.1',
  'dns.google': '8.8.8.8',
};

/** `pattern` is the host itself, `*.` and a parent of it, or `*` for every name. */
export function matchesHost(pattern: string, host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (pattern === '*') return true;
  return pattern.startsWith('*.') ? name.endsWith(pattern.slice(1)) : name === pattern;
}

export function matchesAny(patterns: readonly string[], host: string): boolean {
  return patterns.some((pattern) => matchesHost(pattern, host));
}

const byAddress = new Map<string, Station>();
const byHost = new Map<string, Station[]>();
for (const station of stations) {
  for (const ip of [...station.ip4, ...station.ip6]) byAddress.set(ip, station);
  for (const host of station.hosts) byHost.set(host, [...(byHost.get(host) ?? []), station]);
}

export function stationAt(ip: string): Station | undefined {
  return byAddress.get(ip);
}

/** Whether the machines there answer for this name. */
export function answersFor({ hosts, also }: Station, host: string): boolean {
  return matchesAny(hosts, host) || matchesAny(also ?? [], host);
}

export function stationsOf(host: string): readonly Station[] {
  return byHost.get(host.toLowerCase()) ?? [];
}

/** Every host that the DNS knows, for the test that no built-in target is missing. */
export function knownHosts(): string[] {
  return [...byHost.keys()];
}

/** A box in the house or this very host (RFC 1918, RFC 1122): nearer than the provider. */
const inHouse = /^(192\.168\.|127\.|::1$)/;

/** Addresses that nobody is known to live at are abroad. */
export function scopeOf(ip: string): Station['scope'] {
  return stationAt(ip)?.scope ?? (inHouse.test(ip) ? 'isp' : 'foreign');
}

/** Whether a rule about `where` concerns this address and port. */
export function concerns(where: Where, ip: string, port: number): boolean {
  const station = stationAt(ip);
  if (where.except?.includes(ip)) return false;
  if (where.addresses && !where.addresses.includes(ip)) return false;
  if (where.scope && where.scope !== scopeOf(ip)) return false;
  if (where.protocol && where.protocol !== (ip.includes(':') ? 'ip6' : 'ip4')) return false;
  if (where.ports && !where.ports.includes(port)) return false;
  if (where.platforms && !(station?.platform && where.platforms.includes(station.platform))) return false;
  if (where.hosts && !station?.hosts.some((host) => matchesAny(where.hosts ?? [], host))) return false;
  return true;
}
