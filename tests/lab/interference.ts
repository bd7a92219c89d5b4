/** What a censor may do to the lab, as data, and the small words that censors are written in. */
import type { Room } from './namespaces.ts';
import { moods } from './nginx.ts';
import { domestic, type Host, places, type World } from './world.ts';

export type Family = 'ip4' | 'ip6';

/**
 * One firewall rule without its chain. `filter` and `mangle` see what the ISP forwards, `nat` what the customer sends,
 * `server` what arrives at the Internet's servers.
 */
export interface Rule {
  at: 'filter' | 'mangle' | 'nat' | 'server';
  rule: string;
  /** Absent: the same rule for both. */
  family?: Family | undefined;
}

export interface Interference {
  rules?: Rule[];
  /** unbound-control commands to the ISP's resolver. */
  resolver?: { on: string[]; off: string[] };
  /** Programs run in a room. */
  commands?: { on: [room: Room, argv: string][]; off: [room: Room, argv: string][] };
  /** Arguments of one `forge` each, run in `isp` on the customer's wire while the censor is on. */
  forge?: string[][];
  /** A transparent proxy in `isp` that hands connections with these names to another server. */
  proxy?: { port: 80 | 443; ips: string[]; names: string[]; to: string };
  /** Round-trip time (ms) of the connections that carry the mark `slow`. */
  slow_rtt_ms?: number;
  /** Nameservers of the vantage's resolv.conf instead of the ISP's. */
  nameservers?: string[];
}

/** Who is interfered with. */
export interface Scene {
  world: World;
  /** Platforms by name. */
  platforms: readonly string[];
}

/** A named interference, to be switched on for some platforms. */
export interface Censor {
  /** What it does, and where this was seen. */
  why: string;
  play(scene: Scene): Interference;
}

/** Connection marks: what the filter has found out about a connection. */
export const marks = { named: 1, slow: 2 } as const;

export const hostsOf = ({ world, platforms }: Scene): Host[] => platforms.flatMap((name) => world.platform(name));
export const namesOf = (scene: Scene): string[] => hostsOf(scene).map(({ name }) => name);
export const addressesOf = (scene: Scene): { ip: string; family: Family }[] =>
  hostsOf(scene).flatMap(({ ip4, ip6 }) => [
    ...ip4.map((ip) => ({ ip, family: 'ip4' as const })),
    ...ip6.map((ip) => ({ ip, family: 'ip6' as const })),
  ]);

/** The rule for each of the scene's addresses; `rule` is written with the address in it. */
export const forAddresses = (scene: Scene, at: Rule['at'], rule: (ip: string) => string): Rule[] =>
  addressesOf(scene).map(({ ip, family }) => ({ at, rule: rule(ip), family }));

/**
 * Matches the ClientHello that carries exactly this name: a host_name entry is its type 0, two bytes of length and the
 * name (RFC 6066 section 3), so that `x.com` is not found in `netflix.com`.
 */
export const helloWith = (name: string) =>
  `-i lan -p tcp --dport 443 -m string --algo bm --hex-string "|00${name.length.toString(16).padStart(4, '0')}|${name}|"`;

/** The same bytes in hexadecimal, for `forge`. */
export const helloBytes = (name: string) =>
  `00${name.length.toString(16).padStart(4, '0')}${Buffer.from(name).toString('hex')}`;

/** Matches a cleartext request for this Host (names of headers are case-insensitive). */
export const requestFor = (name: string) =>
  `-i lan -p tcp --dport 80 -m string --algo bm --icase --string "host: ${name}"`;

/** Marks connections whose ClientHello carries one of the scene's names. */
export const markHellos = (scene: Scene, mark: number): Rule[] =>
  namesOf(scene).map((name) => ({ at: 'mangle', rule: `${helloWith(name)} -j CONNMARK --set-mark ${mark}` }));

/** Changes what the ISP's resolver says of the scene's names. `undo` leaves the honest data that lie beneath. */
export function resolverLies(
  scene: Scene,
  type: string,
  data: string[] = [],
): Required<Pick<Interference, 'resolver'>> {
  const names = namesOf(scene);
  return {
    resolver: {
      on: names.flatMap((name) => [
        `local_zone ${name} ${type}`,
        ...data.map((record) => `local_data ${name} 60 IN ${record}`),
      ]),
      off: names.map((name) => `local_zone_remove ${name}`),
    },
  };
}

/** Both families' forms of a REJECT. */
export const reject = (how: 'tcp-reset' | 'prohibited', family: Family) => {
  if (how === 'tcp-reset') return 'REJECT --reject-with tcp-reset';
  return `REJECT --reject-with ${family === 'ip4' ? 'icmp-admin-prohibited' : 'icmp6-adm-prohibited'}`;
};

/** Sends the customer's TCP connections to a service of the ISP, whatever they wanted. */
export const divert = (ports: string, service: keyof typeof places.services, from = ''): Rule[] =>
  (['ip4', 'ip6'] as const).map((family) => ({
    at: 'nat',
    family,
    rule: `-i lan -p tcp -m multiport --dports ${ports} ${from} -j DNAT --to-destination ${places.services[service][family]}`,
  }));

/** The platform's own servers change their behaviour for every name on port 443. */
export const serversInMood = (scene: Scene, mood: keyof typeof moods): Rule[] =>
  forAddresses(scene, 'server', (ip) => `-d ${ip} -p tcp --dport 443 -j DNAT --to-destination :${moods[mood]}`);

/** Drops everything that crosses the border except in-country networks. */
export const closedBorder: Rule[] = (['ip4', 'ip6'] as const).flatMap((family) => [
  { at: 'filter', family, rule: `-d ${domestic[family]} -j RETURN` },
  { at: 'filter', family, rule: `-s ${domestic[family]} -j RETURN` },
  { at: 'filter', family, rule: '-j DROP' },
]);
