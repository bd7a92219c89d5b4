/** Comparing addresses and names without looking anything up. */
import { text } from './reading.ts';

/**
 * The block that a record's `network` names: /24 for IPv4, /48 for IPv6 (the smallest that the global routing table
 * carries, RFC 7454 section 6.1.3). Undefined for what is not an address.
 */
export function networkOf(ip: unknown): string | undefined {
  if (typeof ip !== 'string' || ip.length > 45) return undefined;
  if (!ip.includes(':')) {
    const parts = ip.split('.');
    return parts.length === 4 ? `${parts[0]}.${parts[1]}.${parts[2]}.0/24` : undefined;
  }
  const [head = '', tail] = ip.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail ? tail.split(':') : [];
  const groups =
    tail === undefined
      ? left
      : [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
  const block = groups.slice(0, 3).map((group) => group.replace(/^0+(?=.)/, ''));
  return block.length === 3 ? `${block.join(':')}::/48` : undefined;
}

/** Two spellings of one block: `2001:db8:0::/48` and `2001:db8::/48`. */
export function sameNetwork(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a === b || (a.includes(':') && networkOf(a.split('/')[0]) === networkOf(b.split('/')[0]));
}

/** Endings under which names are sold in the third place; enough for telling "same site", not a public suffix list. */
const secondLevel = new Set(['ac', 'co', 'com', 'edu', 'gov', 'net', 'org']);

/** The part of a name that one owner holds: `www.x.com` and `x.com` are one site. Literal addresses are their own. */
export function siteOf(host: unknown): string | undefined {
  const name = text(host)?.toLowerCase().replace(/\.$/, '');
  if (name === undefined || name.length > 255) return undefined;
  if (name.includes(':') || /^[\d.]+$/.test(name)) return name;
  const labels = name.split('.');
  const country = labels.length > 2 && labels.at(-1)?.length === 2 && secondLevel.has(labels.at(-2) ?? '');
  return labels.slice(country ? -3 : -2).join('.');
}

/** Public resolvers' families: plain and encrypted service of one operator, as the operators publish them. */
const operators: readonly (readonly string[])[] = [
  ['8.8.8.8', '8.8.4.4', '2001:4860:4860::8888', '2001:4860:4860::8844', 'dns.google'],
  ['1.1.1.1', '1.0.0.1', '2606:4700:4700::1111', '2606:4700:4700::1001', 'cloudflare-dns.com'],
  ['9.9.9.9', '149.112.112.112', '2620:fe::fe', '2620:fe::9', 'dns.quad9.net'],
];

/** Whether two resolver addresses are the same operator's. */
export function sameOperator(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a === b || operators.some((family) => family.includes(a) && family.includes(b));
}
