/** What the DNS really says: the truth before anybody interferes. */
import type { Policy } from './policy.ts';
import { stationsOf } from './world.ts';

export type RecordType = 'A' | 'AAAA' | 'TXT';

export interface Told {
  rcode: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED';
  addresses: string[];
  text?: string[];
}

/** Names that answer with the address of the resolver that asked (documented by Google, Akamai and Quad9). */
const whoamis: readonly string[] = [
  'o-o.myaddr.l.google.com',
  'o-o.myaddr.google.com',
  'whoami.akamai.net',
  'whoami.ds.akahelp.net',
  'whoami.ipv4.akahelp.net',
  'whoami.ultradns.net',
  'resolver.dnscrypt.info',
  'myip.opendns.com',
];

/** Names on every list of advertisement servers: a filtering resolver in the house gives itself away by them. */
const advertisers: Readonly<Record<string, string>> = {
  'doubleclick.net': '142.250.186.110',
  'ad.doubleclick.net': '142.250.186.102',
  'googleads.g.doubleclick.net': '142.250.186.98',
  'pagead2.googlesyndication.com': '142.250.186.130',
  'ads.example.com': '93.184.215.14',
};

function whoami(type: RecordType, egress: string): Told {
  if (type === 'AAAA') return { rcode: 'NOERROR', addresses: [] };
  return type === 'A' ? { rcode: 'NOERROR', addresses: [egress] } : { rcode: 'NOERROR', addresses: [], text: [egress] };
}

/** So many addresses a large site puts into one answer. */
const perAnswer = 3;

/** A different share of the addresses for each `turn`. */
function rotated(addresses: readonly string[], turn: number): string[] {
  return addresses.map((_ip, index) => addresses[(index + turn) % addresses.length] ?? '').slice(0, 1);
}

export interface Zone {
  /** `egress`: the address from which the resolver asks; `turn` grows with each question. */
  lookup(name: string, type: RecordType, egress: string, turn: number): Told;
}

export function createZone(policy: Policy): Zone {
  return {
    lookup(name, type, egress, turn) {
      if (whoamis.includes(name)) return whoami(type, egress);
      const decreed = policy.zone(name);
      if (decreed?.kind === 'nxdomain') return { rcode: 'NXDOMAIN', addresses: [] };
      if (decreed?.kind === 'no_addresses' || type === 'TXT') return { rcode: 'NOERROR', addresses: [] };
      if (decreed?.kind === 'addresses') {
        return { rcode: 'NOERROR', addresses: [...(type === 'A' ? decreed.ip4 : (decreed.ip6 ?? []))] };
      }
      const advertiser = advertisers[name];
      if (advertiser !== undefined) return { rcode: 'NOERROR', addresses: type === 'A' ? [advertiser] : [] };
      const stations = stationsOf(name);
      if (stations.length === 0) return { rcode: 'NXDOMAIN', addresses: [] };
      const all = stations.flatMap(({ ip4, ip6 }) => (type === 'A' ? ip4 : ip6));
      return { rcode: 'NOERROR', addresses: decreed?.kind === 'rotate' ? rotated(all, turn) : all.slice(0, perAnswer) };
    },
  };
}
