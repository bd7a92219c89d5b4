/**
 * Who lives where in the lab: real public addresses for every built-in platform, control and resolver, so that a
 * bogon check and an address table meet what they would meet outside.
 */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

export interface Addresses {
  ip4: string;
  ip6: string;
}

/** The vantage's side of the world: a customer line of an ISP in Pakistan (39.32.0.0/11 and 2407:d000::/32 are AS45595's). */
export const places = {
  vantage: { ip4: '39.32.10.2', ip6: '2407:d000:10::2' },
  isp: { ip4: '39.32.10.1', ip6: '2407:d000:10::1' },
  border: {
    isp: { ip4: '39.32.0.1', ip6: '2407:d000:0:1::1' },
    inet: { ip4: '39.32.0.2', ip6: '2407:d000:0:1::2' },
  },
  /** The cache for this network that YouTube's redirector names. */
  cache: 'r3---sn-2uja-3ipl.googlevideo.com',
  customers: { ip4: '39.32.0.0/16', ip6: '2407:d000::/32' },
  services: {
    resolver: { ip4: '39.32.0.53', ip6: '2407:d000:0:53::53' },
    block: { ip4: '39.32.0.80', ip6: '2407:d000:0:80::80' },
    portal: { ip4: '39.32.0.81', ip6: '2407:d000:0:81::81' },
    evil: { ip4: '39.32.0.82', ip6: '2407:d000:0:82::82' },
    // an embedded cache, with true certificates
    cache: { ip4: '39.32.0.84', ip6: '2407:d000:0:84::84' },
    // a filtering resolver in the household, as far as the vantage can tell
    house: { ip4: '192.168.77.53', ip6: 'fd00:77::53' },
  },
} as const;

/** A server name with its addresses and what it serves: path to number of bytes. */
export interface Host {
  name: string;
  /** Platform or control that uses it; absent for neutral names and resolvers. */
  platform?: string | undefined;
  control?: string | undefined;
  country?: string | undefined;
  ip4: string[];
  ip6: string[];
  objects: Map<string, number>;
  /** Sized objects that its front page refers to. */
  links: string[];
}

export interface Resolver {
  name: string;
  ip4: string;
  ip6: string;
}

export interface World {
  hosts: Host[];
  resolvers: Resolver[];
  host(name: string): Host;
  /** Every host of a platform, disabled platforms included; of `controls`, every control's. */
  platform(name: string): Host[];
}

/** Networks by name, first match: the platforms' own (hints of their AS), well-known ones, then a hoster's. */
const networks: readonly [RegExp, string, string][] = [
  [/(^|\.)twimg\.com$/, '104.244.43', '2606:1f80:f001'],
  [/(^|\.)(x|twitter)\.com$|^t\.co$/, '104.244.42', '2606:1f80:f000'],
  [/(^|\.)(facebook\.com|fbcdn\.net)$/, '157.240.0', '2a03:2880:f10c'],
  [/(^|\.)(instagram|cdninstagram|whatsapp)\.(com|net)$/, '157.240.1', '2a03:2880:f20c'],
  [/(^|\.)(youtube|ytimg|googlevideo|gstatic|google|googleapis)\.com$/, '142.250.185', '2a00:1450:4001'],
  [/(^|\.)(wikipedia|wikimedia)\.org$/, '208.80.154', '2620:0:861'],
  [/(^|\.)(debian\.org|fastly\.com|jsdelivr\.net)$|^cdn\.kernel\.org$/, '151.101.2', '2a04:4e42:200'],
  [/(^|\.)cloudflare\.com$/, '104.16.132', '2606:4700:10'],
  [/(^|\.)(kernel\.org)$/, '145.40.68', '2604:1380:4641'],
  [/(^|\.)apple\.com$/, '17.253.144', '2620:149:af0'],
  [/(^|\.)microsoft\.com$/, '20.112.52', '2603:1020:201'],
  [/(^|\.)telegram\.org$/, '149.154.167', '2001:67c:4e8'],
  [/(^|\.)archive\.org$/, '207.241.224', '2607:f298:5'],
  [/(^|\.)ripe\.net$/, '193.0.6', '2001:67c:2e8'],
];
const hoster = ['95.216.20', '2a01:4f9:c010'] as const;
/** Networks of in-country servers, by country. */
const countries: Readonly<Record<string, readonly [string, string]>> = {
  PK: ['39.33.20', '2407:d001:20'],
  RU: ['77.88.44', '2a02:6b8:20'],
  TR: ['88.255.20', '2a01:358:20'],
  IR: ['5.160.20', '2a0a:2b40:20'],
  IN: ['49.44.20', '2405:200:20'],
};
const elsewhere = ['196.200.20', '2c0f:f248:20'] as const;

/** All in-country networks of the vantage's own country: what stays when the border is closed. */
export const domestic = { ip4: `${countries['PK']![0]}.0/24`, ip6: `${countries['PK']![1]}::/48` };

export const resolvers: readonly Resolver[] = [
  { name: 'dns.google', ip4: '8.8.8.8', ip6: '2001:4860:4860::8888' },
  { name: 'cloudflare-dns.com', ip4: '1.1.1.1', ip6: '2606:4700:4700::1111' },
  { name: 'dns.quad9.net', ip4: '9.9.9.9', ip6: '2620:fe::9' },
];

/** What `config/*.yaml` say of what is measured; the lab reads no more than it must serve. */
interface Listed {
  platforms: { name: string; targets: { url: string; transfer?: boolean; transfer_candidates?: string[] }[] }[];
  siblings: Record<string, string[]>;
  controls: { name: string; url: string; transfer?: boolean; country?: string }[];
}

const builtIn = (file: string) =>
  parse(readFileSync(new URL(`../../config/${file}`, import.meta.url), 'utf8')) as Partial<Listed>;

/** Bytes of a sized object, of an ordinary small one, and of a front page: what such objects weigh on the real hosts. */
const sizes = { transfer: 1 << 20, small: 1500, page: 60_000 };

/** Sized objects that every host serves, for the lab's own checks. */
export const samples: Readonly<Record<string, number>> = {
  '/sample/64k': 1 << 16,
  '/sample/1m': 1 << 20,
  '/sample/32m': 1 << 25,
};

/** A site that does nothing but redirect, and the name under which a reference probe is published. */
export const hops = 'hops.example.net';
export const reference = 'reference.example.net';

/** Builds the world from the built-in platforms and controls. */
export function makeWorld(): World {
  const { platforms = [], siblings = {} } = builtIn('platforms.yaml');
  const { controls = [] } = builtIn('controls.yaml');
  const hosts = new Map<string, Host>();
  const used = new Map<string, number>();

  const settle = (name: string, owner: Partial<Pick<Host, 'platform' | 'control' | 'country'>>): Host => {
    const known = hosts.get(name);
    if (known) return known;
    const [, ip4, ip6] = networks.find(([pattern]) => pattern.test(name)) ?? ['', ...hoster];
    const [net4, net6] = owner.country ? (countries[owner.country] ?? elsewhere) : [ip4, ip6];
    const first = (used.get(net4) ?? 0) + 1;
    used.set(net4, first + 1); // two addresses a host: experiments ask for another one
    const host: Host = {
      name,
      ...owner,
      ip4: [`${net4}.${first}`, `${net4}.${first + 1}`],
      ip6: [`${net6}::${first.toString(16)}`, `${net6}::${(first + 1).toString(16)}`],
      links: [],
      objects: new Map([['/', sizes.page], ...Object.entries(samples)]),
    };
    hosts.set(name, host);
    return host;
  };
  const place = (url: string, transfer: boolean, owner: Partial<Host>): Host => {
    const { hostname, pathname } = new URL(url);
    const host = settle(hostname, owner);
    if (!host.objects.has(pathname)) host.objects.set(pathname, transfer ? sizes.transfer : sizes.small);
    return host;
  };

  for (const { name, targets } of platforms) {
    for (const { url, transfer = false, transfer_candidates = [] } of targets) {
      const { name: cdn } = place(url, transfer, { platform: name });
      const bundle = `https://${cdn}/assets/main.4f2c9a1b.js`;
      if (transfer_candidates.length > 0) place(bundle, true, { platform: name });
      for (const page of transfer_candidates) place(page, false, { platform: name }).links.push(bundle);
    }
  }
  for (const url of Object.values(siblings).flat()) place(url, false, {});
  for (const { name, url, transfer = false, country } of controls) place(url, transfer, { control: name, country });
  for (const name of ['example.org', 'example.com', hops, reference]) settle(name, {});
  settle('xn--bcher-kva.x.com', { platform: 'x' });
  settle(places.cache, { platform: 'youtube' });
  // A platform's cleartext name: censors of port 80 need one that answers without redirecting to TLS.
  settle('clear.x.com', { platform: 'x' });

  const all = [...hosts.values()];
  return {
    hosts: all,
    resolvers: [...resolvers],
    host(name) {
      const found = hosts.get(name);
      if (!found) throw new Error(`no ${name} in the lab`);
      return found;
    },
    platform: (name) =>
      all.filter((host) => (name === 'controls' ? host.control !== undefined : host.platform === name)),
  };
}
